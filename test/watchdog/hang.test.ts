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
    expect(output).toMatch(/Tests +5 failed \| 2 passed/)
  })
})

const blocking = fileURLToPath(new URL('../fixtures/e2e-blocking', import.meta.url))

test.skipIf(process.platform === 'win32')(
  'a call that blocks is named, with its line',
  { timeout: 170_000 },
  async () => {
    const run = await runVitest({ root: blocking, args: ['run', '--reporter=verbose'], timeoutMs: 160_000 })
    const output = `${run.stdout}\n${run.stderr}`
    const named = [
      ...output.matchAll(/^Hang: event \d+ of (\w+) at .*?, at .*?blocking\.test\.ts:(\d+):\d+\)?: (.*?)[;,]/gm),
    ]
    expect(new Set(named.map(([, owner, line, cause]) => `${owner} ${line}: ${cause}`))).toEqual(
      new Set([
        'test 14: child_process.execSync blocks the thread until it returns',
        'test 16: child_process.execFileSync blocks the thread until it returns',
        'test 17: child_process.spawnSync blocks the thread until it returns',
        'server 20: Atomics.wait blocks the thread until it returns',
        'test 27: fs.readFileSync blocks the thread until it returns',
        'test 9: crypto.pbkdf2Sync blocks the thread until it returns',
        'test 31: an endless loop',
      ]),
    )
    expect(output).toMatch(/Tests +7 failed \| 1 passed/)
  },
)
