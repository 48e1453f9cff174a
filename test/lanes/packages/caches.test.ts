import Keyv from 'keyv'
import { LRUCache } from 'lru-cache'
import memoizee from 'memoizee'
import NodeCache from 'node-cache'
import pMemoize from 'p-memoize'
import QuickLRU from 'quick-lru'
import { expect } from 'vitest'
import { check } from './check.ts'
import { calls, cached, lookUp } from './state/caches.ts'

check('lru-cache', async (sim) => {
  cached.set('a', 1)
  expect([cached.get('a'), cached.size]).toEqual([1, 1])
  await sim.sleep(1_001)
  expect(cached.get('a')).toBeUndefined()
  return new LRUCache({ max: 2 }).size
})

check('quick-lru', async (sim) => {
  const cache = new QuickLRU<string, number>({ maxSize: 2, maxAge: 100 })
  cache.set('a', 1)
  await sim.sleep(50)
  expect(cache.get('a')).toBe(1)
  await sim.sleep(60)
  return cache.has('a')
})

check('node-cache', async (sim) => {
  const cache = new NodeCache({ stdTTL: 1, checkperiod: 0 })
  cache.set('a', 1)
  expect(cache.get('a')).toBe(1)
  await sim.sleep(1_100)
  return cache.get('a') ?? 'gone'
})

check('keyv', async (sim) => {
  const store = new Keyv<number>()
  await store.set('a', 1, 100)
  expect(await store.get('a')).toBe(1)
  await sim.sleep(101)
  return (await store.get('a')) ?? 'gone'
})

check('memoizee', async (sim) => {
  expect([lookUp(1), lookUp(1), calls()]).toEqual(['1 first', '1 first', 1])
  await sim.sleep(101)
  lookUp(1)
  expect(calls()).toBe(2)
  return memoizee((n: number) => n + 1)(1)
})

check('p-memoize', async () => {
  let count = 0
  const once = pMemoize(async (key: string) => `${key} ${++count}`)
  return [await once('a'), await once('a'), await once('b')]
})
