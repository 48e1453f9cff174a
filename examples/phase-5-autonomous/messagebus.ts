import { expect } from 'vitest'
import { type Simulation, sometimes } from 'vitest-simulation'
import { alphabet } from './alphabet.ts'
import { inboxes } from './inbox.ts'
import { Journal } from './journal.ts'

/** A thousand operations of everything that may happen, and what must hold whatever they are. */
export async function messagebus(sim: Simulation): Promise<void> {
  const journal = new Journal()

  sim.invariant(
    'what is received was sent',
    () => {
      for (const id of journal.received.keys()) if (!journal.sent.has(id)) return `message ${id} was never sent`
      return true
    },
    { when: 'quiet' },
  )
  sim.invariant(
    'no correlation id leaks',
    () => {
      const leaking = sim.nodes.filter((node) => node.bus.pending > 0)
      return leaking.length === 0 || leaking.map((node) => `${node.bus.pending} on ${node.id}`).join(', ')
    },
    { when: 'quiet' },
  )
  sim.invariant('an actor is in one place at most', () => {
    // Only those that did something: a hundred look-ups after each event would be most of the work.
    for (const actor of journal.busy) {
      const places = sim.directory.locations(actor)
      if (places.length > 1) return `${actor} is on ${places.join(' and ')}`
    }
    journal.busy.clear()
    return true
  })

  const outcome = await sim.workload(alphabet(inboxes(journal), journal), { operations: 1_000 })
  expect(outcome.ok + outcome.failed + outcome.unknown).toBe(outcome.operations)

  await sim.quiesce()
  for (const [actor, homes] of journal.homes) {
    expect(sim.directory.locations(actor).length).toBeLessThanOrEqual(1)
    sometimes(new Set(homes).size > 1, 'an actor moves to another node')
  }

  // Every actor that still lives says goodbye, once.
  const alive = sim.nodes.flatMap((node) => node.actors.active)
  journal.farewells.clear()
  await Promise.all(sim.nodes.map((node) => node.stop()))
  expect([...journal.farewells.keys()].sort()).toEqual([...alive].sort())
  expect(new Set(journal.farewells.values()).size).toBeLessThanOrEqual(1)
  expect(sim.nodes.flatMap((node) => node.actors.active)).toEqual([])
}
