import timers from 'node:timers'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { real } from '../../src/virtual/real.ts'
import { simulate } from './simulate.ts'

type Anything = Record<string, never> & any // eslint-disable-line

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

describe('inside a simulation', () => {
  test('a timeout fires at its virtual time with its arguments and itself as this', async () => {
    const { value, engine } = await simulate(
      () =>
        new Promise((resolve) => {
          const timer = setTimeout(
            function (this: unknown, ...args: unknown[]) {
              resolve([this === timer, ...args])
            },
            86_000,
            1,
            2,
            3,
            4,
          )
        }),
    )
    expect(value).toEqual([true, 1, 2, 3, 4])
    expect(engine.now).toBe(86_000_000)
  })

  test('timers of the same time fire in the order they were set, an interval after what its callback set', async () => {
    const { value } = await simulate(async () => {
      const seen: string[] = []
      setTimeout(() => seen.push('a'), 20)
      const interval = setInterval(() => {
        seen.push('interval')
        setTimeout(() => seen.push('from interval'), 10)
      }, 10)
      setTimeout(() => seen.push('b'), 20)
      await sleep(25)
      clearInterval(interval)
      await sleep(100)
      return seen
    })
    expect(value).toEqual(['interval', 'a', 'b', 'from interval', 'interval', 'from interval'])
  })

  test('delays are coerced as Node does it', async () => {
    const delays = [undefined, null, Number.NaN, -5, 0, 0.5, 1.9, '20', 2 ** 31 - 1, 2 ** 31, Infinity, {}, true]
    const { value } = await simulate(async (engine) => {
      const waited: number[] = []
      for (const delay of delays) {
        const from = engine.now
        await new Promise((resolve) => setTimeout(resolve, delay as number))
        waited.push((engine.now - from) / 1000)
      }
      expect(() => setTimeout(() => {}, 5n as never)).toThrow(TypeError)
      return waited
    })
    expect(value).toEqual([1, 1, 1, 1, 1, 1, 1, 20, 2 ** 31 - 1, 1, 1, 1, 1])
  })

  test('a callback that is no function throws what Node throws', async () => {
    const [text, nothing, none] = ['1', undefined, null] as unknown as [() => void, () => void, () => void]
    const attempts = [() => setTimeout(text, 1), () => setInterval(nothing, 1), () => setImmediate(none)]
    const errors = (): unknown[] =>
      attempts.map((attempt) => {
        try {
          return attempt()
        } catch (error) {
          const { name, code, message } = error as NodeJS.ErrnoException
          return { name, code, message }
        }
      })
    const outside = errors()
    expect(outside[0]).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' })
    expect((await simulate(errors)).value).toEqual(outside)
  })

  test('clearing works by handle, by numeric id, by its string, across kinds, and with nonsense', async () => {
    const { value } = await simulate(async () => {
      const fired: string[] = []
      const set = (name: string) => setTimeout(() => fired.push(name), 10)
      clearTimeout(set('handle'))
      clearTimeout(Number(set('number')))
      clearTimeout(String(Number(set('string'))))
      clearInterval(set('other kind'))
      clearTimeout(setInterval(() => fired.push('interval'), 10))
      timers.clearTimeout(set('node:timers'))
      set('close').close()
      set('dispose')[Symbol.dispose]()
      clearImmediate(setImmediate(() => fired.push('immediate')))
      setImmediate(() => fired.push('dispose immediate'))[Symbol.dispose]()
      // A real clearTimeout that was captured before the dispatchers were installed.
      real.clearTimeout(set('real'))
      for (const nonsense of [undefined, null, 0, -1, 'x', {}, [], 12_345]) {
        clearTimeout(nonsense as never)
        clearImmediate(nonsense as never)
      }
      const kept = set('kept')
      clearImmediate(kept as never)
      clearTimeout(setImmediate(() => fired.push('kept immediate')) as never)
      await sleep(50)
      clearTimeout(kept)
      return fired
    })
    expect(value).toEqual(['kept immediate', 'kept'])
  })

  test('refresh starts again, revives what has fired, and not what was cleared', async () => {
    const { value } = await simulate(async (engine) => {
      const fired: string[] = []
      const log = (name: string) => () => fired.push(`${name} ${engine.now / 1000}`)
      const late = setTimeout(log('late'), 100)
      await sleep(60)
      expect(late.refresh()).toBe(late)
      await sleep(60)
      expect(fired).toEqual([])
      await sleep(60)
      late.refresh()
      await sleep(200)
      clearTimeout(late)
      late.refresh()
      await sleep(200)
      let again = 0
      const self = setTimeout(() => (again++ < 2 ? self.refresh() : log('self')()), 10)
      await sleep(200)
      return fired
    })
    expect(value).toEqual(['late 160', 'late 280', 'self 610'])
  })

  test('an interval cleared in its own callback stops, one that throws is reported', async () => {
    const { value } = await simulate(async () => {
      let ticks = 0
      const interval = setInterval(() => ++ticks === 3 && clearInterval(interval), 10)
      await sleep(1000)
      return ticks
    })
    expect(value).toBe(3)
    await expect(
      simulate(() => {
        setTimeout(() => {
          throw new Error('from a timer')
        }, 5)
        return sleep(100)
      }),
    ).rejects.toThrow('from a timer')
  })

  test('ref, unref and hasRef remember', async () => {
    await simulate(() => {
      for (const handle of [setTimeout(() => {}, 1), setInterval(() => {}, 1), setImmediate(() => {})]) {
        expect(handle.hasRef()).toBe(true)
        expect(handle.unref()).toBe(handle)
        expect(handle.hasRef()).toBe(false)
        expect(handle.ref().hasRef()).toBe(true)
      }
    })
  })

  test('numeric ids are the same for the same seed and no ids of Node', async () => {
    const ids = () => [1, 2, 3].map(() => Number(setTimeout(() => {}, 1)))
    const { value } = await simulate(ids)
    expect(new Set(value).size).toBe(3)
    expect((await simulate(ids)).value).toEqual(value)
    expect(Math.min(...value)).toBeGreaterThanOrEqual(1_000_000_000)
  })

  test('setImmediate is an event at the present time', async () => {
    const { value } = await simulate(async (engine) => {
      const order: string[] = []
      setImmediate((name: string) => order.push(name), 'immediate')
      process.nextTick(() => order.push('tick'))
      await Promise.resolve().then(() => order.push('microtask'))
      await new Promise((resolve) => timers.setImmediate(resolve))
      return [...order.sort(), engine.now]
    })
    expect(value).toEqual(['immediate', 'microtask', 'tick', 0])
  })

  test('promisified timers are virtual', async () => {
    const { value, engine } = await simulate(async () => [
      await promisify(setTimeout)(500, 'timeout'),
      await promisify(setImmediate)('immediate'),
    ])
    expect(value).toEqual(['timeout', 'immediate'])
    expect(engine.now).toBe(500_000)
  })
})

describe('across the border', () => {
  test('a real timer can be cleared inside, by handle and by id', async () => {
    let fired = 0
    // Longer than any machine takes to begin a simulation.
    const [handle, byId] = [setTimeout(() => fired++, 60_000), setTimeout(() => fired++, 60_000)]
    const id = Number(byId)
    const immediate = setImmediate(() => fired++)
    await simulate(() => {
      clearTimeout(handle)
      clearTimeout(id)
      clearImmediate(immediate)
    })
    const cleared = [handle, byId].map((timer) => (timer as unknown as { _destroyed: boolean })._destroyed)
    expect(cleared).toEqual([true, true])
    // The simulation itself starts in a real immediate, after this one.
    expect(fired).toBe(1)
  })

  test('a virtual timer used after its simulation ended is harmless', async () => {
    let fired = 0
    const { value } = await simulate(() => ({
      timeout: setTimeout(() => fired++, 1),
      interval: setInterval(() => fired++, 1),
      immediate: setImmediate(() => fired++),
    }))
    const use = () => {
      value.timeout.refresh().ref().unref()
      value.interval.refresh()
      clearTimeout(value.timeout)
      clearInterval(value.interval)
      clearImmediate(value.immediate)
      value.timeout.refresh().close()
      value.timeout[Symbol.dispose]()
      return Number(value.timeout)
    }
    expect(use()).toBeGreaterThan(0)
    await simulate(async () => {
      use()
      await sleep(10)
    })
    await sleep(10)
    expect(fired).toBe(0)
  })
})

describe('outside', () => {
  test('handles are the real ones', async () => {
    const timeout = setTimeout(() => {}, 1)
    expect(Object.getPrototypeOf(timeout)).toBe(Object.getPrototypeOf(real.setTimeout(() => {}, 1)))
    clearTimeout(timeout)
    const immediate = setImmediate(() => {})
    expect(Object.getPrototypeOf(immediate)).toBe(Object.getPrototypeOf(real.setImmediate(() => {})))
    clearImmediate(immediate)
    const byId = setTimeout(() => expect.unreachable(), 5)
    clearTimeout(Number(byId))
    let ticks = 0
    await new Promise<void>((resolve) => {
      const interval = setInterval(
        (step: number) => {
          ticks += step
          if (ticks < 3) return
          clearInterval(interval)
          resolve()
        },
        1,
        1,
      )
    })
    expect(await promisify(setTimeout)(1, 'real')).toBe('real')
    expect(await promisify(setImmediate)('real')).toBe('real')
  })

  test('functions and their attributes keep their shape', () => {
    const names = [
      'setTimeout',
      'setInterval',
      'setImmediate',
      'clearTimeout',
      'clearInterval',
      'clearImmediate',
    ] as const
    for (const name of names) {
      const dispatcher: Anything = globalThis[name]
      expect(dispatcher).not.toBe(real[name])
      expect([dispatcher.name, dispatcher.length]).toEqual([real[name].name, real[name].length])
      expect(timers[name]).toBe(dispatcher)
      expect(Object.getOwnPropertyDescriptor(globalThis, name)).toMatchObject({
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
  })
})
