import net from 'node:net'
import tls from 'node:tls'
import type { Engine } from '../../engine/engine.ts'
import { refuse } from '../../virtual/io/treatments.ts'
import { replaceFunction } from '../../virtual/replace.ts'
import { simulating } from '../../virtual/simulating.ts'
import { type Answer, type Hello, encodeAnswer, encodeHello, namesOf } from './handshake.ts'
import { processOf } from './http.ts'
import { StreamHandle } from './stream-handle.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

interface SecureOptions extends tls.ConnectionOptions {
  readonly ALPNProtocols?: string[]
}

/** A socket that stands for a TLSSocket. */
interface SecureSocket extends net.Socket {
  _handle: unknown
  encrypted: boolean
  authorized: boolean
  authorizationError: Error | null
  alpnProtocol: string | false | null
  servername: string | false
}

const secure = new WeakSet<object>()
/** Clients that have had an answer. */
const finished = new WeakSet<object>()

/** TLS inside a simulation: no encryption, no time, certificates checked by name. */
export function installTls(): void {
  replaceFunction<AnyFunction>(tls, 'connect', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const engine = simulating('tls.connect')
      return engine === undefined ? original.apply(this, args) : connect(engine, args)
    }
  })
  // Asked by packages that want to know what they have.
  const isReal = Function.prototype[Symbol.hasInstance]
  Object.defineProperty(tls.TLSSocket, Symbol.hasInstance, {
    configurable: true,
    value(this: unknown, value: unknown): boolean {
      return isReal.call(this as object, value) || (this === tls.TLSSocket && secure.has(value as object))
    },
  })
}

function optionsOf(args: readonly unknown[]): SecureOptions {
  const [first, second, third] = args
  if (typeof first === 'object' && first !== null) return first as SecureOptions
  const rest = [second, third].find((value) => typeof value === 'object' && value !== null) as SecureOptions | undefined
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { path: first, ...rest }
  return { port: Number(first), ...(typeof second === 'string' && { host: second }), ...rest }
}

function connect(engine: Engine, args: readonly unknown[]): SecureSocket {
  const options = optionsOf(args)
  const callback = args.find((value) => typeof value === 'function') as (() => void) | undefined
  // What belongs to TLS is not for the socket below.
  const { socket: given, servername, ...rest } = options
  const socket = (given ?? net.connect(rest as net.NetConnectOpts)) as SecureSocket
  const handle = (): unknown => socket._handle
  if (given !== undefined && !(handle() instanceof StreamHandle) && !socket.connecting) {
    return refuse(engine, 'tls.connect', 'the socket below it is not of this simulation. Connect one inside')
  }
  const name = servername ?? options.host ?? (options.path === undefined ? 'localhost' : '')
  decorate(socket, name)
  if (callback !== undefined) socket.once('secureConnect', callback)
  const hello: Hello = { servername: name, protocols: options.ALPNProtocols ?? [] }
  const begin = (): void => {
    const below = handle()
    if (!(below instanceof StreamHandle)) return
    below.shakeHands('server', encodeHello(hello), (content) => {
      if (content === 'foreign') return void socket.destroy(foreign())
      finish(engine, socket, content as Answer, name, options)
      return undefined
    })
  }
  socket.once('end', () => {
    if (!socket.authorized && !finished.has(socket)) socket.destroy(cutShort())
  })
  if (socket.connecting) socket.once('connect', begin)
  else begin()
  return socket
}

/** The client knows whom it has reached. */
function finish(engine: Engine, socket: SecureSocket, answer: Answer, name: string, options: SecureOptions): void {
  const { certificate, protocol } = answer
  finished.add(socket)
  if (certificate === undefined) return void socket.destroy(noCertificate())
  socket.alpnProtocol = protocol
  Object.assign(socket, { getPeerCertificate: () => certificate })
  const check = options.checkServerIdentity ?? tls.checkServerIdentity
  const error = check(name, certificate as tls.PeerCertificate)
  if (
    error !== undefined &&
    options.rejectUnauthorized !== false &&
    processOf(engine).env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0'
  ) {
    return void socket.destroy(error)
  }
  socket.authorized = error === undefined
  socket.authorizationError = error ?? null
  socket.emit('secure')
  socket.emit('secureConnect')
  return undefined
}

function cutShort(): Error {
  const text = 'Client network socket disconnected before secure TLS connection was established'
  return Object.assign(new Error(text), { code: 'ECONNRESET' })
}

function foreign(): Error {
  const text = 'SSL routines:ssl3_get_record:wrong version number: the other end does not speak TLS'
  return Object.assign(new Error(text), { code: 'ERR_SSL_WRONG_VERSION_NUMBER', syscall: 'read' })
}

function noCertificate(): Error {
  const text = 'SSL alert handshake failure: the server has no certificate'
  return Object.assign(new Error(text), { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', syscall: 'read' })
}

function decorate(socket: SecureSocket, servername: string): void {
  secure.add(socket)
  const extra = {
    encrypted: true,
    authorized: false,
    authorizationError: null,
    alpnProtocol: null,
    servername: servername === '' ? false : servername,
    getPeerCertificate: () => ({}),
    getCertificate: () => ({}),
    getProtocol: () => 'TLSv1.3',
    getCipher: () => ({ name: 'TLS_AES_256_GCM_SHA384', standardName: 'TLS_AES_256_GCM_SHA384', version: 'TLSv1.3' }),
    getSession: () => undefined,
    getTLSTicket: () => undefined,
    getFinished: () => undefined,
    getPeerFinished: () => undefined,
    getEphemeralKeyInfo: () => ({}),
    isSessionReused: () => false,
    setServername: () => undefined,
    setSession: () => undefined,
    setMaxSendFragment: () => true,
    disableRenegotiation: () => undefined,
    enableTrace: () => undefined,
    renegotiate: () => false,
  }
  Object.assign(socket, extra)
}

/** A server that listens: what comes to it begins with a handshake. */
export function listenSecurely(server: object): void {
  if (!(server instanceof tls.Server)) return
  server.removeAllListeners('connection')
  server.on('connection', (plain: net.Socket) => {
    const socket = plain as SecureSocket
    const handle = socket._handle
    if (!(handle instanceof StreamHandle)) return
    decorate(socket, '')
    // Who destroys it with an error before it is secure tells nobody else, as with Node's own.
    const ignore = (): void => {}
    socket.on('error', ignore)
    handle.shakeHands('client', undefined, (content) => {
      if (content === 'foreign') {
        const error = foreign()
        server.emit('tlsClientError', error, socket)
        socket.destroy()
        return
      }
      const { servername, protocols } = content as Hello
      const answer = answerOf(server, protocols)
      handle.sendRaw(encodeAnswer(answer))
      if (answer.certificate === undefined) {
        server.emit('tlsClientError', noCertificate(), socket)
        socket.destroy()
        return
      }
      socket.off('error', ignore)
      Object.assign(socket, { servername, alpnProtocol: answer.protocol })
      socket.emit('secure')
      server.emit('secureConnection', socket)
    })
  })
}

function answerOf(server: tls.Server, offered: readonly string[]): Answer {
  const { cert, ALPNProtocols } = server as unknown as { cert?: unknown; ALPNProtocols?: unknown }
  const first: unknown = Array.isArray(cert) ? cert[0] : cert
  const accepted = accepts(ALPNProtocols)
  const protocol = offered.find((one) => accepted.includes(one)) ?? false
  if (typeof first !== 'string' && !Buffer.isBuffer(first)) return { protocol }
  return { certificate: namesOf(first), protocol }
}

/** Node keeps them as the wire has them: each with its length before it. */
function accepts(wire: unknown): readonly string[] {
  if (!(wire instanceof Uint8Array)) return []
  const names: string[] = []
  for (let at = 0; at < wire.length; at += 1 + (wire[at] as number)) {
    names.push(Buffer.from(wire.subarray(at + 1, at + 1 + (wire[at] as number))).toString('latin1'))
  }
  return names
}
