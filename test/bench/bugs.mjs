/**
 * How soon planted bugs are found. `npm run bench:bugs` prints a table; options after `--`:
 *   --json FILE    also writes it as JSON
 *   --only TEXT    only bugs with this in their name
 *   --roots N      root seeds, each a search of its own (default 20)
 *   --seeds N      seeds after which a search is given up (default 400)
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { fastCheckFinds } from './bugs-fast-check.mjs'
import { build } from './build.mjs'
import { median } from './measure.mjs'

const { values: given } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string', default: '' },
    roots: { type: 'string', default: '20' },
    seeds: { type: 'string', default: '400' },
  },
})
const roots = Array.from({ length: Number(given.roots) }, (_, i) => i + 1)
const most = Number(given.seeds)
const profiles = {
  calm: { chaos: 'calm', schedule: 'fifo' },
  random: { chaos: 'random' },
  swarm: { chaos: 'swarm' },
}

const bundle = build(fileURLToPath(new URL('bugs.tsdown.config.ts', import.meta.url)), 'bugs.js')
try {
  const { plantedBugs, checkSimulation, installVirtualGlobals } = await import(pathToFileURL(bundle.path).href)
  installVirtualGlobals()
  const chosen = plantedBugs.filter(({ name }) => name.includes(given.only))
  console.log(
    `Seeds and seconds to the first failure, median of ${roots.length} root seeds; '> n': not in half of them.`,
  )
  console.log(
    'Size of the minimal plan: faults + operations, median and worst under swarm, against one made by hand.\n',
  )
  console.log(line('', ['calm, fifo', 'random', 'swarm', 'fast-check', 'minimal', 'worst', 'by hand']))
  const table = []
  for (const bug of chosen) {
    const found = {}
    for (const [profile, options] of Object.entries(profiles)) found[profile] = await search(bug, options)
    const sizes = await minimalSizes(bug)
    const fastCheck = await searchWithFastCheck(bug.name)
    const row = {
      name: bug.name,
      ...found,
      fastCheck,
      minimal: sizes.length > 0 ? median(sizes.map(({ size }) => size)) : null,
      worst: sizes.length > 0 ? Math.max(...sizes.map(({ size }) => size)) : null,
      over: sizes.filter(({ size }) => size > 2 * bug.minimum),
      minimum: bug.minimum,
    }
    table.push(row)
    const cells = [found.calm, found.random, found.swarm, fastCheck].map(cell)
    console.log(line(bug.name, [...cells, `${row.minimal ?? '—'}`, `${row.worst ?? '—'}`, `${bug.minimum}`]))
  }
  const count = (profile) => table.filter((row) => row[profile]?.seeds != null).length
  console.log(`\nfound: calm ${count('calm')}, random ${count('random')}, swarm ${count('swarm')} of ${table.length}`)
  const large = table.filter(({ minimal, minimum }) => minimal > 2 * minimum)
  const over = table.flatMap(({ name, minimum, over: few }) => few.map((one) => ({ name, minimum, ...one })))
  const all = `of ${table.length} medians, ${over.length} of ${table.length * roots.length} single ones`
  console.log(`minimal plans of more than twice what is made by hand: ${large.length} ${all}`)
  for (const { name, minimum, root, size } of over) console.log(`  ${name}: ${size} for ${minimum}, root seed ${root}`)
  if (given.json !== undefined) writeFileSync(given.json, `${JSON.stringify(table, null, 2)}\n`)

  /** One search for each root seed; given up as a whole when half of them cannot have found it. */
  async function search({ body, options }, profile) {
    const seeds = []
    const ms = []
    let missed = 0
    for (const seed of roots) {
      if (missed > roots.length / 2) break
      const result = await checkSimulation(body, {
        ...options,
        ...profile,
        iterations: most,
        seed,
        determinism: 0,
        shrink: false,
      })
      if (result.failure === undefined) missed++
      seeds.push(result.failure?.iteration ?? Infinity)
      ms.push(result.realMs)
    }
    const seedsToFind = missed > roots.length / 2 ? Infinity : median(seeds)
    return Number.isFinite(seedsToFind) ? { seeds: seedsToFind, ms: median(ms) } : { seeds: null, ms: null }
  }

  async function searchWithFastCheck(name) {
    const all = []
    for (const seed of roots) all.push(await fastCheckFinds(name, seed, most))
    if (all[0] === undefined) return null
    const seeds = median(all.map((one) => one.seeds ?? Infinity))
    return Number.isFinite(seeds) ? { seeds, ms: median(all.map(({ ms }) => ms)) } : { seeds: null, ms: null }
  }

  /** One for each root seed, under swarm. */
  async function minimalSizes({ body, options }) {
    const sizes = []
    for (const root of roots) {
      const { failure } = await checkSimulation(body, {
        ...options,
        chaos: 'swarm',
        iterations: most,
        seed: root,
        determinism: 0,
      })
      if (failure === undefined) continue
      const { faults = [], operations = [] } = failure.minimal?.plan ?? {}
      sizes.push({ root, size: faults.length + operations.length })
    }
    return sizes
  }
} finally {
  bundle.remove()
}

function cell(found) {
  if (found === null) return '—'
  if (found.seeds === null) return `> ${most}`
  return `${Math.round(found.seeds)}  ${found.ms < 10_000 ? (found.ms / 1000).toFixed(3) : (found.ms / 1000).toFixed(0)} s`
}

function line(name, cells) {
  return name.padEnd(38) + cells.map((text) => text.padStart(12)).join('')
}
