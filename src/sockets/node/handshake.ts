import { X509Certificate } from 'node:crypto'

/**
 * What stands for the TLS handshake on a virtual connection: one message each way, and no encryption. Both ends still learn
 * when the other one does not speak TLS, and the client learns for which names the server has a certificate.
 */
const clientMark = Buffer.from([0x16, 3, 1])
const serverMark = Buffer.from([0x16, 3, 3])

/** What a client says. */
export interface Hello {
  readonly servername: string
  readonly protocols: readonly string[]
}

/** What the server answers. */
export interface Answer {
  /** Undefined: it has no certificate, so there can be no connection. */
  readonly certificate?: { readonly subject: { readonly CN?: string }; readonly subjectaltname?: string }
  readonly protocol: string | false
}

/** One end that waits for what the other one says first. */
export class Handshake {
  /** What was written meanwhile. */
  readonly held: Buffer[] = []
  private readonly other: 'client' | 'server'
  private readonly done: (content: unknown, rest: Buffer) => void
  private seen = Buffer.alloc(0)

  /** `done` takes what was said, or 'foreign', and the bytes after it. */
  constructor(other: 'client' | 'server', done: (content: unknown, rest: Buffer) => void) {
    this.other = other
    this.done = done
  }

  take(bytes: Buffer): void {
    this.seen = Buffer.concat([this.seen, bytes])
    const message = decode(this.seen, this.other)
    if (message === 'foreign') this.done(message, Buffer.alloc(0))
    else if (message !== undefined) this.done(message.content, message.rest)
  }
}

export function encodeHello(hello: Hello): Buffer {
  return frame(clientMark, hello)
}

export function encodeAnswer(answer: Answer): Buffer {
  return frame(serverMark, answer)
}

function frame(mark: Buffer, content: object): Buffer {
  const body = Buffer.from(JSON.stringify(content))
  const head = Buffer.alloc(5)
  mark.copy(head)
  head.writeUInt16BE(body.length, 3)
  return Buffer.concat([head, body])
}

/** A message and what came after it; 'foreign': these bytes are no handshake; undefined: more must come. */
function decode(bytes: Buffer, from: 'client' | 'server'): { content: unknown; rest: Buffer } | 'foreign' | undefined {
  const mark = from === 'client' ? clientMark : serverMark
  const seen = bytes.subarray(0, mark.length)
  if (!seen.equals(mark.subarray(0, seen.length))) return 'foreign'
  if (bytes.length < 5) return undefined
  const end = 5 + bytes.readUInt16BE(3)
  if (bytes.length < end) return undefined
  return { content: JSON.parse(bytes.toString('utf8', 5, end)) as unknown, rest: bytes.subarray(end) }
}

/** The names that a certificate (PEM or DER) is for. */
export function namesOf(certificate: string | Buffer): NonNullable<Answer['certificate']> {
  const { subject, subjectAltName } = new X509Certificate(certificate)
  const name = /^CN=(.+)$/m.exec(subject)?.[1]
  return {
    subject: name === undefined ? {} : { CN: name },
    ...(subjectAltName !== undefined && { subjectaltname: subjectAltName }),
  }
}
