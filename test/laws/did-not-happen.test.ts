/** Law: who is told that something did not happen can rely on it: it has not, and it never will. */
import { describe, expect, test } from 'vitest'
import { actor } from '../../src/actors/actor.ts'
import { ActorUnavailable } from '../../src/actors/errors.ts'
import { RequestTimeout, SendFailed } from '../../src/bus/errors.ts'
import type { Simulation } from '../../src/world/door.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import { passes } from '../verdict/verdict.ts'

const chaos: Record<string, SimulationOptions['chaos']> = {
  random: 'random',
  'copies and failures to send': { duplication: 0.5, sendFailure: 0.3 },
  'copies, losses and crashes': { duplication: 0.5, loss: 0.2, sendFailure: 0.3, crash: { every: [20, 400] } },
}

/** Who was told what, and what ran; judged when nothing is under way any more. */
class Ledger {
  readonly denied: string[] = []
  private readonly ran = new Set<string>()

  run(call: string): void {
    this.ran.add(call)
  }

  watch(call: string, outcome: Promise<unknown>): void {
    const isDenial = (error: unknown): boolean => error instanceof SendFailed || error instanceof ActorUnavailable
    outcome.catch((error: unknown) => void (isDenial(error) && this.denied.push(call)))
  }

  async judge(sim: Simulation): Promise<void> {
    await sim.quiesce()
    expect(this.denied.filter((call) => this.ran.has(call))).toEqual([])
  }
}

describe.each(Object.entries(chaos))('under %s', (_name, faults) => {
  test('requests, one-way messages and all attempts of a retry', async () => {
    let denials = 0
    await passes(
      async (sim) => {
        const ledger = new Ledger()
        for (const id of ['a', 'b', 'c'])
          sim.node(id, ({ bus }) => bus.handle('do', (call: string) => ledger.run(call)))
        for (let n = 0; n < 40; n++) {
          const from = sim.node(sim.random.pick(['a', 'b', 'c', 'client'])).bus
          const to = sim.random.pick(['a', 'b', 'c'])
          const retry = { attempts: sim.random.integer(2, 4), delay: 10, idempotencyKey: n % 2 === 0 }
          if (n % 3 === 0) ledger.watch(`${n}`, from.send(to, 'do', `${n}`))
          else ledger.watch(`${n}`, from.request(to, 'do', `${n}`, { timeout: 30, ...(n % 3 === 1 && { retry }) }))
          await sim.sleep(5)
        }
        await ledger.judge(sim)
        denials += ledger.denied.length
      },
      { iterations: 100, chaos: faults },
    )
    expect(denials).toBeGreaterThan(50)
  })

  test('calls of actors, by nodes and by actors, also where they are sent on', async () => {
    let denials = 0
    let inners = 0
    const ledgers = new Map<string, Ledger>()
    const Worker = actor(
      'worker',
      (self) => ({
        do: async ({ seed, call, next }: { seed: string; call: string; next?: string }): Promise<void> => {
          ledgers.get(seed)?.run(call)
          await new Promise((resolve) => setTimeout(resolve, 5))
          if (next === undefined) return
          // A copy of the message that has brought us here makes a call of its own.
          const name = `${call}+${++inners}`
          const inner = self.request(Worker(next), 'do', { seed, call: name }, { timeout: 100 })
          ledgers.get(seed)?.watch(name, inner)
          await inner.catch(() => undefined)
        },
      }),
      { idleMs: 60 },
    )
    await passes(
      async (sim) => {
        // Payloads that count on over the seeds would not be the same in a second run.
        inners = 0
        const ledger = new Ledger()
        const seed = `${sim.seed} ${sim.iteration}`
        ledgers.set(seed, ledger)
        for (let n = 0; n < 30; n++) {
          const payload = { seed, call: `${n}`, ...(n % 4 === 0 && { next: `${(n + 1) % 3}` }) }
          const outcome = sim.random.pick(sim.nodes).actors.request(Worker(`${n % 3}`), 'do', payload, { timeout: 150 })
          ledger.watch(`${n}`, outcome)
          await sim.sleep(sim.random.integer(1, 30))
        }
        await ledger.judge(sim)
        denials += ledger.denied.length
      },
      { iterations: 100, nodes: 3, chaos: faults },
    )
    expect(denials).toBeGreaterThan(20)
  })
})

test('a retry whose last attempt was not sent tells of the one that may have been handled', async () => {
  let told = 0
  await passes(
    async (sim) => {
      let handled = 0
      sim.node('server', ({ bus }) => bus.handle('do', () => void handled++))
      const options = { timeout: 30, retry: { attempts: 2 } }
      const outcome = await sim
        .node('client')
        .bus.request('server', 'do', 1, options)
        .catch((error: unknown) => error)
      if (outcome instanceof SendFailed) expect(handled).toBe(0)
      if (outcome instanceof RequestTimeout && handled > 0) told++
    },
    { iterations: 300, chaos: { loss: 0.5, sendFailure: 0.5 } },
  )
  expect(told).toBeGreaterThan(10)
})
