/** A share of `npm run soak:healthy`: no correct protocol is called broken, and each is when its bug is planted. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'
import { protocols } from './protocols.ts'

installVirtualGlobals()

const seeds = Number(process.env['HEALTHY_SEEDS'] ?? 150)

describe.each(protocols)('$name', ({ body, options, bug }) => {
  const check = (iterations: number, isBroken: boolean) =>
    checkSimulation((sim) => body(sim, isBroken), {
      ...options,
      ...{ chaos: 'swarm', iterations, seed: 5, determinism: 0.01, shrink: false },
    })

  test(`${seeds} seeds of a swarm raise no false alarm`, { timeout: 180_000 }, async () => {
    const { failure, iterations } = await check(seeds, false)
    expect(failure && `seed ${failure.seed}: ${failure.failure.message}`).toBeUndefined()
    expect(iterations).toBe(seeds)
  })

  test(`its twin is found: ${bug}`, { timeout: 180_000 }, async () => {
    const { failure } = await check(400, true)
    const { kind = 'nothing found' } = failure?.failure ?? {}
    expect(['InvariantViolation', 'NotEventually', 'BodyFailed', 'UnhandledError']).toContain(kind)
  })
})

test('a healthy protocol needs no fault to be called healthy', async () => {
  for (const { body, options, name } of protocols) {
    const { failure } = await checkSimulation((sim) => body(sim, false), { ...options, iterations: 10, seed: 5 })
    expect(failure?.failure.message, name).toBeUndefined()
  }
})

test('the soak runs, and says what it was asked wrongly', async () => {
  const soak = (...args: string[]): Promise<{ code: number; text: string }> =>
    new Promise((resolve) => {
      const script = fileURLToPath(new URL('soak.mjs', import.meta.url))
      execFile(process.execPath, [script, ...args], (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : 1, text: stdout + stderr }),
      )
    })
  const passed = await soak('--seeds', '40', '--only', 'ordered')
  expect(passed.text).toMatch(/ordered delivery +40 seeds .*✓\n40 seeds in .*, false alarms: 0\nsoak passed\n/)
  expect(passed.code).toBe(0)
  const found = await soak('--seeds', '40', '--only', 'ordered', '--broken')
  expect(found.text).toMatch(/× ordered delivery: seed \d+, iteration \d+/)
  expect((await soak('--seeds', 'many')).text).toMatch(/--seeds many: it must be a whole number, 1 or more/)
  const none = await soak('--seeds', '10', '--only', 'nothing')
  expect(none.text).toMatch(/--only nothing: there is no such protocol/)
  expect(none.code).toBe(1)
}, 120_000)
