/** The recipes of CONTRIBUTING.md, walked with what is there already: how many files know of one thing of a kind. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { modifiers } from '../../plugin/options/modifiers.ts'
import { repository } from '../lanes/project.mjs'

/** The files below the folders in which a word stands outside of comments. */
function filesWith(word: RegExp, ...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true })
      .map((name) => `${folder}/${String(name).replaceAll('\\', '/')}`)
      .filter((path) => path.endsWith('.ts'))
      .filter((path) => {
        const code = readFileSync(join(repository, path), 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')
        return word.test(code)
      }),
  )
}

test.each([
  ['sendFailure', 'src/world/instrumented-bus.ts'],
  ['slowPairs', 'src/network/chaos.ts'],
  ['slowPeer', 'src/network/chaos.ts'],
])('the fault family %s: its row, and what it does', (family, does) => {
  // 'slowPeer' is also a schedule.
  const asField = new RegExp(`(?<!')\\b${family}\\b(?!')`)
  const files = filesWith(asField, 'src', 'plugin', 'reporter').filter((path) => path !== 'src/chaos/schedule.ts')
  expect(files.sort()).toEqual(['src/chaos/families.ts', does].sort())
})

test.each([
  ['alwaysLessThan', []],
  ['sometimesGreaterThanOrEqual', []],
  ['sometimesAll', ['src/assertions/sink.ts']],
  ['buggifyValue', ['src/assertions/sink.ts', 'src/engine/current.ts']],
])('the assertion %s: its function, its row, and how it counts when that is new', (assertion, counts) => {
  const files = filesWith(new RegExp(`\\b${assertion}\\b`), 'src', 'plugin', 'reporter')
  expect(files.sort()).toEqual(['src/assertions/kinds.ts', 'src/assertions/sdk.ts', ...counts].sort())
})

test('an option of a test: its row, and what it does', () => {
  expect(filesWith(/\bdeterminism\b/, 'src/runner')).toEqual([
    'src/runner/check-simulation.ts',
    'src/runner/options.ts',
  ])
})

test('a modifier of Vitest: one word', () => {
  expect(filesWith(/'sequential'/, 'src', 'plugin', 'reporter')).toEqual([
    'plugin/options/modifiers.ts',
    'plugin/worker/test-options.ts',
  ])
  expect(modifiers).toContain('sequential')
})
