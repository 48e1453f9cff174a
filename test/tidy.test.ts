/**
 * The style rules that matter, as a test. Each rule is a function from sources to lines "path:line: X is banned here,
 * use Y"; each has a planted violation, so that it is known to bite.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/** A file as a rule sees it: its path from the repository root, with forward slashes, and its text. */
interface Source {
  path: string
  text: string
}

interface Import {
  specifier: string
  line: number
  typeOnly: boolean
  dynamic: boolean
}

// ---- reading ----

const parsed = new Map<string, ts.SourceFile>()

function parse({ path, text }: Source): ts.SourceFile {
  const known = parsed.get(path)
  if (known?.text === text) return known
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  parsed.set(path, file)
  return file
}

function visit(source: Source, look: (node: ts.Node, line: () => number) => void): void {
  const file = parse(source)
  const walk = (node: ts.Node): void => {
    look(node, () => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1)
    ts.forEachChild(node, walk)
  }
  walk(file)
}

function importsOf(source: Source): Import[] {
  const found: Import[] = []
  visit(source, (node, line) => {
    const add = (specifier: ts.Node | undefined, typeOnly: boolean, dynamic = false): void => {
      if (specifier && ts.isStringLiteral(specifier))
        found.push({ specifier: specifier.text, line: line(), typeOnly, dynamic })
    }
    if (ts.isImportDeclaration(node)) {
      const bindings = node.importClause?.namedBindings
      const named = bindings && ts.isNamedImports(bindings) && bindings.elements.length > 0 ? bindings.elements : null
      const onlyTypes = named !== null && !node.importClause?.name && named.every((element) => element.isTypeOnly)
      add(node.moduleSpecifier, node.importClause?.isTypeOnly === true || onlyTypes)
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false, true)
    }
  })
  return found
}

const isRelative = (specifier: string) => specifier.startsWith('.')
const resolveFrom = (path: string, specifier: string) => posix.normalize(posix.join(posix.dirname(path), specifier))

/** Every source that `start` loads at run time with it: static imports and re-exports of values, transitively. */
function loadedWith(start: string, sources: Source[]): { path: string; imports: Import[] }[] {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const loaded = new Map<string, Import[]>()
  const queue = [start]
  for (const path of queue) {
    const source = byPath.get(path)
    if (loaded.has(path) || !source) continue
    const imports = importsOf(source).filter(({ typeOnly, dynamic }) => !typeOnly && !dynamic)
    loaded.set(path, imports)
    for (const { specifier } of imports) if (isRelative(specifier)) queue.push(resolveFrom(path, specifier))
  }
  return [...loaded].map(([path, imports]) => ({ path, imports }))
}

// ---- rules ----

/** What each part may import besides itself, lowest first: a part stands below those that import it. */
const base = ['src/trace', 'src/engine', 'src/random', 'src/chaos', 'src/assertions']
const system = [...base, 'src/network', 'src/nodes', 'src/bus', 'src/actors', 'src/workload', 'src/sockets']
const simulator = [...system, 'src/virtual', 'src/modules', 'src/world', 'src/shrink', 'src/story', 'src/runner']
const below: Record<string, readonly string[]> = {
  'src/random': [],
  'src/trace': [],
  'src/engine': ['src/random', 'src/trace'],
  'src/chaos': ['src/engine', 'src/random', 'src/trace'],
  'src/assertions': ['src/engine', 'src/random', 'src/chaos'],
  'src/virtual': ['src/engine', 'src/random'],
  'src/modules': ['src/engine'],
  'src/network': base,
  'src/nodes': base,
  'src/sockets': [...base, 'src/network', 'src/nodes', 'src/virtual', 'src/modules'],
  'src/bus': [...base, 'src/network', 'src/nodes'],
  'src/history': ['src/engine'],
  'src/tcp-bus': ['src/engine', 'src/bus'],
  'src/actors': [...base, 'src/network', 'src/nodes', 'src/bus'],
  'src/workload': [...base, 'src/network', 'src/nodes', 'src/bus'],
  'src/world': [...system, 'src/virtual'],
  'src/shrink': [...system, 'src/world'],
  'src/story': ['src/trace', 'src/engine'],
  'src/runner': [...system, 'src/virtual', 'src/modules', 'src/world', 'src/shrink', 'src/story'],
  reporter: [
    'src/trace',
    'src/story/words.ts',
    'src/engine/format.ts',
    'src/assertions/kinds.ts',
    'src/runner/stop-reason.ts',
  ],
  // In both processes: what the main process hands to the workers.
  'plugin/options': [...simulator, 'reporter/contract.ts'],
  // In Vitest's main process.
  'plugin/transform': [
    'src/assertions/kinds.ts',
    'plugin/options/modifiers.ts',
    'plugin/options/module-keys.ts',
    'reporter/contract.ts',
  ],
  'plugin/main': [...simulator, 'plugin/options', 'plugin/transform/manifests.ts', 'reporter/contract.ts'],
  // In Vitest's workers.
  'plugin/worker': [...simulator, 'plugin/options', 'reporter/contract.ts', 'reporter/timeline/page.ts'],
  // The doors, and what joins the others.
  plugin: [...simulator, 'plugin/options', 'plugin/transform', 'plugin/main', 'plugin/worker', 'reporter'],
}

/** Which part of the house a path belongs to: 'src/engine', 'plugin/worker', 'reporter', 'plugin' for its own files, … */
function partOf(path: string): string {
  const [first = '', second = ''] = path.split('/')
  const isDeep = first === 'src' || (first === 'plugin' && !second.endsWith('.ts'))
  return isDeep ? `${first}/${second}` : first
}

function mayImport(path: string, target: string): boolean {
  const [from, to] = [partOf(path), partOf(target)]
  if (from === to) return true
  const allowed = below[from]
  return allowed === undefined ? from !== 'examples' : allowed.includes(to) || allowed.includes(target)
}

function importDirection(sources: Source[]): string[] {
  return sources.flatMap((source) =>
    importsOf(source)
      .filter(({ specifier }) => isRelative(specifier))
      .map((found) => ({ ...found, target: resolveFrom(source.path, found.specifier) }))
      .filter(({ target }) => !mayImport(source.path, target))
      .map(({ target, line }) => {
        const allowed = below[partOf(source.path)]
        const own = ['its own files', ...(allowed ?? [])].join(', ')
        const instead = allowed === undefined ? 'the package by its name' : own
        return `${source.path}:${line}: importing ${target} is banned here, use ${instead}`
      }),
  )
}

/** Files that import each other, types too, make a room that nobody can enter from one side. */
const circlesAllowed = ['src/engine/event.ts, src/engine/owner.ts']

function circles(sources: Source[]): string[] {
  const known = new Set(sources.map(({ path }) => path))
  const imports = new Map<string, string[]>()
  for (const source of sources) {
    if (!/^(src|plugin|reporter)\//.test(source.path)) continue
    const targets = importsOf(source).filter(({ specifier }) => isRelative(specifier))
    const resolved = targets.map(({ specifier }) => resolveFrom(source.path, specifier))
    imports.set(
      source.path,
      resolved.filter((path) => known.has(path)),
    )
  }
  const reached = (start: string): Set<string> => {
    const seen = new Set<string>()
    const queue = [...(imports.get(start) ?? [])]
    for (const path of queue) {
      if (seen.has(path)) continue
      seen.add(path)
      queue.push(...(imports.get(path) ?? []))
    }
    return seen
  }
  const reach = new Map([...imports.keys()].map((path) => [path, reached(path)]))
  const found = new Set<string>()
  for (const [path, all] of reach) {
    if (!all.has(path)) continue
    found.add(
      [...all]
        .filter((other) => reach.get(other)?.has(path))
        .toSorted()
        .join(', '),
    )
  }
  return [...found]
    .filter((circle) => !circlesAllowed.includes(circle))
    .map((circle) => `${circle.split(', ')[0]}:1: a circle of imports is banned here, use a file below ${circle}`)
}

/** Packages each part may import; everything else is banned there. */
const packages: [RegExp, RegExp, string][] = [
  [/^src\/random\//, /^(node:|seedrandom(\/|$))/, 'node: and seedrandom'],
  [/^src\/engine\/schema\.ts$/, /^valibot$/, 'valibot'],
  [/^src\//, /^node:/, 'node: (random numbers come from src/random, Vitest lives in plugin/)'],
  [/^plugin\/main\/node-resolve\.ts$/, /^(node:|resolve\.exports$)/, 'node: and resolve.exports'],
  [/^plugin\//, /^(node:|vitest(\/|$)|@vitest\/runner$|vite$|picocolors(\/|$))/, 'node:, vitest and picocolors'],
  [/^reporter\/timeline\/browser\//, /^d3-(scale|selection|zoom)$/, 'd3-scale, d3-selection and d3-zoom'],
  [/^reporter\//, /^(node:|vitest(\/|$)|picocolors(\/|$))/, 'node:, vitest and picocolors'],
]

function packageImports(sources: Source[]): string[] {
  return sources.flatMap((source) => {
    const rule = packages.find(([where]) => where.test(source.path))
    if (!rule) return []
    const [, allowed, instead] = rule
    return importsOf(source)
      .filter(({ specifier, typeOnly }) => {
        if (isRelative(specifier)) return false
        // A second copy of @vitest/runner finds no current suite, and Vitest 5 has none: its types are all we may use.
        if (specifier.startsWith('@vitest/') && !typeOnly) return true
        return !allowed.test(specifier)
      })
      .map(({ specifier, line }) => `${source.path}:${line}: importing ${specifier} is banned here, use ${instead}`)
  })
}

/** What a door must not load with it: `./sdk` goes into production code, `.` is paid for by every test file. */
function doors(sources: Source[]): string[] {
  const isReporter = (target: string) => target.startsWith('reporter/') && target !== 'reporter/contract.ts'
  const heavy = (path: string, specifier: string) =>
    isRelative(specifier) ? isReporter(resolveFrom(path, specifier)) : /^(vite$|vitest\/|picocolors)/.test(specifier)
  const bare = (_path: string, specifier: string) => !isRelative(specifier)
  const rules: [string, (path: string, specifier: string) => boolean, string][] = [
    ['src/assertions/sdk.ts', bare, 'src/engine/current.ts: ./sdk has no dependency at all'],
    ['plugin/api.ts', heavy, 'a type import or await import(): the test API loads neither reporter nor vite'],
    ['plugin/setup.ts', heavy, 'a type import or await import(): the setup file loads neither reporter nor vite'],
  ]
  return rules.flatMap(([door, banned, instead]) =>
    loadedWith(door, sources).flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => banned(path, specifier))
        .map(({ specifier, line }) => `${path}:${line}: importing ${specifier} is banned here, use ${instead}`),
    ),
  )
}

const clock = 'engine.now (virtual time)'
const schedule = 'engine.schedule(…)'
const bannedMembers: Record<string, string> = {
  'Date.now': clock,
  'performance.now': clock,
  'process.hrtime': clock,
  'Math.random': 'a named stream of src/random',
  'process.env': 'an option (the plugin reads the environment)',
}
const bannedCalls: Record<string, string> = { setTimeout: schedule, setImmediate: schedule, setInterval: schedule }

/** No real time, real randomness, environment or output in the simulator, outside `src/virtual`; `src/tcp-bus` runs in production. */
function reality(sources: Source[]): string[] {
  const found: string[] = []
  for (const source of sources) {
    if (!source.path.startsWith('src/') || /^src\/(?:virtual|tcp-bus)\//.test(source.path)) continue
    visit(source, (node, line) => {
      const report = (what: string, instead: string) =>
        found.push(`${source.path}:${line()}: ${what} is banned here, use ${instead}`)
      if (ts.isPropertyAccessExpression(node)) {
        const text = node.getText().replace(/^globalThis\./, '')
        if (bannedMembers[text]) report(text, bannedMembers[text])
        else if (/^console\.\w+$/.test(text)) report(text, 'the trace (sim.log), the reporter prints')
      } else if (ts.isCallExpression(node)) {
        const called = node.expression.getText().replace(/^globalThis\./, '')
        if (bannedCalls[called]) report(`${called}(`, bannedCalls[called])
      } else if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) {
        report('new Date()', clock)
      }
    })
  }
  return found
}

const maximumLines = 400

function fileLength(sources: Source[]): string[] {
  return sources
    .filter(({ path }) => /^(src|plugin|reporter|examples)\//.test(path))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > maximumLines)
    .map(({ path, lines }) => `${path}:${maximumLines}: a file of ${lines} lines is banned here, use several files`)
}

const leftover = new RegExp(`\\b(${['TO', 'FIX', 'XX'].map((half, i) => half + ['DO', 'ME', 'X'][i]).join('|')})\\b`)

function leftovers(sources: Source[]): string[] {
  return sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((content, index) => {
      const word = leftover.exec(content)?.[1]
      return word ? [`${path}:${index + 1}: ${word} is banned here, use an issue or do it now`] : []
    }),
  )
}

function exclusiveTests(sources: Source[]): string[] {
  const found: string[] = []
  for (const source of sources) {
    if (!source.path.endsWith('.test.ts')) continue
    visit(source, (node, line) => {
      if (!ts.isCallExpression(node)) return
      const called = node.expression.getText()
      // A call of `it.only`, `simulation.test.only`, `describe.only.each(…)`.
      if (/^(it|test|describe|suite|bench|simulation|simulationTest)\b[\w.]*\.only\b/.test(called)) {
        found.push(`${source.path}:${line()}: .only( is banned here, use the -t option`)
      }
    })
  }
  return [...new Set(found)]
}

const rules = { importDirection, circles, packageImports, doors, reality, fileLength, leftovers, exclusiveTests }

// ---- the tree ----

const root = fileURLToPath(new URL('..', import.meta.url))
const skipped = new Set(['node_modules', 'dist', 'fixtures'])

function readTree(folder: string): Source[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : readTree(path)
    if (!/\.(m?ts|mjs)$/.test(entry.name)) return []
    return [{ path: path.split(sep).join('/'), text: readFileSync(join(root, path), 'utf8') }]
  })
}

const tree = ['src', 'plugin', 'reporter', 'examples', 'test'].flatMap(readTree)

describe('the tree', () => {
  for (const [name, rule] of Object.entries(rules)) {
    test(name, () => expect(rule(tree)).toEqual([]))
  }

  test('every part of the house has a place in the import direction', () => {
    const parts = new Set(
      tree.filter(({ path }) => /^(src|plugin|reporter)\//.test(path)).map(({ path }) => partOf(path)),
    )
    expect([...parts].filter((part) => !(part in below))).toEqual([])
  })

  test('the doors are where the rules look for them', () => {
    const paths = new Set(tree.map(({ path }) => path))
    const expected = [
      'plugin/api.ts',
      'plugin/index.ts',
      'plugin/setup.ts',
      'reporter/index.ts',
      'src/assertions/sdk.ts',
    ]
    expect(expected.filter((path) => !paths.has(path))).toEqual([])
  })

  test('the import direction has no way back', () => {
    for (const [folder, allowed] of Object.entries(below)) {
      for (const other of allowed) expect(below[other] ?? [], `${folder} → ${other}`).not.toContain(folder)
    }
  })
})

// ---- planted violations: each rule bites, and only where it should ----

const one = (rule: (sources: Source[]) => string[], path: string, text: string) => rule([{ path, text }])

describe('planted', () => {
  test('importDirection', () => {
    const at = (path: string, specifier: string) => one(importDirection, path, `\nimport { x } from '${specifier}'`)
    expect(at('src/engine/engine.ts', '../network/link.ts')).toEqual([
      'src/engine/engine.ts:2: importing src/network/link.ts is banned here, use its own files, src/random, src/trace',
    ])
    expect(at('src/random/stream.ts', '../engine/engine.ts')).toHaveLength(1)
    expect(at('src/network/link.ts', '../bus/bus.ts')).toHaveLength(1)
    expect(at('src/nodes/life-cycle.ts', '../bus/bus.ts')).toHaveLength(1)
    expect(at('src/actors/actor.ts', '../workload/operation.ts')).toHaveLength(1)
    expect(at('src/runner/one.ts', '../../reporter/contract.ts')).toHaveLength(1)
    expect(at('reporter/index.ts', '../plugin/options/options.ts')).toEqual([
      'reporter/index.ts:2: importing plugin/options/options.ts is banned here, use its own files, src/trace, src/story/words.ts, src/engine/format.ts, src/assertions/kinds.ts, src/runner/stop-reason.ts',
    ])
    expect(at('reporter/index.ts', '../src/engine/trace.ts')).toHaveLength(1)
    expect(at('examples/a/bus.test.ts', '../../src/bus/bus.ts')).toHaveLength(1)
    expect(one(importDirection, 'src/engine/x.ts', "import type { T } from '../runner/t.ts'")).toHaveLength(1)
    expect(one(importDirection, 'src/engine/x.ts', "type T = import('../runner/t.ts').T")).toHaveLength(1)
    expect(one(importDirection, 'src/engine/x.ts', "export * from '../runner/t.ts'")).toHaveLength(1)
    expect(one(importDirection, 'src/engine/x.ts', "await import('../runner/t.ts')")).toHaveLength(1)

    expect(at('src/engine/engine.ts', '../random/stream.ts')).toEqual([])
    expect(at('src/engine/engine.ts', './owner.ts')).toEqual([])
    expect(at('src/runner/one.ts', '../virtual/install.ts')).toEqual([])
    expect(at('plugin/api.ts', '../src/runner/one.ts')).toEqual([])
    expect(at('reporter/index.ts', './contract.ts')).toEqual([])
    expect(at('plugin/worker/one.ts', '../../reporter/contract.ts')).toEqual([])
    expect(at('plugin/worker/one.ts', '../../reporter/judge.ts')).toHaveLength(1)
    expect(at('plugin/worker/one.ts', '../options/options.ts')).toEqual([])
    expect(at('plugin/worker/one.ts', '../main/fresh-seed.ts')).toHaveLength(1)
    expect(at('plugin/worker/one.ts', '../transform/transform.ts')).toHaveLength(1)
    expect(at('plugin/main/one.ts', '../worker/hooks.ts')).toHaveLength(1)
    expect(at('plugin/options/one.ts', '../main/fresh-seed.ts')).toHaveLength(1)
    expect(at('src/world/one.ts', '../shrink/shrink.ts')).toHaveLength(1)
    expect(at('src/shrink/one.ts', '../runner/one.ts')).toHaveLength(1)
    expect(at('examples/a/bus.test.ts', './bus.ts')).toEqual([])
  })

  test('circles', () => {
    const file = (path: string, ...imports: string[]): Source => ({
      path,
      text: imports.map((name) => `import type { X } from './${name}.ts'`).join('\n'),
    })
    const three = [
      file('src/bus/a.ts', 'b'),
      file('src/bus/b.ts', 'c'),
      file('src/bus/c.ts', 'a'),
      file('src/bus/d.ts', 'a'),
    ]
    expect(circles(three)).toEqual([
      'src/bus/a.ts:1: a circle of imports is banned here, use a file below src/bus/a.ts, src/bus/b.ts, src/bus/c.ts',
    ])
    expect(circles(three.slice(1))).toEqual([])
    expect(circles([file('src/engine/event.ts', 'owner'), file('src/engine/owner.ts', 'event')])).toEqual([])
  })

  test('packageImports', () => {
    const at = (path: string, specifier: string) => one(packageImports, path, `import { x } from '${specifier}'`)
    expect(at('src/engine/engine.ts', 'vitest')).toEqual([
      'src/engine/engine.ts:1: importing vitest is banned here, use node: (random numbers come from src/random, Vitest lives in plugin/)',
    ])
    expect(at('src/runner/one.ts', 'seedrandom')).toHaveLength(1)
    expect(at('plugin/api.ts', '@vitest/runner')).toHaveLength(1)
    expect(one(packageImports, 'plugin/api.ts', "import type { Task } from '@vitest/runner'")).toEqual([])
    expect(at('src/random/seed.ts', 'seedrandom/lib/alea.js')).toEqual([])
    expect(at('src/virtual/timers.ts', 'node:timers')).toEqual([])
  })

  test('doors', () => {
    const sdk = (text: string) =>
      doors([
        { path: 'src/assertions/sdk.ts', text: "import { a } from './a.ts'" },
        { path: 'src/assertions/a.ts', text },
      ])
    expect(sdk("import { createHash } from 'node:crypto'")).toEqual([
      'src/assertions/a.ts:1: importing node:crypto is banned here, use src/engine/current.ts: ./sdk has no dependency at all',
    ])
    expect(sdk("import type { Hash } from 'node:crypto'")).toEqual([])
    expect(sdk("import { type Hash } from 'node:crypto'")).toEqual([])
    const api = (text: string) => one(doors, 'plugin/api.ts', text)
    expect(api("export * from '../reporter/index.ts'")).toHaveLength(1)
    expect(api("import { build } from 'vite'")).toHaveLength(1)
    expect(api("import { startVitest } from 'vitest/node'")).toHaveLength(1)
    expect(api("import { test } from 'vitest'; await import('../reporter/index.ts')")).toEqual([])
  })

  test('reality', () => {
    const at = (path: string, text: string) => one(reality, path, text)
    expect(at('src/engine/engine.ts', '\nconst a = Date.now()')).toEqual([
      'src/engine/engine.ts:2: Date.now is banned here, use engine.now (virtual time)',
    ])
    const violations = [
      'Math.random()',
      'performance.now()',
      'const { now } = { now: Date.now }',
      'globalThis.Date.now()',
      'new Date()',
      'setTimeout(f, 1)',
      'globalThis.setImmediate(f)',
      'setInterval(f, 1)',
      'process.env.CI',
      "process.env['CI']",
      'process.hrtime.bigint()',
      'console.log(1)',
    ]
    for (const text of violations) expect(at('src/engine/engine.ts', text), text).toHaveLength(1)
    const innocent = [
      'clock.setTimeout(f, 1)',
      'new Date(0)',
      '// Date.now()',
      "'Math.random()'",
      'host.now()',
      'sim.random.next()',
    ]
    for (const text of innocent) expect(at('src/engine/engine.ts', text), text).toEqual([])
    expect(at('src/virtual/real.ts', 'Date.now()')).toEqual([])
    expect(at('plugin/options/options.ts', 'process.env.CI')).toEqual([])
  })

  test('fileLength', () => {
    const lines = (count: number) => 'x\n'.repeat(count)
    expect(one(fileLength, 'src/engine/engine.ts', lines(401))).toEqual([
      'src/engine/engine.ts:400: a file of 401 lines is banned here, use several files',
    ])
    expect(one(fileLength, 'src/engine/engine.ts', lines(400))).toEqual([])
    expect(one(fileLength, 'test/engine.test.ts', lines(900))).toEqual([])
  })

  test('leftovers', () => {
    const word = ['TO', 'DO'].join('')
    expect(one(leftovers, 'src/a.ts', `\n// ${word}: later`)).toEqual([
      `src/a.ts:2: ${word} is banned here, use an issue or do it now`,
    ])
    expect(one(leftovers, 'src/a.ts', 'simulation.todo(1); const todos = 1; it.todo()')).toEqual([])
  })

  test('exclusiveTests', () => {
    const at = (text: string) => one(exclusiveTests, 'test/a.test.ts', text)
    expect(at("\nit.only('a', f)")).toEqual(['test/a.test.ts:2: .only( is banned here, use the -t option'])
    expect(at("simulation.test.only('a', f)")).toHaveLength(1)
    expect(at("describe.only.each([1])('a', f)")).toHaveLength(1)
    expect(at("// it.only('a', f)")).toEqual([])
    expect(at('expectTypeOf(simulation.test.only).toBeFunction()')).toEqual([])
  })
})
