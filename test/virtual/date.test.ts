import { types } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Owner } from '../../src/engine/owner.ts'
import { real } from '../../src/virtual/real.ts'
import { simulate } from './simulate.ts'

const start = Date.UTC(2024, 0, 1)

describe('inside a simulation', () => {
  test('Date reads virtual time in every form', async () => {
    const { value } = await simulate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1500))
      return [Date.now(), new Date().getTime(), Date(), Reflect.construct(Date, []).getTime()]
    })
    expect(value).toEqual([start + 1500, start + 1500, new Date(start + 1500).toString(), start + 1500])
  })

  test('a date made from something is that date', async () => {
    await simulate(() => {
      expect(new Date(0).getTime()).toBe(0)
      expect(new Date('2020-02-03T04:05:06Z').toISOString()).toBe('2020-02-03T04:05:06.000Z')
      expect(new Date(2020, 1, 3).getMonth()).toBe(1)
      expect(new Date(undefined as unknown as number).getTime()).toBeNaN()
      expect(new Date(new Date(5)).getTime()).toBe(5)
    })
  })

  test('subclasses read virtual time', async () => {
    class Stamp extends Date {
      get twice() {
        return this.getTime() * 2
      }
    }
    const { value } = await simulate(() => new Stamp())
    expect(value.twice).toBe(start * 2)
    expect(value).toBeInstanceOf(Stamp)
    expect(value).toBeInstanceOf(Date)
    expect(new Stamp(7).twice).toBe(14)
  })

  test('the clock is that of the owner', async () => {
    const { value } = await simulate((engine) => {
      const owner = new Owner('late')
      owner.clock = { dateMs: () => 1000, monotonicMs: () => 7, lasts: (_now, micros) => micros }
      const test = engine.owner
      engine.become(owner)
      const seen = [Date.now(), new Date().getTime(), performance.now(), performance.timeOrigin]
      engine.become(test)
      return seen
    })
    expect(value).toEqual([1000, 1000, 7, 993])
  })

  test('Intl formats virtual now when it is given no date', async () => {
    const { value } = await simulate(() => {
      const format = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'short' })
      expect(format.format).toBe(format.format)
      expect(format.format(0)).toBe('01/01/1970')
      expect(format.formatRange(0, 86_400_000)).toContain('1970')
      expect(() => format.formatRange(undefined as never, undefined as never)).toThrow(TypeError)
      return [
        format.format(),
        [undefined].map(format.format)[0],
        format
          .formatToParts()
          .map((part) => part.value)
          .join(''),
        new Date().toLocaleDateString('en-GB', { timeZone: 'UTC' }),
      ]
    })
    expect(value).toEqual(['01/01/2024', '01/01/2024', '01/01/2024', '01/01/2024'])
  })

  test.runIf('Temporal' in globalThis)('Temporal.Now answers virtual time', async () => {
    const { Now } = (globalThis as unknown as { Temporal: { Now: Record<string, (zone?: string) => unknown> } })
      .Temporal
    const ask = () => [
      String(Now['instant']!()),
      String(Now['zonedDateTimeISO']!('UTC')),
      String(Now['plainDateTimeISO']!('UTC')),
      String(Now['plainDateISO']!('UTC')),
      String(Now['plainTimeISO']!('UTC')),
    ]
    expect((await simulate(ask)).value).toEqual([
      '2024-01-01T00:00:00Z',
      '2024-01-01T00:00:00+00:00[UTC]',
      '2024-01-01T00:00:00',
      '2024-01-01',
      '00:00:00',
    ])
    expect(ask()[0]).not.toContain('2024-01-01')
  })
})

describe('outside', () => {
  test('Date is real', () => {
    expect(Math.abs(Date.now() - real.Date.now())).toBeLessThan(1000)
    expect(Math.abs(new Date().getTime() - real.Date.now())).toBeLessThan(1000)
    expect(Date()).toMatch(/^\w{3} \w{3} \d\d 20/)
    expect(new Intl.DateTimeFormat('en', { year: 'numeric', timeZone: 'UTC' }).format()).toBe(
      String(new Date().getUTCFullYear()),
    )
  })

  test('Date keeps its shape', () => {
    expect(Date).not.toBe(real.Date)
    expect([Date.name, Date.length, Date.parse('1970-01-01'), Date.UTC(1970)]).toEqual(['Date', 7, 0, 0])
    expect(Object.getOwnPropertyDescriptor(Date, 'prototype')).toEqual(
      Object.getOwnPropertyDescriptor(real.Date, 'prototype'),
    )
    expect(Object.getOwnPropertyDescriptor(globalThis, 'Date')).toMatchObject({
      writable: true,
      enumerable: false,
      configurable: true,
    })
    expect(Object.getOwnPropertyDescriptor(Date.prototype, 'constructor')).toMatchObject({ enumerable: false })
    expect(Reflect.ownKeys(Date)).toEqual(expect.arrayContaining(Reflect.ownKeys(real.Date)))
    const date = new Date()
    expect(date.constructor).toBe(Date)
    expect(date).toBeInstanceOf(Date)
    expect(date).toBeInstanceOf(real.Date)
    expect(new real.Date()).toBeInstanceOf(Date)
    expect(types.isDate(date)).toBe(true)
    expect(structuredClone(date)).toEqual(date)
    expect(structuredClone(date).constructor).toBe(Date)
    expect(Object.prototype.toString.call(date)).toBe('[object Date]')
  })
})
