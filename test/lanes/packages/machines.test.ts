import { Duration, Effect, Schedule } from 'effect'
import { pipe } from 'fp-ts/function'
import * as TE from 'fp-ts/TaskEither'
import { createStore } from 'redux'
import { createMachine, interpret, state, transition } from 'robot3'
import { expect } from 'vitest'
import { createActor, createMachine as createChart } from 'xstate'
import { check } from './check.ts'
import { store } from './state/machines.ts'

check('xstate', async (sim) => {
  const chart = createChart({
    initial: 'waiting',
    states: { waiting: { after: { 100: 'done' } }, done: { type: 'final' } },
  })
  const actor = createActor(chart).start()
  await sim.sleep(99)
  const before = actor.getSnapshot().value
  await sim.sleep(2)
  return [before, actor.getSnapshot().value]
})

check('robot3', () => {
  const service = interpret(createMachine({ off: state(transition('toggle', 'on')), on: state() }), () => {})
  service.send('toggle')
  return service.machine.current
})

check('effect', async (sim) => {
  let attempts = 0
  const program = Effect.tryPromise(async () => {
    if (++attempts < 3) throw new Error('again')
    return attempts
  }).pipe(Effect.retry(Schedule.exponential('10 millis')), Effect.delay(Duration.millis(5)))
  return [await Effect.runPromise(program), Math.round(sim.now)]
})

check('fp-ts', async () => {
  const task = pipe(
    TE.tryCatch(async () => 2, String),
    TE.map((value) => value * 2),
  )
  return task()
})

check('redux', () => {
  const counter = createStore((count: number = 0, action: { type: string }) =>
    action.type === 'add' ? count + 1 : count,
  )
  counter.dispatch({ type: 'add' })
  return counter.getState()
})

check('zustand', () => {
  store.getState().add()
  expect(store.getState().count).toBe(1)
  return store.getState().count
})
