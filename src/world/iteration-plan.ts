import type { Placement, PlacementName } from '../actors/placement.ts'
import type { Coverage } from '../assertions/coverage.ts'
import type { Bus } from '../bus/bus.ts'
import type { Chaos } from '../chaos/families.ts'
import type { ScheduleStrategy } from '../chaos/schedule.ts'
import type { Limits } from '../engine/limits.ts'
import type { InvariantsOption } from './builtin-invariants.ts'
import type { LoadableModules } from './loading.ts'
import type { ReplayPlan } from './replay-plan.ts'

/** How one seed is to be run. */
export interface IterationPlan {
  readonly seed: number
  /** One-based. */
  readonly number: number
  readonly chaos: Chaos
  /** Undefined: drawn per seed, `fifo` when calm. */
  readonly schedule: ScheduleStrategy | undefined
  readonly nodes: number
  readonly limits: Limits
  readonly coverage: Coverage
  /** Faults to leave out, by key or family. */
  readonly mask: ReadonlySet<string>
  /** What it does instead of everything it draws. */
  readonly plan: ReplayPlan | undefined
  readonly invariants: InvariantsOption | undefined
  readonly placement: PlacementName | Placement | undefined
  readonly busClass: typeof Bus | undefined
  readonly recording: boolean
  /** Make the records that tell what happened, too; see Recorder. */
  readonly telling?: boolean | undefined
  /** Follow the promises that are made until then, to say where somebody waits; virtual time, µs. */
  readonly awaitsUntil?: number | undefined
  /** Find out what wakes code in real time; see RealSources. */
  readonly followsReal?: boolean | undefined
  /** Find code of dead and paused nodes that goes on in other events; see Strays. */
  readonly followsOwners?: FollowsOwners | undefined
  /** Tells of calls that no dispatcher sees, from now until what it returns is called; see RunContext. */
  readonly watchesOutside?: ((called: (api: string) => void) => () => void) | undefined
  /** Another run of the seed is compared with this one, by its data, too. */
  readonly isCompared?: boolean
  /** The seed has run before; see Engine. */
  readonly isRepeat?: boolean
  /** Print what its code prints, too. */
  readonly prints?: boolean | undefined
  /** Checks of the test framework at the end of the body: soft expectations, counted assertions. */
  readonly afterBody?: ((asserts: () => boolean) => unknown) | undefined
  /** Evaluated before the body; undefined: the ordinary modules are used. */
  readonly modules?: LoadableModules | undefined
}

/** true: by all means; 'explaining': also say how it came there; 'where free': where following costs next to nothing. */
export type FollowsOwners = boolean | 'explaining' | 'where free'
