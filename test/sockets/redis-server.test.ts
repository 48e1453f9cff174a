/** The Redis of the examples, as a client knows it. */
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { createRedis } from '../../examples/servers/redis/server.ts'
import { RedisData } from '../../examples/servers/redis/data.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Simulation } from '../../src/world/door.ts'

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function withRedis(body: (redis: Redis, another: () => Redis, sim: Simulation) => Promise<void>): Promise<void> {
  const { failure } = await checkSimulation(
    async (sim) => {
      const data = new RedisData()
      sim.node('redis', () => void createRedis({ data }).listen(6379))
      await sim.node('client').run(async () => {
        const all: Redis[] = []
        const another = (): Redis => {
          const redis = new Redis({ host: 'redis' })
          all.push(redis)
          return redis
        }
        await body(another(), another, sim)
        for (const redis of all) redis.disconnect()
      })
    },
    { iterations: 2, determinism: 1, shrink: false },
  )
  if (failure !== undefined) throw new Error(failure.failure.message, { cause: failure.failure.stack })
}

test('strings, expiry and the options of SET', () =>
  withRedis(async (redis) => {
    expect(await redis.set('a', '1', 'PX', 100, 'NX')).toBe('OK')
    expect(await redis.set('a', '2', 'NX')).toBeNull()
    expect(await redis.incrby('a', 5)).toBe(6)
    expect(await redis.pttl('a')).toBeGreaterThan(0)
    await wait(120)
    expect([await redis.get('a'), await redis.ttl('a'), await redis.exists('a')]).toEqual([null, -2, 0])
    await redis.mset('x', 'ä', 'y', '\r\n$3')
    expect(await redis.mget('x', 'y', 'z')).toEqual(['ä', '\r\n$3', null])
    expect((await redis.keys('?')).toSorted()).toEqual(['x', 'y'])
  }))

test('hashes, lists, sets and sorted sets', () =>
  withRedis(async (redis) => {
    await redis.hset('h', { one: '1', two: '2' })
    expect(await redis.hgetall('h')).toEqual({ one: '1', two: '2' })
    expect(await redis.hincrby('h', 'two', 3)).toBe(5)
    await redis.rpush('l', 'a', 'b', 'c')
    expect(await redis.lrange('l', 0, -1)).toEqual(['a', 'b', 'c'])
    expect(await redis.lmove('l', 'm', 'LEFT', 'RIGHT')).toBe('a')
    expect([await redis.lpop('l'), await redis.rpop('l'), await redis.exists('l')]).toEqual(['b', 'c', 0])
    await redis.sadd('s', 'x', 'y', 'x')
    expect([await redis.scard('s'), await redis.sismember('s', 'x')]).toEqual([2, 1])
    await redis.zadd('z', '2', 'two', '1', 'one')
    expect(await redis.zrange('z', '0', '-1', 'WITHSCORES')).toEqual(['one', '1', 'two', '2'])
    expect(await redis.zrangebyscore('z', '-inf', '1')).toEqual(['one'])
    await expect(redis.lpush('s', 'x')).rejects.toThrow('WRONGTYPE')
    await expect(redis.call('XADD', 'stream')).rejects.toThrow("unknown command 'XADD'")
  }))

test('a blocking pop waits for a push, and not longer than it is told', () =>
  withRedis(async (redis, another, sim) => {
    const popped = redis.blpop('jobs', 0)
    await wait(50)
    await another().rpush('jobs', 'one')
    expect(await popped).toEqual(['jobs', 'one'])
    const start = sim.now
    expect(await redis.blpop('jobs', 2)).toBeNull()
    expect(sim.now - start).toBeGreaterThanOrEqual(2_000)
  }))

test('a transaction is done as a whole, unless a watched key has changed', () =>
  withRedis(async (redis, another) => {
    expect(await redis.multi().incr('n').incr('n').exec()).toEqual([
      [null, 1],
      [null, 2],
    ])
    await redis.watch('n')
    await another().set('n', '10')
    expect(await redis.multi().incr('n').exec()).toBeNull()
    expect(await redis.get('n')).toBe('10')
  }))

test('messages are published to whoever has subscribed', () =>
  withRedis(async (redis, another) => {
    const listener = another()
    const heard = new Promise((resolve) => listener.on('message', (channel, text) => resolve([channel, text])))
    await listener.subscribe('news')
    expect(await redis.publish('news', 'hello')).toBe(1)
    expect(await heard).toEqual(['news', 'hello'])
  }))

test('data that the test holds survives a crash; a lock is given back by its holder only', () =>
  withRedis(async (redis, another) => {
    const script = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"
    await redis.set('lock', 'mine')
    expect(await redis.eval(script, 1, 'lock', 'yours')).toBe(0)
    expect(await another().eval(script, 1, 'lock', 'mine')).toBe(1)
  }))
