/** The schema of the report as JSON, version 1: what reporter/README.md tells of it. */
import * as v from 'valibot'
import type { SimulationReport } from '../../reporter/index.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const nullable = <S extends v.GenericSchema>(schema: S) => v.union([v.null(), schema])

const siteKind = v.picklist(['always', 'alwaysOrUnreachable', 'sometimes', 'reachable', 'unreachable'])
const seedSource = v.picklist(['command line', 'environment', 'project config', 'plugin', 'test', 'fresh'])

export const site = v.strictObject({
  kind: siteKind,
  name: v.string(),
  place: nullable(v.pipe(v.string(), v.regex(/^[^\\]+:\d+$/))),
  hits: count,
  misses: count,
  iterationsHit: count,
  iterations: count,
  watermark: nullable(v.number()),
  bound: nullable(v.pipe(v.string(), v.regex(/^[<>]=? \S+$/))),
  firstSeed: nullable(count),
})

export const runSite = v.strictObject({
  ...site.entries,
  see: nullable(v.pipe(v.string(), v.startsWith('SIMULATION_TIMELINE=1 SIMULATION_SEED='))),
  tests: v.pipe(v.array(v.string()), v.minLength(1)),
})

export const failure = v.strictObject({
  kind: v.string(),
  name: v.string(),
  message: v.string(),
  seed: count,
  iteration: count,
  virtualMs: v.number(),
  events: count,
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  replay: v.pipe(v.string(), v.includes('SIMULATION_SEED=')),
  wholeSeed: v.exactOptional(v.string()),
  trace: v.exactOptional(v.pipe(v.string(), v.startsWith('.vitest-simulation/'))),
  mermaid: v.exactOptional(v.pipe(v.string(), v.startsWith('sequenceDiagram\n'))),
})

export const row = v.strictObject({
  label: v.string(),
  file: v.string(),
  outcome: v.picklist(['passed', 'failed', 'interrupted']),
  iterations: count,
  planned: nullable(count),
  seed: count,
  seedSource,
  slow: nullable(v.strictObject({ elapsedMs: v.number(), periodMs: v.number() })),
  sometimes: v.strictObject({ reached: count, total: count }),
  never: v.array(site),
  rare: v.array(site),
  sites: v.array(site),
  operations: v.array(v.strictObject({ name: v.string(), ok: count, failed: count, unknown: count })),
  unheard: v.array(v.strictObject({ node: v.string(), method: v.string(), name: v.string(), count, seed: count })),
  failures: v.array(failure),
  replay: nullable(v.string()),
  notes: v.array(v.string()),
})

export const report = v.strictObject({
  schema: v.literal('vitest-simulation/report'),
  version: v.literal(1),
  tests: count,
  skipped: count,
  iterations: count,
  virtualMs: v.number(),
  realMs: v.number(),
  seed: v.union([
    v.strictObject({ kind: v.literal('same'), seed: count, source: seedSource }),
    v.strictObject({ kind: v.literal('per test') }),
  ]),
  rows: v.array(row),
  sites: v.array(runSite),
  faults: v.array(
    v.strictObject({ family: v.string(), injected: count, effective: count, inertIn: v.array(v.string()) }),
  ),
  warnings: v.array(v.string()),
  judgement: v.union([
    v.strictObject({
      kind: v.literal('judged'),
      neverEvaluated: v.array(v.strictObject({ kind: siteKind, name: v.string(), file: v.string(), line: count })),
    }),
    v.strictObject({ kind: v.literal('not judged'), reason: v.string() }),
  ]),
  coverageRequired: v.boolean(),
  causes: v.array(
    v.strictObject({ cause: v.string(), failures: v.array(v.strictObject({ test: v.string(), seed: count })) }),
  ),
})

/** The report in a text; throws what is not as the schema says. That it is what the published type says, the compiler checks. */
export const parseReport = (text: string): SimulationReport => v.parse(report, JSON.parse(text))
