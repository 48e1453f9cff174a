import type { TraceEntry } from '../engine/trace.ts'
import type { Fault } from '../chaos/faults.ts'
import type { PlannedOperation } from '../workload/planned-operation.ts'
import type { Part } from './plan-parts.ts'
import type { ReplayPlan } from '../world/replay-plan.ts'
import type { IterationResult } from '../world/iteration-result.ts'

/** Most other times, or messages, that are tried for one part. */
const triesMax = 12

/** Events before a part by which its time is found again in another run. */
const anchorsMax = 4

const episodes: readonly string[] = ['crash', 'wipe', 'graceful stop', 'pause', 'clog', 'partition', 'clock jump']
const counted: readonly string[] = [
  'loss',
  'duplication',
  'reordering',
  'straggler',
  'send failure',
  'buggify',
  'storage stall',
  'storage failure',
]

/**
 * The plan with one part at another time, the likeliest first: an episode or operation where something else happens, a
 * fault of a message at another one of its kind.
 *
 * What was left out of a plan may have done no more than to bring something else to its time.
 *
 * `whole`: the run of the best plan; `bare`: the run of this one without the part.
 */
export function* otherTimes(
  plan: ReplayPlan,
  part: Part,
  whole: IterationResult,
  bare: IterationResult,
): Iterable<ReplayPlan> {
  if (typeof part !== 'string') {
    for (const at of times(part.at, '', whole, bare)) yield operationAt(plan, part, at)
    return
  }
  const fault = whole.faults.find(({ key, alias }) => key === part || alias === part)
  if (fault === undefined) return
  if (episodes.includes(fault.family)) {
    for (const at of times(fault.time, victimOf(fault), whole, bare)) {
      yield episodeAt(plan, fault, at)
      yield shortened(plan, fault, at)
    }
  } else if (counted.includes(fault.family)) yield* atOthers(plan, part, fault)
}

/** The plan with every operation and episode where it belongs when what was before it takes another time. */
export function realigned(plan: ReplayPlan, whole: IterationResult, bare: IterationResult): ReplayPlan {
  let moved = plan
  for (const part of [...(plan.faults ?? []), ...(plan.operations ?? [])]) {
    if (typeof part !== 'string') {
      const [at] = aligned(part.at, '', whole, bare)
      if (at !== undefined) moved = operationAt(moved, part, at)
      continue
    }
    const fault = whole.faults.find(({ key, alias }) => key === part || alias === part)
    if (fault === undefined || !episodes.includes(fault.family)) continue
    const [at] = aligned(fault.time, victimOf(fault), whole, bare)
    if (at !== undefined) moved = episodeAt(moved, fault, at)
  }
  return moved
}

function operationAt(plan: ReplayPlan, part: PlannedOperation, at: number): ReplayPlan {
  const operations = (plan.operations ?? []).map((one) => (one.index === part.index ? { ...one, at } : one))
  return { ...plan, operations: operations.sort((one, other) => one.at - other.at) }
}

function episodeAt(plan: ReplayPlan, { key, lasts }: Fault, at: number): ReplayPlan {
  return { ...plan, moved: { ...plan.moved, [key]: { at, lasts } } }
}

/** At that time and as short as it may be; the operations that came after it come as much sooner. */
function shortened(plan: ReplayPlan, { key, time, lasts }: Fault, at: number): ReplayPlan {
  const by = at - time - lasts
  const operations = plan.operations?.map((one) =>
    one.at >= time + lasts ? { ...one, at: Math.max(0, one.at + by) } : one,
  )
  return {
    ...plan,
    moved: { ...plan.moved, [key]: { at, lasts: 0 } },
    ...(operations && { operations: operations.sort((one, other) => one.at - other.at) }),
  }
}

/** The same fault of the messages before and after, the next ones first. */
function* atOthers(plan: ReplayPlan, key: string, { lasts }: Fault): Iterable<ReplayPlan> {
  const [, base, number] = /^(.* no\. )(\d+)$/s.exec(key) ?? []
  if (base === undefined) return
  const n = Number(number)
  const near = Array.from({ length: triesMax / 2 }, (_, i) => [n - i - 1, n + i + 1]).flat()
  // What is left out may have come before it: then there is only a first one.
  for (const other of new Set([...near.slice(0, 2), 1, 2, ...near.slice(2)])) {
    const name = `${base}${other}`
    if (other < 1 || other === n || plan.faults?.includes(name) === true) continue
    yield {
      ...plan,
      faults: (plan.faults ?? []).map((one) => (one === key ? name : one)),
      ...(lasts > 0 && { moved: { ...plan.moved, [name]: { lasts } } }),
    }
  }
}

/** Most episodes that are tried instead of other faults. */
const episodesMax = 12

/**
 * The plan with one episode of the seed instead of all of its faults, or of two: at the time of the first of them, and
 * where an operation begins.
 *
 * `run`: of that plan; `original`: of the whole seed.
 */
export function* instead(plan: ReplayPlan, run: IterationResult, original: IterationResult): Iterable<ReplayPlan> {
  const { faults = [], operations = [] } = plan
  const spare = original.faults.filter(({ key, family }) => episodes.includes(family) && !faults.includes(key))
  const kept = run.faults.filter(({ key, alias }) => faults.includes(key) || faults.includes(alias ?? ''))
  for (const out of [kept, ...pairs(kept)]) {
    if (out.length < 2) continue
    const first = Math.min(...out.map(({ time }) => time))
    const left = faults.filter((name) => !out.some(({ key, alias }) => name === key || name === alias))
    for (const episode of spare.slice(0, episodesMax)) {
      const begins = [first - 1_000, ...operations.map(({ at }) => at - 1)].filter((at) => at >= 0)
      for (const at of new Set(begins.slice(0, 4))) {
        yield episodeAt({ ...plan, faults: [...left, episode.key] }, episode, at)
      }
    }
  }
}

const slowing: readonly string[] = [
  'latency',
  'slow pair',
  'slow peer',
  'slow node',
  'low priority',
  'straggler',
  'reordering',
  'duplication',
  'buggify',
  'clog',
  'partition',
  'pause',
]

/** Most late messages that are tried. */
const lateMax = 6

/** True when a fault of that family may be what makes a message late. */
export function slows(family: string | undefined): boolean {
  return family !== undefined && slowing.includes(family)
}

/**
 * The plan with one late message more, the latest first: each as late as it was in the run of the best plan, because of
 * what this one has left out.
 */
export function* lateInstead(plan: ReplayPlan, whole: IterationResult, less: IterationResult): Iterable<ReplayPlan> {
  const before = deliveries(whole)
  const late: { readonly key: string; readonly lasts: number }[] = []
  for (const [name, time] of deliveries(less)) {
    const lasts = (before.get(name) ?? 0) - time
    if (lasts > 1_000) late.push({ key: `straggler ${name}`, lasts })
  }
  late.sort((one, other) => other.lasts - one.lasts)
  for (const { key, lasts } of late.slice(0, lateMax)) {
    yield { ...plan, faults: [...(plan.faults ?? []), key], moved: { ...plan.moved, [key]: { lasts } } }
  }
}

/** Of each kind of message the longest straggler of the seed, met by the first one. */
export function* stragglersFirst(plan: ReplayPlan, original: IterationResult): Iterable<ReplayPlan> {
  const longest = new Map<string, number>()
  for (const { family, key, alias, lasts } of original.faults) {
    const [, base] = (family === 'straggler' && /^(.* no\. )\d+$/s.exec(alias ?? key)) || []
    if (base !== undefined) longest.set(base, Math.max(lasts, longest.get(base) ?? 0))
  }
  for (const [base, lasts] of longest) {
    const key = `${base}1`
    yield { ...plan, faults: [key], moved: { [key]: { lasts } } }
  }
}

const delivery = /^(request|response|one-way) (.*?)(?: #\d+)?, (.*)$/s

/** When each message arrived, by 'a → b request add no. 2': the name that a fault of it has when none was lost before it. */
function deliveries({ trace }: IterationResult): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const found = new Map<string, number>()
  for (const { kind, text, time } of trace?.kept ?? []) {
    const [, sort, method, link] = (kind === 'deliver' && delivery.exec(text)) || []
    if (sort === undefined) continue
    const name = `${link} ${sort} ${method}`
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    found.set(`${name} no. ${count}`, time)
  }
  return found
}

function pairs<T>(all: readonly T[]): T[][] {
  return all.length < 3 ? [] : all.flatMap((one, i) => all.slice(i + 1).map((other) => [one, other]))
}

/** When it may happen instead: where it comes after the same events as before, then at each other one. */
function times(was: number, victim: string, whole: IterationResult, bare: IterationResult): readonly number[] {
  const events = told(bare, victim).filter(({ time }) => time <= (bare.failure?.time ?? Infinity))
  // Not before the instant is over: one that begins together with an event may come first.
  const near = [...new Set(events.map(({ time }) => time + 1))].sort((a, b) => Math.abs(a - was) - Math.abs(b - was))
  const found = new Set([...aligned(was, victim, whole, bare), ...near])
  found.delete(was)
  return [...found].slice(0, triesMax)
}

/** When the events that came before it come in the other run, and as much later as it did. */
function aligned(was: number, victim: string, whole: IterationResult, bare: IterationResult): readonly number[] {
  const before = told(whole, victim).filter(({ time }) => time <= was)
  const others = told(bare, victim)
  const found: number[] = []
  for (const anchor of before.slice(-anchorsMax).reverse()) {
    const what = nameOf(anchor)
    const nth = before.filter((one) => nameOf(one) === what).length
    const same = others.filter((one) => nameOf(one) === what)
    const there = same[nth - 1] ?? same.at(-1)
    if (there !== undefined) found.push(there.time + was - anchor.time)
  }
  return found
}

/** What happened, without what only tells of it. `victim`: only what that node did, sent or got; '' means all. */
function told({ trace }: IterationResult, victim: string): readonly TraceEntry[] {
  const all = trace?.kept ?? []
  return all.filter(({ kind, owner, text }) => {
    if (kind === 'fault' || kind === 'log' || kind.startsWith('episode')) return false
    return victim === '' || owner === victim || owner.startsWith(`${victim}/`) || text.includes(victim)
  })
}

/** An event without what differs from run to run: numbers of requests and incarnations. */
function nameOf({ kind, owner, text }: TraceEntry): string {
  return `${kind} ${owner.replace(/\/\d+$/, '')} ${text.replace(/#\d+/g, '')}`
}

/** The node that an episode hits; '' when there are several. */
function victimOf({ key, family }: Fault): string {
  const subject = key.slice(family.length + 1).replace(/ #[\d/]+$/, '')
  return family === 'partition' || family === 'clog' ? '' : subject
}
