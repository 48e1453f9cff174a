/** By the number in the first four bits of a packet (MQTT 3.1.1, section 2.2.1). */
const packets = [
  '',
  'CONNECT',
  'CONNACK',
  'PUBLISH',
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBSCRIBE',
  'SUBACK',
  'UNSUBSCRIBE',
  'UNSUBACK',
  'PINGREQ',
  'PINGRESP',
  'DISCONNECT',
  'AUTH',
] as const

/** True where a client of MQTT introduces itself. */
export function isMqttConnect(bytes: Buffer): boolean {
  return bytes[0] === 0x10 && /MQTT|MQIsdp/.test(bytes.toString('latin1', 2, 14))
}

/** 'CONNECT', 'PUBLISH orders/1'; several in one segment: their names. */
export function describeMqtt(bytes: Buffer): string | undefined {
  const names: string[] = []
  let at = 0
  while (at < bytes.length && names.length < 8) {
    const first = bytes[at] as number
    const name = packets[first >> 4]
    const [size, body] = lengthAt(bytes, at + 1)
    if (name === undefined || name === '' || size === undefined) break
    names.push(name === 'PUBLISH' ? `PUBLISH ${topicAt(bytes, body)}` : name)
    at = body + size
  }
  return names.length === 0 ? undefined : names.join(', ')
}

/** A length of one to four bytes, seven bits in each. */
function lengthAt(bytes: Buffer, start: number): readonly [size: number | undefined, next: number] {
  let size = 0
  for (let count = 0; count < 4; count++) {
    const byte = bytes[start + count]
    if (byte === undefined) break
    size += (byte & 127) * 128 ** count
    if (byte < 128) return [size, start + count + 1]
  }
  return [undefined, start]
}

function topicAt(bytes: Buffer, at: number): string {
  if (at + 2 > bytes.length) return ''
  return bytes.toString('utf8', at + 2, at + 2 + bytes.readUInt16BE(at))
}
