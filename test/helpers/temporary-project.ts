/** A project of its own in the temporary folder, with Vitest and this package's sources within reach. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repository } from '../lanes/project.mjs'

/** First lines of a configuration: `simulationPlugin` and `aliases`, which lead to the sources. */
export const configHead = `import { defineConfig, mergeConfig } from 'vitest/config'
import { aliases } from '${join(repository, 'test/fixtures/e2e-kit/aliases.ts')}'
import { simulationPlugin, untilAllSometimesReached } from '${join(repository, 'plugin/index.ts')}'
import { SimulationReporter } from '${join(repository, 'reporter/index.ts')}'
`

export interface ProjectParts {
  /** A folder whose files are copied. */
  readonly from?: string
  /** More files, by name. */
  readonly files?: Readonly<Record<string, string>>
}

/** Makes the project and returns its folder; the caller removes it. */
export const makeTemporaryProject = ({ from, files = {} }: ProjectParts): string => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'vitest-simulation-project-')))
  if (from !== undefined) cpSync(from, root, { recursive: true })
  mkdirSync(join(root, 'node_modules', '@types'), { recursive: true })
  for (const name of ['vitest', 'vite', '@types/node', '@vitest']) {
    symlinkSync(join(repository, 'node_modules', name), join(root, 'node_modules', name), 'junction')
  }
  const all = { 'package.json': '{ "private": true, "type": "module" }\n', ...files }
  for (const [name, text] of Object.entries(all)) writeFileSync(join(root, name), text)
  return root
}
