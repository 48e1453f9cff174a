/** Nodes that write down what reaches them, and senders that number what they send. */
import type { Simulation } from '../../src/world/door.ts'

/** One message that a node was given. */
export interface Arrival {
  readonly from: string
  readonly to: string
  /** One-based, in order of sending on that link. */
  readonly n: number
  /** Virtual ms. */
  readonly at: number
  /** What the test said was going on when it arrived. */
  readonly during: string
}

/** The wire between some nodes as a test sees it: everything sent, everything that came. */
export class Wire {
  readonly arrivals: Arrival[] = []
  /** Written down with every arrival; tests set it at the moment when they change something. */
  during = 'before'
  private readonly sim: Simulation
  private readonly sent = new Map<string, number>()

  constructor(sim: Simulation, ids: readonly string[]) {
    this.sim = sim
    for (const id of ids) {
      sim.node(id, (node) => {
        node.bus.handle('note', (n: number, { from }) => {
          this.arrivals.push({ from, to: id, n, at: sim.now, during: this.during })
        })
      })
    }
  }

  /** Sends the next message of a link. */
  send(from: string, to: string): Promise<void> {
    const link = `${from} ${to}`
    const n = (this.sent.get(link) ?? 0) + 1
    this.sent.set(link, n)
    return this.sim.node(from).bus.send(to, 'note', n)
  }

  /** Sends one message on every link given, every `ms`, `rounds` times. */
  async chat(links: readonly (readonly [string, string])[], rounds: number, ms: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      for (const [from, to] of links) await this.send(from, to)
      await this.sim.sleep(ms)
    }
  }

  /** How many messages were sent on a link so far. */
  count(from: string, to: string): number {
    return this.sent.get(`${from} ${to}`) ?? 0
  }

  /** The numbers that arrived on a link, in order of arrival. */
  numbers(from: string, to: string, during?: string): number[] {
    return this.on(from, to, during).map(({ n }) => n)
  }

  on(from: string, to: string, during?: string): Arrival[] {
    return this.arrivals.filter(
      (one) => one.from === from && one.to === to && (during === undefined || one.during === during),
    )
  }
}

/** 1 … n. */
export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1)
}

/** Both directions between every two of them. */
export function allLinks(ids: readonly string[]): [string, string][] {
  return ids.flatMap((from) => ids.filter((to) => to !== from).map((to): [string, string] => [from, to]))
}
