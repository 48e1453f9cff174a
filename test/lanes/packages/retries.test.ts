import retry from 'async-retry'
import { ExponentialBackoff, circuitBreaker, ConsecutiveBreaker, handleAll, retry as cockatielRetry } from 'cockatiel'
import CircuitBreaker from 'opossum'
import pRetry from 'p-retry'
import { expect } from 'vitest'
import { check } from './check.ts'

/** Fails so often, then answers. */
function failing(times: number): () => Promise<string> {
  let calls = 0
  return async () => {
    calls++
    if (calls <= times) throw new Error(`call ${calls}`)
    return `call ${calls}`
  }
}

check('p-retry', async (sim) => [await pRetry(failing(2), { retries: 3, randomize: true }), Math.round(sim.now)])

check('async-retry', async (sim) => [await retry(failing(2), { retries: 3 }), Math.round(sim.now)])

check('cockatiel', async (sim) => {
  const policy = cockatielRetry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() })
  const answer = await policy.execute(failing(2))
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: 1_000, breaker: new ConsecutiveBreaker(1) })
  await expect(breaker.execute(failing(1))).rejects.toThrow('call 1')
  await expect(breaker.execute(failing(0))).rejects.toThrow('circuit')
  await sim.sleep(1_001)
  return [answer, await breaker.execute(failing(0))]
})

check('opossum', async (sim) => {
  const breaker = new CircuitBreaker(failing(1), { resetTimeout: 500, errorThresholdPercentage: 1, timeout: 100 })
  await expect(breaker.fire()).rejects.toThrow('call 1')
  const isOpen = breaker.opened
  await sim.sleep(501)
  const answer = await breaker.fire()
  breaker.shutdown()
  return [isOpen, answer]
})
