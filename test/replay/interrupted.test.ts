/** Somebody presses Ctrl+C while a failure is shrunk, and Vitest ends at once: the best so far has been kept. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { startVitestProcess } from '../helpers/run-vitest.ts'
import { type ReplayProject, removeProjects, replayProject } from './project.ts'

afterAll(removeProjects)

const slow = `
import { operation, simulation } from 'vitest-simulation'
simulation.test('slow', { nodes: 3, shrink: { runs: 1e6, ms: 1e6 } }, async (sim) => {
  let sum = 0
  const add = operation({
    draw: ({ random }) => ({ by: random.integer(1, 1_000_000) }),
    run: (_sim, { by }) => {
      for (let i = 0; i < 6e6; i++) sum += i & 1
      if (by % 7 === 0 && sum > 9e7) throw new RangeError('too much')
    },
  })
  await sim.workload({ add }, { operations: 60 })
})
`

test('is kept from the beginning, and gets smaller', { timeout: 120_000 }, async () => {
  const project = replayProject('seed: 5, keepFailures: true')
  writeFileSync(join(project.root, 'slow.test.ts'), slow)
  const { child, ended } = startVitestProcess({ root: project.root, args: ['run', 'slow.test.ts'], timeoutMs: 110_000 })
  await until(() => keptIn(project) !== undefined)
  expect(keptIn(project)?.plan, 'at first only the seed').toBeUndefined()
  await until(() => keptIn(project)?.plan !== undefined)
  // As a terminal does: to all of them.
  process.kill(-(child.pid as number), 'SIGINT')
  expect((await ended).exitCode).not.toBe(0)
  const kept = keptIn(project)
  expect(kept).toMatchObject({ failure: 'BodyFailed: RangeError', run: { digest: expect.any(String) as unknown } })
  const { operations = [] } = (kept?.plan ?? {}) as { operations?: object[] }
  expect(operations.length).toBeLessThan(60)
})

function keptIn(project: ReplayProject) {
  return project.kept('slow.test.ts')?.tests['slow']?.[0]
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(50)
}
