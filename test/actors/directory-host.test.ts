import { expect, test } from 'vitest'
import { firstBallot, nextBallot } from '../../src/actors/directory/ballot.ts'
import { DirectoryHost, driftMargin } from '../../src/actors/directory/host.ts'
import { leaseMs } from '../../src/actors/directory/lease.ts'
import type { Registration } from '../../src/actors/directory/registration.ts'
import type { Simulation } from '../../src/world/door.ts'
import { passes } from '../verdict/verdict.ts'
import { nodeInside } from '../helpers/inside.ts'

const x: Registration = { activation: 1, node: 'n3', lease: 7 }
const hosts = (sim: Simulation): [DirectoryHost, DirectoryHost] => [
  new DirectoryHost(nodeInside(sim.node('n1')), leaseMs),
  new DirectoryHost(nodeInside(sim.node('n2')), leaseMs),
]
const isLive = (host: DirectoryHost): boolean => host.look('x').node !== undefined

test('a lease lives its full length and a margin from when a host last heard of it, then it has ended for good', async () => {
  await passes(async (sim) => {
    const [host] = hosts(sim)
    host.accept({ actor: 'x', ballot: 1, value: x })
    await sim.sleep(60_000)
    // Others may have prolonged it this very moment.
    expect(isLive(host)).toBe(true)
    await sim.sleep(leaseMs)
    expect(host.renew('n3', 7)).toBe(true)
    await sim.sleep(leaseMs * (1 + driftMargin))
    expect(isLive(host)).toBe(true)
    await sim.sleep(1)
    expect(isLive(host)).toBe(false)
    expect(host.renew('n3', 7)).toBe(false)
  })
})

test('a node that has a newer lease holds the older one no more, whatever arrives late', async () => {
  await passes((sim) => {
    const [host] = hosts(sim)
    host.accept({ actor: 'x', ballot: 1, value: x })
    expect(host.renew('n3', 7)).toBe(true)
    expect(host.renew('n3', 8)).toBe(true)
    expect(host.renew('n3', 7)).toBe(false)
    expect(isLive(host)).toBe(false)
    host.accept({ actor: 'x', ballot: 2, value: { ...x, lease: 8 } })
    expect(isLive(host)).toBe(true)
    expect(host.end('n3', 8)).toBe(true)
    expect(isLive(host)).toBe(false)
  })
})

test('what one host has found to have ended does not become the vote of a host that learns from it', async () => {
  await passes(async (sim) => {
    const [one, other] = hosts(sim)
    one.accept({ actor: 'x', ballot: 1, value: x })
    expect(isLive(one)).toBe(true)
    await sim.sleep(leaseMs * 2)
    expect(isLive(one)).toBe(false)
    other.wiped()
    other.merge(one.copyAbove(firstBallot(1)))
    expect(other.look('x')).toEqual({ node: 'n3', former: undefined })
    expect(isLive(one)).toBe(false)
  })
})

test('promises that a lost disk forgets bind nobody: ballots of earlier epochs are refused everywhere', async () => {
  await passes((sim) => {
    const [kept, lost] = hosts(sim)
    const old = nextBallot(0, 3)
    expect(lost.prepare({ actor: 'x', ballot: old }).ok).toBe(true)
    lost.wiped()
    lost.raise(firstBallot(1))
    lost.merge(kept.copyAbove(firstBallot(1)))
    for (const host of [kept, lost]) {
      expect(host.accept({ actor: 'x', ballot: old, value: x })).toBe(false)
      const refused = host.prepare({ actor: 'y', ballot: nextBallot(old, 3) })
      expect(refused.ok).toBe(false)
      expect(host.prepare({ actor: 'y', ballot: nextBallot(refused.ballot, 3) }).ok).toBe(true)
    }
  })
})

test('ballots are unique to their node, grow, and stay exact', () => {
  expect(nextBallot(0, 0)).toBeLessThan(nextBallot(0, 1))
  expect(nextBallot(nextBallot(0, 5), 1)).toBeGreaterThan(nextBallot(0, 5))
  const late = nextBallot(firstBallot(30_000), 9_999)
  expect(late).toBeGreaterThan(firstBallot(30_000))
  expect(Number.isSafeInteger(late)).toBe(true)
})
