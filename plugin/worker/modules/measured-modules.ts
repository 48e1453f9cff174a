import type { ModuleMode } from '../../../src/modules/module-mode.ts'
import { type LoadedModules, SeedModules } from '../../../src/modules/seed-modules.ts'
import type { ModuleCost } from './cost.ts'

/** The modules of one iteration, measured. */
export class MeasuredModules extends SeedModules {
  private readonly cost: ModuleCost

  constructor(loaded: LoadedModules, mode: Exclude<ModuleMode, 'shared'>, cost: ModuleCost) {
    super(loaded, mode)
    this.cost = cost
  }

  override load(): Promise<unknown> | undefined {
    return this.cost.around(
      () => super.load(),
      (meter) => this.measure(meter),
    )
  }
}
