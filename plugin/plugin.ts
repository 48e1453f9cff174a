import { randomInt } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject, Vite, Vitest, VitestPluginContext } from 'vitest/node'
import { QuietReporter, SimulationReporter, quietMark } from '../reporter/index.ts'
import { SimulationError } from '../src/engine/errors.ts'
import { type FilePart, packageName, runSettings } from '../reporter/contract.ts'
import { freshSeed } from './main/fresh-seed.ts'
import { isCi } from './options/environment.ts'
import type { SimulationPluginOptions } from './options/options.ts'
import { nodeModulesPlugin } from './main/node-modules.ts'
import { configurationArguments } from './main/own-command.ts'
import type { ProvidedSimulation } from './options/provided.ts'
import { mergeOptions, resolvePluginOptions, resolveProjectOptions } from './main/resolve-options.ts'
import type { RunOptions } from './main/resolve-options.ts'
import {
  chooseSeed,
  iterationsFromEnvironment,
  refuseMisspeltVariables,
  runsAlone,
  seedFromArguments,
  seedFromEnvironment,
} from './options/seed-source.ts'
import type { SeedChoice } from './options/seed-source.ts'
import { checkTraceVariables } from './options/trace-options.ts'
import { simulationTag } from './transform/static-discovery.ts'
import { setTimezone } from './main/timezone.ts'
import { simulationTransform } from './transform/transform.ts'

const reporterMark = Symbol.for(`${packageName}.reporter`)
const pools = ['forks', 'threads'] as const

/**
 * The Vite plugin that a user adds to `vitest.config.ts`.
 *
 * It adds the reporter, sends the options to the workers, makes the code under test run on virtual time (setup file),
 * lists the assertions of every module and shows simulations to static collection.
 *
 * @throws SimulationError `BAD_INPUT` naming the option, its value and what is allowed, before anything runs
 */
export function simulationPlugin(options: SimulationPluginOptions = {}): Vite.Plugin[] {
  const ci = isCi(process.env)
  const [pluginOptions, run] = resolvePluginOptions(options, ci)
  const commandLine = seedFromArguments(process.argv)
  const environment = seedFromEnvironment(process.env)
  const iterations = iterationsFromEnvironment(process.env)
  refuseMisspeltVariables(process.env)
  checkTraceVariables(process.env)
  setTimezone(run.timezone)

  // Everything per project happens here and nothing in `config()`: Vitest 5 shares one server between projects.
  function configureVitest({ vitest, project }: VitestPluginContext): void {
    if (project.config.browser?.enabled) return
    const pool = poolOf(project)
    const own = resolveProjectOptions((project.config as { simulation?: unknown }).simulation, ci)
    const merged = mergeOptions(pluginOptions, own)
    const hasReporter = addReporter(vitest, run)
    const provide = (fresh: number): SeedChoice => {
      const seed = chooseSeed({
        commandLine,
        environment,
        projectConfig: own.seed,
        plugin: pluginOptions.seed,
        fresh,
      })
      const provided: ProvidedSimulation = {
        version: 1,
        options: merged,
        seed,
        alone: runsAlone(seed),
        ...(iterations && { iterations }),
        ci,
        root: project.config.root.replaceAll('\\', '/'),
        configuration: configurationArguments(vitest.vite.config.configFile, vitest.config.root, process.cwd()),
        pool,
        part: partOf(vitest),
        ...runningSeedsOf(vitest),
        reporter: hasReporter,
      }
      project.provide('simulation', provided)
      return seed
    }
    provide(freshSeed(vitest, provide))
    addTag(project)
    addSetupFile(vitest, project)
  }

  return [simulationTransform(), nodeModulesPlugin(packageName), { name: packageName, configureVitest }]
}

function partOf({ config }: Vitest): FilePart {
  const { shard, testNamePattern, project } = config
  const incomplete =
    testNamePattern !== undefined
      ? 'tests were filtered by name (-t)'
      : project.length > 0
        ? 'projects were filtered by name'
        : undefined
  return {
    ...(shard && { shard: { index: shard.index, count: shard.count } }),
    ...(incomplete !== undefined && { incomplete }),
  }
}

function poolOf(project: TestProject): ProvidedSimulation['pool'] {
  const configured: unknown = project.config.pool
  const pool = pools.find((allowed) => allowed === configured)
  if (pool) return pool
  const name = typeof configured === 'string' ? configured : String((configured as { name?: unknown } | null)?.name)
  const where = project.name ? ` of project '${project.name}'` : ''
  throw new SimulationError(
    'BAD_POOL',
    `${packageName} cannot run in pool '${name}'${where}: allowed are 'forks' (default) and 'threads'. ` +
      'The vm pools give every test file globals of its own, out of reach of virtual time. ' +
      `Set \`test.pool\`, or move the tests that need '${name}' to a project without the plugin.`,
  )
}

/** True when the run has the reporter, by whomever it was added. */
function addReporter(vitest: Vitest, { reporter, coverage, outputFile }: RunOptions): boolean {
  if (!runSettings.has(vitest)) {
    const runningSeeds = join(tmpdir(), `vitest-simulation-${process.pid}-${randomInt(2 ** 32)}`)
    const output = outputFile === undefined ? {} : { outputFile: resolve(vitest.config.root, outputFile) }
    runSettings.set(vitest, { coverage, runningSeeds, ...output })
  }
  const isOurs = (entry: unknown): boolean => {
    const [name] = Array.isArray(entry) ? (entry as unknown[]) : [entry]
    if (name === `${packageName}/reporter`) return true
    return typeof entry === 'object' && entry !== null && reporterMark in entry
  }
  const add = (added: SimulationReporter | QuietReporter): void => {
    vitest.config.reporters = [...vitest.config.reporters, added] as typeof vitest.config.reporters
  }
  const isThere = vitest.config.reporters.some(isOurs)
  if (!isThere && reporter) add(new SimulationReporter())
  // Without a report the run is judged all the same.
  else if (!isThere && !vitest.config.reporters.some(isQuiet)) add(new QuietReporter())
  return isThere || reporter
}

const isQuiet = (entry: unknown): boolean => typeof entry === 'object' && entry !== null && quietMark in entry

function runningSeedsOf(vitest: Vitest): Pick<ProvidedSimulation, 'runningSeeds'> {
  const settings = runSettings.get(vitest)
  return settings === undefined ? {} : { runningSeeds: settings.runningSeeds }
}

/** Arrays of the configuration are replaced, never pushed to: Vitest shares its defaults between projects. */
function addTag(project: TestProject): void {
  const tags = project.config.tags ?? []
  if (tags.some((tag) => tag.name === simulationTag)) return
  project.config.tags = [...tags, { name: simulationTag, description: 'Deterministic simulations' }]
}

/** First, and done before the next one starts: what other setup files import must find the dispatchers in place. */
function addSetupFile(vitest: Vitest, project: TestProject): void {
  const path = setupPath()
  project.config.setupFiles = [path, ...project.config.setupFiles.filter((file) => file !== path)]
  // Vitest 4 reads this setting from the root's configuration, Vitest 5 from the project's
  for (const config of [vitest.config, project.config]) {
    if (config.sequence.setupFiles === 'parallel') config.sequence = { ...config.sequence, setupFiles: 'list' }
  }
}

/** The setup file beside this one: `setup.ts` in the sources, `setup.js` in the built package. */
function setupPath(): string {
  const extension = /\.[cm]?[jt]s$/.exec(new URL(import.meta.url).pathname)?.[0] ?? '.js'
  return fileURLToPath(new URL(`./setup${extension}`, import.meta.url)).replaceAll('\\', '/')
}
