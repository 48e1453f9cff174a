import { performance as hooks } from 'node:perf_hooks'
import process, { hrtime, uptime } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { simulate } from './simulate.ts'

describe('inside a simulation', () => {
  test('every monotonic clock reads virtual time', async () => {
    const { value } = await simulate(async () => {
      const from = process.hrtime()
      await sleep(1_500)
      return [
        performance.now(),
        hooks.now(),
        hrtime(),
        process.hrtime(from),
        process.hrtime([0, 600_000_000]),
        hrtime.bigint(),
        uptime(),
        performance.timeOrigin,
      ]
    })
    expect(value).toEqual([
      1525,
      1525,
      [1, 525_000_000],
      [1, 500_000_000],
      [0, 925_000_000],
      1_525_000_000n,
      1.525,
      Date.UTC(2024, 0, 1) - 25,
    ])
  })

  test('no clock ever reads 0, which some packages take for "no time"', async () => {
    const { value } = await simulate(() => [
      performance.now(),
      process.hrtime.bigint(),
      process.hrtime()[1],
      process.uptime(),
      performance.timeOrigin + performance.now(),
    ])
    expect(value).toEqual([25, 25_000_000n, 25_000_000, 0.025, Date.UTC(2024, 0, 1)])
  })

  test('marks and measures are virtual, and gone in the next iteration', async () => {
    const measure = async () => {
      expect(performance.getEntriesByName('begin')).toEqual([])
      const begin = performance.mark('begin', { detail: 1 })
      await sleep(100)
      performance.mark('end')
      await sleep(100)
      return [
        begin.startTime,
        begin.detail as unknown,
        performance.mark('set', { startTime: 7 }).startTime,
        performance.measure('a', 'begin').duration,
        performance.measure('b', 'begin', 'end').duration,
        performance.measure('c').duration,
        performance.measure('d', { start: 50 }).duration,
        performance.measure('e', { start: 50, duration: 5 }).duration,
        performance.measure('f', { start: 'begin', end: 'end', detail: 'x' }).detail as unknown,
        performance.getEntriesByName('a').length,
      ]
    }
    const expected = [25, 1, 7, 200, 100, 225, 175, 5, 'x', 1]
    expect((await simulate(measure)).value).toEqual(expected)
    expect((await simulate(measure)).value).toEqual(expected)
  })

  test('wrong arguments throw as in Node', async () => {
    const wrong = () =>
      [
        () => process.hrtime(1 as never),
        () => process.hrtime([1] as never),
        () => performance.mark.call(performance, ...([] as unknown as [string])),
        () => performance.measure('x', 'no such mark'),
      ].map((attempt) => {
        try {
          return attempt()
        } catch (error) {
          return `${(error as Error).name}: ${(error as Error).message}`
        }
      })
    expect((await simulate(wrong)).value).toEqual(wrong())
  })

  test('an event is stamped with virtual time', async () => {
    const { value } = await simulate(async () => {
      await sleep(250)
      const target = new EventTarget()
      let stamp: number | undefined
      let event: Event | undefined
      target.addEventListener('x', (e) => {
        event = e
        stamp = e.timeStamp
      })
      target.dispatchEvent(new Event('x'))
      await sleep(250)
      return [stamp, event?.timeStamp]
    })
    expect(value).toEqual([275, 275])
  })
})

test('outside, clocks are real', () => {
  expect(Math.abs(performance.timeOrigin + performance.now() - Date.now())).toBeLessThan(60_000)
  const from = process.hrtime()
  expect(process.hrtime(from)[0]).toBe(0)
  expect(hrtime.bigint()).toBeTypeOf('bigint')
  expect(uptime()).toBeGreaterThan(0)
  expect(performance.mark('outside').startTime).toBeGreaterThan(0)
  expect(performance.measure('since', 'outside').duration).toBeGreaterThanOrEqual(0)
  expect(new Event('x').timeStamp).toBeGreaterThan(0)
  expect([performance.now.name, process.hrtime.name, process.uptime.name]).toEqual(['now', 'hrtime', 'uptime'])
})
