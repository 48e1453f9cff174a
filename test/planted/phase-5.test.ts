/** Each invariant of the fifth example finds the bug that it is there for, without the simulator's own invariants. */
import { expect, test } from 'vitest'
import { messagebus } from '../../examples/phase-5-autonomous/messagebus.ts'
import { Activation } from '../../src/actors/activation.ts'
import { DirectoryClient, type Found } from '../../src/actors/directory/client.ts'
import type { Registration } from '../../src/actors/directory/registration.ts'
import { PendingRequests } from '../../src/bus/pending-requests.ts'
import type { Failure } from '../../src/engine/failure.ts'
import { failureOf, passes } from '../verdict/verdict.ts'
import { planted } from './actors/plant.ts'

type Decide = (found: Found) => Registration | null
type Change = (this: DirectoryClient, id: string, decide: Decide, settle?: boolean) => unknown

const options = { nodes: 5, chaos: 'swarm', invariants: false, shrink: false, determinism: 0 } as const
const fails = (iterations = 10): Promise<Failure> => failureOf(messagebus, { ...options, iterations })

test('an actor that is active on two nodes', async () => {
  // Registers without compare and swap: what is there is looked up first, and then written over.
  const failure = await planted<DirectoryClient, Failure>(
    DirectoryClient.prototype,
    'change',
    (original) =>
      function (this: DirectoryClient, id: string, decide: Decide, settle?: boolean) {
        const seen = decide({ value: null, ended: false })
        const blind: Decide = (found) => (settle === true ? decide(found) : seen)
        return (original as unknown as Change).call(this, id, blind, settle)
      } as never,
    () => fails(30),
  )
  expect(failure).toMatchObject({ kind: 'InvariantViolation', name: 'an actor is in one place at most' })
})

test('a correlation id that is not taken away', async () => {
  let ends = 0
  const failure = await planted<PendingRequests, Failure>(
    PendingRequests.prototype,
    'delete',
    (original) =>
      function (this: PendingRequests, id: number) {
        if (++ends % 100 === 0 && this.get(id) !== undefined) return true
        return (original as PendingRequests['delete']).call(this, id)
      } as never,
    fails,
  )
  expect(failure).toMatchObject({ kind: 'InvariantViolation', name: 'no correlation id leaks' })
})

test('a message that nobody sent', async () => {
  let calls = 0
  const failure = await planted<Activation, Failure>(
    Activation.prototype,
    'call',
    (original) =>
      function (this: Activation, method: string, payload: unknown, chain: never) {
        const isOther = method !== 'wake' && ++calls % 50 === 0
        return (original as Activation['call']).call(this, method, isOther ? -1 : payload, chain)
      } as never,
    fails,
  )
  expect(failure).toMatchObject({ kind: 'InvariantViolation', name: 'what is received was sent' })
  expect(failure.message).toContain('message -1 was never sent')
})

test('an activation that does not say goodbye', async () => {
  let ends = 0
  const failure = await planted<Activation, Failure>(
    Activation.prototype,
    'runHooks',
    (original) =>
      function (this: Activation) {
        return ++ends % 2 === 0 ? Promise.resolve() : (original as Activation['runHooks']).call(this)
      } as never,
    fails,
  )
  expect(failure).toMatchObject({ kind: 'BodyFailed', name: 'AssertionError' })
})

test('and as it is, it passes', async () => {
  await passes(messagebus, { ...options, iterations: 10 })
})
