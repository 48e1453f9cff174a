/** Two-phase commit: seats at three participants are booked together or not at all. */
import type { SimulationNode as Node } from '../../src/world/door.ts'
import { type Healthy, lanes, load, persistently, save, tried } from './kit.ts'

type Decision = 'commit' | 'abort'
interface Booking {
  readonly id: string
  /** Seat by participant. */
  readonly seats: Readonly<Record<string, number>>
}
interface Hold {
  readonly id: string
  isCommitted: boolean
  readonly since: number
  /** The promise is on the disk. */
  readonly saved: Promise<void>
  ending?: Promise<void>
}

const participants = ['p1', 'p2', 'p3']
const seatCount = 4

export const commit: Healthy = {
  name: 'two-phase commit',
  bug: 'a participant in doubt aborts by itself',
  body: async (sim, isBroken) => {
    const begun = new Map<string, { booking: Booking; at: number }>()
    const decided = new Map<string, Decision>()
    const holds = new Map<string, Map<number, Hold>>()
    let wrong: string | undefined

    // The decisions: whoever comes first decides. A service of its own, which is there as a database is.
    const log = sim.node('log')
    const decide = (id: string, decision: Decision): Decision => {
      if (!decided.has(id)) decided.set(id, decision)
      return decided.get(id) as Decision
    }
    log.bus.handle('begin', (booking: Booking) => void begun.set(booking.id, { booking, at: performance.now() }))
    log.bus.handle('decide', ({ id, decision }: { id: string; decision: Decision }) => decide(id, decision))
    // A participant without a disk has forgotten its promises: what is not decided yet cannot be committed any more.
    log.bus.handle('recover', () => {
      for (const id of begun.keys()) decide(id, 'abort')
      return [...begun.values()].map((one) => one.booking).filter(({ id }) => decided.get(id) === 'commit')
    })
    await log.run(() => {
      setInterval(() => {
        for (const [id, { at }] of begun) if (performance.now() - at > 500) decide(id, 'abort')
      }, 100)
    })

    const participate = async (node: Node): Promise<void> => {
      const held = new Map<number, Hold>()
      const hold = (seat: number, id: string, isCommitted: boolean, saved: Promise<void>): void =>
        void held.set(seat, { id, isCommitted, since: performance.now(), saved })
      const keep = (seat: number, id: string, isCommitted: boolean): Promise<void> =>
        save(node, `seat ${seat}`, { id, isCommitted })
      const end = async (seat: number, id: string, decision: Decision): Promise<void> => {
        const one = held.get(seat)
        if (one?.id !== id || one.isCommitted) return
        if (decided.get(id) !== decision) wrong = `${node.id} does ${decision} of ${id}: ${decided.get(id)}`
        await one.saved
        one.ending ??= decision === 'commit' ? keep(seat, id, true) : save(node, `seat ${seat}`, null)
        await one.ending
        if (decision === 'commit') one.isCommitted = true
        else if (held.get(seat) === one) held.delete(seat)
      }
      node.bus.handle('prepare', async ({ id, seat }: { id: string; seat: number }) => {
        if (!held.has(seat)) hold(seat, id, false, keep(seat, id, false))
        const one = held.get(seat) as Hold
        if (one.id !== id || one.ending !== undefined) return one.isCommitted && one.id === id
        await one.saved
        return true
      })
      node.bus.handle('end', ({ id, seat, decision }: { id: string; seat: number; decision: Decision }) =>
        end(seat, id, decision),
      )
      if (node.incarnation > 1 && (await load(node, 'member')) === undefined) {
        const committed = await persistently(() =>
          node.bus.request<Booking[]>('log', 'recover', undefined, { timeout: 150 }),
        )
        for (const { id, seats } of committed) {
          const seat = seats[node.id]
          if (seat === undefined) continue
          await keep(seat, id, true)
          hold(seat, id, true, Promise.resolve())
        }
      } else {
        for (let seat = 0; seat < seatCount; seat++) {
          const stored = await load<{ id: string; isCommitted: boolean } | null>(node, `seat ${seat}`)
          if (stored) hold(seat, stored.id, stored.isCommitted, Promise.resolve())
        }
      }
      await save(node, 'member', true)
      holds.set(node.id, held)
      const resolveDoubts = async (): Promise<void> => {
        for (const [seat, { id, isCommitted, since }] of held) {
          if (isCommitted || performance.now() - since < 200) continue
          const question = { id, decision: 'abort' }
          const decision = isBroken
            ? 'abort'
            : await tried(node.bus.request<Decision>('log', 'decide', question, { timeout: 100 }))
          if (decision !== undefined) await end(seat, id, decision)
        }
      }
      setInterval(() => void resolveDoubts(), 100)
    }
    for (const id of participants) sim.node(id, participate)

    for (const id of ['c1', 'c2']) {
      sim.node(id, (node) => {
        node.bus.handle('book', async (booking: Booking) => {
          const { id, seats } = booking
          await node.bus.request('log', 'begin', booking, { timeout: 150 })
          const votes = await Promise.all(
            Object.entries(seats).map(([to, seat]) =>
              tried(node.bus.request(to, 'prepare', { id, seat }, { timeout: 150 })),
            ),
          )
          const wish = { id, decision: votes.every((vote) => vote === true) ? 'commit' : 'abort' }
          const decision = await node.bus.request('log', 'decide', wish, { timeout: 150, retry: { attempts: 3 } })
          for (const [to, seat] of Object.entries(seats)) void tried(node.bus.send(to, 'end', { id, seat, decision }))
          return decision
        })
      })
    }

    sim.invariant('a participant does what was decided', () => wrong ?? true)
    sim.invariant('a seat is booked once', () => {
      const owners = new Map<string, string>()
      for (const { booking } of begun.values()) {
        if (decided.get(booking.id) !== 'commit') continue
        for (const [participant, seat] of Object.entries(booking.seats)) {
          const place = `${participant} ${seat}`
          if (owners.has(place)) return `${place} is of ${owners.get(place)} and ${booking.id}`
          owners.set(place, booking.id)
        }
      }
      return true
    })
    const client = sim.node('client')
    await lanes(3, 4, async (n) => {
      const { random } = sim
      const [one, other] = random.shuffle(participants) as [string, string]
      const seats = { [one]: random.below(seatCount), [other]: random.below(seatCount) }
      await tried(client.bus.request(random.pick(['c1', 'c2']), 'book', { id: `b${n}`, seats }, { timeout: 200 }))
      await sim.sleep(random.below(100))
    })
    await sim.eventually('every booking is decided, and known to its participants', () => {
      for (const { booking } of begun.values()) {
        const { id, seats } = booking
        const decision = decided.get(id)
        if (decision === undefined) return `${id} is not decided`
        for (const [participant, seat] of Object.entries(seats)) {
          const one = holds.get(participant)?.get(seat)
          if (decision === 'commit' ? one?.id !== id || !one.isCommitted : one?.id === id)
            return `${participant} has not heard of ${decision} of ${id}`
        }
      }
      return true
    })
  },
}
