/** Five services: their bugs are found, and what the terminal says of each is enough to name the cause. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkSimulation } from '../../../src/runner/check-simulation.ts'
import { installVirtualGlobals } from '../../../src/virtual/install.ts'
import { runVitest } from '../../helpers/run-vitest.ts'
import { configHead, makeTemporaryProject } from '../../helpers/temporary-project.ts'
import { repository } from '../../lanes/project.mjs'
import { services } from './services.ts'

installVirtualGlobals()

const root = makeTemporaryProject({
  files: {
    'vitest.config.ts': `${configHead}
export default mergeConfig({ resolve: { alias: aliases } }, defineConfig({ plugins: [simulationPlugin({ seed: 42 })] }))
`,
    'services.test.ts': `import { simulation } from 'vitest-simulation'
import { services } from '${join(repository, 'test/planted/services/services.ts')}'
for (const { name, body, options } of services) {
  simulation.test(name, { ...options, iterations: 200 }, (context) => body(context))
}
`,
  },
})
let printed = ''

beforeAll(async () => {
  const { stdout, stderr } = await runVitest({ root })
  printed = stdout + stderr
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The lines between the head of a diagram and its replay command. */
const story = (name: string): string => {
  const start = printed.indexOf(` > ${name}\n`, printed.indexOf(' FAIL '))
  const from = printed.indexOf('  what happened', start)
  expect(Math.min(start, from)).toBeGreaterThan(0)
  return printed.slice(from, printed.indexOf('\n  replay:', from))
}

/** The facts are there, one after the other. */
const tells = (name: string, ...facts: readonly RegExp[]): void => {
  const text = story(name)
  let at = 0
  for (const fact of facts) {
    const found = new RegExp(fact, 'u').exec(text.slice(at))
    expect(found, `${fact.source} in the rest of\n${text}`).not.toBeNull()
    at += (found?.index ?? 0) + 1
  }
}

describe('the terminal tells of', () => {
  test('a limiter: whose clock is wrong, what it shows, and which window that made', () => {
    tells(
      'a customer has three requests a window',
      /clock west skew -\d+ ms/,
      /take\(\{"customer":"ann","window":170406720\}\) #2/,
      /reads 1704067199\d+, 880 ms behind/,
      /take\(\{"customer":"ann","window":170406719\}\) #4/,
      /✗ west: "no more than the limit is served": 4 served, 3 allowed/,
    )
    expect(story('a customer has three requests a window')).not.toMatch(/^ +test /m)
  })

  test('webhooks: the delivery that was lost, what was taken before it came again, and the answer', () => {
    tells(
      'every webhook reaches the partner',
      /hook\(\{"id":1,"event":"order"\}\) #1 {2}loss/,
      /hook\(\{"id":2,"event":"payment"\}\) #2/,
      /hook #2 → 'processed'/,
      /hook\(\{"id":1,"event":"order"\}\) #6/,
      /hook #6 → 'known'/,
      /\d+ × read outbox → \[\] since/,
      /it last answered: 4 of 5/,
    )
    // Two hundred looks at an empty outbox are one line, and perhaps the last look.
    expect(story('every webhook reaches the partner').match(/read outbox → \[\]/g)?.length).toBeLessThan(3)
  })

  test('a config store: the last copy that arrived, lost heartbeats, and who says that it leads', () => {
    tells(
      'a setting that was confirmed is there',
      /copy\(\{"key":"color","value":"color-3"\}\) #10/,
      /░ partition primary, app →\| backup/,
      /copy\(\{"key":"color","value":"color-4"\}\) #14 {2}partition/,
      /11 × alive\(\) \(partition\) since 440 ms/,
      /copy #22 threw Error: I lead/,
      /set #21 → 'ok'/,
      /get #23 → 'color-3'/,
      /✗ backup says color-3 after color-6 was confirmed/,
    )
  })

  test('a saga: the cancellation that overtakes its reservation', () => {
    tells(
      'what is not sold is in stock',
      /order\(\{"order":6,"amount":4\}\) #1/,
      /reserve\(6\) #2 ▷ stock/,
      /timeout of reserve #2 to stock/,
      /◀─ cancel\(6\) #3/,
      /◀─ reserve\(6\) #2/,
      /reserve #2 → true[^\n]* too late/,
      /✗ orders: "each reservation is of a sale": order 6 is not sold/,
    )
  })

  test('a chat room: a write that outlives its sender, and the same line again', () => {
    tells(
      'a line is in the history once',
      /☠ crash/,
      /write room\/tea = \[\{"id":"m1",/,
      /done, though who sent it has died/,
      /○ boots again, life 2/,
      /read room\/tea → /,
      /write room\/tea = /,
      /✗ m4 is in the history twice/,
    )
    expect(story('a line is in the history once')).not.toContain('deactivate')
  })
})

test.each(services.flatMap(({ twin, ...bug }) => (twin === undefined ? [] : [{ ...bug, twin }])))(
  'without its bug it passes: $name',
  async ({ twin, options }) => {
    const { failure, status } = await checkSimulation(twin, { ...options, iterations: 200, seed: 42 })
    expect(failure?.failure).toBeUndefined()
    expect(status).toBe('passed')
  },
)
