import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles the simulator of the present sources; `path` is the module, `remove` deletes it. */
export function buildSimulator() {
  return build(fileURLToPath(new URL('tsdown.config.ts', import.meta.url)), 'simulator.js')
}

/** Bundles what a tsdown configuration says; `file` is the module that comes out. */
export function build(config, file) {
  // Inside node_modules, so that the bundle finds seedrandom; a folder of its own, so that two benches do not meet.
  const cache = join(repository, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'vitest-simulation-bench-'))
  tsdown('--config', config, '--out-dir', folder)
  return { path: join(folder, file), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Builds the package itself into a folder of the bench's own: `dist` may be missing, or be built while we read it. */
export function buildPackage(folder) {
  tsdown('--out-dir', folder, '--no-dts')
}

/** The same, with comments that name the source of each part. */
export function buildPackageWithNames(folder) {
  process.env['BUILD_SOURCE_NAMES'] = 'yes'
  try {
    buildPackage(folder)
  } finally {
    delete process.env['BUILD_SOURCE_NAMES']
  }
}

function tsdown(...options) {
  const home = join(repository, 'node_modules', 'tsdown')
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const entry = join(home, typeof bin === 'string' ? bin : bin.tsdown)
  execFileSync(process.execPath, [entry, ...options], { cwd: repository, stdio: ['ignore', 'ignore', 'pipe'] })
}
