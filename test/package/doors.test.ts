/**
 * The built package, read without running it: what each door loads, and that it loads nothing else.
 * Needs `npm run build` (npm test does it).
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, onTestFinished, test } from 'vitest'
import { buildPackageWithNames } from '../bench/build.mjs'
import { repository } from '../lanes/project.mjs'

const dist = join(repository, 'dist')
const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { types: string; default: string }>
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
  engines: { node: string }
}

/** The module specifiers of a file: imports and re-exports, without `import()`. */
function specifiers(path: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(path, 'utf8'), true, true)
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest)
  const found = file.statements.flatMap((statement) =>
    (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) &&
    statement.moduleSpecifier &&
    ts.isStringLiteral(statement.moduleSpecifier)
      ? [statement.moduleSpecifier.text]
      : [],
  )
  // Declarations may also say `import('x').Type`.
  return path.endsWith('.d.ts') ? importedFiles.map(({ fileName }) => fileName) : found
}

/** Files and packages that a built file loads at once. */
function closure(entry: string): { files: string[]; packages: string[]; bytes: number } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const queue = [join(dist, entry)]
  for (const path of queue) {
    if (files.has(path)) continue
    files.add(path)
    for (const specifier of specifiers(path)) {
      if (!specifier.startsWith('.')) packages.add(specifier)
      else queue.push(join(dirname(path), entry.endsWith('.d.ts') ? specifier.replace(/\.js$/, '.d.ts') : specifier))
    }
  }
  const bytes = [...files].reduce((sum, path) => sum + statSync(path).size, 0)
  return { files: [...files].map((path) => relative(dist, path)), packages: [...packages].sort(), bytes }
}

const foreign = (packages: string[], allowed: RegExp) => packages.filter((name) => !allowed.test(name))

describe('the built package', () => {
  test('has a file behind every door, types first', () => {
    for (const [door, target] of Object.entries(manifest.exports)) {
      const targets = typeof target === 'string' ? [target] : Object.values(target)
      for (const path of targets) expect(existsSync(join(repository, path)), `${door}: ${path}`).toBe(true)
      if (typeof target !== 'string') expect(Object.keys(target)).toEqual(['types', 'default'])
    }
  })

  test('has the setup file beside the plugin, with its side effects', () => {
    expect(existsSync(join(dist, 'setup.js'))).toBe(true)
    // A bundler that takes the setup file for pure leaves nothing in it.
    expect(closure('setup.js').bytes).toBeGreaterThan(1000)
  })

  test('finds its own files only from the top of dist, where their neighbours are', () => {
    const chunks = readdirSync(join(dist, 'shared')).filter((file) => file.endsWith('.js'))
    const neighbour = /new URL\(\s*["'`]\.\//
    const lost = chunks.filter((file) => neighbour.test(readFileSync(join(dist, 'shared', file), 'utf8')))
    expect(lost).toEqual([])
  })

  test('. loads vitest, seedrandom and few files: no reporter, no vite, no colours', () => {
    const { files, packages } = closure('index.js')
    expect(foreign(packages, /^(vitest$|seedrandom(\/|$)|node:)/)).toEqual([])
    expect(files).not.toContain('reporter.js')
    expect(files.length).toBeLessThanOrEqual(12)
  })

  test('./setup loads neither reporter nor vite', () => {
    const { files, packages } = closure('setup.js')
    expect(foreign(packages, /^(vitest$|seedrandom(\/|$)|node:)/)).toEqual([])
    expect(files).not.toContain('reporter.js')
  })

  test('./sdk loads nothing but its own small code', () => {
    const { packages, bytes } = closure('sdk.js')
    expect(packages).toEqual([])
    expect(bytes).toBeLessThan(16_000)
  })

  test('types and code name only packages that a user has', () => {
    const known = new Set([...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)])
    for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(js|d\.ts)$/.test(file)) continue
      const named = specifiers(join(dist, file)).filter((specifier) => !/^(\.|node:)/.test(specifier))
      const unknown = named.filter((specifier) => !known.has(specifier.split('/')[0]!))
      expect(unknown, file).toEqual([])
    }
  })

  test('each module of the source is in one file only', () => {
    const named = mkdtempSync(join(tmpdir(), 'vitest-simulation-named-'))
    onTestFinished(() => rmSync(named, { recursive: true }))
    buildPackageWithNames(named)
    const seen = new Map<string, string[]>()
    for (const file of readdirSync(named, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.js')) continue
      const text = readFileSync(join(named, file), 'utf8')
      for (const [, path] of text.matchAll(/^\/\/#region (.+)$/gm)) seen.set(path!, [...(seen.get(path!) ?? []), file])
    }
    expect(seen.size).toBeGreaterThan(0)
    expect([...seen].filter(([, files]) => files.length > 1)).toEqual([])
  })
})
