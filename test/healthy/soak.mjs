/**
 * `npm run soak:healthy` runs each healthy protocol under the swarm profile, a million seeds of them all together, and
 * fails at the first false alarm of a protocol. Options after `--`:
 *   --seeds N       so many seeds of all protocols together (default 1,000,000)
 *   --only X        only protocols whose name contains X
 *   --seed S        the root seed (default 1)
 *   --processes P   side by side (default 2)
 *   --broken        with the planted bugs: says after how many seeds each is found
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const { values: given } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000000' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: '2' },
    broken: { type: 'boolean', default: false },
    // Of a child: the bundle and which of the processes it is.
    bundle: { type: 'string' },
    part: { type: 'string', default: '0' },
  },
})
const seeds = whole(given.seeds, '--seeds', 1)
const root = whole(given.seed, '--seed', 0)
const processes = whole(given.processes, '--processes', 1)
/** Seeds of one protocol before the next one has its turn. */
const sliceMax = 500

if (given.bundle === undefined) await parent()
else await child(given.bundle, whole(given.part, '--part', 0))

/** Starts the processes, adds up what they tell, and prints it. */
async function parent() {
  const folder = build()
  const totals = new Map()
  const started = performance.now()
  let toldAt = started
  const told = () => {
    if (performance.now() - toldAt < 60_000) return
    toldAt = performance.now()
    const run = sum([...totals.values()].map((one) => one.seeds))
    print(`${count(run)} seeds after ${((toldAt - started) / 1000).toFixed(0)} s`)
  }
  try {
    const ended = Array.from({ length: processes }, (_, part) => startChild(folder, part, totals, told))
    const codes = await Promise.all(ended)
    const all = [...totals.values()]
    const run = sum(all.map((one) => one.seeds))
    const alarms = sum(all.map((one) => one.failures))
    const seconds = (performance.now() - started) / 1000
    for (const [name, one] of totals) {
      const { events, virtualMs } = one
      print(
        `${name.padEnd(26)} ${count(one.seeds).padStart(10)} seeds ${count(events).padStart(14)} events ` +
          `${(virtualMs / 3.6e6).toFixed(1).padStart(8)} h virtual   ${one.failures === 0 ? '✓' : `× ${one.failures}`}`,
      )
    }
    const what = given.broken ? 'found' : 'false alarms'
    print(
      `${count(run)} seeds in ${seconds.toFixed(0)} s, ${count(Math.round(run / seconds))} seeds/s, ${what}: ${alarms}`,
    )
    const passed = codes.every((code) => code === 0) && (given.broken || alarms === 0)
    if (!given.broken) print(passed ? 'soak passed' : 'soak failed')
    process.exitCode = passed ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function startChild(folder, part, totals, told) {
  const args = ['--bundle', join(folder, 'run.js'), '--part', String(part), '--seeds', String(seeds)]
  args.push('--only', given.only, '--seed', String(root), '--processes', String(processes))
  if (given.broken) args.push('--broken')
  const one = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  createInterface({ input: one.stdout }).on('line', (line) => {
    const { name, failure, ...numbers } = JSON.parse(line)
    const total = totals.get(name) ?? { seeds: 0, events: 0, virtualMs: 0, failures: 0 }
    for (const key of Object.keys(numbers)) total[key] += numbers[key]
    totals.set(name, total)
    if (failure !== undefined) print(`× ${name}: ${failure}`)
    told()
  })
  return new Promise((resolve) => one.on('close', resolve))
}

/** Runs its share in slices, one protocol after the other, so that an early end has seen them all. */
async function child(bundle, part) {
  const { checkSimulation, protocols } = await import(pathToFileURL(bundle).href)
  const chosen = protocols.filter(({ name }) => name.includes(given.only))
  if (chosen.length === 0) throw new Error(`--only ${given.only}: there is no such protocol`)
  const share = Math.ceil(seeds / chosen.length / processes)
  const open = new Map(chosen.map((one) => [one, share]))
  for (let turn = 0; open.size > 0; turn++) {
    for (const [protocol, left] of open) {
      const iterations = Math.min(left, sliceMax)
      // Each slice has a root seed of its own, the same however many protocols are chosen.
      const seed = root * 1_000_000 + turn * 1_000 + part
      const { failed, ...numbers } = await slice(checkSimulation, protocol, iterations, seed)
      process.stdout.write(`${JSON.stringify({ name: protocol.name, ...numbers })}\n`)
      if (failed || left === iterations) open.delete(protocol)
      else open.set(protocol, left - iterations)
    }
  }
}

async function slice(checkSimulation, { name, body, options }, iterations, seed) {
  const run = (sim) => body(sim, given.broken)
  const how = { ...options, chaos: 'swarm', iterations, seed, determinism: 0.001, shrink: false }
  const result = await checkSimulation(run, how)
  const { failure, events, virtualMs } = result
  const numbers = { seeds: result.iterations, events, virtualMs, failures: failure === undefined ? 0 : 1 }
  if (failure === undefined) return { ...numbers, failed: false }
  const { kind, message } = failure.failure
  const text = `seed ${failure.seed}, iteration ${failure.iteration} (${name}): ${kind}: ${message}\n    chaos ${failure.chaos}, schedule ${failure.schedule}`
  return { ...numbers, failed: true, failure: text }
}

/** Bundles the present sources into a folder of this run's own. */
function build() {
  const repository = fileURLToPath(new URL('../..', import.meta.url))
  // Inside node_modules, so that the bundle finds what it does not contain.
  const cache = join(repository, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'vitest-simulation-healthy-'))
  const home = join(repository, 'node_modules', 'tsdown')
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const entry = join(home, typeof bin === 'string' ? bin : bin.tsdown)
  const config = fileURLToPath(new URL('tsdown.config.ts', import.meta.url))
  const args = [entry, '--config', config, '--out-dir', folder]
  execFileSync(process.execPath, args, { cwd: repository, stdio: ['ignore', 'ignore', 'inherit'] })
  return folder
}

function print(line) {
  process.stdout.write(`${line}\n`)
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}

function count(value) {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

function whole(text, option, min) {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= min) return value
  throw new Error(`${option} ${text}: it must be a whole number, ${min} or more`)
}
