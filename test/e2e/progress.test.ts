/** What is shown while simulations run: in a terminal, without one, and in machine formats. */
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Vitest, version } from 'vitest/node'
import type { SimulationProgress } from '../../reporter/contract.ts'
import { LiveProgress, progressLine } from '../../reporter/live-progress.ts'
import { runVitest } from '../helpers/run-vitest.ts'
import { project, removeProjects } from './project.ts'

afterAll(removeProjects)

const config = `plugins: [simulationPlugin({ seed: 42 })]`

describe('in a terminal', () => {
  test.each(['forks', 'threads'])('a line moves inside Vitest’s own window, pool %s', async (pool) => {
    const { root } = project('progress', config)
    const env = { TERM: 'xterm' }
    const { stdout: drawn } = await runVitest({ root, args: ['run', `--pool=${pool}`], terminal: true, env })
    const counts = [
      ...drawn.matchAll(/runs for a while\s+([\d,]+) · [\d,]+ seeds\/s · \d of \d sometimes · .* virtual/g),
    ]
    const numbers = counts.map(([, count = '']) => Number(count.replaceAll(',', '')))
    expect(new Set(numbers).size).toBeGreaterThanOrEqual(2)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    // When all is over only the report is left.
    expect(drawn.slice(drawn.lastIndexOf('Test Files'))).not.toContain('seeds/s')
  })
})

test.each(['json', 'junit', 'tap', 'tap-flat', 'dot'])('%s without a terminal has no line of it', async (reporter) => {
  const { run } = project('progress', config)
  const { stdout } = await run([`--reporter=${reporter}`], { SIMULATION_ITERATIONS: '50' })
  expect(stdout).not.toContain('seeds/s')
  // Vitest 5 writes it to a file.
  if (reporter === 'json' && version.startsWith('4.')) expect(JSON.parse(stdout)).toMatchObject({ success: true })
})

describe('without a terminal', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const progress: SimulationProgress = {
    type: 'vitest-simulation:progress',
    iterations: 312,
    planned: 1_000,
    virtualMs: 52_000,
    reached: 4,
    known: 6,
  }

  test('each running simulation has a line every ten seconds, until it ends', () => {
    const lines: string[] = []
    const live = new LiveProgress((line) => lines.push(line))
    live.begin({ reporters: [{}] } as unknown as Vitest)
    live.start('1', 'bus > storm')
    live.progress('1', 'bus > storm', progress)
    vi.advanceTimersByTime(9_999)
    expect(lines).toEqual([])
    vi.advanceTimersByTime(1)
    expect(lines).toEqual(['bus > storm  312/1,000 · 31 seeds/s · 4 of 6 sometimes · 52.0s virtual'])
    live.stop('1')
    vi.advanceTimersByTime(30_000)
    expect(lines).toHaveLength(1)
    live.end()
  })

  test('a failing seed is told while it is shrunk', () => {
    const shrinking = { faults: [18, 5] as [number, number], operations: [0, 0] as [number, number] }
    expect(progressLine('storm', { ...progress, failing: 7, shrinking }, 1_000, 200)).toBe(
      'storm  312/1,000 · 312 seeds/s · 4 of 6 sometimes · 52.0s virtual · 1 failing: seed 7 · shrinking: 18 → 5 faults',
    )
  })
})
