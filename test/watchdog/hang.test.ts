/** Events that block the thread, in real simulations under real Vitest. The whole matrix: `npm run test:watchdog`. */
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runVitest } from '../helpers/run-vitest.ts'

const root = fileURLToPath(new URL('../fixtures/e2e-hang', import.meta.url))

describe.each(['forks', 'threads'])('on the pool %s', (pool) => {
  test('a hang ends its own simulation, named, and nothing else', { timeout: 170_000 }, async () => {
    const run = await runVitest({ root, args: ['run', `--pool=${pool}`, '--reporter=verbose'], timeoutMs: 160_000 })
    const output = `${run.stdout}\n${run.stderr}`
    expect(output).toMatch(/Hang: event \d+ of server at .* blocked for more than \d+ ms/)
    expect(output).toMatch(/Hang: event \d+ of test at 5 ms virtual blocked for more than \d+ ms/)
    expect(output).toContain('hang.test.ts:6:')
    for (const name of [
      'a loop in a handler',
      'an endless promise chain',
      'an endless nextTick chain',
      'message never returns',
      'name never returns',
    ]) {
      expect(output).toMatch(new RegExp(`× .*${name}`))
    }
    for (const name of ['slow but finite', 'the next simulation']) expect(output).toMatch(new RegExp(`✓ .*${name}`))
    expect(output).toMatch(/Tests +3 failed \| 2 passed/)
  })
})
