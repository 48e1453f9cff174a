/**
 * Interrupts a slice of the driver that does not come back: an endless loop, promise chain, nextTick chain or regular
 * expression would otherwise hang Vitest for ever (vitest#2920), because nothing else runs on a blocked thread.
 *
 * Slices run inside `vm.Script#runInThisContext({ timeout })`. Its timer lives on a thread of its own, stops V8 wherever it
 * is, and turns the stop into an ordinary error at the point of the call. That error must then leave the macrotask uncaught:
 * on the way to `process.setUncaughtExceptionCaptureCallback` Node unwinds the async ids that the killed callbacks left
 * behind. (`Runtime.terminateExecution` without this conversion skips that step, and Node aborts.)
 *
 * A helper thread adds where it hung, see watchdog-helper.ts. Node 20, 22, 24, 26; processes and worker threads.
 */
import { AsyncResource, createHook } from 'node:async_hooks'
import inspector from 'node:inspector'
import vm from 'node:vm'
import { type MessagePort, isMainThread, receiveMessageOnPort, threadId } from 'node:worker_threads'
import { real } from '../../../src/virtual/real.ts'
import {
  type HelperData,
  type Sample,
  cell,
  helperSource,
  openedAtOffset,
  sharedBytes,
  sliceFilename,
} from './helper.ts'

/** One event blocked the thread longer than it may. Reaches the uncaught exception capture callback, see `defer`. */
export class Hang extends Error {
  override readonly name = 'Hang'
  readonly limitMs: number
  readonly blockedMs: number
  /** The innermost frame outside Node ('spin (/app/src/spin.ts:3:5)'), if the helper could look in time. */
  readonly at: string | undefined
  /** The stack without the message: lines that begin with 'at '. */
  readonly frames: string | undefined

  constructor(limitMs: number, blockedMs: number, frames: string | undefined) {
    const at = frames
      ?.split('\n')
      .map((line) => line.trim().replace(/^at /, ''))
      .find((line) => /:\d+:\d+\)?$/.test(line) && !/\bnode:/.test(line))
    const message =
      `One event blocked the thread for more than ${limitMs} ms` +
      (at === undefined ? ' (its stack could not be read)' : `, at ${at}`) +
      '. It was interrupted. Likely an endless loop, promise chain or nextTick chain; if the work is finite, raise the limit.'
    super(message)
    this.limitMs = limitMs
    this.blockedMs = blockedMs
    this.at = at
    this.frames = frames
    this.stack = `${this.name}: ${message}\n    ${frames ?? ''}`.trimEnd()
    hangs.add(this)
  }
}

/** On `process`, because Vitest loads modules once per test file and a hang may be another copy's. */
const hangs = ((process as unknown as Record<symbol, WeakSet<object> | undefined>)[
  Symbol.for('vitest-simulation.watchdog.hangs')
] ??= new WeakSet())

/** True for a `Hang`; runs no code of the error, which may be anything that code under test has thrown. */
export const isHang = (error: unknown): error is Hang => typeof error === 'object' && error !== null && hangs.has(error)

export interface Watchdog {
  /**
   * Runs `run` in a real macrotask, soon, on an empty stack, and interrupts it after `limitMs`. Replaces `setImmediate` for
   * slices of the driver. When `run` defers again within 20 ms it runs in the same guarded macrotask (guarding costs
   * 0.1–0.2 ms, a deferral in the same macrotask 0.3 µs); after that a real macrotask passes. A limit of 0: no guard.
   *
   * An interrupted `run` does not return and its `finally` blocks do not run. Instead a `Hang` reaches the callback of
   * `process.setUncaughtExceptionCaptureCallback`, which must be set while a slice runs, and which decides what
   * runs next. Promise jobs and nextTicks that were queued have been run or dropped by then.
   */
  defer(run: () => void, limitMs: number): void
  /** False: its helper does not look where the thread is; what blocks is interrupted all the same. */
  watch(isWatched: boolean): void
  /**
   * Resolves in a macrotask that is not guarded. A simulation awaits it last: code that continues from a slice otherwise
   * (the next test of the file) would run under the limit.
   */
  leave(): Promise<void>
}

interface Deferred {
  readonly run: () => void
  readonly limitMs: number
}

interface Helper {
  readonly cells: Int32Array
  readonly openedAt: Float64Array
  readonly port: MessagePort
}

/** Below this age a macrotask accepts another slice. Equals the driver's slice, so a full slice always ends it. */
const windowMs = 20
/** The interruption comes this much after the helper starts to look, which takes 20–300 ms. */
const graceMs = 1000
/** Timers take no longer ones; a limit beyond is none. */
const longestMs = 2 ** 31 - 10_000
const scriptSlot = Symbol.for('vitest-simulation.watchdog.call')
const instanceSlot = Symbol.for('vitest-simulation.watchdog')
const slots = process as unknown as { [scriptSlot]?: () => void; [instanceSlot]?: Watchdog }

/**
 * Which hang is the first whose place is known. The helper that finds it costs 50 ms of processor time at its start:
 * who can repeat the work that hung (a simulation can) starts it for the second one.
 */
export type Locating = 'first hang' | 'second hang'

/** The watchdog of this thread; the first caller decides when its helper is started. */
export function createWatchdog(locating: Locating = 'first hang'): Watchdog {
  // On `process`, since Vitest loads modules once per test file: the thread must not get a helper for each.
  return (slots[instanceSlot] ??= create(locating))
}

function create(locating: Locating): Watchdog {
  const queue: Deferred[] = []
  let scheduled = false
  let windows = 0
  let hidden = 0
  let helper: Helper | undefined
  /** The async context of the window that hung: the killed code could not restore it itself. */
  let cleanContext: AsyncResource | undefined

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    if (cleanContext) cleanContext.runInAsyncScope(real.setImmediate, undefined, openWindow)
    else real.setImmediate(openWindow)
  }

  function openWindow(): void {
    scheduled = false
    cleanContext = undefined
    const limitMs = queue[0]?.limitMs
    if (limitMs === undefined) return
    try {
      if (!(limitMs > 0 && limitMs < longestMs) || debuggerAttached()) runWindow(limitMs)
      else guardWindow(limitMs)
    } finally {
      if (queue.length > 0) schedule()
    }
  }

  function runWindow(limitMs: number): void {
    const end = real.performanceNow() + windowMs
    do {
      queue.shift()?.run()
      // What awaits the end of an iteration continues here and may defer the next one.
      if (queue.length === 0) real.tickCallback?.()
    } while (queue[0]?.limitMs === limitMs && real.performanceNow() < end)
  }

  function guardWindow(limitMs: number): void {
    const context = new AsyncResource('vitest-simulation')
    // The slices of a window last up to twice windowMs together; the limit is for the event that comes last.
    if (locating === 'first hang') helper ??= startHelper()
    const window = helper === undefined ? 0 : announce(helper, limitMs + 2 * windowMs, ++windows)
    const openedAt = real.performanceNow()
    const timeout = limitMs + 2 * windowMs + (helper === undefined ? 0 : graceMs)
    try {
      callWithTimeout(() => runWindow(limitMs), timeout)
    } catch (error) {
      const blockedMs = real.performanceNow() - openedAt
      // Code under test may use vm's timeout too; its error is not ours.
      if (blockedMs < timeout - 5 || !isTimeout(error)) throw error
      const frames = helper === undefined ? undefined : lastSample(helper.port, window)
      close()
      cleanContext = context
      helper ??= startHelper()
      const hang = new Hang(limitMs, Math.round(blockedMs), frames)
      dropQueuedJobs()
      throw hang
    } finally {
      close()
    }
  }

  function close(): void {
    if (helper !== undefined) Atomics.store(helper.cells, cell.open, 0)
  }

  return {
    defer(run, limitMs) {
      queue.push({ run, limitMs })
      // Inside a window this schedules one immediate too many, at most one per window; it finds the queue empty.
      schedule()
    },
    watch(isWatched) {
      if (helper === undefined) return
      if (!isWatched) hidden = Atomics.exchange(helper.cells, cell.open, 0)
      else if (hidden !== 0) open(helper, hidden)
    },
    leave: () => new Promise((resolve) => void real.setImmediate(resolve)),
  }
}

/** In a worker thread a debugger that came with the process cannot be seen, but what asked for it can. */
const debuggerExpected =
  !isMainThread &&
  /--inspect|inspectorIpc/.test(
    [...process.execArgv, process.env['NODE_OPTIONS'], process.env['VSCODE_INSPECTOR_OPTIONS']].join(' '),
  )

/** While a person looks at a breakpoint nothing is hanging. */
function debuggerAttached(): boolean {
  return debuggerExpected || inspector.url() !== undefined
}

function startHelper(): Helper {
  const shared = new SharedArrayBuffer(sharedBytes)
  const { port1, port2 } = new real.MessageChannel()
  const data: HelperData = { shared, port: port2, thread: threadId, isMainThread, graceMs }
  try {
    // No inherited execArgv or environment: the user's loaders and NODE_OPTIONS have no business in there.
    const worker = new real.Worker(helperSource, {
      eval: true,
      name: 'vitest-simulation watchdog',
      workerData: data,
      transferList: [port2],
      execArgv: [],
      env: {},
    })
    worker.on('error', () => {})
    worker.unref()
  } catch {
    // Threads may be forbidden (--permission). Without a helper a hang is still interrupted; only its stack is missing.
  }
  port1.unref()
  return { cells: new Int32Array(shared, 0, 4), openedAt: new Float64Array(shared, openedAtOffset, 1), port: port1 }
}

function announce(helper: Helper, limitMs: number, count: number): number {
  const window = (count & 0x3fffffff) + 1
  helper.openedAt[0] = Number(real.hrtimeBigint()) / 1e6
  Atomics.store(helper.cells, cell.limitMs, limitMs)
  open(helper, window)
  return window
}

function open({ cells }: Helper, window: number): void {
  Atomics.store(cells, cell.open, window)
  if (Atomics.load(cells, cell.asleep) === 1) Atomics.notify(cells, cell.open)
}

function lastSample(port: MessagePort, window: number): string | undefined {
  let stack: string | undefined
  for (;;) {
    const received = receiveMessageOnPort(port) as { message: Sample } | undefined
    if (!received) return stack
    if (received.message.window === window) stack = received.message.stack
  }
}

let script: vm.Script | undefined

/** Calls `run`; after `timeoutMs` it is stopped and an error for which `isTimeout` holds is thrown. */
function callWithTimeout(run: () => void, timeoutMs: number): void {
  // Through `process`, because the script runs in the main context whichever context Vitest gave the test.
  script ??= new vm.Script(`process[Symbol.for('${Symbol.keyFor(scriptSlot)}')]()`, {
    filename: sliceFilename,
  })
  slots[scriptSlot] = run
  // `displayErrors` would read the stack of what is thrown after the timer has ended: code of the error, unguarded.
  script.runInThisContext({ timeout: Math.ceil(timeoutMs), displayErrors: false })
}

const isTimeout = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'

/**
 * Empties the queues of promise jobs and nextTicks before Node does it itself, unguarded, at the end of the macrotask: an
 * endless nextTick chain that was stopped between two links has its next link queued there and would hang again.
 */
function dropQueuedJobs(): void {
  // DEP0134, in the documentation only. Without it the driver cannot drain inside a slice, and there is nothing to drain.
  if (!real.tickCallback) return
  const { nextTick } = process
  let stops = 0
  // Every attempt finishes or kills at least one queued job, and after two stops no new ones are let in.
  for (let attempt = 0; attempt < 50; attempt++) {
    // First everything may finish, then nothing that code outside Node adds gets in, then nothing at all.
    if (stops === 1) process.nextTick = (...call) => void (calledByNode() && nextTick.apply(process, call))
    if (stops === 2) emptyNewTicks.enable()
    emptyingTicks = stops >= 2
    try {
      callWithTimeout(real.tickCallback, 50)
      break
    } catch (error) {
      // Any other error is a late failure of the iteration that has just failed.
      if (isTimeout(error)) stops++
    }
  }
  process.nextTick = nextTick
  emptyNewTicks.disable()
  emptyingTicks = false
}

/** A stop inside a hook leaves all hooks locked as they are, so `disable` may have no effect: this is what counts. */
let emptyingTicks = false

/** Reaches ticks that are added through a reference to `process.nextTick` taken earlier, too. */
const emptyNewTicks = createHook({
  init(_id, type, _trigger, resource) {
    if (emptyingTicks && type === 'TickObject') (resource as { callback?: () => void }).callback = () => {}
  },
})

/** True when `process.nextTick` was called by Node itself: the stream of a log line that has been written, say. */
function calledByNode(): boolean {
  // Error, calledByNode, the replaced process.nextTick, its caller.
  return (new Error().stack ?? '').split('\n')[3]?.includes('node:') === true
}
