/**
 * Every option, down to the last field, is given every odd value: what is not listed as good must be refused, with the
 * option, the value and what is allowed.
 */
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { resolvePluginOptions, resolveProjectOptions } from '../../plugin/main/resolve-options.ts'
import { splitOptions } from '../../plugin/worker/test-options.ts'
import { SimulationError, show } from '../../src/engine/errors.ts'
import { optionNames } from '../../src/runner/options.ts'

class Custom {
  readonly every = [1, 2]
}

/** Values that somebody gives by mistake, by name. */
const odd: readonly unknown[] = [
  null, true, false, 0, -1, -0.5, 0.5, 1, 1.5, 2, 7, 1e9, 1e300, 2 ** 53, NaN, Infinity, -Infinity, 3n,
  '', ' ', '0', '0.5', '5', '-1', 'swarm', 'calm', 'drawn', 'fifo', 'silence', 'drop', 'required', 'round', 'true', 'null',
  'UTC', 'toString', '__proto__', '10s', '0s', '-5s', 'soon', [], [0], [1], [0, 0], [1, 2], [0.1, 0.2], [2, 1], [0.5, '0.6'], [NaN, 1], [0, Infinity],
  [1, 2, 3], [null], [undefined], ['a'], [['a']], [['a'], ['a']], [[]], [['a', 5]], ['isolate'], ['isolate', 'isolate'], {}, { x: 1 }, { kind: 'constant' },
  { kind: 'toString' }, new Map(), new Set(), new Date(0), new Custom(), /x/, () => 1, Symbol('s'), Object(1), Object('x'),
  Promise.resolve(), new Uint8Array(2),
] // prettier-ignore

type Is = (value: unknown) => boolean
const among =
  (...values: unknown[]): Is =>
  (value) =>
    values.some((one) => isDeepStrictEqual(one, value))
const either =
  (...all: Is[]): Is =>
  (value) =>
    all.some((is) => is(value))
const isFinite: Is = (value) => typeof value === 'number' && Number.isFinite(value)
const inside =
  (min: number, max: number): Is =>
  (value) =>
    isFinite(value) && (value as number) >= min && (value as number) <= max
const wholeFrom =
  (min: number, max = Number.MAX_SAFE_INTEGER): Is =>
  (value) =>
    inside(min, max)(value) && Number.isInteger(value)
const isBoolean: Is = (value) => typeof value === 'boolean'
const isEmptyObject: Is = (value) =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  Object.keys(value).length === 0
const year = 31_536_000_000
const isMillis = inside(0, year)
const isPairOf =
  (one: Is): Is =>
  (value) =>
    Array.isArray(value) && value.length === 2 && value.every(one) && value[0] <= value[1]
const isRange = isPairOf(isMillis)
const isShare = inside(0, 1)
const isIntensity = either(isShare, isPairOf(isShare))
const isWait: Is = (value) => isRange(value) && (value as number[])[1]! > 0
const isEmptyList = among([])
const isSeed = wholeFrom(0, 2 ** 53 - 1)
const isNone: Is = () => false
const isFlag = either(isBoolean, isEmptyObject)
const isCount = wholeFrom(1)

/** What each option takes of the odd values. `_` stands for the value in an object around it. */
const options: readonly (readonly [path: string, wrap: (value: unknown) => object, takes: Is])[] = [
  ['iterations.count', (count) => ({ iterations: { kind: 'fixedCount', count } }), wholeFrom(1, 1e12)],
  ['iterations.max', (max) => ({ iterations: { kind: 'untilAllSometimesReached', max } }), wholeFrom(1, 1e12)],
  ['iterations.plateau', (plateau) => ({ iterations: { kind: 'untilCoverageStable', plateau, max: 5 } }), wholeFrom(1, 5)],
  ['iterations.max', (max) => ({ iterations: { kind: 'untilCoverageStable', plateau: 2, max } }), wholeFrom(2, 1e12)],
  ['iterations.ms', (ms) => ({ iterations: { kind: 'timeLimit', ms } }), inside(1, year)],
  ['iterations.x', (x) => ({ iterations: { kind: 'fixedCount', count: 1, x } }), isNone],
  ['seed', (seed) => ({ seed }), isSeed],
  ['chaos', (chaos) => ({ chaos }), either(among('swarm', 'calm'), isEmptyObject)],
  ...['slowPairs', 'loss', 'duplication', 'reordering', 'sendFailure', 'directory', 'placement'].map(
    (family) => [`chaos.${family}`, (value: unknown) => ({ chaos: { [family]: value } }), either(among(false), isIntensity)] as const,
  ),
  ['chaos.profile', (profile) => ({ chaos: { profile } }), among('swarm')],
  ['chaos.loss', (loss) => ({ chaos: { profile: 'swarm', loss } }), either(among(false), isIntensity)],
  ['chaos.slowPeer', (slowPeer) => ({ chaos: { slowPeer } }), isBoolean],
  ['chaos.buggify', (buggify) => ({ chaos: { buggify } }), either(isBoolean, isShare)],
  ['chaos.storage', (storage) => ({ chaos: { storage } }), either(among(false), isIntensity, isEmptyObject)],
  ...['stall', 'failure', 'lost', 'torn'].map(
    (knob) => [`storage.${knob}`, (value: unknown) => ({ chaos: { storage: { [knob]: value } } }), isIntensity] as const,
  ),
  ...['clog', 'partition', 'crash', 'pause', 'clock'].map(
    (family) => [`chaos.${family}`, (value: unknown) => ({ chaos: { [family]: value } }), isFlag] as const,
  ),
  ...['clog', 'partition', 'crash', 'pause'].flatMap((family) => [
    [`${family}.every`, (every: unknown) => ({ chaos: { [family]: { every } } }), isWait] as const,
    [`${family}.lasts`, (lasts: unknown) => ({ chaos: { [family]: { lasts } } }), isRange] as const,
    [`${family}.x`, (x: unknown) => ({ chaos: { [family]: { x } } }), isNone] as const,
  ]),
  ['partition.shapes', (shapes) => ({ chaos: { partition: { shapes } } }), among(['isolate'])],
  ['partition.oneWay', (oneWay) => ({ chaos: { partition: { oneWay } } }), isIntensity],
  ['partition.inFlight', (inFlight) => ({ chaos: { partition: { inFlight } } }), among('drop')],
  ['crash.maxDead', (maxDead) => ({ chaos: { crash: { maxDead } } }), wholeFrom(1, 10_000)],
  ['crash.wipe', (wipe) => ({ chaos: { crash: { wipe } } }), isIntensity],
  ['crash.graceful', (graceful) => ({ chaos: { crash: { graceful } } }), isIntensity],
  ['crash.graceMs', (graceMs) => ({ chaos: { crash: { graceMs } } }), isMillis],
  ['crash.peers', (peers) => ({ chaos: { crash: { peers } } }), among('silence')],
  ['crash.zones', (zones) => ({ chaos: { crash: { zones } } }), among([['a']])],
  ['clock.maxSkewMs', (maxSkewMs) => ({ chaos: { clock: { maxSkewMs } } }), isMillis],
  ['clock.maxJumpMs', (maxJumpMs) => ({ chaos: { clock: { maxJumpMs } } }), isMillis],
  ['clock.maxDriftPpm', (maxDriftPpm) => ({ chaos: { clock: { maxDriftPpm } } }), inside(0, 500_000)],
  ['chaos.latency', (latency) => ({ chaos: { latency } }), among('drawn')],
  ['latency.ms', (ms) => ({ chaos: { latency: { kind: 'constant', ms } } }), isMillis],
  ['latency.x', (x) => ({ chaos: { latency: { kind: 'constant', ms: 1, x } } }), isNone],
  ['latency.min', (min) => ({ chaos: { latency: { kind: 'uniform', min, max: 5 } } }), inside(0, 5)],
  ['latency.max', (max) => ({ chaos: { latency: { kind: 'uniform', min: 1, max } } }), inside(1, year)],
  ['latency.min', (min) => ({ chaos: { latency: { kind: 'exponential', min, mean: 5 } } }), inside(0, 5)],
  ['latency.mean', (mean) => ({ chaos: { latency: { kind: 'exponential', min: 1, mean } } }), inside(1, year)],
  ['latency.fast', (fast) => ({ chaos: { latency: { kind: 'bimodal', fast, slow: [5, 9], slowShare: 0.1 } } }), among([0, 0], [1, 2], [0.1, 0.2])],
  ['latency.slow', (slow) => ({ chaos: { latency: { kind: 'bimodal', fast: [1, 2], slow, slowShare: 0.1 } } }), among([1, 2])],
  ['latency.slowShare', (slowShare) => ({ chaos: { latency: { kind: 'bimodal', fast: [1, 2], slow: [5, 9], slowShare } } }), isShare],
  ['latency.shape', (shape) => ({ chaos: { latency: { kind: 'heavyTail', min: 1, max: 9, shape } } }), (value) => isFinite(value) && (value as number) > 0],
  ['limits', (limits) => ({ limits }), isEmptyObject],
  ...['events', 'eventsPerInstant', 'queuedEvents', 'pendingRequests', 'traceEntries'].map(
    (name) => [`limits.${name}`, (value: unknown) => ({ limits: { [name]: value } }), isCount] as const,
  ),
  ...['virtualMs', 'quiesceMs'].map(
    (name) => [`limits.${name}`, (value: unknown) => ({ limits: { [name]: value } }), inside(1e-3, 9e12)] as const,
  ),
  ['limits.drainMs', (drainMs) => ({ limits: { drainMs } }), isMillis],
  ['determinism', (determinism) => ({ determinism }), isShare],
  ['modules', (modules) => ({ modules }), among('seed', 'node', 'shared')],
  ['slowTimeout', (slowTimeout) => ({ slowTimeout }), isNone],
  ['slowTimeout.period', (period) => ({ slowTimeout: { period } }), either(among('10s'), inside(0.5, year))],
  ['slowTimeout.terminateAfter', (terminateAfter) => ({ slowTimeout: { period: 5, terminateAfter } }), wholeFrom(1, 1e6)],
] // prettier-ignore

/** Only a test takes these. */
const testOptions: typeof options = [
  ['iterations', (iterations) => ({ iterations }), wholeFrom(1, 1e12)],
  ['regressions', (regressions) => ({ regressions }), either(isEmptyList, among([0], [1], [0, 0], [1, 2], [2, 1], [1, 2, 3]))],
  ['nodes', (nodes) => ({ nodes }), wholeFrom(0, 10_000)],
  ['schedule', (schedule) => ({ schedule }), among('fifo')],
  ['placement', (placement) => ({ placement }), (value) => typeof value === 'function'],
  ['invariants', (invariants) => ({ invariants }), either(among(false), isEmptyObject)],
  ['invariants.copies', (copies) => ({ invariants: { copies } }), isBoolean],
  ['sometimes', (sometimes) => ({ sometimes }), either(isEmptyList, among(['a'], ['isolate'], ['isolate', 'isolate']))],
  ['shrink', (shrink) => ({ shrink }), isFlag],
  ['shrink.runs', (runs) => ({ shrink: { runs } }), wholeFrom(1, 1e9)],
  ['shrink.ms', (ms) => ({ shrink: { ms } }), inside(1, year)],
  ['timeout', (timeout) => ({ timeout }), inside(0, 2 ** 31 - 1)],
  ['repeats', (repeats) => ({ repeats }), wholeFrom(0, 1e6)],
  ['skip', (skip) => ({ skip }), isBoolean],
  ['meta', (meta) => ({ meta }), (value) => value?.constructor === Object],
] // prettier-ignore

/** Only the plugin and projects take these. */
const projectOptions: typeof options = [
  ['iterations', (iterations) => ({ iterations }), either(wholeFrom(1, 1e12), isEmptyObject)],
  ['overrides', (overrides) => ({ overrides }), isEmptyList],
  ['overrides[0].test', (pattern) => ({ overrides: [{ test: pattern }] }), (value) => value instanceof RegExp],
  ['overrides[0].seed', (seed) => ({ overrides: [{ test: /x/, seed }] }), isSeed],
  ['overrides[0].x', (x) => ({ overrides: [{ test: /x/, x }] }), isNone],
  ['iterations.ci', (ci) => ({ iterations: { ci } }), wholeFrom(1, 1e12)],
  ['keepFailures', (keepFailures) => ({ keepFailures }), isBoolean],
] // prettier-ignore

const doors: readonly (readonly [door: string, options: typeof options, give: (options: object) => unknown])[] = [
  ['a test', [...options, ...testOptions], (given) => splitOptions(given)],
  ['the plugin', [...options, ...projectOptions], (given) => resolvePluginOptions(given, false)],
  ['a project', [...options, ...projectOptions], (given) => resolveProjectOptions(given, true)],
]

describe.each(doors)('%s', (_door, all, give) => {
  test.each(all)('refuses what %s does not take', (path, wrap, takes) => {
    const [accepted, refused]: [string[], string[]] = [[], []]
    for (const value of odd) {
      try {
        give(wrap(value))
        if (!takes(value)) accepted.push(show(value))
      } catch (error) {
        expect(error).toBeInstanceOf(SimulationError)
        expect(error).toMatchObject({ code: 'BAD_INPUT' })
        const field = path
          .split('.')
          .at(-1)!
          .replace(/^\w+\[0\]/, '[0]')
        expect((error as Error).message, show(value)).toContain(field)
        if (takes(value)) refused.push(show(value))
      }
    }
    expect({ accepted, refused }).toEqual({ accepted: [], refused: [] })
  })
})

test('no option is left out', () => {
  const tried = new Set([...options, ...testOptions].map(([path]) => path.split('.')[0]))
  expect(optionNames.filter((name) => !tried.has(name))).toEqual([])
})
