/** The soak works: 500 seeds of each example under every fault, and it fails when it should. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

interface Soak {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function soak(...args: string[]): Promise<Soak> {
  const script = fileURLToPath(new URL('soak.mjs', import.meta.url))
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, stdout, stderr })
    })
  })
}

test('500 seeds of phases 2 and 3 pass with every fault effective', async () => {
  const { code, stdout, stderr } = await soak('--seeds', '500')
  expect(stdout, stderr).toMatch(/soak passed\n$/)
  expect(code).toBe(0)
  expect(stdout.match(/500 of 500 seeds/g)?.length).toBe(2)
  for (const name of ['timeout triggered', 'network failure handled', 'concurrent requests', 'high pending count']) {
    expect(stdout).toMatch(new RegExp(`sometimes ${name} +[\\d,]+ in [\\d,]+ seeds`))
  }
  for (const family of ['loss', 'duplication', 'reordering', 'send failure', 'clog', 'partition', 'crash']) {
    expect(stdout).toMatch(new RegExp(`\\n    ${family} +[\\d,]+ +[1-9][\\d,]*\\n`))
  }
})

test('it fails when faults had no effect, and when it is asked for what is not there', async () => {
  const few = await soak('--seeds', '1', '--only', '50 pairs')
  expect(few.code).toBe(1)
  expect(few.stdout).toMatch(/× no effect: \w+/)
  expect(few.stdout).toMatch(/soak failed: \d+ problem/)
  expect((await soak('--only', 'nothing')).stderr).toMatch(/--only nothing: there is no such example/)
  expect((await soak('--seeds', 'many')).stderr).toMatch(/--seeds many: it must be a whole number, 1 or more/)
})
