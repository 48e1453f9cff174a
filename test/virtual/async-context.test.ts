import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { simulate } from './simulate.ts'

const storage = new AsyncLocalStorage<string>()
const later = (ms: number) =>
  new Promise<string | undefined>((resolve) => setTimeout(() => resolve(storage.getStore()), ms))

describe('inside a simulation', () => {
  test('a context survives every kind of timer', async () => {
    const { value } = await simulate(() =>
      storage.run('request', async () => {
        const seen = [await later(10)]
        await sleep(10)
        seen.push(storage.getStore())
        seen.push(await new Promise((resolve) => setImmediate(() => resolve(storage.getStore()))))
        seen.push(await new Promise((resolve) => randomBytes(1, () => resolve(storage.getStore()))))
        const ticks: unknown[] = []
        await new Promise<void>((resolve) => {
          const interval = setInterval(() => {
            ticks.push(storage.getStore())
            if (ticks.length < 3) return
            clearInterval(interval)
            resolve()
          }, 10)
        })
        return [...seen, ...ticks]
      }),
    )
    expect(value).toEqual(Array.from({ length: 7 }, () => 'request'))
  })

  test('contexts do not mix', async () => {
    const { value } = await simulate(async () => {
      const seen = await Promise.all([
        storage.run('a', () => later(20)),
        storage.run('b', () => later(10)),
        later(15),
        storage.run('c', async () => {
          await sleep(5)
          return await later(5)
        }),
      ])
      return [...seen, storage.getStore()]
    })
    expect(value).toEqual(['a', 'b', undefined, 'c', undefined])
  })

  test('what one timer enters does not leak into another that was set before', async () => {
    const { value } = await simulate(async () => {
      const before = later(20)
      await new Promise<void>((resolve) =>
        setTimeout(() => {
          storage.enterWith('entered')
          resolve()
        }, 10),
      )
      return [await before, await later(10)]
    })
    expect(value[0]).toBeUndefined()
  })

  test('a context around the simulation reaches its timers', async () => {
    const { value } = await storage.run('outer', () => simulate(() => later(10)))
    expect(value).toBe('outer')
    const { value: nested } = await storage.run('outer', () =>
      simulate(async () => [await storage.run('inner', () => later(10)), await later(10)]),
    )
    expect(nested).toEqual(['inner', 'outer'])
  })
})

test('outside, contexts are Node’s own', async () => {
  expect(await storage.run('x', () => later(1))).toBe('x')
  expect([AsyncLocalStorage.prototype.run.name, AsyncLocalStorage.prototype.run.length]).toEqual(['run', 2])
})
