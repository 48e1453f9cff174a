import { expect, test, vi } from 'vitest'
import { simulation } from 'vitest-simulation'

// As test files do that mock first and import then.
const { next, default: label } = await import('./fixtures/counter.ts')
const late = await import('./fixtures/late.ts')

simulation.test(
  'what is imported by await import() at the top is fresh, too',
  { iterations: 3, determinism: 1 },
  () => {
    expect([next(), label(), late.next()]).toEqual([101, 'count 1', 1])
    const shadowed = (late: number): number => late
    expect(shadowed(5)).toBe(5)
  },
)

simulation.test('a mock that is made in a body is what it imports', { iterations: 3 }, async () => {
  vi.doMock('./fixtures/mail.ts', () => ({ send: () => 'mocked' }))
  const mail = (await import('./fixtures/mail.ts')) as { send: () => unknown }
  expect(mail.send()).toBe('mocked')
  vi.doUnmock('./fixtures/mail.ts')
  const actual = await import('./fixtures/mail.ts')
  expect(typeof actual.send()).toBe('number')
})

test('outside they are the ordinary ones', () => {
  process.exitCode = undefined
  expect(late.next()).toBe(1)
  expect(late.next()).toBe(2)
})

simulation.test('an exit code that a seed sets is not that of the tests', () => {
  process.exitCode = 3
  expect(process.send).toBeUndefined()
})
