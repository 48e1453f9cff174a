import { type Actor, actor, sometimes } from 'vitest-simulation'
import type { Journal } from './journal.ts'

/** What an inbox can do. */
export interface Inbox {
  receive(id: number): number
  note(id: number): void
  wake(): string
}

/** The actors under test: each counts the messages it has received in this activation. */
export function inboxes(journal: Journal): Actor<Inbox> {
  return actor<Inbox>(
    'inbox',
    (self) => {
      const seen = new Set<number>()
      const receive = (id: number): void => {
        sometimes(seen.has(id), 'a message comes twice')
        seen.add(id)
        journal.receive(self.id, id)
      }
      journal.activate(self.id, self.node)
      self.onDeactivate(() => journal.deactivate(self.id))
      return {
        receive(id) {
          receive(id)
          return seen.size
        },
        note(id) {
          receive(id)
          sometimes(true, 'a one-way message arrives')
        },
        wake() {
          journal.busy.add(self.id)
          return self.node
        },
      }
    },
    { idleMs: 5_000 },
  )
}
