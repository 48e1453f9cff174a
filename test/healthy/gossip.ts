/** Gossip: five nodes tell each other who is alive, by versions that only their owner raises. */
import { type Healthy, tried } from './kit.ts'

type Versions = Readonly<Record<string, number>>

const members = ['g1', 'g2', 'g3', 'g4', 'g5']

export const gossip: Healthy = {
  name: 'gossip',
  bug: 'a node that has lost its memory does not raise its version above what others know of it',
  body: async (sim, isBroken) => {
    /** The highest version that each has ever given itself. */
    const issued = new Map<string, number>()
    /** Whom each has heard of lately. */
    const views = new Map<string, string[]>()
    let wrong: string | undefined

    for (const id of members) {
      sim.node(id, (node) => {
        const versions = new Map<string, number>()
        const heardAt = new Map<string, number>()
        const others = members.filter((other) => other !== id)
        const raise = (to: number): void => {
          versions.set(id, to)
          issued.set(id, Math.max(to, issued.get(id) ?? 0))
        }
        raise(1)
        node.bus.handle('versions', (given: Versions) => {
          for (const [of, version] of Object.entries(given)) {
            if (version > (issued.get(of) ?? 0)) wrong = `${id} has heard of ${of} version ${version}`
            if (version <= (versions.get(of) ?? 0)) continue
            if (of !== id) versions.set(of, version)
            else if (!isBroken) raise(version + 1)
            heardAt.set(of, performance.now())
          }
        })
        setInterval(() => {
          const peer = others[Math.floor(Math.random() * others.length)] as string
          void tried(node.bus.send(peer, 'versions', Object.fromEntries(versions)))
        }, 30)
        setInterval(() => raise((versions.get(id) as number) + 1), 100)
        setInterval(() => {
          const isRecent = (one: string): boolean => performance.now() - (heardAt.get(one) ?? -1_000) < 400
          views.set(id, others.filter(isRecent))
        }, 20)
      })
    }

    sim.invariant('nobody hears of a version that was never given', () => wrong ?? true)
    await sim.sleep(2_000)
    await sim.eventually(
      'everybody sees everybody alive',
      () => {
        for (const id of members) {
          const seen = views.get(id) ?? []
          if (seen.length < members.length - 1) return `${id} sees ${seen.join(', ') || 'nobody'}`
        }
        return true
      },
      { within: 800 },
    )
  },
}
