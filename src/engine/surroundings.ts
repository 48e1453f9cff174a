import { Outside, type Schedule } from './outside.ts'
import { Processes } from './process.ts'
import type { Strays } from './strays.ts'
import type { Suspended } from './suspended.ts'

/** What is around a simulation: the real world, and the processes that its code runs in. Made when it is asked for. */
export abstract class Surroundings {
  /** Reaches the processes of nodes. */
  signals: { kill(pid: number, signal: string | number): boolean } | undefined
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
