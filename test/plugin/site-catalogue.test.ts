import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import type { ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CataloguedSite } from '../../reporter/contract.ts'
import { simulationTransform } from '../../plugin/transform/transform.ts'

const sdk = fileURLToPath(new URL('../../src/assertions/sdk.ts', import.meta.url))
const shared = globalThis as unknown as Record<symbol, unknown>
const catalogueKey = Symbol.for('vitest-simulation.catalogue')
const bodyKey = Symbol.for('vitest-simulation.body')

let folder: string
let server: ViteDevServer

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'simulation-sites-')))
  server = await createServer({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
    resolve: {
      alias: [
        { find: /^vitest-simulation\/sdk$/, replacement: sdk },
        { find: /^vitest-simulation$/, replacement: join(folder, 'root-door.ts') },
        { find: '@', replacement: join(folder, 'aliased') },
      ],
    },
    plugins: [simulationTransform()],
  })
  await writeFile(
    join(folder, 'root-door.ts'),
    `export * from '${sdk}'
     const define = (...args: unknown[]) => { const b = args.findLast((a) => typeof a === 'function'); globalThis.bodies.push(b) }
     export const simulation: any = Object.assign(define, { test: define, with: () => simulation, each: () => define })
     export const simulationTest = simulation`,
  )
})

afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

/** Runs the module in a real Vite server: 'kind name :line', and the sites of each test body. */
async function catalogue(
  name: string,
  source: string,
): Promise<{ sites: string[]; bodies: string[][]; body: Function[] }> {
  const file = join(folder, name)
  await writeFile(file, source)
  const outer = [shared[catalogueKey], shared[bodyKey]]
  const sitesOf = new Map<Function, string[]>()
  const bodies: Function[] = []
  shared[catalogueKey] = undefined
  shared[bodyKey] = (body: Function, sites: CataloguedSite[]) => {
    sitesOf.set(
      body,
      sites.map((site) => site.name),
    )
    return body
  }
  Object.assign(globalThis, { bodies })
  try {
    await server.ssrLoadModule(file)
    const sites = (shared[catalogueKey] as Map<string, CataloguedSite[]> | undefined)?.get(file) ?? []
    for (const site of sites) expect(site.file).toBe(file)
    return {
      sites: sites.map((site) => `${site.kind} ${site.name} :${site.line}`),
      bodies: bodies.map((body) => sitesOf.get(body) ?? []),
      body: bodies,
    }
  } finally {
    ;[shared[catalogueKey], shared[bodyKey]] = outer
  }
}

test('every assertion and buggify function is catalogued by the argument that names it', async () => {
  const { sites } = await catalogue(
    'kinds.ts',
    `import { always, alwaysOrUnreachable, sometimes, reachable, unreachable, alwaysLessThan, sometimesGreaterThanOrEqual,
  sometimesAll, sometimesEach, buggify, buggifyDelay, buggifyValue } from 'vitest-simulation/sdk'
interface Gone { types: 'are removed'

  so: 'lines move' }
export function never(value: number): void {
  always(value > 0, 'a1')
  alwaysOrUnreachable(value > 0, \`a2\`)
  sometimes(value > 0 as boolean, 's1', { value })
  reachable('r1')
  unreachable('u1'); buggify('b1', 0.5)
  alwaysLessThan(value, 3, 'a3')
  sometimesGreaterThanOrEqual(value, 3, 's2')
  sometimesAll({ value: true }, 's3')
  sometimesEach('s4', value)
  buggifyDelay('b2', [1, 2])
  buggifyValue(
    'b3', 1, [1, 2])
}
`,
  )
  expect(sites).toMatchInlineSnapshot(`
    [
      "always a1 :7",
      "alwaysOrUnreachable a2 :8",
      "sometimes s1 :9",
      "reachable r1 :10",
      "unreachable u1 :11",
      "buggify b1 :11",
      "always a3 :12",
      "sometimes s2 :13",
      "sometimes s3 :14",
      "sometimes s4 :15",
      "buggify b2 :16",
      "buggify b3 :17",
    ]
  `)
})

test('names are followed through aliases, namespaces, constants and the simulation object', async () => {
  const { sites } = await catalogue(
    'aliases.ts',
    `import { sometimes as now, simulation } from 'vitest-simulation'
import * as sdk from 'vitest-simulation/sdk'
const { reachable: here } = sdk
const often = now
export const use = (): void => {
  now(true, 'alias')
  sdk.always(true, 'namespace')
  sdk['always'](true, 'computed')
  here('destructured')
  often(true, 'constant')
  simulation.sometimes?.(true, 'member')
}
`,
  )
  expect(sites).toEqual([
    'sometimes alias :6',
    'always namespace :7',
    'always computed :8',
    'reachable destructured :9',
    'sometimes constant :10',
    'sometimes member :11',
  ])
})

test('what only looks like a site is left alone', async () => {
  const { sites } = await catalogue(
    'shadowed.ts',
    `import { sometimes, always } from 'vitest-simulation/sdk'
type Check = (condition: boolean, name: string) => void
export const parameter = (sometimes: Check): void => sometimes(true, 'parameter')
export const destructured = ({ sometimes }: { sometimes: Check }): void => sometimes(true, 'destructured parameter')
export function local(): void {
  const sometimes: Check = () => {}
  { sometimes(true, 'local') }
  for (const always of [sometimes]) always(true, 'loop')
  try { throw sometimes } catch (always: any) { always(true, 'caught') }
}
export function hoisted(): void { always(true, 'hoisted'); function always(..._: unknown[]): void {} }
export const computedName = (name: string): void => { always(true, name); always(true, \`a \${name}\`) }
export const ours = (): void => always(true, 'ours')
export const reads = [sometimes]
`,
  )
  expect(sites).toEqual(['always ours :13'])
})

test('sites inside the body of a test belong to that body', async () => {
  const { sites, bodies, body } = await catalogue(
    'bodies.ts',
    `import { simulation, simulationTest, sometimes, always } from 'vitest-simulation'
const outside = () => { sometimes(true, 'outside') }
function declared() { always(true, 'declared') }
const arrow = async () => { sometimes(true, 'arrow') }
const mine = simulation.with({ nodes: 3 })
simulation.test('one', async () => { outside(); sometimes(true, 'first'); [1].map(() => always(true, 'nested')) })
simulation('two', { nodes: 3 }, function () { sometimes(true, 'second') }, 100)
mine.test('three', () => {})
simulationTest('four', declared)
mine.each([1])('five', arrow)
export const identity = [declared, arrow]
`,
  )
  expect(sites).toHaveLength(6)
  expect(bodies).toEqual([['first', 'nested'], ['second'], [], ['declared'], ['arrow']])
  expect(body.map(({ name }) => name)).toEqual(['', '', '', 'declared', 'arrow'])
})

test('a module runs the same when nobody listens', async () => {
  await writeFile(
    join(folder, 'quiet.ts'),
    `import { simulation, sometimes } from 'vitest-simulation'
simulation.test('one', () => sometimes(true, 'quiet'))
export const value = 7`,
  )
  const outer = shared[bodyKey]
  shared[bodyKey] = undefined
  Object.assign(globalThis, { bodies: [] })
  try {
    expect(await server.ssrLoadModule(join(folder, 'quiet.ts'))).toMatchObject({ value: 7 })
    expect((globalThis as unknown as { bodies: unknown[] }).bodies).toHaveLength(1)
  } finally {
    shared[bodyKey] = outer
    ;(shared[catalogueKey] as Map<string, unknown> | undefined)?.delete(join(folder, 'quiet.ts'))
  }
})

test('plain JavaScript without semicolons, with emoji and a last comment, keeps its lines and columns', async () => {
  const { sites, bodies } = await catalogue(
    'plain.js',
    `import { simulation, reachable } from 'vitest-simulation'
const name = '💥' ; /* 💥 */ simulation.test('emoji', () => { reachable('💥 after') })
simulation
  .test('second', () => reachable('last'))
// no newline at the end`,
  )
  expect(sites).toEqual(['reachable 💥 after :2', 'reachable last :4'])
  expect(bodies).toEqual([['💥 after'], ['last']])
})

test('the source map leads every word back to its line and column', async () => {
  const source = `import { simulation, sometimes } from 'vitest-simulation'
type Removed = { by: 'TypeScript' }
simulation.test('💥', async () => { const word1: number = 1; sometimes(word1 > 0, 'word2' as string); word3() }); word4()
  function word3(): void { sometimes(word5, 'word6') }; const word5 = true, word7 = word5
function word4(): Removed | void {}
void word7
`
  const file = join(folder, 'mapped.ts')
  await writeFile(file, source)
  const result = await server.environments.ssr.transformRequest(file)
  const map = new SourceMap(result?.map as never)
  const place = (text: string, word: string): { line: number; column: number } => {
    const before = text.slice(0, text.indexOf(word)).split('\n')
    return { line: before.length - 1, column: before.at(-1)?.length ?? 0 }
  }
  for (const word of ['word1', 'word3', 'word4', 'word5', 'word7']) {
    const at = place(result?.code ?? '', word)
    const { originalLine, originalColumn } = map.findEntry(at.line, at.column) as never
    expect({ word, line: originalLine, column: originalColumn }).toEqual({ word, ...place(source, word) })
  }
})

test('modules that do not import the package are not touched', async () => {
  const file = join(folder, 'other.js')
  await writeFile(file, `// vitest-simulation\nexport const sometimes = () => {}\nsometimes(true, 'import')\n`)
  const result = await server.environments.ssr.transformRequest(file)
  expect(result?.code).not.toContain('__simulation')
})

test('the catalogue is added once when the plugin is listed twice', async () => {
  const twice = await createServer({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
    resolve: { alias: [{ find: /^vitest-simulation\/sdk$/, replacement: sdk }] },
    plugins: [simulationTransform(), simulationTransform()],
  })
  try {
    const file = join(folder, 'twice.ts')
    await writeFile(
      file,
      `import { reachable } from 'vitest-simulation/sdk'\nexport const use = () => reachable('once')\n`,
    )
    const result = await twice.environments.ssr.transformRequest(file)
    expect(result?.code.match(/vitest-simulation\.catalogue/g)).toHaveLength(1)
  } finally {
    await twice.close()
  }
})

test('a module that has our names itself keeps them, and is catalogued', async () => {
  const { sites } = await catalogue(
    'names.ts',
    `import { reachable } from 'vitest-simulation/sdk'
export const __simulation_sites__ = 1, __simulation_marks__ = 2
export const use = () => reachable('here')
`,
  )
  expect(sites).toEqual(['reachable here :3'])
})

describe('exports that modules of the user pass on', () => {
  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
  }

  /** What a server that watches files does. */
  const changed = async (name: string): Promise<void> => {
    const { client, ssr } = server.environments
    await client.pluginContainer.watchChange(join(folder, name), { event: 'update' })
    ssr.moduleGraph.onFileChange(join(folder, name))
  }

  test.each([
    ['renamed', `export { sometimes as own } from 'vitest-simulation/sdk'`],
    ['all', `export * from './passed/all-own.ts'`],
    ['imported, then exported', `import { sometimes } from 'vitest-simulation/sdk'; export { sometimes as own }`],
    [
      'a constant',
      `import { sometimes } from 'vitest-simulation/sdk'\nexport const own: typeof sometimes = sometimes\n`,
    ],
    ['destructured', `import * as sdk from 'vitest-simulation/sdk'; export const { sometimes: own } = sdk`],
    [
      'a chain of two',
      `import type { X } from './passed/types.ts'; export { renamed as own } from './passed/first.ts'`,
    ],
    ['through an alias', `import { sometimes } from '@/checks.ts'; const own = sometimes; export { own }`],
    ['in a circle', `export * from './passed/circle.ts'; export * from './passed/all-own.ts'; import './user.ts'`],
  ])('%s', async (_, checks) => {
    await write({
      'passed/all-own.ts': `export { sometimes as own } from 'vitest-simulation/sdk'`,
      'passed/types.ts': 'export type X = 1',
      'passed/first.ts': `import { sometimes } from 'vitest-simulation/sdk'; export { sometimes as renamed }`,
      'aliased/checks.ts': `export * from 'vitest-simulation/sdk'`,
      'passed/circle.ts': `export * from '../checks.ts'`,
      'checks.ts': checks,
    })
    await changed('checks.ts')
    const { sites, bodies } = await catalogue(
      'user.ts',
      `import { simulation } from 'vitest-simulation'
import { own } from './checks.ts'
simulation.test('one', () => { own(true, 'inside') })
export const outside = (): void => own(true, 'outside')
export const shadowed = (own: (...all: unknown[]) => void): void => own(true, 'no site')
`,
    )
    expect(sites).toEqual(['sometimes inside :3', 'sometimes outside :4'])
    expect(bodies).toEqual([['inside']])
  })

  test('namespaces, objects, defaults and the simulation object are followed', async () => {
    await write({
      'passed/namespace.ts': `export * as checks from 'vitest-simulation/sdk'`,
      'passed/object.ts': `import * as sdk from 'vitest-simulation/sdk'
        export const object = { ...sdk, often: sdk.always }
        export default object`,
      'passed/simulation.ts': `import { simulation } from 'vitest-simulation'
        export { simulation }
        export const mine = simulation.with({ tags: ['mine'] })`,
    })
    const { sites, bodies } = await catalogue(
      'namespaces.ts',
      `import { checks } from './passed/namespace.ts'
import object, { object as same } from './passed/object.ts'
import * as all from './passed/object.ts'
import { mine, simulation } from './passed/simulation.ts'
simulation.test('one', () => { checks.always(true, 'namespace') })
mine.test('two', { nodes: 3 }, () => { object.often(true, 'object') })
export const use = (): void => {
  same.reachable('spread')
  all.object.often(true, 'all')
}
`,
    )
    expect(sites).toEqual(['always namespace :5', 'always object :6', 'reachable spread :8', 'always all :9'])
    expect(bodies).toEqual([['namespace'], ['object']])
  })

  test('what only has the name, or calls ours itself, is left alone', async () => {
    await write({
      'passed/other.ts': `import { sometimes } from 'vitest-simulation/sdk'
        const always = (..._: unknown[]): void => {}
        export { always, type sometimes as Kind }
        export const seldom = (condition: boolean, name: string): void => sometimes(condition, name)`,
    })
    const file = join(folder, 'left-alone.ts')
    await writeFile(
      file,
      `import { always, seldom } from './passed/other.ts'\nalways(true, 'no site'); seldom(true, 'no site')\n`,
    )
    expect((await server.environments.ssr.transformRequest(file))?.code).not.toContain('catalogue')
  })

  test('a change of the module that passes on is seen', async () => {
    const user = `import { own } from './changing.ts'\nexport const use = (): unknown => own(true, 'changed')\n`
    await write({ 'changing.ts': `export const own = (..._: unknown[]): void => {}`, 'changing-user.ts': user })
    expect((await catalogue('changing-user.ts', user)).sites).toEqual([])
    for (const [text, expected] of [
      [`export { always as own } from 'vitest-simulation/sdk'`, ['always changed :2']],
      [`export { sometimes as own } from 'vitest-simulation/sdk'`, ['sometimes changed :2']],
    ] as const) {
      await write({ 'changing.ts': text })
      await changed('another.ts')
      await changed('changing.ts')
      expect((await catalogue('changing-user.ts', user)).sites).toEqual(expected)
    }
  })
})
