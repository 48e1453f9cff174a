/** What a factory may give back. */
import { describe, expect, test } from 'vitest'
import { actor } from '../../src/actors/actor.ts'
import { failureOf, passes } from '../verdict/verdict.ts'

class Account {
  private balance = 0

  pay(amount: number): number {
    this.balance += amount
    return this.audit()
  }

  audit(): number {
    return this.balance
  }
}

class Savings extends Account {
  withInterest(rate: number): number {
    return this.audit() * (1 + rate)
  }
}

test('methods see their object as `this`, also those of a class and of the class above it', async () => {
  await passes(async (sim) => {
    const { actors } = sim.node('n')
    const Saver = actor('saver', () => new Savings())
    expect(await actors.request(Saver('x'), 'pay', 100)).toBe(100)
    expect(await actors.request(Saver('x'), 'pay', 100)).toBe(200)
    expect(await actors.request(Saver('x'), 'withInterest', 0.5)).toBe(300)
    const Counter = actor('counter', () => {
      const counter = {
        n: 0,
        add(by: number) {
          return (this.n += by)
        },
      }
      return counter
    })
    expect(await actors.request(Counter('x'), 'add', 2)).toBe(2)
    expect(await actors.request(Counter('x'), 'add', 3)).toBe(5)
    expect(await actors.request(Counter('y'), 'add', 1)).toBe(1)
  })
})

test('what every object has is no method; the error says which ones there are', async () => {
  await passes(async (sim) => {
    const { actors } = sim.node('n')
    const Saver = actor('saver', () => new Savings())
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'take']) {
      await expect(actors.request(Saver('x'), name as 'audit')).rejects.toMatchObject({
        remoteName: 'TypeError',
        message: expect.stringMatching(`no method '${name}'; it has withInterest, pay, audit`) as string,
      })
    }
  })
})

test('a name that is none is refused', async () => {
  await passes(async (sim) => {
    const Saver = actor('saver', () => new Savings())
    for (const name of ['', undefined, 7]) {
      await expect(sim.node('n').actors.request(Saver('x'), name as never)).rejects.toThrow('actor method')
    }
  })
})

describe('what never ends is named in the report', () => {
  const never = (): Promise<never> => new Promise(() => {})
  const failing = (hangs: 'factory' | 'method' | 'timer' | 'hook') =>
    failureOf(
      async (sim) => {
        const Stuck = actor('stuck', async (self) => {
          if (hangs === 'timer') self.after(10, never)
          if (hangs === 'hook') self.onDeactivate(never)
          if (hangs === 'factory') await never()
          return { work: () => (hangs === 'method' ? never() : 1) }
        })
        await sim.nodes[0]!.actors.request(Stuck('x'), 'work').catch(() => undefined)
        await sim.sleep(100)
      },
      { nodes: 3, placement: () => 'n2', chaos: { latency: { kind: 'constant', ms: 4 } } },
    )
  const expected = {
    factory: /n2 waits for factory of actor stuck\/x, since \d/,
    method: /n2 waits for stuck\/x\.work, since \d/,
    timer: /n2 waits for a timer's turn of actor stuck\/x, since \d/,
    hook: /n2 waits for deactivation hooks of actor stuck\/x, since \d/,
  } as const
  for (const what of ['factory', 'method', 'timer', 'hook'] as const) {
    test(what, async () => {
      expect(await failing(what)).toMatchObject({
        kind: 'Leak',
        message: expect.stringMatching(expected[what]) as string,
      })
    })
  }
})
