/**
 * The soak. `npm run soak` runs each example on 100,000 seeds under the swarm profile and shows what the faults did;
 * it fails when a seed fails, when a `sometimes` is never reached, or when a fault family had no effect. Options after `--`:
 *   --seeds N   so many seeds each
 *   --seed S    the root seed (default 1)
 *   --only X    only examples whose name contains X
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const { values: given } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
})
const iterations = whole(given.seeds, '--seeds', 1)
const seed = whole(given.seed, '--seed', 0)

/** Families that concern every system of messages; the others need what these examples do not have (actors, disks). */
const expected = [
  'loss',
  'duplication',
  'reordering',
  'send failure',
  'clog',
  'partition',
  'slow pair',
  'slow peer',
  'buggify',
  'crash',
  'pause',
]

const { checkSimulation, collected } = await load()
const chosen = collected.filter(({ name }) => name.includes(given.only))
if (chosen.length === 0) throw new Error(`--only ${given.only}: there is no such example`)
let problems = 0
for (const { name, options, body } of chosen) problems += await soak(name, options, body)
print(problems === 0 ? 'soak passed' : `soak failed: ${problems} problem(s)`)
process.exitCode = problems === 0 ? 0 : 1

/** Runs one example; gives back the number of problems. */
async function soak(name, options, body) {
  const result = await checkSimulation(body, { ...options, chaos: 'swarm', iterations, seed, determinism: 0.001 })
  const { families, failure, missed, realMs, virtualMs, events } = result
  const perSecond = Math.round((result.iterations / realMs) * 1000)
  print(`${name}\n  ${count(result.iterations)} of ${count(iterations)} seeds, ${count(events)} events`)
  print(`  ${(virtualMs / 3.6e6).toFixed(1)} h virtual in ${(realMs / 1000).toFixed(1)} s, ${count(perSecond)} seeds/s`)
  for (const { kind, name: site, hits, iterationsHit } of result.sites) {
    if (kind === 'sometimes')
      print(`  sometimes ${site.padEnd(26)} ${count(hits).padStart(12)} in ${count(iterationsHit)} seeds`)
  }
  print(`  ${'faults'.padEnd(36)} ${'injected'.padStart(12)} ${'effective'.padStart(12)}`)
  for (const family of families) {
    const { injected, effective } = family
    const inert = effective > 0 ? '' : '   inert'
    print(`    ${family.family.padEnd(34)} ${count(injected).padStart(12)} ${count(effective).padStart(12)}${inert}`)
  }
  const problems = []
  if (failure !== undefined) {
    const { kind, message } = failure.failure
    problems.push(`seed ${failure.seed} failed: ${kind}: ${message}\n    chaos ${failure.chaos}`)
  }
  for (const site of missed) problems.push(`never reached: ${site.name}`)
  const effective = new Set(families.filter((one) => one.effective > 0).map((one) => one.family))
  for (const family of expected) if (!effective.has(family)) problems.push(`no effect: ${family}`)
  for (const problem of problems) print(`  × ${problem}`)
  print('')
  return problems.length
}

/** Bundles the examples of the present sources into a folder of this run's own, and loads them. */
async function load() {
  const repository = fileURLToPath(new URL('../..', import.meta.url))
  // Inside node_modules, so that the bundle finds what it does not contain.
  const cache = join(repository, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'vitest-simulation-soak-'))
  try {
    const home = join(repository, 'node_modules', 'tsdown')
    const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    const entry = join(home, typeof bin === 'string' ? bin : bin.tsdown)
    const config = fileURLToPath(new URL('tsdown.config.ts', import.meta.url))
    const build = [entry, '--config', config, '--out-dir', folder]
    execFileSync(process.execPath, build, { cwd: repository, stdio: ['ignore', 'ignore', 'inherit'] })
    return await import(pathToFileURL(join(folder, 'examples.js')).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function print(line) {
  process.stdout.write(`${line}\n`)
}

function count(value) {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

function whole(text, option, min) {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= min) return value
  throw new Error(`${option} ${text}: it must be a whole number, ${min} or more`)
}
