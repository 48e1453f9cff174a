/** The benchmark works and reports every figure. Says nothing about speed: this machine is busy with other tests. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const bench = fileURLToPath(new URL('index.mjs', import.meta.url))

test('npm run bench -- --json writes every figure', { timeout: 180_000 }, async () => {
  const work = mkdtempSync(join(tmpdir(), 'vitest-simulation-bench-test-'))
  try {
    const json = join(work, 'figures.json')
    const { stdout } = await promisify(execFile)(process.execPath, [bench, '--quick', '--json', json])
    expect(stdout).toContain('two nodes, ten requests a seed')
    const { emptySimulationExtraMs, ...figures } = JSON.parse(readFileSync(json, 'utf8')) as Record<string, number>
    // One pair of runs on a busy machine: the difference may even be negative.
    expect(emptySimulationExtraMs).toSatisfy(Number.isFinite)
    const shares = Object.keys(figures).filter((key) => /TimeShare|^timeShare/.test(key))
    expect(shares).toHaveLength(24)
    for (const share of shares) {
      expect(figures[share]).toBeGreaterThanOrEqual(0)
      delete figures[share]
    }
    const wanted = [
      'checkedSeedsPerSecond',
      'fakeTimersRatio',
      'fakeTimersSeedsPerSecond',
      'fastCheckByHandRatio',
      'fastCheckRatio',
      'fastCheckSeedsPerSecond',
      'heapAfter',
      'heapBefore',
      'heapMiddle',
      'requestResponsesPerSecond',
      'seedsPerSecond',
      'stormSeedsPerSecond',
      'stormRequestResponsesPerSecond',
      'actorRequestsPerSecond',
      'phase5OperationsPerSecond',
      'phase5ExampleOperationsPerSecond',
    ]
    expect(wanted.filter((key) => !(key in figures))).toEqual([])
    // The others are differences between two layers: in a quick run they may be below 0.
    for (const key of wanted) expect(figures[key], key).toBeGreaterThan(0)
    for (const [key, value] of Object.entries(figures)) expect(value, key).toSatisfy(Number.isFinite)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
})
