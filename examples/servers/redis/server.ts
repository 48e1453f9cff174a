import { createHash } from 'node:crypto'
import net from 'node:net'
import { commands } from './commands.ts'
import { RedisData, WrongType } from './data.ts'
import { CommandReader, Failure, type Reply, Status, encode, ok, wrongType } from './resp.ts'

/** A script in place of Lua: what EVAL does for a text that the server knows. */
export type Script = (call: (name: string, ...args: string[]) => Reply, keys: string[], args: string[]) => Reply

/** The script that locks are given back with: only by whoever holds them. */
const compareAndDelete: Script = (call, [key = ''], [token]) => (call('GET', key) === token ? call('DEL', key) : 0)

export interface RedisOptions {
  /** Default: empty, and gone with the process. */
  readonly data?: RedisData
  /** By a text that occurs in the Lua source. `redis.call("del"` is there already. */
  readonly scripts?: Readonly<Record<string, Script>>
}

/**
 * A Redis for tests: strings, hashes, lists, sets, sorted sets, expiry, `SET NX PX`, blocking pops, transactions, publish and
 * subscribe, and the scripts that it is given. No streams, no Lua, no cluster: an unknown command is an error.
 */
export function createRedis({ data = new RedisData(), scripts = {} }: RedisOptions = {}): net.Server {
  const shared: Shared = { data, scripts: { ...scripts }, sources: new Map(), sessions: new Set() }
  const server = net.createServer((socket) => void new Session(socket, shared))
  data.changed.add((key) => {
    for (const session of shared.sessions) session.keyChanged(key)
  })
  return server
}

interface Shared {
  readonly data: RedisData
  readonly scripts: Readonly<Record<string, Script>>
  /** Lua sources by their SHA-1. */
  readonly sources: Map<string, string>
  readonly sessions: Set<Session>
}

/** A pop that waits for a key. */
interface Waiting {
  readonly keys: string[]
  try(): Reply
  readonly timer: NodeJS.Timeout | undefined
}

class Session {
  private readonly socket: net.Socket
  private readonly shared: Shared
  private version: 2 | 3 = 2
  private readonly channels = new Set<string>()
  /** Commands of a transaction. */
  private queue: string[][] | undefined
  private readonly watched = new Set<string>()
  private isDirty = false
  private waiting: Waiting | undefined
  private readonly later: string[][] = []

  constructor(socket: net.Socket, shared: Shared) {
    this.socket = socket
    this.shared = shared
    const reader = new CommandReader()
    shared.sessions.add(this)
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(this.waiting?.timer)
      shared.sessions.delete(this)
    })
    socket.on('data', (bytes) => {
      for (const command of reader.read(bytes as unknown as Buffer)) this.take(command)
    })
  }

  /** What the client has not asked for now: from version 3 of the protocol on it is marked as such. */
  private push(parts: Reply[]): void {
    const text = encode(parts, this.version)
    if (!this.socket.destroyed) this.socket.write(this.version === 3 ? text.replace('*', '>') : text, 'utf8')
  }

  private send(reply: Reply): void {
    if (!this.socket.destroyed) this.socket.write(encode(reply, this.version), 'utf8')
  }

  /** What comes while a pop waits is for later. */
  private take(command: string[]): void {
    if (this.waiting !== undefined) this.later.push(command)
    else this.perform(command)
  }

  private perform([given = '', ...args]: string[]): void {
    const name = given.toUpperCase()
    if (this.queue !== undefined && !['EXEC', 'DISCARD', 'MULTI', 'WATCH'].includes(name)) {
      this.queue.push([name, ...args])
      return this.send(new Status('QUEUED'))
    }
    const own = this.own[name]
    if (own === undefined) return this.send(this.call(name, args))
    const reply = own(args)
    return reply === undefined ? undefined : this.send(reply)
  }

  private call(name: string, args: string[]): Reply {
    const command = commands[name]
    if (command === undefined) return new Failure(`ERR unknown command '${name}'`)
    try {
      return command(this.shared.data, args)
    } catch (error) {
      if (error instanceof WrongType) return wrongType
      throw error
    }
  }

  keyChanged(key: string): void {
    if (this.watched.has(key)) this.isDirty = true
    const { waiting } = this
    if (waiting?.keys.includes(key) !== true) return
    // After the command that has changed it.
    queueMicrotask(() => {
      if (this.waiting === waiting) this.retry(waiting)
    })
  }

  private retry(waiting: Waiting): void {
    const reply = waiting.try()
    if (reply === null) return
    this.resume(reply)
  }

  private resume(reply: Reply): void {
    clearTimeout(this.waiting?.timer)
    this.waiting = undefined
    this.send(reply)
    for (let next = this.later.shift(); next !== undefined; next = this.later.shift()) this.take(next)
  }

  /** Answers now if it can, or when a key changes, or with nothing after so many seconds; 0: never. */
  private block(keys: string[], seconds: number, attempt: () => Reply): Reply | undefined {
    const reply = attempt()
    if (reply !== null) return reply
    const timer = seconds > 0 ? setTimeout(() => this.resume(null), seconds * 1_000) : undefined
    this.waiting = { keys, try: attempt, timer }
    return undefined
  }

  private blockingPop(args: string[], name: 'LPOP' | 'RPOP'): Reply | undefined {
    const keys = args.slice(0, -1)
    return this.block(keys, Number(args.at(-1)), () => {
      for (const key of keys) {
        const value = this.call(name, [key])
        if (typeof value === 'string') return [key, value]
      }
      return null
    })
  }

  private evaluate(source: string | undefined, [count, ...rest]: string[]): Reply {
    if (source === undefined) return new Failure('NOSCRIPT No matching script')
    const { scripts } = this.shared
    const known = Object.keys(scripts).find((text) => source.includes(text))
    const script =
      known === undefined ? (/redis\.call\(["']del["']/i.test(source) ? compareAndDelete : undefined) : scripts[known]
    if (script === undefined) return new Failure('ERR this server has no Lua: name the script in its option `scripts`')
    const keys = rest.slice(0, Number(count))
    return script((name, ...args) => this.call(name.toUpperCase(), args), keys, rest.slice(Number(count)))
  }

  private execute(): Reply {
    const queue = this.queue ?? []
    const isDirty = this.isDirty
    this.endTransaction()
    return isDirty ? null : queue.map(([name = '', ...args]) => this.call(name, args))
  }

  private endTransaction(): void {
    this.queue = undefined
    this.watched.clear()
    this.isDirty = false
  }

  private publish(channel: string, text: string): number {
    const listeners = [...this.shared.sessions].filter(({ channels }) => channels.has(channel))
    for (const session of listeners) session.push(['message', channel, text])
    return listeners.length
  }

  /** What has to do with the connection; undefined: it answers later, or has done so. */
  private readonly own: Readonly<Record<string, (args: string[]) => Reply | undefined>> = {
    PING: ([text]) => text ?? new Status('PONG'),
    ECHO: ([text = '']) => text,
    AUTH: () => ok,
    SELECT: () => ok,
    CLIENT: () => ok,
    COMMAND: () => [],
    INFO: () => 'redis_version:7.2.0\r\nloading:0\r\nrole:master\r\n',
    TIME: () => [String(Math.floor(Date.now() / 1_000)), String((Date.now() % 1_000) * 1_000)],
    HELLO: ([version]) => {
      if (version === '3') this.version = 3
      return {
        map: [
          ['server', 'redis'],
          ['version', '7.2.0'],
          ['proto', this.version],
          ['mode', 'standalone'],
          ['role', 'master'],
        ],
      }
    },
    QUIT: () => {
      this.send(ok)
      this.socket.end()
      return undefined
    },
    MULTI: () => {
      this.queue ??= []
      return ok
    },
    EXEC: () => (this.queue === undefined ? new Failure('ERR EXEC without MULTI') : this.execute()),
    DISCARD: () => {
      this.endTransaction()
      return ok
    },
    WATCH: (keys) => {
      for (const key of keys) this.watched.add(key)
      return ok
    },
    UNWATCH: () => {
      this.watched.clear()
      return ok
    },
    SUBSCRIBE: (channels) => {
      for (const channel of channels) {
        this.channels.add(channel)
        this.push(['subscribe', channel, this.channels.size])
      }
      return undefined
    },
    UNSUBSCRIBE: (channels) => {
      for (const channel of channels.length > 0 ? channels : [...this.channels]) {
        this.channels.delete(channel)
        this.push(['unsubscribe', channel, this.channels.size])
      }
      return undefined
    },
    PUBLISH: ([channel = '', text = '']) => this.publish(channel, text),
    BLPOP: (args) => this.blockingPop(args, 'LPOP'),
    BRPOP: (args) => this.blockingPop(args, 'RPOP'),
    BRPOPLPUSH: ([from = '', to = '', seconds]) =>
      this.block([from], Number(seconds), () => this.call('RPOPLPUSH', [from, to])),
    BLMOVE: ([from = '', to = '', side = '', other = '', seconds]) =>
      this.block([from], Number(seconds), () => this.call('LMOVE', [from, to, side, other])),
    EVAL: ([source = '', ...rest]) => {
      this.shared.sources.set(createHash('sha1').update(source).digest('hex'), source)
      return this.evaluate(source, rest)
    },
    EVALSHA: ([hash = '', ...rest]) => this.evaluate(this.shared.sources.get(hash), rest),
    SCRIPT: ([action, source = '']) => {
      if (action?.toUpperCase() !== 'LOAD') return ok
      const hash = createHash('sha1').update(source).digest('hex')
      this.shared.sources.set(hash, source)
      return hash
    },
  }
}
