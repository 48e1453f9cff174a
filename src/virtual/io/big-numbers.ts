/** The number that bytes are, most significant first. */
export function numberOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

/** The greatest common divisor (Euclid). */
export function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

/** The number by which `value` makes 1 modulo `modulus` (Euclid, extended). */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next, factor, nextFactor] = [modulus, value % modulus, 0n, 1n]
  while (next !== 0n) {
    const times = rest / next
    ;[rest, next] = [next, rest - times * next]
    ;[factor, nextFactor] = [nextFactor, factor - times * nextFactor]
  }
  return ((factor % modulus) + modulus) % modulus
}

/** The bytes of a number, most significant first: `length` of them, or as many as it has. */
export function bytesOfNumber(number: bigint, length = 0): Buffer {
  const hex = number.toString(16)
  return Buffer.from(hex.padStart(Math.max(length, Math.ceil(hex.length / 2)) * 2, '0'), 'hex')
}
