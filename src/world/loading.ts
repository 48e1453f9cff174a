import { describeError } from '../engine/describe-error.ts'
import type { Engine } from '../engine/engine.ts'
import { nothingRuns } from '../engine/failure.ts'

/** The modules of one iteration, as far as it must know them; implemented in src/modules/seed-modules.ts. */
export interface LoadableModules {
  /** Evaluates what the test imports; a promise where a module has a top-level `await`. */
  load(): Promise<unknown> | undefined
}

/** Evaluates the modules of the code under test at virtual time 0, as the test's own code. */
export class Loading {
  private readonly engine: Engine
  private readonly modules: LoadableModules
  private state: 'new' | 'waiting' | 'done' = 'new'

  constructor(engine: Engine, modules: LoadableModules) {
    this.engine = engine
    this.modules = modules
  }

  /** Begins, or says how far it has come: 'waiting' for what events of the simulation bring, or 'done'. */
  go(): 'begun' | 'waiting' | 'done' {
    if (this.state !== 'new') return this.state
    this.state = 'done'
    this.engine.owner = this.engine.test
    const failed = (error: unknown): void => {
      this.state = 'done'
      const { name, message } = describeError(error)
      this.engine.report('BodyFailed', name, message, error)
    }
    try {
      const waiting = this.modules.load()
      if (waiting === undefined) return 'done'
      this.state = 'waiting'
      waiting.then(() => void (this.state = 'done'), failed)
      return 'begun'
    } catch (error) {
      failed(error)
      return 'done'
    }
  }

  reportStuck(): void {
    this.engine.reportDeadlock(nothingRuns, 'a top-level await of an imported module never settles', this.engine.now)
  }
}
