const controls: Readonly<Record<number, string>> = { 8: 'close', 9: 'ping', 10: 'pong' }

/** 'text {"a":1}', 'ping'; undefined: no whole frame begins here (RFC 6455, section 5.2). */
export function describeWebSocket(bytes: Buffer): string | undefined {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return undefined
  const opcode = first & 15
  const control = controls[opcode]
  if (control !== undefined) return control
  if (opcode > 2) return undefined
  let at = 2
  let size = second & 127
  if (size === 126) {
    if (bytes.length < 4) return undefined
    size = bytes.readUInt16BE(2)
    at = 4
  } else if (size === 127) {
    if (bytes.length < 10) return undefined
    size = Number(bytes.readBigUInt64BE(2))
    at = 10
  }
  // Compressed, or not text.
  if (opcode !== 1 || (first & 64) !== 0) return `frame of ${size} bytes`
  return `text ${unmasked(bytes, at, Math.min(size, 80), (second & 128) !== 0)}`
}

function unmasked(bytes: Buffer, start: number, size: number, isMasked: boolean): string {
  if (!isMasked) return bytes.toString('utf8', start, start + size)
  const plain = Buffer.from(bytes.subarray(start + 4, start + 4 + size))
  for (let index = 0; index < plain.length; index++) {
    plain[index] = (plain[index] as number) ^ (bytes[start + (index & 3)] as number)
  }
  return plain.toString('utf8')
}
