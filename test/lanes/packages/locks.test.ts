import AsyncLock from 'async-lock'
import { Mutex, Semaphore, withTimeout } from 'async-mutex'
import { expect } from 'vitest'
import { check } from './check.ts'
import { mutex } from './state/locks.ts'

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

check('async-mutex', async (sim) => {
  // Held for ever: only a fresh module is free in the next seed.
  await mutex.acquire()
  expect(mutex.isLocked()).toBe(true)
  await expect(withTimeout(mutex, 50).acquire()).rejects.toThrow('timeout')
  const semaphore = new Semaphore(1)
  const order = ['a', 'b'].map((name) => semaphore.runExclusive(() => sleep(5).then(() => `${name} ${sim.now}`)))
  return [await Promise.all(order), new Mutex().isLocked()]
})

check('async-lock', async (sim) => {
  const lock = new AsyncLock({ timeout: 20 })
  const first = lock.acquire('key', () => sleep(100).then(() => 'first'))
  await expect(lock.acquire('key', () => 'second')).rejects.toThrow('timed out')
  return [await first, Math.round(sim.now)]
})
