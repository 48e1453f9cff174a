import { current } from '../engine/current.ts'
import { drainWorks } from './drain.ts'
import type { Host } from '../virtual/host.ts'

/** Something that runs event by event. */
export interface Work {
  /** Runs the next event; called only when all that the last one caused has been drained. False: it is over. */
  advance(): boolean
  /** Makes this the simulation that running code sees. */
  enter(): void
  /** An error or rejection that nobody caught escaped from the last event's microtasks or nextTicks. */
  escaped(error: unknown): void
}

export interface DriveOptions {
  /** Longest stretch of real time without a real macrotask, ms. */
  readonly sliceMs: number
  /** Use only public Node API to drain (slower, same digests). */
  readonly trampoline: boolean
}

export const defaultDrive: DriveOptions = { sliceMs: 20, trampoline: false }

/** The wall clock is read once in so many events. */
const eventsPerClockRead = 16

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
    return new Promise((resolve) => this.host.defer(() => resolve()))
  }

  /** Takes over after a watchdog has thrown the running slice away. */
  interrupted(error: unknown): void {
    if (!this.inSlice) return
    this.endSlice()
    this.work?.escaped(error)
    this.begin()
  }

  private begin(): void {
    this.inSlice = true
    this.host.defer(this.slice)
  }

  private readonly slice = (): void => {
    this.onSlice?.()
    if (this.options.trampoline || !drainWorks(this.host)) {
      this.trampoline()
      return
    }
    const drain = this.host.drain as () => void
    this.enterSlice()
    const end = this.host.now() + this.options.sliceMs
    let again = true
    let unwound = true
    try {
      for (let events = 1; ; events++) {
        if (!this.advance()) {
          again = false
          break
        }
        drain()
        if ((events & (eventsPerClockRead - 1)) === 0) {
          this.host.beat()
          if (this.host.now() >= end) break
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
    if (work.advance()) return true
    current.engine = current.assertions = undefined
    this.work = undefined
    this.finished?.()
    return true
  }

  /** The same loop with public API only: goes on when a whole round of ticks and microtasks queued nothing more. */
  private trampoline(): void {
    this.enterSlice()
    const end = this.host.now() + this.options.sliceMs
    const { nextTick: counted } = process
    let ticks = 0
    const { host } = this
    process.nextTick = (callback: (...args: never[]) => void, ...args: never[]): void => {
      ticks++
      counted.call(process, callback as (...args: unknown[]) => void, ...args)
    }
    const stop = (again: boolean): void => {
      process.nextTick = counted
      current.engine = current.assertions = undefined
      this.endSlice()
      if (again) this.begin()
    }
    let seen = -1
    let events = 0
    const requeue = (): void => void Promise.resolve().then(() => host.nextTick(round))
    const round = (): void => {
      if (ticks !== seen) {
        seen = ticks
        requeue()
        return
      }
      if ((++events & (eventsPerClockRead - 1)) === 0) {
        host.beat()
        if (host.now() >= end) return stop(true)
      }
      if (!this.advance()) return stop(false)
      requeue()
    }
    host.nextTick(round)
  }

  private enterSlice(): void {
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

  private readonly rejected = (reason: unknown): void => this.escaped(reason)
  private readonly escaped = (error: unknown): void => this.work?.escaped(error)
}
