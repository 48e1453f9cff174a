/** RESP, the protocol of Redis: versions 2 and 3, as far as ordinary clients use it. */

/** What a command answers. */
export type Reply = string | number | null | Reply[] | Status | Failure | { readonly map: readonly [string, Reply][] }

/** A line such as OK. */
export class Status {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** An error, with the word that clients look at first: 'ERR wrong type'. */
export class Failure {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export const ok = new Status('OK')
export const wrongType = new Failure('WRONGTYPE Operation against a key holding the wrong kind of value')

export function encode(reply: Reply, version: 2 | 3): string {
  if (reply === null) return version === 3 ? '_\r\n' : '$-1\r\n'
  if (typeof reply === 'number') return `:${reply}\r\n`
  if (typeof reply === 'string') return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`
  if (reply instanceof Status) return `+${reply.text}\r\n`
  if (reply instanceof Failure) return `-${reply.text}\r\n`
  if (Array.isArray(reply)) return `*${reply.length}\r\n${reply.map((one) => encode(one, version)).join('')}`
  const entries = reply.map.flat() as Reply[]
  const head = version === 3 ? `%${reply.map.length}` : `*${entries.length}`
  return `${head}\r\n${entries.map((one) => encode(one, version)).join('')}`
}

/** Takes commands out of a stream of bytes, however it is cut. */
export class CommandReader {
  private seen = Buffer.alloc(0)

  read(data: Buffer): string[][] {
    this.seen = Buffer.concat([this.seen, data])
    const commands: string[][] = []
    for (let command = this.take(); command !== undefined; command = this.take()) commands.push(command)
    return commands
  }

  private take(): string[] | undefined {
    const count = this.numberAt(0, '*')
    if (count === undefined) return undefined
    let [size, at] = count
    const parts: string[] = []
    for (; size > 0; size--) {
      const length = this.numberAt(at, '$')
      if (length === undefined) return undefined
      const end = length[1] + length[0]
      if (this.seen.length < end + 2) return undefined
      parts.push(this.seen.toString('utf8', length[1], end))
      at = end + 2
    }
    this.seen = this.seen.subarray(at)
    return parts
  }

  /** The number after `mark`, and where its line ends. */
  private numberAt(at: number, mark: string): [value: number, next: number] | undefined {
    const end = this.seen.indexOf('\r\n', at)
    if (end < 0) return undefined
    const line = this.seen.toString('latin1', at, end)
    if (!line.startsWith(mark)) throw new Error(`expected '${mark}', got '${line}'`)
    return [Number(line.slice(1)), end + 2]
  }
}
