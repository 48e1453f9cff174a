const command = /^\*\d+\r\n\$\d+\r\n/
const reply = /^(?:[+-][^\r\n]*|:-?\d+|\$-?\d+|\*-?\d+)\r\n/

/** True where RESP, the protocol of Redis, begins. */
export function isRedis(bytes: Buffer): boolean {
  const head = bytes.toString('latin1', 0, 100)
  return command.test(head) || reply.test(head)
}

/** 'SET k 1'; of an answer its first line or value. Several in one segment: the first, and how many more. */
export function describeRedis(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8', 0, 2_000)
  const values: string[] = []
  let at = 0
  while (at < text.length && values.length < 20) {
    const [value, next] = valueAt(text, at)
    if (value === undefined) break
    values.push(value)
    at = next
  }
  const [first] = values
  if (first === undefined) return undefined
  const shortened = first.length > 80 ? `${first.slice(0, 79)}…` : first
  return values.length === 1 ? shortened : `${shortened} (+${values.length - 1})`
}

function valueAt(text: string, at: number): readonly [value: string | undefined, next: number] {
  const end = text.indexOf('\r\n', at)
  if (end < 0) return [undefined, at]
  const line = text.slice(at, end)
  const next = end + 2
  const size = Number(line.slice(1))
  switch (line[0]) {
    case '+':
    case ':':
      return [line.slice(1), next]
    case '-':
      return [line, next]
    case '$':
      return size < 0 ? ['nil', next] : [text.slice(next, next + size), next + size + 2]
    case '*':
      return listAt(text, next, size)
    default:
      return [undefined, at]
  }
}

function listAt(text: string, start: number, size: number): readonly [string, number] {
  const parts: string[] = []
  let at = start
  for (let left = size; left > 0; left--) {
    const [value, next] = valueAt(text, at)
    if (value === undefined) break
    parts.push(value)
    at = next
  }
  return [size <= 0 ? 'nothing' : parts.join(' '), at]
}
