/** Sagas: two orchestrators book a flight and a hotel, and take back what they have when the other is full. */
import { type Healthy, lanes, pause, persistently, tried } from './kit.ts'

type Decision = 'confirm' | 'cancel'
type Place = 'reserved' | 'confirmed' | 'cancelled'
interface Open {
  readonly id: string
  readonly decision: Decision | undefined
}

const services = ['flight', 'hotel'] as const
const capacity = { flight: 3, hotel: 6 }

export const saga: Healthy = {
  name: 'saga with compensation',
  bug: 'a service forgets what was cancelled, so that a late reservation comes back to life',
  body: async (sim, isBroken) => {
    const places = new Map(services.map((id) => [id, new Map<string, Place>()]))
    for (const id of services) {
      const held = places.get(id) as Map<string, Place>
      const { bus } = sim.node(id)
      const usedOf = (): number => [...held.values()].filter((place) => place !== 'cancelled').length
      bus.handle('reserve', (trip: string) => {
        if (!held.has(trip) && usedOf() < capacity[id]) held.set(trip, 'reserved')
        return held.has(trip) && held.get(trip) !== 'cancelled'
      })
      bus.handle('confirm', (trip: string) => void held.set(trip, 'confirmed'))
      bus.handle('cancel', (trip: string) => void (isBroken ? held.delete(trip) : held.set(trip, 'cancelled')))
    }

    const journal = sim.node('journal')
    const trips = new Map<string, { decision: Decision | undefined; isOver: boolean }>()
    journal.bus.handle('start', (id: string) => {
      if (!trips.has(id)) trips.set(id, { decision: undefined, isOver: false })
    })
    journal.bus.handle('open', (): Open[] =>
      [...trips].filter(([, { isOver }]) => !isOver).map(([id, { decision }]) => ({ id, decision })),
    )
    journal.bus.handle('decide', ({ id, decision }: { id: string; decision: Decision }) => {
      const trip = trips.get(id) as { decision: Decision | undefined }
      return (trip.decision ??= decision)
    })
    journal.bus.handle('over', (id: string) => {
      const trip = trips.get(id)
      if (trip !== undefined) trip.isOver = true
    })

    for (const id of ['o1', 'o2']) {
      sim.node(id, (node) => {
        const all = (method: string, trip: string): Promise<unknown[]> =>
          Promise.all(
            services.map((to) =>
              tried(node.bus.request(to, method, trip, { timeout: 150 }).then((answer) => answer ?? 'done')),
            ),
          )
        const drive = async ({ id: trip, decision: known }: Open): Promise<void> => {
          let decision = known
          if (decision === undefined) {
            const answers = await all('reserve', trip)
            if (answers.includes(undefined)) return
            const wish = { id: trip, decision: answers.every((answer) => answer === true) ? 'confirm' : 'cancel' }
            decision = await tried(node.bus.request<Decision>('journal', 'decide', wish, { timeout: 150 }))
          }
          if (decision === undefined) return
          const answers = await all(decision, trip)
          if (!answers.includes(undefined)) await tried(node.bus.request('journal', 'over', trip, { timeout: 150 }))
        }
        void (async () => {
          for (;;) {
            const open = await tried(node.bus.request<Open[]>('journal', 'open', undefined, { timeout: 100 }))
            for (const trip of open ?? []) await drive(trip)
            await pause(40)
          }
        })()
      })
    }

    sim.invariant('no service takes more than it has', () => {
      for (const [id, held] of places) {
        const used = [...held.values()].filter((place) => place !== 'cancelled').length
        if (used > capacity[id]) return `${id} has ${used}`
      }
      return true
    })
    sim.invariant('a trip is confirmed by all or by none', () => {
      const [flight, hotel] = services.map((id) => places.get(id) as Map<string, Place>)
      for (const [trip, place] of flight!) {
        const both = [place, hotel!.get(trip)]
        if (both.includes('confirmed') && both.includes('cancelled')) return `${trip}: ${both.join(' and ')}`
      }
      return true
    })
    const client = sim.node('client')
    await client.run(() => {
      void lanes(2, 4, async (n) => {
        await persistently(() => client.bus.request('journal', 'start', `trip ${n}`, { timeout: 150 }))
        await pause(Math.random() * 60)
      })
    })
    await sim.sleep(800)
    await sim.eventually('every trip is over', () => {
      const open = [...trips].filter(([, { isOver }]) => !isOver)
      return (
        (trips.size === 8 && open.length === 0) || `${trips.size} begun, open: ${open.map(([id]) => id).join(', ')}`
      )
    })
    // Whatever was on the way when the last trip ended has come by now.
    await sim.sleep(300)
    await sim.eventually('nothing is kept for nobody', () => {
      for (const [id, held] of places)
        for (const [trip, place] of held)
          if (place === 'reserved' || (place === 'confirmed') !== (trips.get(trip)?.decision === 'confirm'))
            return `${trip} is ${place} at ${id}, decided: ${trips.get(trip)?.decision}`
      return true
    })
  },
}
