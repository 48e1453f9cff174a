import type { Command } from './commands.ts'
import { type RedisData, SortedSet } from './data.ts'
import type { Reply } from './resp.ts'

const pairs = (args: readonly string[]): [string, string][] =>
  args.flatMap((value, index) => (index % 2 === 0 ? [[value, args[index + 1] ?? ''] as [string, string]] : []))

/** Bounds as LRANGE and ZRANGE take them: both inclusive, negative from the end. */
function range<T>(list: readonly T[], start: number, stop: number): T[] {
  const from = start < 0 ? Math.max(0, list.length + start) : start
  const to = stop < 0 ? list.length + stop : stop
  return list.slice(from, to + 1)
}

const hashes: Record<string, Command> = {
  HSET: (data, [key = '', ...rest]) => {
    const hash = data.make(key, Map<string, string>)
    const before = hash.size
    for (const [field, value] of pairs(rest)) hash.set(field, value)
    data.touch(key)
    return hash.size - before
  },
  HSETNX: (data, [key = '', field = '', value = '']) => {
    const hash = data.make(key, Map<string, string>)
    if (hash.has(field)) return 0
    hash.set(field, value)
    data.touch(key)
    return 1
  },
  HGET: (data, [key = '', field = '']) => data.as(key, Map<string, string>)?.get(field) ?? null,
  HMGET: (data, [key = '', ...fields]) => fields.map((field) => data.as(key, Map<string, string>)?.get(field) ?? null),
  HGETALL: (data, [key = '']) => ({ map: [...(data.as(key, Map<string, string>) ?? [])] }),
  HDEL: (data, [key = '', ...fields]) => {
    const hash = data.as(key, Map<string, string>)
    const count = fields.filter((field) => hash?.delete(field)).length
    data.touch(key)
    return count
  },
  HEXISTS: (data, [key = '', field = '']) => (data.as(key, Map<string, string>)?.has(field) === true ? 1 : 0),
  HLEN: (data, [key = '']) => data.as(key, Map<string, string>)?.size ?? 0,
  HKEYS: (data, [key = '']) => [...(data.as(key, Map<string, string>)?.keys() ?? [])],
  HVALS: (data, [key = '']) => [...(data.as(key, Map<string, string>)?.values() ?? [])],
  HINCRBY: (data, [key = '', field = '', amount]) => {
    const hash = data.make(key, Map<string, string>)
    const sum = Number(hash.get(field) ?? 0) + Number(amount)
    hash.set(field, String(sum))
    data.touch(key)
    return sum
  },
}

function push(data: RedisData, [key = '', ...values]: string[], atEnd: boolean): number {
  const list = data.make(key, Array<string>)
  if (atEnd) list.push(...values)
  else list.unshift(...values.toReversed())
  data.touch(key)
  return list.length
}

/** One element, or with a count several. */
function pop(data: RedisData, [key = '', count]: string[], atEnd: boolean): Reply {
  const list = data.as(key, Array<string>)
  if (list === undefined) return null
  const taken = Array.from(
    { length: Math.min(Number(count ?? 1), list.length) },
    () => (atEnd ? list.pop() : list.shift()) ?? '',
  )
  data.touch(key)
  return count === undefined ? (taken[0] ?? null) : taken
}

/** RPOPLPUSH and LMOVE: from one list to another in one step, so that nothing is lost in between. */
function move(data: RedisData, from: string, to: string, fromEnd: boolean, toEnd: boolean): Reply {
  const value = pop(data, [from], fromEnd)
  if (typeof value === 'string') push(data, [to, value], toEnd)
  return value
}

const lists: Record<string, Command> = {
  LPUSH: (data, args) => push(data, args, false),
  RPUSH: (data, args) => push(data, args, true),
  LPOP: (data, args) => pop(data, args, false),
  RPOP: (data, args) => pop(data, args, true),
  LLEN: (data, [key = '']) => data.as(key, Array<string>)?.length ?? 0,
  LRANGE: (data, [key = '', start, stop]) => range(data.as(key, Array<string>) ?? [], Number(start), Number(stop)),
  LINDEX: (data, [key = '', index]) => data.as(key, Array<string>)?.at(Number(index)) ?? null,
  LREM: (data, [key = '', , value]) => {
    const list = data.as(key, Array<string>) ?? []
    const at = list.indexOf(value ?? '')
    if (at >= 0) list.splice(at, 1)
    data.touch(key)
    return at >= 0 ? 1 : 0
  },
  RPOPLPUSH: (data, [from = '', to = '']) => move(data, from, to, true, false),
  LMOVE: (data, [from = '', to = '', side, other]) =>
    move(data, from, to, side?.toUpperCase() === 'RIGHT', other?.toUpperCase() === 'RIGHT'),
}

const sets: Record<string, Command> = {
  SADD: (data, [key = '', ...members]) => {
    const set = data.make(key, Set<string>)
    const before = set.size
    for (const member of members) set.add(member)
    data.touch(key)
    return set.size - before
  },
  SREM: (data, [key = '', ...members]) => {
    const set = data.as(key, Set<string>)
    const count = members.filter((member) => set?.delete(member)).length
    data.touch(key)
    return count
  },
  SMEMBERS: (data, [key = '']) => [...(data.as(key, Set<string>) ?? [])],
  SISMEMBER: (data, [key = '', member = '']) => (data.as(key, Set<string>)?.has(member) === true ? 1 : 0),
  SCARD: (data, [key = '']) => data.as(key, Set<string>)?.size ?? 0,
}

function bound(text = '', whenInfinite: number): number {
  return text.endsWith('inf') ? whenInfinite : Number(text.replace('(', ''))
}

const sortedSets: Record<string, Command> = {
  ZADD: (data, [key = '', ...rest]) => {
    const { scores } = data.make(key, SortedSet)
    const isNew = rest[0]?.toUpperCase() === 'NX'
    const before = scores.size
    for (const [score, member] of pairs(isNew ? rest.slice(1) : rest)) {
      if (!isNew || !scores.has(member)) scores.set(member, Number(score))
    }
    data.touch(key)
    return scores.size - before
  },
  ZREM: (data, [key = '', ...members]) => {
    const set = data.as(key, SortedSet)
    const count = members.filter((member) => set?.scores.delete(member)).length
    data.touch(key)
    return count
  },
  ZSCORE: (data, [key = '', member = '']) => {
    const score = data.as(key, SortedSet)?.scores.get(member)
    return score === undefined ? null : String(score)
  },
  ZCARD: (data, [key = '']) => data.as(key, SortedSet)?.scores.size ?? 0,
  ZINCRBY: (data, [key = '', amount, member = '']) => {
    const { scores } = data.make(key, SortedSet)
    const score = (scores.get(member) ?? 0) + Number(amount)
    scores.set(member, score)
    data.touch(key)
    return String(score)
  },
  ZRANGE: (data, [key = '', start, stop, option]) => {
    const found = range(data.as(key, SortedSet)?.sorted ?? [], Number(start), Number(stop))
    return option?.toUpperCase() === 'WITHSCORES'
      ? found.flatMap(([member, score]) => [member, String(score)])
      : found.map(([member]) => member)
  },
  ZRANGEBYSCORE: (data, [key = '', min, max]) =>
    (data.as(key, SortedSet)?.sorted ?? [])
      .filter(([, score]) => score >= bound(min, -Infinity) && score <= bound(max, Infinity))
      .map(([member]) => member),
  ZPOPMIN: (data, [key = '']) => {
    const set = data.as(key, SortedSet)
    const [first] = set?.sorted ?? []
    if (set === undefined || first === undefined) return []
    set.scores.delete(first[0])
    data.touch(key)
    return [first[0], String(first[1])]
  },
}

export const collectionCommands: Readonly<Record<string, Command>> = { ...hashes, ...lists, ...sets, ...sortedSets }
