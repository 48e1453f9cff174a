import timersPromises from 'node:timers/promises'
import { setTimeout as named } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { installVirtualGlobals } from '../../src/virtual/install.ts'
import { real } from '../../src/virtual/real.ts'
import { simulate } from './simulate.ts'

test('a second installation, by this copy or another, changes nothing', async () => {
  const before = [Date, setTimeout, Math.random, timersPromises.setTimeout, AbortSignal.timeout]
  installVirtualGlobals()
  vi.resetModules()
  const install = await import('../../src/virtual/install.ts')
  expect(install.installVirtualGlobals).not.toBe(installVirtualGlobals)
  install.installVirtualGlobals()
  expect([Date, setTimeout, Math.random, timersPromises.setTimeout, AbortSignal.timeout]).toEqual(before)
  expect(named).toBe(timersPromises.setTimeout)
})

test('another copy sees the true originals', async () => {
  vi.resetModules()
  const copy = await import('../../src/virtual/real.ts')
  expect(copy.real).toBe(real)
  expect(real.setTimeout).not.toBe(setTimeout)
  expect(real.Date).not.toBe(Date)
  const timer = real.setTimeout(() => {}, 1)
  expect(timer.constructor.name).toBe('Timeout')
  clearTimeout(timer)
})

test('Vitest’s fake timers work on top, outside a simulation', async () => {
  vi.useFakeTimers({ now: 5000 })
  try {
    expect([Date.now(), new Date().getTime()]).toEqual([5000, 5000])
    let fired = false
    setTimeout(() => (fired = true), 1000)
    vi.advanceTimersByTime(1000)
    expect([fired, Date.now()]).toEqual([true, 6000])
  } finally {
    vi.useRealTimers()
  }
  vi.setSystemTime(77_000)
  expect(Math.floor(Date.now() / 1000)).toBe(77)
  vi.useRealTimers()
  // simulate() installs again first, as every simulation does: Vitest has put back the Date of before the setup file.
  expect((await simulate(() => Date.now())).value).toBe(Date.UTC(2024, 0, 1))
})

test('microtasks and nextTick are never replaced', () => {
  expect(queueMicrotask).toBe(real.queueMicrotask)
  expect(process.nextTick).toBe(real.nextTick)
})
