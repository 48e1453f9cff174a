import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type Manifest = Readonly<Record<string, unknown>>

/** A package does not change while it is loaded; a new one has a new folder or is loaded by a new process. */
const manifests = new Map<string, Manifest | undefined>()

/** The package.json of a folder; undefined: it has none that can be read. */
export function manifestIn(folder: string): Manifest | undefined {
  if (!manifests.has(folder)) manifests.set(folder, readManifest(join(folder, 'package.json')))
  return manifests.get(folder)
}

function readManifest(path: string): Manifest | undefined {
  if (!existsSync(path)) return undefined
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof manifest === 'object' && manifest !== null ? (manifest as Manifest) : undefined
  } catch {
    return undefined
  }
}

/** What the nearest package.json says that a `.js` file is; undefined: it says nothing. */
export function packageType(file: string): 'module' | 'commonjs' | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = manifestIn(folder)
    if (manifest) return manifest.type === 'module' || manifest.type === 'commonjs' ? manifest.type : undefined
    if (folder === dirname(folder)) return undefined
  }
}
