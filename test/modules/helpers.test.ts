import { expect, test } from 'vitest'
import { next } from './fixtures/counter.ts'
import { often } from './fixtures/define.ts'
import { scenario } from './fixtures/scenarios.ts'
import { monotonic } from './fixtures/packages.ts'

often('a test that a helper defines sees the modules of its iteration', () => {
  expect([next(), next()]).toEqual([101, 202])
  expect(monotonic()).toBe(1)
})

// Taken from its module while the test file is evaluated.
often('so does a body from another module', scenario)

test('and an ordinary test the ordinary ones', () => {
  expect(next()).toBe(101)
  expect(monotonic()).toBe(1)
  expect(monotonic()).toBe(2)
})
