/** The table of planted bugs is printed, with every column; says nothing about speed. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const bugs = fileURLToPath(new URL('bugs.mjs', import.meta.url))

test('npm run bench:bugs prints a table', { timeout: 120_000 }, async () => {
  const work = mkdtempSync(join(tmpdir(), 'vitest-simulation-bugs-'))
  try {
    const json = join(work, 'bugs.json')
    const run = (only: string) =>
      promisify(execFile)(process.execPath, [bugs, '--only', only, '--roots', '3', '--json', json])
    const { stdout } = await run('double')
    expect(stdout).toMatch(/^double booking +\d+ .*s +\d+ .*s +\d+ .*s +\d+ .*s +\d+ +\d+ +2$/m)
    expect(stdout).toMatch(/^double delivery +> 400 +\d+ .*s +\d+ .*s +— +\d+ +\d+ +2$/m)
    expect(stdout).toContain('swarm 2 of 2')
    expect(stdout).toContain('minimal plans of more than twice what is made by hand: 0 of 2 medians, ')
    const table = JSON.parse(readFileSync(json, 'utf8')) as { minimal: number; minimum: number }[]
    for (const { minimal, minimum } of table) expect(minimal).toBeLessThanOrEqual(2 * minimum)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
})
