/** Laws of the faults that begin, last and end: clogs and partitions. */
import { expect, test } from 'vitest'
import type { PartitionShape } from '../../src/chaos/families.ts'
import type { Simulation } from '../../src/world/door.ts'
import { passes, runSeed } from './check.ts'
import { Wire, allLinks, upTo } from './wire.ts'

const ids = ['a', 'b', 'c', 'd', 'e']
const links = allLinks(ids)
const seeds = upTo(40)

interface Window {
  readonly left: readonly string[]
  readonly right: readonly string[]
  readonly oneWay: boolean
  /** Virtual ms. */
  readonly begin: number
  readonly end: number
}

/** The partitions of one seed, from its recording, and what arrived meanwhile. */
async function partitionsOf(seed: number, partition: object): Promise<{ windows: Window[]; wire: Wire }> {
  let wire: Wire | undefined
  const body = async (sim: Simulation): Promise<void> => {
    wire = new Wire(sim, ids)
    await wire.chat(links, 100, 10)
  }
  const { result } = await runSeed(body, seed, { chaos: { partition } }, { recording: true })
  expect(result.failure).toBeUndefined()
  const ends = (result.trace?.kept ?? []).filter(({ kind }) => kind === 'episode ends').map(({ time }) => time / 1000)
  const windows = result.faults.map(({ text, time }, i): Window => {
    const [, left = '', arrow, right = ''] = /^partition (.*) (\||→\|) (.*)$/.exec(text) ?? []
    const sides = { left: left.split(', '), right: right.split(', ') }
    return { ...sides, oneWay: arrow === '→|', begin: time / 1000, end: ends[i] ?? Infinity }
  })
  return { windows, wire: wire as Wire }
}

test('nothing crosses a partition in the cut direction while it lasts', async () => {
  let cuts = 0
  for (const seed of seeds) {
    const { windows, wire } = await partitionsOf(seed, { every: [10, 100], lasts: [50, 200], oneWay: 0.5 })
    for (const { left, right, oneWay, begin, end } of windows) {
      cuts++
      const crossing = wire.arrivals.filter(({ from, to, at }) => {
        const forth = left.includes(from) && right.includes(to)
        const back = right.includes(from) && left.includes(to)
        return at > begin && at < end && at < 1000 && (forth || (back && !oneWay))
      })
      expect(crossing).toEqual([])
    }
  }
  expect(cuts).toBeGreaterThan(200)
})

test('a partition lasts as long as the option says, one at a time, and every node is on one side', async () => {
  for (const seed of seeds) {
    const { windows } = await partitionsOf(seed, { every: [10, 100], lasts: [50, 200] })
    let last = 0
    for (const { left, right, begin, end } of windows) {
      expect([...left, ...right].sort()).toEqual(ids)
      expect(begin - last).toBeGreaterThanOrEqual(10)
      if (end !== Infinity) expect(end - begin).toBeGreaterThanOrEqual(50)
      if (end !== Infinity) expect(end - begin).toBeLessThanOrEqual(200)
      last = end
    }
  }
})

test('shapes: isolate, even, random; one-way by its share', async () => {
  const sizes = async (shapes: readonly PartitionShape[], oneWay: number): Promise<Set<number>> => {
    const found = new Set<number>()
    for (const seed of seeds) {
      const { windows } = await partitionsOf(seed, { every: [10, 100], lasts: [50, 100], shapes, oneWay })
      for (const window of windows) {
        found.add(window.left.length)
        expect(window.oneWay).toBe(oneWay === 1)
      }
    }
    return found
  }
  expect(await sizes(['isolate'], 0)).toEqual(new Set([1]))
  expect(await sizes(['even'], 1)).toEqual(new Set([2]))
  expect(await sizes(['random'], 0)).toEqual(new Set([1, 2, 3, 4]))
})

test('drop loses messages, hold loses none', async () => {
  for (const inFlight of ['drop', 'hold'] as const) {
    let lost = 0
    const { families } = await passes(
      async (sim) => {
        const wire = new Wire(sim, ids)
        await wire.chat(links, 50, 10)
        await sim.quiesce()
        lost += links.length * 50 - wire.arrivals.length
      },
      { chaos: { partition: { every: [10, 100], lasts: [50, 200], inFlight } } },
    )
    if (inFlight === 'hold') expect(lost).toBe(0)
    else expect(lost).toBeGreaterThan(1000)
    expect(families[0]?.effective).toBeGreaterThan(50)
  }
})

test('a clog of the chaos profile holds a link back and loses nothing', async () => {
  let late = 0
  const { families } = await passes(
    async (sim) => {
      const wire = new Wire(sim, ids)
      await wire.chat(links, 50, 10)
      await sim.quiesce()
      for (const [from, to] of links) expect(wire.numbers(from, to)).toEqual(upTo(50))
      late += wire.arrivals.filter(({ at, n }) => at - (n - 1) * 10 > 15).length
    },
    { chaos: { clog: { every: [10, 50], lasts: [50, 200] } } },
  )
  expect(late).toBeGreaterThan(100)
  expect(families[0]?.effective).toBeGreaterThan(50)
})

test('every episode ends when the simulation becomes quiet, and none begins after', async () => {
  const forever = { every: [1, 2], lasts: [1e6, 1e6] } as const
  const { families } = await passes(
    async (sim) => {
      const wire = new Wire(sim, ids)
      await wire.chat(links, 5, 10)
      await sim.quiesce()
      const before = wire.arrivals.length
      await wire.chat(links, 20, 10)
      await sim.sleep(20)
      expect(wire.arrivals.length - before, 'nothing is lost or late any more').toBe(links.length * 20)
      expect(sim.now, 'quiet does not wait for the ends that were planned').toBeLessThan(2_000)
    },
    { chaos: { clog: forever, partition: forever, pause: forever } },
  )
  for (const { family, injected } of families) expect(injected, family).toBe(20)
})

test('with less than two nodes there is nothing to cut', async () => {
  const { families } = await passes((sim) => sim.sleep(1_000), {
    nodes: 1,
    chaos: { partition: { every: [1, 2] }, clog: { every: [1, 2] } },
  })
  for (const { injected } of families) expect(injected).toBe(0)
})
