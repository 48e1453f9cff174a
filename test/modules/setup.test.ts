import { expect, test } from 'vitest'
import { simulation } from 'vitest-simulation'
import { next } from './fixtures/counter.ts'
import { often } from './fixtures/define.ts'
import * as settings from './fixtures/settings.ts'
import { extend, installed } from './fixtures/settings.ts'

settings.extend('first')
extend('second')
await Promise.resolve(extend('third'))

declare global {
  var leftBehind: number | undefined
}

simulation.test('what sets up a module is done for those of each iteration', { iterations: 3, determinism: 1 }, () => {
  // The third is an expression of Promise's: once, for the ordinary module.
  expect(installed()).toEqual(['first', 'second'])
  extend('of this seed')
})

often('and what defines a test is not', () => {
  expect(next()).toBe(101)
})

simulation.test('globals of a seed end with it', { iterations: 3, determinism: 1 }, () => {
  expect(globalThis.leftBehind).toBeUndefined()
  globalThis.leftBehind = 1
})

test('outside it was done once', () => {
  expect(installed()).toEqual(['first', 'second', 'third'])
  expect('leftBehind' in globalThis).toBe(false)
})
