/**
 * The table of npm packages (`test/lanes/packages`): each under 100 seeds, every seed twice, on the asked versions of Node
 * and pools, from our tarball. What comes of a seed must be the same everywhere, and when the seed runs alone.
 *
 * With `--table network`: clients and servers on simulated sockets, calm and under every fault.
 *
 *   node test/lanes/run-packages.mjs [--table packages|network] [--node current,24] [--pool forks,threads] [--vitest 4.1.12] [--seeds 100]
 *                                    [--tarball x.tgz] [--json out.json] [--keep]
 */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { cleanEnvironment, createProject, nodeExecutable, pack, repository, run, writeTotals } from './project.mjs'

const { values: options } = parseArgs({
  options: {
    table: { type: 'string', default: 'packages' },
    node: { type: 'string', default: 'current' },
    pool: { type: 'string', default: 'forks,threads' },
    vitest: { type: 'string', default: '4.1.12' },
    seeds: { type: 'string', default: '100' },
    tarball: { type: 'string' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})

const lanes = join(repository, 'test/lanes')
const source = join(lanes, options.table)
/** Fewer outcomes than that: some files did not run. */
const fewest = 40
/** A seed that is not the root: it is the last one of the run. */
const aloneSeed = /^last (\S+) (\d+) (.*)$/gm

/** What a run printed of each package: how many seeds, and a hash of what came of them. */
function outcomesOf(output) {
  const found = [...output.matchAll(/^outcome (\S+) (\d+) (\w+)$/gm)]
  return new Map(found.map(([, name, seeds, hash]) => [name, `${seeds} ${hash}`]))
}

async function main() {
  const work = await mkdtemp(join(tmpdir(), 'vitest-simulation-packages-'))
  const tarball = options.tarball ? resolve(options.tarball) : (await pack({ build: true, into: work })).tarball
  const pinned = JSON.parse(await readFile(join(source, 'dependencies.json'), 'utf8'))
  const packages = Object.entries(pinned).map(([name, version]) => `${name}@${version}`)
  const project = await createProject({ packages: [tarball, `vitest@${options.vitest}`, ...packages] })
  const table = join(project, options.table)
  // The other table uses a file of this one.
  for (const name of new Set(['packages', options.table]))
    await cp(join(lanes, name), join(project, name), { recursive: true })
  const rows = []
  let first
  const perNode = {}
  const record = (name, passed, problems, output = '') => {
    rows.push({ name, passed, failed: problems.length, problems })
    console.log(`${problems.length === 0 ? '✓' : '×'} ${name}: ${passed} packages`)
    if (problems.length > 0) console.log(`${output}\n${problems.map((text) => `  × ${text}`).join('\n')}`)
  }
  const vitest = async (node, pool, env) => {
    const command = [join(project, 'node_modules/vitest/vitest.mjs'), 'run', '--root', table, '--pool', pool]
    const full = { ...cleanEnvironment(), PACKAGE_SEEDS: options.seeds, ...env }
    return await run(node, command, { cwd: project, env: full, timeoutMs: 1_200_000 })
  }
  for (const version of options.node.split(',')) {
    const node = await nodeExecutable(version)
    for (const pool of options.pool.split(',')) {
      const { code, output } = await vitest(node, pool, {})
      const outcomes = outcomesOf(output)
      first ??= { outcomes, output }
      const ofNode = (perNode[version] ??= outcomes)
      const differing = [...first.outcomes].filter(([name, outcome]) => {
        // What goes wrong under faults, and when, is up to Node's own code above the sockets.
        return outcomes.get(name) !== (name.endsWith(':swarm') ? ofNode.get(name) : outcome)
      })
      const problems = differing.map(([name]) => `${name}: another outcome than in the first run`)
      if (code !== 0) problems.push(`vitest ended with ${code}`)
      if (outcomes.size < fewest) problems.push(`only ${outcomes.size} packages ran`)
      record(`node ${version}, ${pool}`, outcomes.size - differing.length, problems, code === 0 ? '' : output)
    }
  }
  const last = [...(first?.output ?? '').matchAll(aloneSeed)].map(([, name, seed, outcome]) => ({
    name,
    seed,
    outcome,
  }))
  const [{ seed } = {}] = last
  const alone = await vitest(process.execPath, 'forks', { SIMULATION_SEED: seed ?? '1' })
  const told = new Map([...alone.output.matchAll(aloneSeed)].map(([, name, , outcome]) => [name, outcome]))
  const differing = last.filter(({ name, outcome }) => told.get(name) !== outcome)
  const problems = differing.map(({ name }) => `${name}: seed ${seed} alone had another outcome`)
  if (alone.code !== 0) problems.push(`vitest ended with ${alone.code}`)
  record('the last seed alone', last.length - differing.length, problems, alone.code === 0 ? '' : alone.output)
  if (options.keep) console.log(`kept: ${project}`)
  else await rm(project, { recursive: true, force: true })
  await rm(work, { recursive: true, force: true })
  await writeTotals(rows, options.json)
}

await main()
