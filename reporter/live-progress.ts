/** Says how far the running simulations are: in Vitest's own window where there is one, else a line each from time to time. */
import type { Vitest } from 'vitest/node'
import type { SimulationProgress } from './contract.ts'
import { formatCount, formatDuration, truncate } from './format.ts'

/** Real ms between two lines of a simulation where there is no window. */
const periodMs = 10_000

interface Running {
  readonly name: string
  readonly since: number
  latest: SimulationProgress | undefined
}

/** What Vitest's default reporters draw again and again at the bottom of a terminal; not public, so it may be missing. */
interface VitestWindow {
  createSummary(): string[]
}

/** '   name  312/1,000 · 61 seeds/s · 4 of 6 sometimes · 52s virtual'. */
export function progressLine(name: string, progress: SimulationProgress, elapsedMs: number, columns: number): string {
  const { iterations, planned, virtualMs, reached, known, failing, shrinking } = progress
  const rate = elapsedMs > 0 ? Math.round((iterations * 1000) / elapsedMs) : 0
  const parts = [
    `${formatCount(iterations)}${planned === null ? '' : `/${formatCount(planned)}`}`,
    `${formatCount(rate)} seeds/s`,
    ...(known > 0 ? [`${formatCount(reached)} of ${formatCount(known)} sometimes`] : []),
    `${formatDuration(virtualMs)} virtual`,
    ...(failing === undefined ? [] : [`1 failing: seed ${failing}`]),
    ...(shrinking === undefined ? [] : [`shrinking: ${shrunk(shrinking)}`]),
  ]
  const told = parts.join(' · ')
  return `${truncate(name, Math.max(12, columns - told.length - 6))}  ${told}`
}

function shrunk({ faults, operations }: NonNullable<SimulationProgress['shrinking']>): string {
  const told = ([before, now]: readonly [number, number], what: string): string[] =>
    before === 0 ? [] : [`${formatCount(before)} → ${formatCount(now)} ${what}`]
  return [...told(faults, 'faults'), ...told(operations, 'operations')].join(', ')
}

/** Watches the simulations of a run. Its timer never keeps the process alive. */
export class LiveProgress {
  private readonly print: (line: string) => void
  private readonly running = new Map<string, Running>()
  private timer: NodeJS.Timeout | undefined
  private hasWindow = false

  constructor(print: (line: string) => void) {
    this.print = print
  }

  /** A run begins: finds Vitest's window, and puts our lines into it. */
  begin(vitest: Vitest): void {
    this.end()
    this.hasWindow = false
    const { reporters = [] } = vitest as unknown as { readonly reporters?: readonly object[] }
    for (const reporter of reporters) {
      for (const one of [reporter, (reporter as { summary?: object }).summary]) {
        if (one !== undefined && this.draws(one)) this.hasWindow = true
      }
    }
    if (this.hasWindow) return
    this.timer = setInterval(() => {
      for (const line of this.lines(Infinity)) this.print(line)
    }, periodMs)
    this.timer.unref()
  }

  start(id: string, name: string): void {
    this.running.set(id, { name, since: Date.now(), latest: this.running.get(id)?.latest })
  }

  /** May arrive before `start`: workers batch events, but not artifacts. */
  progress(id: string, name: string, latest: SimulationProgress): void {
    const known = this.running.get(id)
    if (known === undefined) this.running.set(id, { name, since: Date.now(), latest })
    else known.latest = latest
  }

  stop(id: string): void {
    this.running.delete(id)
  }

  end(): void {
    clearInterval(this.timer)
    this.running.clear()
  }

  private lines(columns: number): string[] {
    return [...this.running.values()].flatMap(({ name, since, latest }) =>
      latest === undefined ? [] : [progressLine(name, latest, Date.now() - since, columns)],
    )
  }

  /** Puts our lines above those that a reporter draws; false: it draws none. */
  private draws(reporter: object): boolean {
    const window = reporter as VitestWindow & { [drawn]?: LiveProgress; renderer?: unknown }
    if (typeof window.createSummary !== 'function' || window.renderer === undefined) return false
    const isNew = window[drawn] === undefined
    window[drawn] = this
    if (!isNew) return true
    const usual = window.createSummary.bind(reporter)
    window.createSummary = () => {
      const own = window[drawn]?.lines(process.stdout.columns || 80) ?? []
      const lines = usual()
      return own.length === 0 ? lines : ['', ...own.map((line) => ` ${line}`), ...lines]
    }
    return true
  }
}

const drawn = Symbol('progress of simulations')
