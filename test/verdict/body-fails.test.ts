import { expect, test } from 'vitest'
import { failureOf, passes } from './verdict.ts'

test('a body that rejects fails its seed, with its own error', async () => {
  const error = new RangeError('planted')
  const failure = await failureOf(async (sim) => {
    await sim.sleep(5)
    throw error
  })
  expect(failure).toMatchObject({ kind: 'BodyFailed', name: 'RangeError', message: 'planted', owner: 'test' })
  expect(failure.error).toBe(error)
  expect(failure.time).toBe(5_000)
  await passes((sim) => sim.sleep(5))
})

test('a body that throws before its first await fails the same way', async () => {
  const failure = await failureOf(() => {
    throw new RangeError('planted')
  })
  expect(failure).toMatchObject({ kind: 'BodyFailed', name: 'RangeError', message: 'planted', owner: 'test' })
  await passes(() => undefined)
})

test('a body that throws something else than an error fails, too', async () => {
  const failure = await failureOf(() => Promise.reject('a string'))
  expect(failure).toMatchObject({ kind: 'BodyFailed', name: 'Error', message: 'a string' })
})

test('an expectation that fails in the body fails the seed and keeps its difference', async () => {
  const failure = await failureOf(async (sim) => {
    await sim.sleep(1)
    expect({ a: 1 }).toEqual({ a: 2 })
  })
  expect(failure.kind).toBe('BodyFailed')
  expect(failure.name).toBe('AssertionError')
  expect(failure.error).toMatchObject({ actual: { a: 1 }, expected: { a: 2 } })
  await passes(async (sim) => {
    await sim.sleep(1)
    expect({ a: 1 }).toEqual({ a: 1 })
  })
})

test('an expectation that fails in a handler fails the seed though the caller catches the remote error', async () => {
  const body = (wrong: boolean) => async (sim: Parameters<Parameters<typeof passes>[0]>[0]) => {
    sim.node('server', (node) => node.bus.handle('ask', (n: number) => expect(n).toBe(wrong ? 2 : 1)))
    await sim
      .node('client')
      .bus.request('server', 'ask', 1)
      .catch(() => undefined)
  }
  expect(await failureOf(body(true))).toMatchObject({ kind: 'UnhandledError', name: 'AssertionError', owner: 'server' })
  await passes(body(false))
})

test('what the framework checks after the body fails the iteration', async () => {
  const body = (sim: { sleep(ms: number): Promise<void> }) => sim.sleep(1)
  let iterations = 0
  const failure = await failureOf(
    body,
    {},
    {
      beforeIteration: (number) => void (iterations = number),
      afterBody: () => {
        if (iterations === 2) throw new Error('soft expectation of iteration 2')
      },
    },
  )
  expect(failure).toMatchObject({ kind: 'BodyFailed', message: 'soft expectation of iteration 2' })
  await passes(body, {}, { afterBody: () => undefined })
})

test('only the first failing seed is reported, and the iterations stop there', async () => {
  const seen: number[] = []
  const failure = await failureOf(
    (sim) => {
      seen.push(sim.iteration)
      return sim.iteration >= 2 ? Promise.reject(new Error(`iteration ${sim.iteration}`)) : undefined
    },
    { iterations: 10, determinism: 0 },
  )
  expect(failure.message).toBe('iteration 2')
  // The third call is the recording of the second iteration.
  expect(seen).toEqual([1, 2, 2])
})
