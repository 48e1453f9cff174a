/** A project made of the README's blocks, as the reader would have it after pasting them. */
import { join } from 'node:path'
import { configHead, makeTemporaryProject } from '../helpers/temporary-project.ts'
import { repository } from '../lanes/project.mjs'
import type { Block } from './blocks.ts'

/** Blocks without a file name are the inside of a simulation's body. */
const fragmentFile = (block: Block): string => `readme-line-${block.line}.test.ts`

export const fileOf = (block: Block): string => (block.name === '' ? fragmentFile(block) : block.name)

/** Makes the project; gives back its folder. `exported`: what a fragment may use without importing it. */
export const makeProject = (blocks: readonly Block[], exported: readonly string[]): string => {
  const files: Record<string, string> = { 'vitest.config.ts': config, 'tsconfig.json': JSON.stringify(types) }
  for (const block of blocks.filter(({ language }) => language === 'ts')) {
    if (block.name === 'vitest.config.ts') files['readme.config.ts'] = leadToSources(block.text)
    else files[fileOf(block)] = block.name === '' ? fragment(block, exported) : `${block.text}\n`
  }
  return makeTemporaryProject({ files })
}

/** The README's own configuration; what it says of the seed, and the way to the sources, are added. */
const config = `${configHead}
import readme from './readme.config.ts'

export default mergeConfig(readme, { resolve: { alias: aliases }, test: { simulation: { seed: 42 } } })
`

/** The configuration file is loaded before its own aliases count. */
const leadToSources = (text: string): string =>
  text.replaceAll("'vitest-simulation/plugin'", `'${join(repository, 'plugin/index.ts')}'`)

const fragment = (block: Block, exported: readonly string[]): string => {
  const used = exported.filter((name) => new RegExp(`\\b${name}\\(`).test(block.text))
  return `import { ${['simulation', ...used].join(', ')} } from 'vitest-simulation'
simulation.test('README line ${block.line}', { iterations: 2 }, async (sim) => {
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
      'vitest-simulation/sdk': [join(repository, 'src/assertions/sdk.ts')],
    },
  },
  include: ['*.test.ts', 'readme.config.ts'],
}
