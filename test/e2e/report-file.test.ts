/** The report as JSON: a real run, against the schema that the reference tells. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as v from 'valibot'
import { type Project, project, removeProjects } from './project.ts'

afterAll(removeProjects)

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const nullable = <S extends v.GenericSchema>(schema: S) => v.union([v.null(), schema])

const site = v.strictObject({
  kind: v.picklist(['always', 'alwaysOrUnreachable', 'sometimes', 'reachable', 'unreachable']),
  name: v.string(),
  place: nullable(v.pipe(v.string(), v.regex(/^[^\\]+:\d+$/))),
  hits: count,
  misses: count,
  iterationsHit: count,
  iterations: count,
  watermark: nullable(v.number()),
  firstSeed: nullable(count),
})

const failure = v.strictObject({
  kind: v.string(),
  name: v.string(),
  message: v.string(),
  seed: count,
  iteration: count,
  virtualMs: v.number(),
  events: count,
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  replay: v.pipe(v.string(), v.includes('SIMULATION_SEED=')),
  wholeSeed: v.optional(v.string()),
  trace: v.optional(v.pipe(v.string(), v.startsWith('.vitest-simulation/'))),
  mermaid: v.optional(v.pipe(v.string(), v.startsWith('sequenceDiagram\n'))),
})

const row = v.strictObject({
  label: v.string(),
  file: v.string(),
  outcome: v.picklist(['passed', 'failed', 'interrupted']),
  iterations: count,
  planned: nullable(count),
  seed: count,
  seedSource: v.picklist(['command line', 'environment', 'project config', 'plugin', 'test', 'fresh']),
  slow: nullable(v.strictObject({ elapsedMs: v.number(), periodMs: v.number() })),
  sometimes: v.strictObject({ reached: count, total: count }),
  never: v.array(site),
  rare: v.array(site),
  sites: v.array(site),
  operations: v.array(v.strictObject({ name: v.string(), ok: count, failed: count, unknown: count })),
  unheard: v.array(v.looseObject({ node: v.string(), method: v.string(), count })),
  failures: v.array(failure),
  replay: nullable(v.string()),
  notes: v.array(v.string()),
})

const report = v.strictObject({
  schema: v.literal('vitest-simulation/report'),
  version: v.literal(1),
  tests: count,
  skipped: count,
  iterations: count,
  virtualMs: v.number(),
  realMs: v.number(),
  seed: v.union([
    v.strictObject({ kind: v.literal('same'), seed: count, source: v.string() }),
    v.strictObject({ kind: v.literal('per test') }),
  ]),
  rows: v.array(row),
  faults: v.array(
    v.strictObject({ family: v.string(), injected: count, effective: count, inertIn: v.array(v.string()) }),
  ),
  warnings: v.array(v.string()),
  judgement: v.looseObject({ kind: v.string() }),
  coverageRequired: v.boolean(),
  causes: v.array(v.strictObject({ cause: v.string(), tests: v.array(v.string()) })),
})

let here: Project
let told: v.InferOutput<typeof report>

beforeAll(async () => {
  here = project('report', `plugins: [simulationPlugin({ seed: 42, outputFile: 'out/simulation.json' })]`)
  const blobs = ['--reporter=blob', '--outputFile=blobs/one.json']
  await here.run(blobs)
  told = v.parse(report, JSON.parse(await here.read('out/simulation.json')))
})

const rowOf = (label: string): v.InferOutput<typeof row> => {
  const found = told.rows.find((one) => one.label.includes(label))
  if (found === undefined) throw new Error(`no row of ${label}`)
  return found
}

test('every site has its hit rate, place and the first seed that reached it', async () => {
  const sites = rowOf('reaches some').sites
  const named = (name: string) => sites.find((one) => one.name === name)
  expect(named('an even seed')).toMatchObject({
    kind: 'sometimes',
    place: expect.stringMatching(/^report\.test\.ts:\d+$/),
  })
  expect(named('an even seed')?.iterationsHit).toBeLessThan(20)
  expect((named('an even seed')?.firstSeed ?? 1) % 2).toBe(0)
  expect(named('never')).toMatchObject({ hits: 0, firstSeed: null })
  expect(named('small')).toMatchObject({ kind: 'always', hits: 20, watermark: expect.any(Number) as number })
})

test('the first seed of a site can be run by the command of its row', async () => {
  const first = rowOf('reaches some').sites.find((one) => one.name === 'an even seed')?.firstSeed ?? 0
  expect(rowOf('reaches some').replay).toMatch(/^SIMULATION_SEED=0 npx vitest run report\.test\.ts -t /)
  const run = await here.run(['-t', 'reaches some', '--reporter=verbose'], { SIMULATION_SEED: String(first) })
  expect(run.stdout).toMatch(/sometimes: an even seed {2}in 1 of 1 iteration \(100 %\)/)
})

test('operations and faults are counted', () => {
  const [put] = rowOf('works').operations
  expect(put).toMatchObject({ name: 'put', failed: 0 })
  expect((put?.ok ?? 0) + (put?.unknown ?? 0)).toBe(20 * 5)
  expect(told.faults.map(({ family }) => family)).toContain('loss')
})

test('failing tests are grouped by cause', () => {
  expect(told.causes[0]).toEqual({
    cause: 'InvariantViolation: nothing is lost',
    tests: [expect.stringContaining('loses one'), expect.stringContaining('loses another')],
  })
})

test('the summary of GitHub has the same, and a diagram', async () => {
  await here.run([], { GITHUB_STEP_SUMMARY: `${here.root}/summary.md` })
  const summary = await here.read('summary.md')
  expect(summary).toMatch(/```mermaid\nsequenceDiagram\n/)
  expect(summary).toMatch(/\| works \| put \| \d+ \| 0 \| \d+ \|/)
  expect(summary).toMatch(/\| sometimes an even seed \| in \d+ of 20 iterations .* \| \d+ \| +\| report/)
})

test('merged blobs tell the same', async () => {
  await here.run(['--merge-reports=blobs'])
  const merged = v.parse(report, JSON.parse(await here.read('out/simulation.json')))
  expect(merged.rows).toEqual(told.rows)
  expect(merged.causes).toEqual(told.causes)
})
