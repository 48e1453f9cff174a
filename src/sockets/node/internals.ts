import net from 'node:net'

/** What the streams of Node's sockets share with the code below them (lib/internal/stream_base_commons.js). */
export interface StreamState {
  /** Bytes that were read, or a negative code. */
  setRead(count: number, offset: number): void
  setWritten(bytes: number, isAsync: boolean): void
}

/** Node's own parts that the handles of virtual sockets stand on. */
export interface Internals {
  readonly state: StreamState
  /** Property by which a handle knows its socket. */
  readonly owner: symbol
  /** Takes what was read, on behalf of a socket. */
  readonly onRead: (this: object, bytes?: ArrayBufferLike) => unknown
  /** Classes of the handles, for `instanceof`. */
  readonly TCP: { readonly prototype: object }
  readonly Pipe: { readonly prototype: object }
}

type Binding = Readonly<Record<string, unknown>>

function binding(name: string): Binding {
  return (process as unknown as { binding(name: string): Binding }).binding(name)
}

function numberIn(from: Binding, key: string): number {
  const value = from[key]
  if (typeof value !== 'number') throw new TypeError(`stream_wrap.${key} is missing`)
  return value
}

function classIn(from: Binding, key: string): { readonly prototype: object } {
  const value = from[key]
  if (typeof value !== 'function') throw new TypeError(`the class ${key} is missing`)
  return value as unknown as { readonly prototype: object }
}

function find(): Internals {
  const streams = binding('stream_wrap')
  const shared = streams['streamBaseState']
  if (!ArrayBuffer.isView(shared)) throw new TypeError('stream_wrap.streamBaseState is missing')
  const fields = shared as Int32Array
  const readCount = numberIn(streams, 'kReadBytesOrError')
  const readOffset = numberIn(streams, 'kArrayBufferOffset')
  const written = numberIn(streams, 'kBytesWritten')
  // Node 26 has the second one in place of the first.
  const [wasAsync, writeError] = [streams['kLastWriteWasAsync'], streams['kLastWriteErr']]
  if (typeof wasAsync !== 'number' && typeof writeError !== 'number') {
    throw new TypeError('stream_wrap.kLastWriteWasAsync is missing')
  }
  const state: StreamState = {
    setRead: (count, offset) => {
      fields[readCount] = count
      fields[readOffset] = offset
    },
    setWritten: (bytes, isAsync) => {
      fields[written] = bytes
      if (typeof wasAsync === 'number') fields[wasAsync] = isAsync ? 1 : 0
      if (typeof writeError === 'number') fields[writeError] = 0
    },
  }
  const probe: Record<PropertyKey, unknown> = { readStart: () => 0, readStop: () => 0, close: () => undefined }
  const socket = new net.Socket({ handle: probe } as net.SocketConstructorOpts)
  const owner = Object.getOwnPropertySymbols(probe).find((symbol) => probe[symbol] === socket)
  const onRead = probe['onread']
  if (owner === undefined || typeof onRead !== 'function') throw new TypeError('a socket does not mark its handle')
  if (typeof (net.Server.prototype as unknown as Binding)['_listen2'] !== 'function') {
    throw new TypeError('net.Server.prototype._listen2 is missing')
  }
  return {
    state,
    owner,
    onRead: onRead as Internals['onRead'],
    TCP: classIn(binding('tcp_wrap'), 'TCP'),
    Pipe: classIn(binding('pipe_wrap'), 'Pipe'),
  }
}

/** Undefined: this version of Node has other internals, and has no virtual sockets. Says why in `missing`. */
export const internals: { readonly found: Internals | undefined; readonly missing: string } = look()

function look(): typeof internals {
  try {
    return { found: find(), missing: '' }
  } catch (error) {
    return { found: undefined, missing: (error as Error).message }
  }
}
