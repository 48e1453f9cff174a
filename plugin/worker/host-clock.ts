import { type ExpectStatic, expect, vi } from 'vitest'
import { current } from '../../src/engine/current.ts'
import { SimulationError } from '../../src/engine/errors.ts'
import { installVirtualGlobals, withoutFakeTimers } from '../../src/virtual/install.ts'
import { poll, waitFor, waitUntil } from './virtual-wait.ts'

type Method = (...args: unknown[]) => unknown

const sleeping = 'virtual time passes by itself while the body waits: await sim.sleep(ms)'

/** Calls that would set up or move another clock than the simulation's, and what to do instead. */
const refused: Readonly<Record<string, string>> = {
  useFakeTimers: `timers are virtual already, and fake ones would stop every node; leave it out, ${sleeping}`,
  setSystemTime: 'the simulation has a clock of its own; chaos: { clock: true } moves the clocks of nodes',
  advanceTimersByTime: sleeping,
  advanceTimersByTimeAsync: sleeping,
  advanceTimersToNextTimer: sleeping,
  advanceTimersToNextTimerAsync: sleeping,
  advanceTimersToNextFrame: sleeping,
  runAllTimers: sleeping,
  runAllTimersAsync: sleeping,
  runOnlyPendingTimers: sleeping,
  runOnlyPendingTimersAsync: sleeping,
  runAllTicks: sleeping,
  setTimerTickMode: sleeping,
}

const key = Symbol.for('vitest-simulation.host-clock')

/** Whether something of Vitest stands where the dispatchers should be. */
interface HostClock {
  faked: boolean
}

/**
 * Makes `vi` and `expect.poll` know the simulation's time: inside a simulation what waits for the host's time waits for
 * virtual time, and what moves the host's time is refused. Outside everything is as it was.
 */
export function adaptHostClock(): HostClock {
  const holder = vi as unknown as Record<symbol, HostClock | undefined>
  const known = holder[key]
  if (known !== undefined) return known
  const clock: HostClock = { faked: vi.isFakeTimers() || vi.getMockedSystemTime() !== null }
  holder[key] = clock
  for (const [name, advice] of Object.entries(refused)) {
    inside(name, () => {
      throw new SimulationError('HOST_CLOCK', `vi.${name}() was called inside a simulation: ${advice}`)
    })
  }
  // Code that only tidies up after itself has nothing to tidy up here.
  inside('useRealTimers', () => vi)
  inside('waitFor', waitFor as Method)
  inside('waitUntil', waitUntil as Method)
  for (const name of ['useFakeTimers', 'setSystemTime']) after(name, () => (clock.faked = true))
  after('useRealTimers', () => {
    clock.faked = false
    // It puts back the Date that Vitest captured before there was a virtual one.
    installVirtualGlobals()
  })
  adaptPoll(expect)
  return clock
}

/** `expect.poll` of one `expect`: the context of a test has its own. */
export function adaptPoll(expect: ExpectStatic): void {
  const { poll: original } = expect
  expect.poll = ((read: () => unknown, options?: object) =>
    current.engine === undefined ? original(read as never, options) : poll(expect, read, options)) as typeof original
}

/** Takes fake timers of hooks or of the file out for one iteration; returns how to put them in again. */
export function simulationClockOnly({ faked }: HostClock): (() => void) | undefined {
  return faked ? withoutFakeTimers((value) => !vi.isMockFunction(value)) : undefined
}

function inside(name: string, instead: Method): void {
  replace(
    name,
    (original) =>
      (...args) =>
        current.engine === undefined ? original(...args) : instead(...args),
  )
}

function after(name: string, then: () => void): void {
  replace(name, (original) => (...args) => {
    const result = original(...args)
    if (current.engine === undefined) then()
    return result
  })
}

/** Does nothing where this Vitest has no such function. */
function replace(name: string, make: (original: Method) => Method): void {
  const methods = vi as unknown as Record<string, Method | undefined>
  const original = methods[name]
  if (typeof original === 'function') methods[name] = make(original.bind(vi))
}
