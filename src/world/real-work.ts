import type { Engine } from '../engine/engine.ts'
import { RealSources } from '../engine/real-sources.ts'
import { isOfSimulation } from '../virtual/inside.ts'
import { userFrames } from '../engine/stack.ts'

/** Vitest and what it is made of: it reads the clock, too. */
const host = /[/\\]node_modules[/\\](?:vitest|@vitest|vite|vite-node|tinyspy|tinypool|chai|birpc)[/\\]/

/** What is said of code that real work has woken. */
export const wokenText =
  'asynchronous work in real time has woken this code, and the simulation does not wait for that: ' +
  'do such work in `await sim.real(() => …)`'

/** Finds code of a simulation that runs while the simulation is suspended. */
export class RealWork {
  private readonly engine: Engine
  private readonly sources: RealSources | undefined

  /** Code that no simulation has begun has called something: a server or timer of the test file. */
  sawOthers = false

  constructor(engine: Engine, isFollowed: boolean) {
    this.engine = engine
    this.sources = isFollowed ? new RealSources() : undefined
  }

  stop(): void {
    this.sources?.stop()
  }

  /**
   * Code has called `api` between two slices. Unless that is the host's own, it fails the seed: what it finds out there is
   * not this seed's, and what it asserts is lost. A server or timer that the test file has beside it may look at the clock;
   * where it is not known whose code it is, it is the simulation's.
   */
  called(api: string, isOwn = false): void {
    const { engine } = this
    if (engine.failure !== undefined) return
    const error = new Error(api)
    const frames = userFrames(error.stack ?? '').filter((frame) => !host.test(frame))
    // Only code of the simulation reaches the engine; anybody may look at a clock.
    if (!api.startsWith('the ')) {
      if (frames.length === 0) return
      if (!isOwn && (isOfSimulation() ?? this.sources?.isOfSimulation()) === false) {
        this.sawOthers = true
        return
      }
    }
    const stack = [`Error: ${api}`, ...frames].join('\n')
    const source = this.sources?.find()
    const woken = source === undefined ? '' : `\n  woken by ${source}`
    engine.report('RealWork', api, `${api} outside the simulation: ${wokenText}${woken}`, undefined, { stack })
  }
}
