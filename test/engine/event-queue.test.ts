import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventQueue } from '../../src/engine/event-queue.ts'
import { EventKind, SimEvent } from '../../src/engine/event.ts'
import { Owner } from '../../src/engine/owner.ts'

const owner = new Owner('x')
const event = (time: number, rank: number, sequence: number): SimEvent =>
  new SimEvent(time, rank, sequence, EventKind.sleep, 0, owner, () => undefined, undefined)

const inOrder = (one: SimEvent, two: SimEvent): number =>
  one.time - two.time || one.rank - two.rank || one.sequence - two.sequence

type Step = { do: 'push'; time: number; rank: number } | { do: 'pop' } | { do: 'remove'; at: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('push' as const), time: fc.nat(20), rank: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'pop' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), at: fc.nat() }) },
)

test('behaves like a sorted array, whatever is pushed, popped and removed', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const queue = new EventQueue()
      const gone: SimEvent[] = []
      let model: SimEvent[] = []
      let sequence = 0
      for (const one of steps) {
        if (one.do === 'push') {
          const added = event(one.time, one.rank, sequence++)
          queue.push(added)
          model = [...model, added].sort(inOrder)
        } else if (one.do === 'pop') {
          const first = model.shift()
          expect(queue.pop()).toBe(first)
          if (first !== undefined) gone.push(first)
        } else if (model.length > 0) {
          const [removed] = model.splice(one.at % model.length, 1)
          expect(queue.remove(removed as SimEvent)).toBe(true)
          gone.push(removed as SimEvent)
        }
        expect(queue.size).toBe(model.length)
        expect(queue.peek()).toBe(model[0])
      }
      expect([...queue.events].sort(inOrder)).toEqual(model)
      for (const one of gone) expect(queue.remove(one)).toBe(false)
      for (const one of model) expect(queue.pop()).toBe(one)
      expect(queue.pop()).toBeUndefined()
    }),
    { numRuns: 300, seed: 1 },
  )
})

test('comes out by time, then rank, then order of entry', () => {
  const queue = new EventQueue()
  const events = [event(5, 0, 0), event(1, 2, 1), event(1, 1, 2), event(1, 1, 3), event(0, 9, 4)]
  for (const one of events) queue.push(one)
  expect(events.map(() => queue.pop()?.sequence)).toEqual([4, 2, 3, 1, 0])
})

test('an event that left can come back', () => {
  const queue = new EventQueue()
  const one = event(1, 0, 0)
  queue.push(one)
  expect(queue.remove(one)).toBe(true)
  queue.push(one)
  expect(queue.pop()).toBe(one)
})
