import Bottleneck from 'bottleneck'
import { RateLimiter } from 'limiter'
import pThrottle from 'p-throttle'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import pDebounce from 'p-debounce'
import { expect } from 'vitest'
import { check } from './check.ts'
import { limiter, saved, save } from './state/limits.ts'

check('bottleneck', async (sim) => {
  const bottleneck = new Bottleneck({ minTime: 100, maxConcurrent: 1 })
  const at = await Promise.all([1, 2, 3].map(() => bottleneck.schedule(async () => Math.round(sim.now))))
  expect(at[2]! - at[0]!).toBeGreaterThan(190)
  return at
})

check('limiter', async (sim) => {
  const bucket = new RateLimiter({ tokensPerInterval: 2, interval: 1_000 })
  const at: number[] = []
  for (let i = 0; i < 4; i++) {
    await bucket.removeTokens(1)
    at.push(Math.round(sim.now))
  }
  return at
})

check('rate-limiter-flexible', async (sim) => {
  await limiter.consume('user')
  await limiter.consume('user')
  await expect(limiter.consume('user')).rejects.toMatchObject({ remainingPoints: 0 })
  await sim.sleep(1_100)
  return (await limiter.consume('user')).remainingPoints + new RateLimiterMemory({ points: 1, duration: 1 }).points
})

check('p-throttle', async (sim) => {
  const throttled = pThrottle({ limit: 1, interval: 100 })(async () => Math.round(sim.now))
  return Promise.all([throttled(), throttled(), throttled()])
})

check('p-debounce', async (sim) => {
  const debounced = pDebounce((value: number) => value, 50)
  return Promise.all([debounced(1), sim.sleep(10).then(() => debounced(2))])
})

check('lodash', async (sim) => {
  save()
  save()
  await sim.sleep(60)
  expect(saved()).toBe(1)
  save()
  await sim.sleep(60)
  return saved()
})
