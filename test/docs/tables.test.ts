/** The tables of the pages against the code: every option is there, with its default, and no other. */
import { socketRules } from '../../src/sockets/node/table.ts'
import { ioRules } from '../../src/virtual/io/table.ts'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { describe, expect, test } from 'vitest'
import { resolvePluginOptions } from '../../plugin/main/resolve-options.ts'
import { hopsMax } from '../../src/actors/actor-call.ts'
import { driftMargin } from '../../src/actors/directory/host.ts'
import { leaseMs } from '../../src/actors/directory/lease.ts'
import { defaultTimeoutMs } from '../../src/bus/request-options.ts'
import { scheduleStrategies } from '../../src/chaos/schedule.ts'
import { defaultLimits } from '../../src/engine/limits.ts'
import { defaultLatency } from '../../src/network/latency.ts'
import { describeControl } from '../../src/runner/iteration-control.ts'
import { checkOptions, resolveOptions } from '../../src/runner/options.ts'
import { repository } from '../lanes/project.mjs'
import { readPage, tableOf } from './pages.ts'
import { docOf, membersOf, propertiesOf } from './facts.ts'

const options = readPage('plugin/README.md').text
const reference = readPage('examples/guides/reference.md').text
const bare = (cell: string | undefined): string => (cell ?? '').replaceAll('`', '')
const names = (cell: string | undefined): string[] => [...(cell ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name!)

/** What becomes of Node's calls, made from the data that install it. */
function nodeTable(): string {
  const rows = [...ioRules, ...socketRules].map(
    ({ apis, what, how }) => `| ${listed(apis)} | 0.2 | **${what}**: ${how} |`,
  )
  return ['| Call | Since | What happens |', '| --- | --- | --- |', ...rows].join('\n')
}

/** `fs.a`, `fs.b`, `dns.c` as text: each prefix once. */
function listed(apis: readonly string[]): string {
  const byPrefix = new Map<string, string[]>()
  for (const api of apis) {
    const [, prefix = '', name = api] = /^([\w/]+(?:\.\w+)*)\.(\w+)$/.exec(api) ?? []
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), name])
  }
  const parts = [...byPrefix].map(([prefix, names]) => (prefix === '' ? names : [`${prefix}: ${names.join(' ')}`]))
  return parts
    .flat()
    .map((part) => `\`${part}\``)
    .join(', ')
}

/** Every option, made from the doc comments and defaults that the code has. */
function optionsTable(): string {
  const test = resolveOptions()
  const [plugin, run] = resolvePluginOptions({}, false)
  const json = (value: unknown): string => `\`${JSON.stringify(value).replaceAll('"', "'")}\``
  const orElse = (value: unknown, text: string): string => (value === undefined ? text : json(value))
  const defaults: Record<string, string> = {
    seed: orElse(test.seed ?? plugin.seed, 'fresh'),
    iterations: `\`${describeControl(test.control)}\``,
    chaos: json(test.chaos),
    slowTimeout: orElse(plugin.slowTimeout, 'none'),
    determinism: json(test.determinism),
    limits: 'below',
    overrides: json(plugin.overrides),
    keepFailures: orElse(plugin.keepFailures, 'not in CI'),
    coverage: json(run.coverage),
    reporter: json(run.reporter),
    timezone: json(run.timezone),
    regressions: json(test.regressions),
    nodes: json(test.nodes),
    schedule: orElse(test.schedule, 'by profile'),
    placement: orElse(test.placement, "`'random'`"),
    invariants: orElse(test.invariants, 'all on'),
    sometimes: json(test.sometimes),
    modules: "`'seed'`",
    console: "`'failing'`",
    traceFiles: '`true`',
    outputFile: 'none',
    shrink: `\`{ runs: ${test.shrink?.runs}, ms: ${test.shrink?.ms} }\``,
  }
  const [own, config] = ['src/runner/options.ts', 'plugin/options/options.ts']
  const ofTests = [...propertiesOf(own, 'SimulationOptions'), 'slowTimeout']
  const ofPlugin = propertiesOf(config, 'SimulationPluginOptions')
  const ofProjects = propertiesOf(config, 'SimulationProjectOptions')
  const rows = [...new Set([...ofPlugin, ...ofTests])].sort().map((name) => {
    const who = [ofPlugin.includes(name) && 'plugin', ofTests.includes(name) && 'test'].filter(Boolean).join(', ')
    const doc = docOf(own, 'SimulationOptions', name) ?? docOf(config, 'SimulationPluginOptions', name) ?? ''
    const meaning = doc.replace(/ Default:? [^]*$/, '')
    const everywhere = ofPlugin.includes(name) && !ofProjects.includes(name) ? ' Not in `test.simulation`.' : ''
    return `| \`${name}\` | ${who} | ${defaults[name] ?? '?'} | ${meaning}${everywhere} |`
  })
  return ['| Option | For | Default | |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

test('the table of calls of Node is made from the code: UPDATE_DOCS=1 renews it', async () => {
  const page = readPage('examples/guides/node.md').text
  const table = await format(nodeTable(), { ...(await resolveConfig(repository)), parser: 'markdown' })
  const shown = /\| Call [^]*?\n(?=\n)/.exec(page)?.[0] ?? ''
  if (process.env['UPDATE_DOCS'] !== undefined)
    writeFileSync(join(repository, 'examples/guides/node.md'), page.replace(shown, table))
  else expect(shown).toBe(table)
})

describe('configuration', () => {
  const rows = tableOf(options, 'Option')

  test('the table of options is made from the code: UPDATE_DOCS=1 renews it', async () => {
    const table = await format(optionsTable(), { ...(await resolveConfig(repository)), parser: 'markdown' })
    const shown = /\| Option [^]*?\n(?=\n)/.exec(options)?.[0] ?? ''
    if (process.env['UPDATE_DOCS'] !== undefined)
      writeFileSync(join(repository, 'plugin/README.md'), options.replace(shown, table))
    else expect(shown).toBe(table)
    expect(table).not.toContain('?')
  })

  test('names that an option takes are complete', () => {
    const text = (option: string): string =>
      Object.values(rows.find((row) => bare(row['Option']) === option) ?? {}).join(' ')
    expect(names(text('schedule'))).toEqual(expect.arrayContaining([...scheduleStrategies]))
    for (const name of ['random', 'roundRobin', 'leastLoaded', 'preferLocal', 'hash']) {
      expect(() => checkOptions({ placement: name })).not.toThrow()
      expect(names(text('placement'))).toContain(name)
    }
    for (const name of propertiesOf('plugin/options/options.ts', 'OverrideOption'))
      expect(text('overrides')).toMatch(new RegExp(`\\b${name}\\b`))
  })

  test('limits have these defaults', () => {
    const line = /^Limits: ([^]*?)\.\n/m.exec(options)?.[1] ?? ''
    const shown = [...line.matchAll(/`(\w+)`\s([\d,]+)/g)].map(([, name, value]) => [
      name,
      Number(value?.replaceAll(',', '')),
    ])
    expect(Object.fromEntries(shown)).toEqual(defaultLimits)
  })

  test('environment variables are all there', () => {
    const files = ['plugin', 'reporter', 'src'].flatMap((folder) =>
      readdirSync(join(repository, folder), { recursive: true }).map((name) => join(repository, folder, String(name))),
    )
    const texts = files.filter((file) => file.endsWith('.ts')).map((file) => readFileSync(file, 'utf8'))
    const read = new Set(texts.flatMap((text) => text.match(/\bSIMULATION_[A-Z]+\b/g) ?? []))
    const line = /^Environment: ([^]*?)\n[A-Z]/m.exec(options)?.[1] ?? ''
    expect(names(line).sort()).toEqual([...read, 'CI'].sort())
  })
})

describe('chaos', () => {
  // One row may stand for several families.
  const rows: Record<string, string>[] = tableOf(reference, 'Family').flatMap((row) =>
    names(row['Family']).map((family) => ({ ...row, Family: family })),
  )

  test('every family is there, and no other', () => {
    expect(rows.map((row) => bare(row['Family'])).sort()).toEqual(propertiesOf('src/chaos/families.ts', 'ChaosOptions'))
  })

  test('takes what the table says', () => {
    const takes = (family: string, value: unknown): boolean => {
      try {
        checkOptions({ chaos: { [family]: value } })
        return true
      } catch {
        return false
      }
    }
    for (const row of rows) {
      const family = bare(row['Family'])
      if (family === 'latency') continue
      const kind = takes(family, 0.5)
        ? 'probability'
        : takes(family, { every: [1, 2], lasts: [1, 2] })
          ? 'episodes'
          : 'boolean'
      expect(row['Value'], family).toBe(kind)
      expect(takes(family, true), family).toBe(kind !== 'probability' || family === 'buggify')
    }
  })

  test('fields of the families that have some', () => {
    const types: Record<string, string> = {
      clog: 'EpisodeOptions',
      pause: 'EpisodeOptions',
      partition: 'PartitionEpisodes',
      crash: 'CrashEpisodes',
      clock: 'ClockOptions',
      storage: 'StorageOptions',
    }
    for (const row of rows) {
      const type = types[bare(row['Family'])]
      const fields = type === undefined ? [] : propertiesOf('src/chaos/families.ts', type)
      expect(names(row['Fields']).sort(), bare(row['Family'])).toEqual(fields)
    }
  })
})

describe('what prose says', () => {
  test('every kind of failure is in the verdict table', () => {
    const verdict = tableOf(reference, 'Cause').flatMap((row) => names(row['Counted as']))
    expect(verdict).toEqual(expect.arrayContaining(membersOf('src/engine/failure.ts', 'FailureKind')))
  })

  test('numbers', () => {
    expect(reference).toContain(`\`RequestTimeout\` (${defaultTimeoutMs / 1000} s by default)`)
    expect(reference.replaceAll(/\s+/g, ' ')).toContain(`a node's lease (${leaseMs / 1000} s)`)
    expect(reference.replaceAll(/\s+/g, ' ')).toContain(`less than ${driftMargin * 100} %`)
    expect(hopsMax).toBe(4)
    expect(reference).toContain('four times at most')
    expect(defaultLatency).toEqual({ kind: 'uniform', min: 1, max: 10 })
    expect(reference).toContain('`uniform` (1–10 ms)')
  })
})

test('every type of record is in the table of the guide', () => {
  const union = readFileSync(join(repository, 'src/trace/records.ts'), 'utf8')
  const types = [...union.matchAll(/readonly type: ([^\n]+)/g)].flatMap(([, text = '']) => text.match(/'(\w+)'/g) ?? [])
  const wanted = types.map((type) => type.slice(1, -1)).filter((type) => type !== 'header')
  const guide = readFileSync(join(repository, 'examples/guides/traces.md'), 'utf8')
  const rows = tableOf(guide, 'Type').flatMap((row) => names(row['Type']))
  expect(rows.toSorted()).toEqual(wanted.toSorted())
})
