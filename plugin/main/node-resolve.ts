import { realpathSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { exports as exportsOf, imports as importsOf } from 'resolve.exports'
import { type Manifest, manifestIn } from '../transform/manifests.ts'

/**
 * The file, or the name of the builtin, that Node would import for `specifier` in the file `from`.
 *
 * Node's algorithm (https://nodejs.org/api/esm.html#resolution-algorithm-specification): its own resolver answers only for
 * the conditions of `require`, or for the file that asks.
 *
 * @throws Error when there is no such module, or its package does not offer it
 */
export function resolveModule(specifier: string, from: string, conditions: readonly string[]): string {
  if (isBuiltin(specifier)) return specifier
  const options = { unsafe: true, conditions }
  if (/^(?:\.{0,2}\/|file:)/.test(specifier)) return realFile(fileURLToPath(new URL(specifier, pathToFileURL(from))))
  const own = packageAround(from)
  if (specifier.startsWith('#')) {
    const [target] = (own && importsOf(own.manifest, specifier, options)) || []
    if (own === undefined || target === undefined) throw notFound(specifier, from)
    return resolveModule(target, join(own.folder, 'package.json'), conditions)
  }
  const [, name = '', subpath = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier) ?? []
  const isItself = own?.manifest['name'] === name && own.manifest['exports'] != null
  const found = isItself ? own : packageNamed(name, from)
  if (found === undefined) throw notFound(specifier, from)
  const { folder, manifest } = found
  if (manifest['exports'] != null) {
    const [target] = exportsOf(manifest, `.${subpath}`, options) || []
    if (target === undefined) throw notFound(specifier, from)
    return realFile(join(folder, target))
  }
  return subpath === '' ? mainOf(folder, manifest) : realFile(join(folder, subpath))
}

interface Package {
  readonly folder: string
  readonly manifest: Manifest & { readonly name: string }
}

function packageIn(folder: string): Package | undefined {
  const manifest = manifestIn(folder)
  return manifest && { folder, manifest: manifest as Package['manifest'] }
}

function packageAround(file: string): Package | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const found = packageIn(folder)
    if (found !== undefined || folder === dirname(folder)) return found
  }
}

function packageNamed(name: string, from: string): Package | undefined {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const found = packageIn(join(folder, 'node_modules', name))
    if (found !== undefined || folder === dirname(folder)) return found
  }
}

/** Packages without `exports` may leave the ending of their main file out. */
function mainOf(folder: string, manifest: Manifest): string {
  const main = typeof manifest['main'] === 'string' ? manifest['main'] : ''
  const guesses = main === '' ? [] : [main, `${main}.js`, `${main}.json`, join(main, 'index.js')]
  for (const guess of [...guesses, 'index.js', 'index.json']) {
    const path = join(folder, guess)
    if (isFile(path)) return realpathSync(path)
  }
  throw notFound(folder, folder)
}

function realFile(path: string): string {
  if (!isFile(path)) throw notFound(path, path)
  return realpathSync(path)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function notFound(specifier: string, from: string): Error {
  return new Error(`Cannot find '${specifier}' imported from ${from}`)
}
