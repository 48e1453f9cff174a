import { once } from 'node:events'
import {
  scheduler,
  setImmediate as immediate,
  setInterval as interval,
  setTimeout as sleep,
} from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { simulate } from './simulate.ts'

/** What a promise rejects with, as far as users look at it. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.then(
    (value) => expect.unreachable(`resolved with ${String(value)}`),
    (reason: unknown) => reason,
  )
  const { name, code, message, cause } = error as NodeJS.ErrnoException
  return { name, code, message, cause, isError: error instanceof Error }
}

const soon = 5

async function abortedWhileWaiting(): Promise<unknown[]> {
  const seen: unknown[] = []
  for (const start of [
    (signal: AbortSignal) => sleep(1000, undefined, { signal }),
    (signal: AbortSignal) => immediate(undefined, { signal }),
    (signal: AbortSignal) => scheduler.wait(1000, { signal }),
  ]) {
    const controller = new AbortController()
    const promise = rejection(start(controller.signal))
    controller.abort('enough')
    seen.push(await promise)
    seen.push(await rejection(start(AbortSignal.abort('before'))))
  }
  return seen
}

async function wrongArguments(): Promise<unknown[]> {
  const wrong: (() => Promise<unknown>)[] = [
    () => sleep('1' as never),
    () => sleep(1, 2, null as never),
    () => sleep(1, 2, [] as never),
    () => sleep(1, 2, { signal: {} as never }),
    () => sleep(1, 2, { ref: 1 as never }),
    () => immediate(1, { ref: 'x' as never }),
    () =>
      interval('1' as never)
        [Symbol.asyncIterator]()
        .next(),
    () => scheduler.wait('1' as never),
  ]
  return await Promise.all(wrong.map((start) => rejection(start())))
}

async function intervalTicks(ms: number): Promise<unknown[]> {
  const controller = new AbortController()
  const seen: unknown[] = []
  for await (const value of interval(ms, 'tick')) {
    seen.push(value)
    if (seen.length === 3) break
  }
  const endless = async () => {
    for await (const value of interval(ms, 'until abort', { signal: controller.signal })) {
      seen.push(value)
      if (seen.length === 5) controller.abort('enough')
    }
  }
  seen.push(await rejection(endless()))
  seen.push(await rejection(interval(ms, 1, { signal: controller.signal })[Symbol.asyncIterator]().next()))
  return seen
}

describe('inside a simulation', () => {
  test('waits are virtual and answer their value', async () => {
    const { value, engine } = await simulate(async () => [
      await sleep(60_000, 'slept'),
      await immediate('at once'),
      await scheduler.wait(1000),
      await scheduler.yield(),
      await sleep(),
    ])
    expect(value).toEqual(['slept', 'at once', undefined, undefined, undefined])
    expect(engine.now).toBe(61_001_000)
  })

  test('the iterator ticks, counts what its consumer missed, stops, and aborts', async () => {
    const { value, engine } = await simulate(() => intervalTicks(1000))
    expect(value).toEqual(await intervalTicks(soon))
    expect(engine.now).toBe(5_000_000)
    const { value: missed } = await simulate(async (engine) => {
      const at: number[] = []
      for await (const _ of interval(10)) {
        at.push(engine.now / 1000)
        if (at.length === 1) await sleep(25)
        if (at.length === 4) return at
      }
      return at
    })
    expect(missed).toEqual([10, 35, 35, 40])
  })

  test('aborting rejects as Node does and takes the timer out', async () => {
    const { value, engine } = await simulate(abortedWhileWaiting)
    expect(value).toEqual(await abortedWhileWaiting())
    expect(engine.queued).toBe(0)
    expect(engine.now).toBe(0)
  })

  test('wrong arguments reject as Node does and wait for nothing', async () => {
    const { value, engine } = await simulate(wrongArguments)
    expect(value).toEqual(await wrongArguments())
    expect(engine.queued).toBe(0)
    await simulate(() => {
      expect(() => scheduler.wait.call({}, 1)).toThrow(/Scheduler/)
    })
  })

  test('AbortSignal.timeout aborts at its virtual time, through AbortSignal.any too', async () => {
    const { value, engine } = await simulate(async () => {
      const signal = AbortSignal.timeout(60_000)
      const any = AbortSignal.any([signal, new AbortController().signal])
      await once(any, 'abort')
      const { name, message } = signal.reason as DOMException
      expect(any.reason).toBe(signal.reason)
      expect(signal).toBeInstanceOf(AbortSignal)
      expect(() => AbortSignal.timeout(-1)).toThrow(RangeError)
      expect(() => AbortSignal.timeout('1' as never)).toThrow(TypeError)
      const slow = sleep(5000, undefined, { signal: AbortSignal.timeout(100) })
      return { name, message, isDomException: signal.reason instanceof DOMException, slow: await rejection(slow) }
    })
    expect(value).toMatchObject({ name: 'TimeoutError', isDomException: true, slow: { name: 'AbortError' } })
    expect(engine.now).toBe(60_100_000)
    const real = AbortSignal.timeout(1)
    await once(real, 'abort')
    expect((real.reason as DOMException).message).toBe(value.message)
  })

  test('the same seed gives the same digest', async () => {
    const run = () => simulate(() => intervalTicks(7), 5)
    expect((await run()).digest).toBe((await run()).digest)
  })
})

test('outside, waits are real', async () => {
  const from = process.hrtime.bigint()
  expect(await sleep(20, 'slept')).toBe('slept')
  expect(process.hrtime.bigint() - from).toBeGreaterThan(15_000_000n)
  expect([await immediate('now'), await scheduler.wait(1), await scheduler.yield()]).toEqual([
    'now',
    undefined,
    undefined,
  ])
})
