/** A project made of a page's blocks, as the reader would have it after pasting them. */
import { join } from 'node:path'
import { configHead, makeTemporaryProject } from '../helpers/temporary-project.ts'
import { repository } from '../lanes/project.mjs'
import type { Block, Page } from './pages.ts'

/** Blocks without a file name are the inside of a simulation's body. */
export const fileOf = (block: Block): string => (block.name === '' ? `line-${block.line}.test.ts` : block.name)

/** The `ts` blocks that are files of tests. */
export const testsOf = ({ blocks }: Page): readonly Block[] =>
  blocks.filter((block) => block.language === 'ts' && fileOf(block).endsWith('.test.ts'))

/** Makes the project and returns its folder. `exported`: what a fragment may use without importing it. */
export const makeProject = ({ path, blocks }: Page, exported: readonly string[]): string => {
  const files: Record<string, string> = { 'vitest.config.ts': config, 'tsconfig.json': JSON.stringify(types) }
  files['page.config.ts'] = leadToSources(defaultConfig)
  for (const block of blocks.filter(({ language }) => language === 'ts')) {
    if (block.name === 'vitest.config.ts') files['page.config.ts'] = leadToSources(block.text)
    else files[fileOf(block)] = block.name === '' ? fragment(path, block, exported) : `${block.text}\n`
  }
  return makeTemporaryProject({ files })
}

const defaultConfig = `import { defineConfig } from 'vitest/config'
import { simulationPlugin } from 'vitest-simulation/plugin'

export default defineConfig({ plugins: [simulationPlugin()] })
`

/** The page's own configuration; what the page says of the seed, and the way to the sources, are added. */
const config = `${configHead}
import page from './page.config.ts'

export default mergeConfig(page, { resolve: { alias: aliases }, test: { simulation: { seed: 42 } } })
`

/** The configuration file is loaded before its own aliases count. */
const leadToSources = (text: string): string =>
  text.replaceAll("'vitest-simulation/plugin'", `'${join(repository, 'plugin/index.ts')}'`)

const fragment = (path: string, block: Block, exported: readonly string[]): string => {
  const used = exported.filter((name) => name !== 'simulation' && new RegExp(`\\b${name}\\(`).test(block.text))
  const expect = block.text.includes('expect(') ? "import { expect } from 'vitest'\n" : ''
  return `${expect}import { ${['simulation', ...used].join(', ')} } from 'vitest-simulation'
simulation.test('${path} line ${block.line}', { iterations: 2 }, async (sim) => {
${block.text}
})
`
}

/** As strict as a reader's project may be. */
const types = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    paths: {
      'vitest-simulation': [join(repository, 'plugin/api.ts')],
      'vitest-simulation/plugin': [join(repository, 'plugin/index.ts')],
      'vitest-simulation/reporter': [join(repository, 'reporter/index.ts')],
      'vitest-simulation/history': [join(repository, 'src/history/door.ts')],
      'vitest-simulation/tcp-bus': [join(repository, 'src/tcp-bus/door.ts')],
      'vitest-simulation/sdk': [join(repository, 'src/assertions/sdk.ts')],
    },
  },
  include: ['*.ts'],
  exclude: ['vitest.config.ts'],
}
