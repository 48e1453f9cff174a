import { describeHttp } from './http.ts'
import { describeMqtt, isMqttConnect } from './mqtt.ts'
import { describeRedis, isRedis } from './redis.ts'
import type { Speech } from './speech.ts'
import { describeWebSocket } from './websocket.ts'

/** What a person wants to read of the bytes of a segment. */
export function describeBytes(bytes: Buffer, speech: Speech): string {
  speech.protocol ??= recognise(bytes, speech)
  return describeAs(speech, bytes) ?? plainly(bytes)
}

function recognise(bytes: Buffer, { ports }: Speech): Speech['protocol'] {
  if (describeHttp(bytes) !== undefined) return 'http'
  if (isMqttConnect(bytes) || (ports.includes(1883) && bytes.length > 1)) return 'mqtt'
  if (isRedis(bytes)) return 'redis'
  return 'bytes'
}

function describeAs(speech: Speech, bytes: Buffer): string | undefined {
  switch (speech.protocol) {
    case 'http': {
      const text = describeHttp(bytes)
      if (text?.startsWith('101 ') === true) speech.protocol = 'websocket'
      return text
    }
    case 'websocket':
      return describeWebSocket(bytes)
    case 'mqtt':
      return describeMqtt(bytes)
    case 'redis':
      return describeRedis(bytes)
    default:
      return undefined
  }
}

const shown = 40

/** The whole of it, where it is text. */
export function readable(bytes: Buffer): string {
  const text = bytes.toString('utf8', 0, 1_000)
  return isText(text) ? text : `${bytes.length} bytes`
}

// oxlint-disable-next-line no-control-regex
const texts = /^[\t\n\r\x20-\x7e\u00a0-\uffff]+$/

function isText(text: string): boolean {
  return texts.test(text) && !text.includes('\ufffd')
}

/** Text as it is, anything else by its length. */
function plainly(bytes: Buffer): string {
  const text = bytes.toString('utf8', 0, shown)
  if (!isText(text)) return `${bytes.length} bytes`
  const line = text.trim().replace(/\s+/g, ' ')
  return bytes.length > shown ? `${line}… (${bytes.length} bytes)` : line
}
