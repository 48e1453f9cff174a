/** The sources that scripts of this folder need, and a browser. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

/** What a source file of the project exports. */
export async function load(path) {
  const file = fileURLToPath(new URL(path, import.meta.url))
  const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' })
  return module
}

/** A trace that the plugin has written as JSON Lines. */
export function readTrace(file) {
  const [header, ...records] = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return { header, records }
}
