/** Modules that each seed evaluates anew have the lines of their files: in stacks, and for breakpoints. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runVitest } from '../helpers/run-vitest.ts'
import { configHead, makeTemporaryProject } from '../helpers/temporary-project.ts'

const shop = `import { tax } from './tax.ts'

/** Types, which leave no code behind: lines and columns move. */
export interface Order {
  readonly count: number
  readonly kind: Kind
}

export enum Kind {
  Small,
  Large,
}

export function price({ count, kind }: Order): number {
  if (count < 0) throw new RangeError('too few')
  const each: number = kind === Kind.Large ? 5 : 3
  return tax(count * each)
}
`

/** Sets a breakpoint in a source line as an editor does: in every script whose source map has that line. */
const debuggerThread = `
const { Session } = require('node:inspector')
const { SourceMap } = require('node:module')
const { parentPort, workerData } = require('node:worker_threads')
const session = new Session()
session.connectToMainThread()
const { file, line } = workerData
const scripts = new Map()
const hits = []
session.on('Debugger.scriptParsed', ({ params: { scriptId, url, sourceMapURL } }) => {
  if (!url.endsWith(file) || !sourceMapURL?.startsWith('data:')) return
  const map = new SourceMap(JSON.parse(Buffer.from(sourceMapURL.split(',')[1], 'base64')))
  if (scripts.size === 0) {
    for (let lineNumber = 0; lineNumber < 200; lineNumber++) {
      const { originalLine, generatedLine } = map.findEntry(lineNumber, 1e5)
      if (originalLine !== line - 1 || generatedLine !== lineNumber) continue
      session.post('Debugger.setBreakpointByUrl', { url, lineNumber })
      break
    }
  }
  scripts.set(scriptId, map)
})
session.on('Debugger.paused', ({ params: { callFrames: [frame] } }) => {
  const { scriptId, lineNumber, columnNumber } = frame.location
  const { originalLine } = scripts.get(scriptId)?.findEntry(lineNumber, columnNumber) ?? {}
  hits.push({ scriptId, function: frame.functionName, line: originalLine + 1 })
  session.post('Debugger.resume')
})
session.post('Debugger.enable', () => parentPort.postMessage('ready'))
parentPort.on('message', () => parentPort.postMessage(hits))
`

const stopped = `import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll } from 'vitest'
import { simulation } from 'vitest-simulation'
import { Kind, price } from './shop.ts'

let thread: Worker
beforeAll(async () => {
  thread = new Worker(new URL('./debugger.cjs', import.meta.url), { workerData: { file: 'shop.ts', line: 16 } })
  await once(thread, 'message')
})
afterAll(async () => {
  thread.postMessage('how often?')
  const [hits] = await once(thread, 'message')
  writeFileSync('hits.json', JSON.stringify(hits))
  await thread.terminate()
})

simulation.test('stops', { iterations: 4, determinism: 0 }, async (sim) => {
  await sim.sleep(1)
  price({ count: 2, kind: Kind.Small })
})
`

const throwing = `import { simulation } from 'vitest-simulation'
import { Kind, price } from './shop.ts'

simulation.test('throws', (sim) => void price({ count: sim.iteration - 2, kind: Kind.Large }))
`

const config = `${configHead}
export default defineConfig({ resolve: { alias: aliases }, plugins: [simulationPlugin()], test: { pool: 'forks' } })\n`

let root = ''
let output = ''

beforeAll(async () => {
  root = makeTemporaryProject({
    files: {
      'vitest.config.ts': config,
      'shop.ts': shop,
      'tax.ts': 'export const tax = (sum: number): number => sum * 2\n',
      'debugger.cjs': debuggerThread,
      'stopped.test.ts': stopped,
      'throwing.test.ts': throwing,
    },
  })
  const { stdout, stderr } = await runVitest({ root })
  output = stdout + stderr
}, 60_000)

afterAll(() => rmSync(root, { recursive: true, force: true }))

test('the stack of an error names the line, and the code frame shows it', () => {
  expect(output).toMatch(/RangeError: too few/)
  expect(output).toMatch(/❯ price shop\.ts:15:24/)
  expect(output).toMatch(/15\| {3}if \(count < 0\) throw new RangeError\('too few'\)/)
})

const { version } = JSON.parse(
  readFileSync(new URL('../../node_modules/vitest/package.json', import.meta.url), 'utf8'),
) as { version: string }

// Under Vitest 5 the debugger of this test meets no breakpoint, for a reason that is not known yet.
test.skipIf(!version.startsWith('4.'))('a breakpoint stops at its line in each seed', () => {
  const hits = JSON.parse(readFileSync(join(root, 'hits.json'), 'utf8')) as { function: string; line: number }[]
  expect(
    hits.map(({ function: name, line }) => `${name} ${line}`),
    output,
  ).toEqual(Array(4).fill('price 16'))
})
