import { Outside, type Schedule } from './outside.ts'
import { Owner } from './owner.ts'
import { Processes } from './process.ts'
import type { Strays } from './strays.ts'
import type { Suspended } from './suspended.ts'

/** What Node's builtins reach of a simulation's world. */
export interface ReachedWorld {
  /** Sends a signal to the process of a node; false: there is none of that id. */
  kill(pid: number, signal: string | number): boolean
  /** Its sockets; see src/sockets. */
  readonly sockets: object
}

/** What is around a simulation: the real world, and the processes that its code runs in. Made when it is asked for. */
export abstract class Surroundings {
  world: ReachedWorld | undefined
  /** Timers that belong to no process, though one has set them; undefined: there are none. */
  sharedTimers: Set<object> | undefined
  /** Told of what is scheduled while nothing of the simulation may run. */
  suspended: Suspended | undefined
  /** Follows by asynchronous context whose code it is that runs; undefined: this run does not. */
  strays: Strays | undefined
  /** A node has crashed, stopped or been paused: from here on there is code that must not run. */
  hasGone = false
  /** The action of an event runs, which is its owner's code; else what that has brought about. */
  protected isActing = false
  private realJobs: Outside | undefined
  private ownProcesses: Processes | undefined
  private everybody: Owner | undefined

  /** For a timer that one process sets for all of them. */
  sharedOwner(timer: object): Owner {
    ;(this.sharedTimers ??= new Set()).add(timer)
    return (this.everybody ??= new Owner('everybody'))
  }

  /** Real work that the simulation waits for. */
  get outside(): Outside {
    return (this.realJobs ??= new Outside(this as unknown as Schedule))
  }

  /** True: such work is to be done before anything else runs. */
  get waitsOutside(): boolean {
    return this.realJobs?.isWanted === true
  }

  /** Called where code sets something going: fails the seed when it is that of a node that must not run. */
  guard(): void {
    if (this.hasGone && !this.isActing) this.strays?.look()
  }

  get processes(): Processes {
    return (this.ownProcesses ??= new Processes())
  }
}
