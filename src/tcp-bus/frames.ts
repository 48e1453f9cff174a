import { deserialize, serialize } from 'node:v8'

/** What crosses the wire; `id` pairs a response with its request. */
export type Frame =
  | { readonly kind: 'hello'; readonly from: string }
  /** Is anybody there? */
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong' }
  | {
      readonly kind: 'request'
      readonly id: number
      readonly method: string
      readonly payload: unknown
      readonly key?: string
    }
  | { readonly kind: 'one-way'; readonly method: string; readonly payload: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly payload: unknown }
  | {
      readonly kind: 'failure'
      readonly id: number
      readonly name: string
      readonly message: string
      readonly rootName: string
    }

/** Longest frame, bytes: a peer that speaks another protocol must not make this one wait for gigabytes. */
export const longestFrame = 64 * 1024 * 1024

/** Four bytes of length, then what `structuredClone` would copy, as V8 writes it. */
export function encodeFrame(frame: Frame): Buffer {
  const body = serialize(frame)
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length)
  return Buffer.concat([head, body])
}

/** Takes frames out of a stream of bytes, however it is cut. */
export class FrameReader {
  private chunks: Buffer[] = []
  private size = 0

  /** @throws RangeError when what comes cannot be a frame */
  read(data: Buffer): Frame[] {
    this.chunks.push(data)
    this.size += data.length
    const frames: Frame[] = []
    for (let body = this.take(); body !== undefined; body = this.take()) frames.push(deserialize(body) as Frame)
    return frames
  }

  private take(): Buffer | undefined {
    if (this.size < 4) return undefined
    const seen = Buffer.concat(this.chunks)
    this.chunks = [seen]
    const length = seen.readUInt32BE(0)
    if (length > longestFrame) throw new RangeError(`a frame of ${length} bytes; at most ${longestFrame} are allowed`)
    if (seen.length < 4 + length) return undefined
    this.chunks = [seen.subarray(4 + length)]
    this.size = seen.length - 4 - length
    return seen.subarray(4, 4 + length)
  }
}
