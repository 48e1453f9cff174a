/** The report as JSON: a real run, against the schema that the reference tells. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SimulationReport } from '../../reporter/index.ts'
import { readPage, tableOf } from '../docs/pages.ts'
import { type Project, project, removeProjects } from './project.ts'
import { failure, parseReport, report, row, runSite } from './report-schema.ts'

afterAll(removeProjects)

let here: Project
let told: SimulationReport

beforeAll(async () => {
  here = project('report', `plugins: [simulationPlugin({ seed: 42, outputFile: 'out/simulation.json' })]`)
  const blobs = ['--reporter=blob', '--outputFile=blobs/one.json']
  await here.run(blobs)
  told = parseReport(await here.read('out/simulation.json'))
})

const rowOf = (label: string): SimulationReport['rows'][number] => {
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
  expect(named('small')).toMatchObject({ kind: 'always', hits: 20, watermark: 20, bound: '< 100' })
})

test('the first seed of a site can be run by the command of its row', async () => {
  const first = rowOf('reaches some').sites.find((one) => one.name === 'an even seed')?.firstSeed ?? 0
  expect(rowOf('reaches some').replay).toMatch(/^SIMULATION_SEED=0 npx vitest run report\.test\.ts -t /)
  const run = await here.run(['-t', 'reaches some', '--reporter=verbose'], { SIMULATION_SEED: String(first) })
  expect(run.stdout).toMatch(/sometimes an even seed +1 of 1 +100 % +\d+ /)
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
    failures: ['loses one', 'loses another'].map((test) => ({ test, seed: rowOf(test).failures[0]?.seed })),
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
  const merged = parseReport(await here.read('out/simulation.json'))
  expect(merged.rows).toEqual(told.rows)
  expect(merged.causes).toEqual(told.causes)
})

test.each([
  ['Report', report],
  ['Row', row],
  ['Site', runSite],
  ['Failure', failure],
])('the page has every field: %s', (heading, { entries }) => {
  const fields = tableOf(readPage('reporter/README.md').text, heading).map((line) => line[heading]?.replaceAll('`', ''))
  const optional = (schema: { readonly type: string }): string => (schema.type === 'exact_optional' ? '?' : '')
  expect(fields).toEqual(Object.entries(entries).map(([name, schema]) => `${name}${optional(schema)}`))
})

test('a run without simulations does not leave the report of an earlier one', async () => {
  await here.run(['-t', 'no such test', '--passWithNoTests'])
  const empty = parseReport(await here.read('out/simulation.json'))
  expect(empty).toMatchObject({ tests: 0, skipped: 4, rows: [], sites: [], causes: [] })
})
