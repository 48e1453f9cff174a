/**
 * The benchmark. `npm run bench` prints a table; options after `--`:
 *   --json FILE   also writes the figures as one flat JSON object
 *   --quick       a few iterations of everything: shows that it works, says nothing about speed
 *   --only NAME   one scenario of scenarios/index.mjs
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { buildSimulator } from './build.mjs'
import { median } from './measure.mjs'
import { scenarios } from './scenarios/index.mjs'

const { values: given } = parseArgs({
  options: { json: { type: 'string' }, quick: { type: 'boolean' }, only: { type: 'string' } },
})
if (given.only !== undefined && !scenarios.includes(given.only)) {
  throw new Error(`--only ${given.only}: there is no such scenario; known are ${scenarios.join(', ')}`)
}

const simulator = buildSimulator()
try {
  console.log(`Node ${process.version}, ${cpus()[0]?.model.trim()} · median (min – max) of rounds\n`)
  const figures = {}
  for (const name of given.only === undefined ? scenarios : [given.only]) {
    for (const { label, unit, samples, key } of await runScenario(name)) {
      const value = median(samples)
      console.log(line(label, value, unit, samples))
      if (key !== undefined) figures[key] = rounded(value)
    }
    console.log('')
  }
  if (given.json !== undefined) writeFileSync(given.json, `${JSON.stringify(figures, null, 2)}\n`)
} finally {
  simulator.remove()
}

async function runScenario(name) {
  const child = fork(
    new URL('run-scenario.mjs', import.meta.url),
    [name, pathToFileURL(simulator.path).href, given.quick ? 'quick' : 'full'],
    { execArgv: ['--expose-gc'] },
  )
  let rows
  child.on('message', (message) => (rows = message))
  const [code] = await once(child, 'exit')
  if (code !== 0 || rows === undefined) throw new Error(`scenario ${name} ended with ${code} and no figures`)
  return rows
}

function line(label, value, unit, samples) {
  const range = samples.length > 1 ? `  (${text(Math.min(...samples))} – ${text(Math.max(...samples))})` : ''
  return `${label.padEnd(52)} ${text(value).padStart(11)} ${unit}${range}`
}

function text(value) {
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function rounded(value) {
  return Math.abs(value) >= 1000 ? Math.round(value) : Math.round(value * 100) / 100
}
