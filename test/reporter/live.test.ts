import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { simulationReport, startVitestProcess } from '../helpers/run-vitest.ts'
import { fixtureRoot, runFixture } from './fixture.ts'

describe('a slow simulation', () => {
  test('is announced once a period, with its progress', async () => {
    const { stdout } = await runFixture('slow')
    const lines = stdout.split('\n').filter((line) => line.startsWith('SLOW'))
    expect(lines.slice(0, 2)).toEqual([
      'SLOW [> 0.4s] takes its time (312/1,000)',
      'SLOW [> 0.8s] takes its time (312/1,000)',
    ])
    expect(stdout).not.toContain('is quick (')
    expect(simulationReport(stdout)).toContain('⧖ takes its time   1.1s, slow after 0.4s   1,000 iterations')
  })

  test('is not announced where a machine reads', async () => {
    const { stdout } = await runFixture('slow', ['--reporter=tap'])
    expect(stdout).not.toContain('SLOW')
  })

  test('leaves no progress artifacts in a blob', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vitest-simulation-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const blob = join(folder, 'blob.json')
    await runFixture('slow', ['--reporter=blob', `--outputFile.blob=${blob}`])
    const text = await readFile(blob, 'utf8')
    expect(text).toContain('somebody-elses')
    expect(text).not.toContain('vitest-simulation:progress')
  })
})

describe('watch mode', () => {
  test('prints the report of each run, from that run only', async () => {
    const file = join(fixtureRoot('watch'), 'watched.test.ts')
    const source = await readFile(file, 'utf8')
    const vitest = startVitestProcess({ root: fixtureRoot('watch'), args: ['watch', '--reporter=dot'] })
    try {
      await vitest.waitFor('Waiting for file changes')
      const first = vitest.output().stdout.length
      await writeFile(file, source)
      const again = setInterval(() => void writeFile(file, source), 3000) // In case the watcher was not ready yet.
      await vitest.waitFor('Waiting for file changes', first).finally(() => clearInterval(again))
      const { stdout } = vitest.output()
      const [one, two] = [simulationReport(stdout.slice(0, first)), simulationReport(stdout.slice(first))]
      expect(one).toContain('2 tests · 20 iterations')
      expect(one).toContain('never evaluated by any simulation: never seen')
      expect(two).toContain('1 test · 10 iterations')
      expect(two).toContain('coverage of the run not judged: this is a partial rerun')
    } finally {
      vitest.stop()
      await vitest.ended.catch(() => {})
    }
  })
})
