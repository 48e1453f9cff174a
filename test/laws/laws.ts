import type { SeedFailure } from '../../src/runner/seed-failure.ts'
/** Laws that hold for every simulation: call them with any body, example or fault profile. */
import { expect } from 'vitest'
import { Coverage } from '../../src/assertions/coverage.ts'
import type { TraceEntry } from '../../src/engine/trace.ts'
import type { RunContext } from '../../src/runner/run-context.ts'
import { type SimulationResult, checkSimulation } from '../../src/runner/check-simulation.ts'
import { type DriveOptions, Driver, defaultDrive } from '../../src/world/drive.ts'
import { type Body, Iteration } from '../../src/world/iteration.ts'
import type { IterationPlan } from '../../src/world/iteration-plan.ts'
import { type SimulationOptions, resolveOptions } from '../../src/runner/options.ts'
import { plainHost } from '../../src/virtual/host.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'

installVirtualGlobals()

/** The ways to run one seed that must make no difference. */
const drives: Readonly<Record<string, DriveOptions>> = {
  'slices of 20 ms': defaultDrive,
  'the shortest slices': { ...defaultDrive, sliceMs: 0 },
  'slices of 1 ms': { ...defaultDrive, sliceMs: 1 },
  'one endless slice': { ...defaultDrive, sliceMs: Infinity },
  'the trampoline': { ...defaultDrive, trampoline: true },
  'the trampoline in the shortest slices': { sliceMs: 0, trampoline: true },
}

/** How every iteration ended: 'seed digest status'. */
export async function fingerprints(
  body: Body,
  options: SimulationOptions = {},
  context: RunContext = {},
): Promise<string[]> {
  const prints: string[] = []
  await checkSimulation(body, options, {
    ...context,
    onResult: ({ seed, digest, status }) => void prints.push(`${seed} ${digest} ${status}`),
  })
  return prints
}

/** The same seeds give the same digests, however the loop is cut and drained; returns the fingerprints. */
export async function sameSeedSameDigest(body: Body, options: SimulationOptions = {}): Promise<string[]> {
  const first = await fingerprints(body, options)
  expect(first.length, 'at least one iteration ran').toBeGreaterThan(0)
  for (const [way, drive] of Object.entries(drives)) {
    expect(await fingerprints(body, options, { drive }), `same digests with ${way}`).toEqual(first)
  }
  return first
}

/** A failing seed, run alone, fails in the same way at the same place; returns its failure. */
export async function replayReproduces(body: Body, options: SimulationOptions = {}): Promise<SeedFailure> {
  const found = expectFailure(await checkSimulation(body, options))
  const { iterations: _iterations, regressions: _regressions, ...rest } = options
  for (const [way, drive] of Object.entries(drives)) {
    const replay = await checkSimulation(body, { ...rest, seed: found.seed }, { drive, alone: true })
    const again = expectFailure(replay)
    expect(again.iteration, `the replay with ${way} is one iteration`).toBe(1)
    expect(again.digest, `the replay's digest with ${way}`).toBe(found.digest)
    const { error: _one, stack: _stack, message, ...where } = again.failure
    expect(where, `the replay's failure with ${way}`).toMatchObject(withoutText(found))
    // A message may say where in the user's code; that does not change, either.
    expect(message).toBe(found.failure.message)
  }
  return found
}

function withoutText({ failure }: SeedFailure): Partial<SeedFailure['failure']> {
  const { error: _error, stack: _stack, message: _message, ...where } = failure
  return where
}

function expectFailure(result: SimulationResult): SeedFailure {
  expect(result.status, 'the simulation fails').toBe('failed')
  if (result.failure === undefined) throw new Error(`no seed failed: ${result.stopReason}`)
  return result.failure
}

/** Nothing of the process is different after a simulation, whether it passes or fails; resolves to its result. */
export async function globalsAreRestored(body: Body, options: SimulationOptions = {}): Promise<SimulationResult> {
  const before = globals()
  const result = await checkSimulation(body, options)
  expect(globals()).toEqual(before)
  const [one, two] = [Math.random(), Math.random()]
  expect(one, 'real random numbers').not.toBe(two)
  expect(Date.now() - Date.UTC(2025, 0, 1), 'the real date').toBeGreaterThan(0)
  const started = performance.now()
  await new Promise((resolve) => setTimeout(resolve, 2))
  expect(performance.now() - started, 'real timers wait').toBeGreaterThan(0.5)
  return result
}

function globals(): Record<string, unknown> {
  return {
    nextTick: process.nextTick,
    rejectionListeners: process.rawListeners('unhandledRejection'),
    exceptionListeners: process.rawListeners('uncaughtException'),
    captures: process.hasUncaughtExceptionCaptureCallback(),
    setTimeout,
    setInterval,
    setImmediate,
    Date,
    random: Math.random,
    now: Date.now,
    crypto: globalThis.crypto,
    simulation: (globalThis as unknown as Record<symbol, { engine?: unknown; assertions?: unknown }>)[
      Symbol.for('vitest-simulation.current')
    ],
  }
}

/** One seed with recording: what every event did and on whose behalf. */
export async function recordSeed(
  body: Body,
  seed: number,
  options: SimulationOptions = {},
): Promise<readonly TraceEntry[]> {
  const resolved = resolveOptions(options)
  const plan = { ...resolved, seed, number: 1, coverage: new Coverage(), mask: new Set(), recording: true }
  const iteration = new Iteration(body, plan as unknown as IterationPlan)
  const driver = new Driver(plainHost)
  await driver.run(iteration)
  await driver.leave()
  return iteration.result().trace?.kept ?? []
}

/** Events that belong to the address of a node, not to the code that lives there. */
const ofTheAddress = new Set([
  'deliver',
  'deliver held',
  'deliver parked',
  'not sent',
  'send',
  'unclog',
  'log',
  'fault',
])

/** No code of a crashed incarnation runs after its crash; returns how many crashes there were. */
export async function nothingRunsFromDeadNodes(
  body: Body,
  seeds: readonly number[],
  options: SimulationOptions = {},
): Promise<number> {
  let crashes = 0
  for (const seed of seeds) {
    const dead = new Map<string, number>()
    const incarnations = new Map<string, number>()
    const current = (id: string): string => {
      const incarnation = incarnations.get(id) ?? 1
      return incarnation === 1 ? id : `${id}/${incarnation}`
    }
    for (const entry of await recordSeed(body, seed, options)) {
      const crashed = entry.kind === 'fault' ? /^(?:crash|stop) (\S+)$/.exec(entry.text)?.[1] : undefined
      if (crashed !== undefined) {
        crashes++
        dead.set(current(crashed), entry.event)
        incarnations.set(crashed, (incarnations.get(crashed) ?? 1) + 1)
      } else if (!ofTheAddress.has(entry.kind)) {
        const since = dead.get(entry.owner)
        expect(since, `seed ${seed}: '${entry.kind}' of ${entry.owner} after its crash`).toBeUndefined()
      }
    }
  }
  return crashes
}
