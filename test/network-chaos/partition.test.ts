/** Laws of partitions made by hand, under every latency and every schedule strategy. */
import { describe, expect, test } from 'vitest'
import type { CutMode } from '../../src/network/link.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes, settings } from './check.ts'
import { Wire, allLinks, upTo } from './wire.ts'

const ids = ['a', 'b', 'c', 'd']
const links = allLinks(ids)

/** Cuts the network, heals it later, and says which directions are cut. */
interface Way {
  readonly cut: (sim: Simulation, inFlight: CutMode) => () => void
  readonly isCut: (from: string, to: string) => boolean
}

const inside = (side: readonly string[], id: string): boolean => side.includes(id)

const ways: Readonly<Record<string, Way>> = {
  'a, b | c, d': {
    cut: (sim, inFlight) => sim.network.partition(['a', 'b'], ['c', 'd'], { inFlight }),
    isCut: (from, to) => inside(['a', 'b'], from) !== inside(['a', 'b'], to),
  },
  'a, b →| c, one-way': {
    cut: (sim, inFlight) => sim.network.partition(['a', 'b'], ['c'], { oneWay: true, inFlight }),
    isCut: (from, to) => inside(['a', 'b'], from) && to === 'c',
  },
  'b isolated': {
    cut: (sim, inFlight) => sim.network.isolate('b', { inFlight }),
    isCut: (from, to) => from === 'b' || to === 'b',
  },
  'c isolated, one-way': {
    cut: (sim, inFlight) => sim.network.isolate(sim.node('c'), { oneWay: true, inFlight }),
    isCut: (from) => from === 'c',
  },
}

const body =
  ({ cut, isCut }: Way, inFlight: CutMode, byHeal: boolean): Body =>
  async (sim) => {
    const wire = new Wire(sim, ids)
    await wire.chat(links, 10, 7)
    const before = new Map(links.map(([from, to]) => [`${from} ${to}`, wire.count(from, to)]))
    const undo = cut(sim, inFlight)
    wire.during = 'cut'
    await wire.chat(links, 20, 7)
    const meanwhile = new Map(links.map(([from, to]) => [`${from} ${to}`, wire.count(from, to)]))
    wire.during = 'healed'
    if (byHeal) sim.network.heal()
    else undo()
    await wire.chat(links, 10, 7)
    await sim.quiesce()
    for (const [from, to] of links) {
      const link = `${from} ${to}`
      const numbers = wire.numbers(from, to)
      if (!isCut(from, to)) {
        expect(numbers, `${link} is not touched`).toEqual(upTo(wire.count(from, to)))
        continue
      }
      expect(wire.numbers(from, to, 'cut'), `nothing crosses ${link} during the cut`).toEqual([])
      if (inFlight === 'hold') {
        expect(numbers, `${link} delivers everything after healing, in order`).toEqual(upTo(wire.count(from, to)))
        continue
      }
      const [sentBefore = 0, sentUntilHealed = 0] = [before.get(link), meanwhile.get(link)]
      const after = numbers.filter((n) => n > sentUntilHealed)
      expect(after, `everything sent on ${link} after healing arrives`).toEqual(
        upTo(wire.count(from, to)).slice(sentUntilHealed),
      )
      const lost = numbers.filter((n) => n > sentBefore && n <= sentUntilHealed)
      expect(lost, `nothing sent on ${link} during the cut ever arrives`).toEqual([])
      const early = numbers.filter((n) => n <= sentBefore)
      const ordered = [...early].sort((one, other) => one - other)
      expect(early, `${link} loses what would arrive during the cut, and keeps the order of the rest`).toEqual(ordered)
    }
  }

describe.each(Object.entries(ways))('%s', (_name, way) => {
  test.each(['drop', 'hold'] as const)('nothing crosses while cut, all crosses after; in flight: %s', async (mode) => {
    for (const { latency, schedule } of settings) {
      await passes(body(way, mode, false), { iterations: 2, chaos: { latency }, schedule })
      await passes(body(way, mode, true), { iterations: 2, chaos: { latency }, schedule })
    }
  })
})

test('a link that is first used during a partition is cut, too, and no other', async () => {
  await passes(async (sim) => {
    const wire = new Wire(sim, ids)
    const undo = sim.network.partition(['a'], ['b'], { oneWay: true })
    await wire.chat(links, 3, 30)
    undo()
    await sim.sleep(30)
    expect(wire.numbers('a', 'b')).toEqual([])
    for (const [from, to] of links) if (from !== 'a' || to !== 'b') expect(wire.numbers(from, to)).toEqual([1, 2, 3])
  })
})

test('two partitions over one link: it opens when both have healed', async () => {
  await passes(async (sim) => {
    const wire = new Wire(sim, ids)
    const first = sim.network.partition(['a'], ['b'])
    const second = sim.network.isolate('a')
    first()
    await wire.chat([['a', 'b']], 2, 20)
    second()
    await wire.chat([['a', 'b']], 2, 20)
    expect(wire.numbers('a', 'b')).toEqual([3, 4])
  })
})

test('the undo of a partition heals once: not one that came later', async () => {
  await passes(async (sim) => {
    const wire = new Wire(sim, ids)
    const first = sim.network.partition(['a'], ['b'])
    first()
    const second = sim.network.partition(['a'], ['b'])
    first()
    await wire.chat([['a', 'b']], 1, 20)
    sim.network.heal()
    sim.network.partition(['a'], ['b'])
    first()
    second()
    await wire.chat([['a', 'b']], 1, 20)
    expect(wire.arrivals).toEqual([])
  })
})

test('a partition of a node from itself, of nobody, or of an unknown node is refused', async () => {
  const wrong: [(sim: Simulation) => unknown, RegExp][] = [
    [(sim) => sim.network.partition(['a'], ['a', 'b']), /a.*it is on both sides/],
    [(sim) => sim.network.partition([], ['a']), /must be a list of node ids/],
    [(sim) => sim.network.partition(['a'], ['z']), /there is no such node; known are a, b, c, d/],
    [(sim) => sim.network.partition(['a'], ['b'], { oneway: true } as never), /known options are oneWay/],
    [(sim) => sim.network.isolate('z'), /there is no such node/],
  ]
  for (const [act, message] of wrong) {
    const failure = await failureOf((sim) => {
      new Wire(sim, ids)
      act(sim)
    })
    expect(failure.message).toMatch(message)
  }
})
