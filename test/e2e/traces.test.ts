/** What a run leaves of its trace: in the failure's text, in files, in Vitest's own reports. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import parser from 'mermaid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SendRecord, TraceHeader, TraceRecord } from '../../src/trace/records.ts'
import { type Outcome, type Project, printed, project, removeProjects } from './project.ts'

const config = `plugins: [simulationPlugin({ seed: 42 })]`

let root: Project
let outcomes: ReadonlyMap<string, Outcome>
let text: string

beforeAll(async () => {
  root = project('traces', config)
  const run = await root.run(['--reporter=json', '--reporter=default', '--outputFile.json=report.json'])
  text = printed(run)
  outcomes = await root.outcomes('report.json')
})

afterAll(removeProjects)

const output = (): string => join(root.root, '.vitest-simulation')
const folderOf = (start: string): string => {
  const name = readdirSync(output()).find((one) => one.startsWith(start))
  return join(output(), name ?? 'nothing')
}
const traceOf = (file: string): [TraceHeader, TraceRecord[]] => {
  const [header, ...records] = readFileSync(file, 'utf8').trimEnd().split('\n')
  return [JSON.parse(header ?? '') as TraceHeader, records.map((line) => JSON.parse(line) as TraceRecord)]
}
const messageOf = (title: string): string => outcomes.get(title)?.failureMessages.join('\n') ?? ''
const failing = 'keeps what it acknowledged'

describe('a failing seed', () => {
  test('is drawn: calls with payloads, storage, crash and what it lost, logs', () => {
    const message = messageOf(failing)
    expect(message).toContain('what happened in the minimal run:')
    expect(message).toMatch(/ put\(\{\\?"key\\?":/)
    expect(message).toMatch(/☠ crash .*\n.*unsynced write a → '<script>alert\(1\)<\/script>; # end': lost/)
    expect(message).toMatch(/○ boots again, life 2/)
    expect(message).toMatch(/read a → nothing/)
    expect(message).toMatch(/putting \{\\?"key\\?":\\?"a\\?"\}/)
    expect(message).toMatch(/console\.warn: stored a/)
    expect(message).toMatch(/✗ expected null to be /)
  })

  test('has a folder that git ignores, and the message says where', () => {
    const [, folder] = /timeline: (\S+)/.exec(messageOf(failing)) ?? []
    expect(existsSync(join(root.root, folder ?? 'nothing'))).toBe(true)
    expect(readFileSync(join(output(), '.gitignore'), 'utf8')).toBe('*\n')
  })

  test('is kept whole and minimal, each record caused by an older one', () => {
    for (const run of ['whole', 'minimal'] as const) {
      const [header, records] = traceOf(join(folderOf('keeps-what'), `${run}.jsonl`))
      expect(header).toMatchObject({
        type: 'header',
        schema: 'vitest-simulation/trace',
        version: 1,
        run,
        status: 'failed',
      })
      expect(header).toMatchObject({ test: failing, file: 'store.test.ts', nodes: ['server', 'client'], left: 0 })
      expect(records.map(({ id }) => id)).toEqual(records.map((_, place) => place + 1))
      for (const { id, cause = 0 } of records) expect(cause).toBeLessThan(id)
      for (const [place, { at }] of records.entries()) expect(at).toBeGreaterThanOrEqual(records[place - 1]?.at ?? 0)
      expect(records.at(-1)).toMatchObject({ type: 'failure', kind: 'BodyFailed' })
    }
  })

  test('follows causes from the failure back to the request of the test', () => {
    const [, records] = traceOf(join(folderOf('keeps-what'), 'minimal.jsonl'))
    const byId = new Map(records.map((record) => [record.id, record]))
    const chain: TraceRecord[] = []
    for (let one = records.at(-1); one !== undefined; one = byId.get(one.cause ?? 0)) chain.push(one)
    const sends = chain.filter((record): record is SendRecord => record.type === 'send')
    expect(sends.map(({ kind, method }) => `${kind} ${method}`).slice(0, 2)).toEqual(['response get', 'request get'])
    // The answer to the first request let the test go on.
    expect(sends.map(({ method }) => method)).toContain('put')
  })

  test('is offered to other tools: Chrome’s trace format and Mermaid', async () => {
    const folder = folderOf('keeps-what')
    const chrome = JSON.parse(readFileSync(join(folder, 'minimal.trace.json'), 'utf8')) as {
      traceEvents: ChromeEvent[]
    }
    const flows = (ph: string): unknown[] => chrome.traceEvents.filter((one) => one.ph === ph).map(({ id }) => id)
    expect(flows('s')).toEqual(expect.arrayContaining(flows('f')))
    expect(chrome.traceEvents.filter(({ ph, name }) => ph === 'X' && name === 'down')).toHaveLength(1)
    // Older versions of Perfetto's trace processor read only what comes first.
    expect(Object.keys(chrome)[0]).toBe('traceEvents')
    const lasting = chrome.traceEvents.filter(({ cat }) => cat === 'fault' || cat === 'operation')
    for (const { ph, dur } of lasting) expect([ph, dur]).toEqual(['X', expect.any(Number)])
    expect(lasting.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^crash server/))
    for (const { ph, ts } of chrome.traceEvents) if (ph !== 'M') expect(ts).toBeTypeOf('number')
    const mermaid = readFileSync(join(folder, 'diagram.mmd'), 'utf8')
    expect(mermaid).toMatch(/^sequenceDiagram\n {2}participant p0 as test\n/)
    expect(mermaid).not.toMatch(/[<"]script/)
    expect(await parser.parse(mermaid)).toMatchObject({ diagramType: 'sequence' })
  })

  test('is told the same by another process', async () => {
    const other = project('traces', config)
    await other.run(['-t', failing])
    const name = readdirSync(join(other.root, '.vitest-simulation')).find((one) => one.startsWith('keeps-what')) ?? ''
    for (const file of ['whole.jsonl', 'minimal.jsonl', 'minimal.trace.json', 'diagram.mmd', 'timeline.html']) {
      const there = readFileSync(join(other.root, '.vitest-simulation', name, file), 'utf8')
      expect(there === readFileSync(join(folderOf('keeps-what'), file), 'utf8'), file).toBe(true)
    }
  })

  test('is attached to the test for Vitest’s own reports', () => {
    expect(text).toMatch(/timeline of seed \d+/)
  })
})

interface ChromeEvent {
  readonly ph: string
  readonly name: string
  readonly ts?: number
  readonly dur?: number
  readonly cat?: string
  readonly id?: unknown
}

test('traces that cannot be written hide no failure, and the message says why', async () => {
  const other = project('traces', config)
  writeFileSync(join(other.root, '.vitest-simulation'), 'a file where a folder should be')
  const run = await other.run(['-t', failing])
  expect(printed(run)).toMatch(/expected null to be '<script>/)
  expect(printed(run)).toMatch(/its trace was not written: EEXIST/)
})

test('what passes leaves nothing and prints nothing', () => {
  expect(readdirSync(output()).filter((name) => name.startsWith('calls-actors'))).toEqual([])
  expect(text).not.toMatch(/stdout|stderr/)
})

describe('on demand', () => {
  const only = ['-t', 'calls actors']

  test('SIMULATION_TIMELINE writes the trace of a passing seed, with its actors', async () => {
    const run = await root.run(only, { SIMULATION_TIMELINE: '1' })
    expect(run.exitCode).toBe(0)
    const [header, records] = traceOf(join(folderOf('calls-actors'), 'whole.jsonl'))
    expect(header).toMatchObject({ status: 'passed', run: 'whole' })
    const actors = records.filter((record) => record.type === 'actor')
    expect(actors.map(({ action, value }) => `${action} ${value ?? ''}`.trim())).toEqual([
      'activate',
      'active',
      'call 2',
      'return 2',
      'call 3',
      'return 5',
      'deactivate',
    ])
  })

  test.each([
    ['full', /\d ms {2}server {2}sleep\n/, /nothing/],
    ['node:client', /put/, /putting/],
    ['request:1', /put\(/, /get\(/],
  ])('SIMULATION_TRACE=%s shows what was asked for', async (view, shown, hidden) => {
    const run = await root.run(['-t', failing], { SIMULATION_TRACE: view })
    const [, story = ''] = /what happened in the minimal run:\n([^]*?)\n {2}replay:/.exec(printed(run)) ?? []
    expect(story).toMatch(shown)
    if (view !== 'full') expect(story).not.toMatch(hidden)
  })

  test('a view that does not exist is refused before anything runs', async () => {
    const run = await root.run(['-t', failing], { SIMULATION_TRACE: 'everything' })
    expect(run.exitCode).toBe(1)
    expect(printed(run)).toContain("SIMULATION_TRACE is 'everything': it must be 'full', 'node:NAME' or 'request:ID'")
    expect(printed(run)).not.toContain('what happened')
  })
})
