import { collectionCommands } from './collections.ts'
import type { RedisData } from './data.ts'
import { Failure, type Reply, ok } from './resp.ts'

/** Does one command; `args` are what follows its name. */
export type Command = (data: RedisData, args: string[]) => Reply

const syntaxError = new Failure('ERR syntax error')
const notANumber = new Failure('ERR value is not an integer or out of range')

const yes = (condition: boolean | undefined): number => (condition === true ? 1 : 0)

/** `*` and `?`, as KEYS has them. */
export function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's')
}

/** SET with all its options: a lock is `SET key token NX PX ms`. */
function set(data: RedisData, [key = '', value = '', ...options]: string[]): Reply {
  const known = data.as<string>(key, 'string')
  const flags = options.map((one) => one.toUpperCase())
  let expiry: number | undefined
  for (const [index, flag] of flags.entries()) {
    const amount = Number(options[index + 1])
    if (flag === 'EX') expiry = Date.now() + amount * 1_000
    else if (flag === 'PX') expiry = Date.now() + amount
    else if (flag === 'EXAT') expiry = amount * 1_000
    else if (flag === 'PXAT') expiry = amount
    else if (!['NX', 'XX', 'GET', 'KEEPTTL'].includes(flag) && Number.isNaN(Number(flag))) return syntaxError
  }
  const before = flags.includes('GET') ? (known ?? null) : undefined
  if ((flags.includes('NX') && known !== undefined) || (flags.includes('XX') && known === undefined))
    return before ?? null
  data.set(key, value, flags.includes('KEEPTTL'))
  if (expiry !== undefined) data.expireAt(key, expiry)
  return before === undefined ? ok : before
}

function add(data: RedisData, key = '', amount = 1): Reply {
  const known = Number(data.as<string>(key, 'string') ?? 0)
  if (!Number.isSafeInteger(known) || !Number.isSafeInteger(amount)) return notANumber
  data.set(key, String(known + amount), true)
  return known + amount
}

function expire(data: RedisData, key = '', ms: number): Reply {
  return yes(data.expireAt(key, Date.now() + ms))
}

const text: Record<string, Command> = {
  SET: set,
  SETNX: (data, [key = '', value = '']) => yes(set(data, [key, value, 'NX']) === ok),
  SETEX: (data, [key = '', seconds = '', value = '']) => set(data, [key, value, 'EX', seconds]),
  PSETEX: (data, [key = '', ms = '', value = '']) => set(data, [key, value, 'PX', ms]),
  GET: (data, [key = '']) => data.as<string>(key, 'string') ?? null,
  GETDEL: (data, [key = '']) => {
    const value = data.as<string>(key, 'string') ?? null
    data.delete(key)
    return value
  },
  GETSET: (data, [key = '', value = '']) => set(data, [key, value, 'GET']),
  MGET: (data, keys) => keys.map((key) => data.as<string>(key, 'string') ?? null),
  MSET: (data, args) => {
    for (let index = 0; index < args.length; index += 2) data.set(args[index] ?? '', args[index + 1] ?? '')
    return ok
  },
  INCR: (data, [key]) => add(data, key),
  DECR: (data, [key]) => add(data, key, -1),
  INCRBY: (data, [key, amount]) => add(data, key, Number(amount)),
  DECRBY: (data, [key, amount]) => add(data, key, -Number(amount)),
  APPEND: (data, [key = '', value = '']) => {
    const joined = (data.as<string>(key, 'string') ?? '') + value
    data.set(key, joined, true)
    return joined.length
  },
  STRLEN: (data, [key = '']) => (data.as<string>(key, 'string') ?? '').length,
}

const keys: Record<string, Command> = {
  DEL: (data, names) => names.filter((key) => data.get(key) !== undefined && data.delete(key)).length,
  UNLINK: (data, names) => names.filter((key) => data.get(key) !== undefined && data.delete(key)).length,
  EXISTS: (data, names) => names.filter((key) => data.get(key) !== undefined).length,
  EXPIRE: (data, [key, seconds]) => expire(data, key, Number(seconds) * 1_000),
  PEXPIRE: (data, [key, ms]) => expire(data, key, Number(ms)),
  EXPIREAT: (data, [key = '', seconds]) => yes(data.expireAt(key, Number(seconds) * 1_000)),
  PERSIST: (data, [key = '']) => yes(data.persist(key)),
  TTL: (data, [key = '']) => {
    const left = data.timeLeft(key)
    return left < 0 ? left : Math.ceil(left / 1_000)
  },
  PTTL: (data, [key = '']) => data.timeLeft(key),
  KEYS: (data, [glob = '*']) => data.keys.filter((key) => patternOf(glob).test(key)),
  SCAN: (data) => ['0', data.keys],
  DBSIZE: (data) => data.keys.length,
  FLUSHALL: (data) => {
    data.clear()
    return ok
  },
  FLUSHDB: (data) => {
    data.clear()
    return ok
  },
}

export const commands: Readonly<Record<string, Command>> = { ...text, ...keys, ...collectionCommands }
