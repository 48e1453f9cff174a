/** Says that a simulation is slow while it runs, once a period, like the slow-timeout of cargo-nextest. */
import { formatCount, formatSeconds } from './format.ts'

interface Progress {
  readonly iterations: number
  readonly planned: number | null
}

/** The text of one line: 'SLOW [> 180s] name (312/1,000)'. */
export function slowLine(name: string, elapsedMs: number, progress: Progress): string {
  const planned = progress.planned === null ? '' : `/${formatCount(progress.planned)}`
  const counted = progress.iterations > 0 ? ` (${formatCount(progress.iterations)}${planned})` : ''
  return `SLOW [> ${formatSeconds(elapsedMs)}] ${name}${counted}`
}

/** Owns one timer a running simulation. Its timers never keep the process alive. */
export class SlowWatch {
  private readonly timers = new Map<string, NodeJS.Timeout>()
  private readonly latest = new Map<string, Progress>()
  private readonly print: (line: string) => void

  constructor(print: (line: string) => void) {
    this.print = print
  }

  /** Starts to watch the test `id`. */
  start(id: string, name: string, periodMs: number, planned: number | null): void {
    clearInterval(this.timers.get(id))
    if (!(periodMs > 0)) return
    let elapsedMs = 0
    const timer = setInterval(() => {
      elapsedMs += periodMs
      this.print(slowLine(name, elapsedMs, this.latest.get(id) ?? { iterations: 0, planned }))
    }, periodMs)
    this.timers.set(id, timer.unref())
  }

  /** Notes how far the test `id` has come. May arrive before `start`: workers batch events, but not artifacts. */
  progress(id: string, { iterations, planned }: Progress): void {
    this.latest.set(id, { iterations, planned })
  }

  stop(id: string): void {
    clearInterval(this.timers.get(id))
    this.timers.delete(id)
    this.latest.delete(id)
  }

  stopAll(): void {
    for (const id of this.timers.keys()) this.stop(id)
    this.latest.clear()
  }
}
