/** Ordered delivery, exactly once: sequence numbers, cumulative acknowledgements, and sending again by a timer. */
import { type Healthy, tried } from './kit.ts'

interface Segment {
  readonly sequence: number
  readonly text: string
}

const count = 20
const windowSize = 5

export const ordered: Healthy = {
  name: 'ordered delivery',
  bug: 'the receiver takes what it has already delivered',
  body: async (sim, isBroken) => {
    const [sender, receiver] = [sim.node('sender'), sim.node('receiver')]
    // Both ends are processes that live; what is between them dies and forgets.
    for (const id of ['relay1', 'relay2']) {
      sim.node(id, (relay) => {
        relay.bus.handle('forth', (segment: Segment) => void tried(relay.bus.send('receiver', 'segment', segment)))
        relay.bus.handle('back', (next: number) => void tried(relay.bus.send('sender', 'acknowledge', next)))
      })
    }

    const outbox: string[] = []
    /** The first segment that is not acknowledged. */
    let base = 0
    const transmit = (sequence: number): void => {
      const relay = sim.random.pick(['relay1', 'relay2'])
      void tried(sender.bus.send(relay, 'forth', { sequence, text: outbox[sequence] }))
    }
    sender.bus.handle('acknowledge', (next: number) => {
      base = Math.max(base, next)
    })
    await sender.run(() => {
      setInterval(() => {
        for (let n = base; n < Math.min(base + windowSize, outbox.length); n++) transmit(n)
      }, 50)
    })

    const delivered: string[] = []
    let next = 0
    receiver.bus.handle('segment', ({ sequence, text }: Segment) => {
      if (sequence === next || (isBroken && sequence < next)) {
        delivered.push(text)
        next = sequence + 1
      }
      void tried(receiver.bus.send(sim.random.pick(['relay1', 'relay2']), 'back', next))
    })

    sim.invariant('what is delivered is what was sent, in order', () => {
      const last = delivered.length - 1
      return last < 0 || delivered[last] === outbox[last] || `${delivered[last]} came in place of ${outbox[last]}`
    })
    for (let n = 0; n < count; n++) {
      outbox.push(`m${n}`)
      if (n < base + windowSize) await sender.run(() => transmit(n))
      await sim.sleep(sim.random.below(40))
    }
    await sim.eventually('everything is delivered', () => delivered.length === count || `${delivered.length} are`, {
      within: 5_000,
    })
    await sim.quiesce()
  },
}
