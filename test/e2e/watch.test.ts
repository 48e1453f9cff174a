/** What happens when somebody saves a file while Vitest watches. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startVitestProcess } from '../helpers/run-vitest.ts'
import { project, removeProjects } from './project.ts'

afterAll(removeProjects)

const waiting = 'for file changes'

test('the failing seed runs first, and a changed option counts', { timeout: 110_000 }, async () => {
  const { root } = project('suite', `plugins: [simulationPlugin({ seed: 42, iterations: 60 })]`)
  const args = ['watch', 'bank.test.ts', '-t', 'pays']
  const watching = startVitestProcess({ root, args, timeoutMs: 100_000 })
  const edit = (file: string, change: (text: string) => string): number => {
    const from = watching.output().stdout.length
    writeFileSync(join(root, file), change(readFileSync(join(root, file), 'utf8')))
    return from
  }
  const said = (from: number): string => watching.output().stdout.slice(from)
  try {
    await watching.waitFor(waiting)
    const [, found] = /pays \(once\).*?(\d+) of 100/.exec(said(0)) ?? []
    expect(Number(found)).toBeGreaterThan(1)

    const saved = edit('bank.test.ts', (text) => `${text}\n// saved\n`)
    await watching.waitFor(waiting, saved)
    expect(said(saved)).toMatch(/pays \(once\).*? 1 of 10[01] /)

    const changed = edit('vitest.config.ts', (text) => text.replace('seed: 42', 'seed: 7'))
    await watching.waitFor('seed 7 (plugin)', changed)

    const fixed = edit('bank.test.ts', (text) => text.replace('loss: [0, 0.2]', 'loss: 0'))
    await watching.waitFor(waiting, fixed)
    expect(said(fixed)).not.toMatch(/× pays/)
  } finally {
    watching.stop()
  }
})
