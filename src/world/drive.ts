import { current } from '../engine/current.ts'
import { drainWorks } from './drain.ts'
import type { Host, HostHang } from '../virtual/host.ts'
import { runSlice } from '../virtual/inside.ts'

/** Something that runs event by event. */
export interface Work {
  /** Runs the next event; called only when all that the last one caused has been drained. False: it is over. */
  advance(): boolean
  /** Makes this the simulation that running code sees. */
  enter(): void
  /** An error or rejection that nobody caught escaped from the last event's microtasks or nextTicks. */
  escaped(error: unknown): void
  /** From here on nothing of it may run, until it is told otherwise. */
  suspend(isSuspended: boolean): void
  /** True: real work is to be done before anything else of it runs. */
  readonly waitsOutside: boolean
  /** Does that work; called outside every slice. */
  workOutside(): Promise<void>
  /** A watchdog ended the last event: it blocked the thread for too long. */
  hung(hang: HostHang): void
}

export interface DriveOptions {
  /** Longest stretch of real time without a real macrotask, ms. */
  readonly sliceMs: number
  /** Use only public Node API to drain (slower, same digests). */
  readonly trampoline: boolean
}

export const defaultDrive: DriveOptions = { sliceMs: 20, trampoline: false }

/** What the trampoline rejects to learn when everything is drained. */
const drained = { kind: 'drained' } as const

/** The wall clock is read once in so many events … */
const eventsPerClockRead = 16
/** … unless these took longer than this, ms: then it is read after each, so that a slice of slow events ends in time. */
const slowReadMs = 4

/**
 * Runs works one after the other inside slices of real macrotasks.
 *
 * A slice runs event, drain, event, drain … synchronously, over the end of one work into the next, so that short
 * iterations cost no turn of the real event loop. Between two slices the host breathes: Vitest's messages, signals
 * and timers get through.
 */
export class Driver {
  private readonly host: Host
  private readonly options: DriveOptions
  private work: Work | undefined
  private finished: (() => void) | undefined
  private inSlice = false
  /** While the trampoline runs: queues its next round. */
  private nextRound: (() => void) | undefined
  /** An error that left the drain and has not been looked at; boxed, because it may be undefined. */
  private thrown: { readonly error: unknown } | undefined
  private savedRejections: NodeJS.UnhandledRejectionListener[] = []
  /** Told between two slices; may end the current work early. */
  onSlice: (() => void) | undefined

  constructor(host: Host, options: DriveOptions = defaultDrive) {
    this.host = host
    this.options = options
  }

  /** Runs a work to its end. One at a time. */
  run(work: Work): Promise<void> {
    return new Promise((resolve) => {
      this.work = work
      this.finished = resolve
      if (!this.inSlice) this.begin()
    })
  }

  /** Resolves in a fresh macrotask, outside every slice. */
  leave(): Promise<void> {
    return this.host.leave()
  }

  private begin(): void {
    this.inSlice = true
    this.work?.suspend(true)
    if (this.work?.waitsOutside === true) void this.workOutside(this.work)
    else this.host.defer(this.slice)
  }

  /** Between two slices: real work that the simulation waits for. Whoever ends the run may do so meanwhile. */
  private async workOutside(work: Work): Promise<void> {
    work.suspend(false)
    const done = work.workOutside()
    for (let isDone = false; !isDone && work.waitsOutside;) {
      isDone = await Promise.race([done.then(() => true), this.host.sleep(this.options.sliceMs).then(() => false)])
      if (!isDone) this.onSlice?.()
    }
    this.host.defer(this.slice)
  }

  private readonly slice = (): void => runSlice(this.goOn)

  private readonly goOn = (): void => {
    this.onSlice?.()
    if (this.options.trampoline || !drainWorks(this.host)) {
      this.trampoline()
      return
    }
    const drain = this.host.drain as () => void
    this.enterSlice()
    let read = this.host.now()
    let mask = eventsPerClockRead - 1
    const end = read + this.options.sliceMs
    let again = true
    let unwound = true
    try {
      for (let events = 1; ; events++) {
        if (!this.advance()) {
          again = false
          break
        }
        drain()
        if (this.work?.waitsOutside === true) break
        if ((events & mask) === 0) {
          const now = this.host.now()
          if (now >= end) break
          mask = now - read > slowReadMs ? 0 : eventsPerClockRead - 1
          read = now
        }
      }
      unwound = false
    } finally {
      // An error that left the drain must not be caught (Node aborts): it goes to the capture callback, then we resume.
      current.engine = current.assertions = undefined
      if (unwound) this.host.defer(this.slice)
    }
    this.endSlice()
    if (again) this.begin()
  }

  /** One step; false when no work is left. */
  private advance(): boolean {
    const { work } = this
    if (work === undefined) return false
    work.enter()
    if (this.thrown !== undefined) this.lookAt(work, this.thrown.error)
    if (work.advance()) return true
    current.engine = current.assertions = undefined
    this.work = undefined
    this.finished?.()
    return true
  }

  /** Looking at an error runs its code (getters): only here the watchdog sees when that never returns. */
  private lookAt(work: Work, error: unknown): void {
    this.thrown = undefined
    work.escaped(error)
  }

  /** The same loop with public API only: a rejection of its own tells it when everything else is drained. */
  private trampoline(): void {
    this.enterSlice()
    const end = this.host.now() + this.options.sliceMs
    const { host } = this
    const stop = (again: boolean): void => {
      this.nextRound = undefined
      current.engine = current.assertions = undefined
      this.endSlice()
      if (again) this.begin()
    }
    let events = 0
    const round = (): void => {
      if ((++events & (eventsPerClockRead - 1)) === 0) {
        if (host.now() >= end) return stop(true)
      }
      if (this.work?.waitsOutside === true) return stop(true)
      if (!this.advance()) return stop(false)
      // Node reports it when ticks and microtasks are used up, and what else was rejected meanwhile before the next tick.
      void Promise.reject(drained)
    }
    this.nextRound = () => host.nextTick(round)
    this.nextRound()
  }

  private enterSlice(): void {
    this.work?.suspend(false)
    // When the last slice was unwound by an error, the listeners are still in place.
    if (process.hasUncaughtExceptionCaptureCallback()) return
    this.savedRejections = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', this.rejected)
    process.setUncaughtExceptionCaptureCallback(this.escaped)
  }

  private endSlice(): void {
    this.inSlice = false
    process.setUncaughtExceptionCaptureCallback(null)
    process.off('unhandledRejection', this.rejected)
    for (const listener of this.savedRejections) process.on('unhandledRejection', listener)
    this.savedRejections = []
  }

  private readonly rejected = (reason: unknown): void => {
    if (reason === drained) this.nextRound?.()
    else this.work?.escaped(reason)
  }
  private readonly escaped = (error: unknown): void => {
    const hang = this.host.hangOf?.(error)
    if (hang !== undefined) {
      current.engine = current.assertions = undefined
      this.nextRound = undefined
      this.work?.hung(hang)
      this.host.defer(this.slice)
      return
    }
    this.thrown ??= { error }
    // Node wakes its loop with `setImmediate`, which is virtual now: without a real one the remaining ticks would wait.
    if (this.nextRound !== undefined) this.host.defer(() => {})
  }
}
