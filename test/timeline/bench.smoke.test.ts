/** The benchmark of the timeline works and reports every figure. Says nothing about speed: this machine is busy. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { hasBrowser } from './browser.ts'

const bench = fileURLToPath(new URL('bench.mjs', import.meta.url))
const run = (records: string): Promise<{ stdout: string }> => promisify(execFile)(process.execPath, [bench, records])

test.skipIf(!hasBrowser)('bench.mjs prints how fast the timeline opens, moves and searches', async () => {
  const figures = JSON.parse((await run('400')).stdout) as Record<string, number>
  expect(figures['records']).toBe(400)
  expect(Object.keys(figures)).toHaveLength(13)
  for (const figure of Object.values(figures)) expect(figure).toBeGreaterThan(0)
})

test('bench.mjs says which sizes there are', async () => {
  await expect(run('many')).rejects.toThrow('RECORDS is many: a whole number from 40')
})
