/** Coverage of modules that each seed evaluates anew is that of an ordinary test that does the same. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runVitest } from '../helpers/run-vitest.ts'
import { configHead, makeTemporaryProject } from '../helpers/temporary-project.ts'

const shop = `import { tax } from './tax.ts'

/** Types, which leave no code behind: lines and columns move. */
export interface Order {
  readonly count: number
  readonly kind: Kind
}

export enum Kind {
  Small,
  Large,
}

export function price({ count, kind }: Order): number {
  if (count < 0) {
    throw new RangeError('too few')
  }
  const each: number = kind === Kind.Large ? 5 : 3
  return tax(count * each)
}

export const never = (): string => {
  return 'nobody calls it'
}
`

const tax = `type Rate = number
const rate: Rate = 2

export const tax = (sum: number): number => sum * rate
`

const body = 'expect(price({ count: 2, kind: Kind.Small })).toBe(12)'
const files = {
  'shop.ts': shop,
  'tax.ts': tax,
  'ordinary.test.ts': `import { expect, test } from 'vitest'
import { Kind, price } from './shop.ts'

test('an order', () => {
  ${body}
})
`,
  'simulated.test.ts': `import { expect } from 'vitest'
import { simulation } from 'vitest-simulation'
import { Kind, price } from './shop.ts'

simulation.test('an order', { iterations: 7, determinism: 0 }, () => {
  ${body}
})
`,
}

interface FileCoverage {
  readonly statementMap: Readonly<Record<string, { readonly start: { readonly line: number } }>>
  readonly s: Readonly<Record<string, number>>
  readonly fnMap: Readonly<Record<string, { readonly name: string }>>
  readonly f: Readonly<Record<string, number>>
  readonly b: Readonly<Record<string, readonly number[]>>
}

/** Vitest takes no provider of another version. */
const versionOf = (name: string): string => {
  const { version } = JSON.parse(readFileSync(new URL(import.meta.resolve(`${name}/package.json`)), 'utf8')) as {
    version: string
  }
  return version
}
const hasProviders = versionOf('vitest') === versionOf('@vitest/coverage-v8')

const roots: string[] = []
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true, force: true })))

/** What a provider says of the files after one test file has run. */
async function coverage(provider: string, file: string): Promise<Map<string, FileCoverage>> {
  const config = `${configHead}
export default defineConfig({
  resolve: { alias: aliases },
  plugins: [simulationPlugin()],
  test: { coverage: { enabled: true, provider: '${provider}', include: ['shop.ts', 'tax.ts'], reporter: ['json'] } },
})\n`
  const root = makeTemporaryProject({ files: { 'vitest.config.ts': config, ...files } })
  roots.push(root)
  const { stdout, stderr, exitCode } = await runVitest({ root, args: ['run', file] })
  expect(exitCode, stdout + stderr).toBe(0)
  const all = JSON.parse(readFileSync(join(root, 'coverage/coverage-final.json'), 'utf8')) as Record<
    string,
    FileCoverage
  >
  return new Map(Object.entries(all).map(([path, one]) => [path.slice(root.length + 1), one]))
}

/** 'line: ran' of each statement, as it was once and in seven seeds. */
const ranLines = ({ statementMap, s }: FileCoverage): string[] =>
  Object.entries(statementMap).map(([key, { start }]) => `${start.line}: ${s[key] !== 0}`)

const countOf = ({ fnMap, f }: FileCoverage, name: string): number | undefined =>
  Object.entries(fnMap).flatMap(([key, one]) => (one.name === name ? [f[key]] : []))[0]

const linesOf = ({ statementMap, s }: FileCoverage): ReadonlyMap<number, number | undefined> =>
  new Map(Object.entries(statementMap).map(([key, { start }]) => [start.line, s[key]]))

describe.skipIf(!hasProviders).each(['v8', 'istanbul'])('%s', (provider) => {
  test('names the same lines, and counts each seed', { timeout: 60_000 }, async () => {
    const ordinary = await coverage(provider, 'ordinary')
    const simulated = await coverage(provider, 'simulated')
    for (const file of ['shop.ts', 'tax.ts']) {
      expect(ranLines(simulated.get(file) as FileCoverage), file).toEqual(ranLines(ordinary.get(file) as FileCoverage))
    }
    const one = simulated.get('shop.ts') as FileCoverage
    expect(countOf(one, 'price')).toBe(7)
    // The branch that is never taken, what follows it, and what nobody calls.
    expect(Object.values(one.b)).toContainEqual([0, 7])
    const lines = linesOf(one)
    expect([16, 18, 19, 23].map((line) => lines.get(line))).toEqual([0, 7, 7, 0])
    // Once for the ordinary module, too.
    expect(countOf(one, '(anonymous_0)')).toBe(8)
  })
})
