import { Outside, type Schedule } from './outside.ts'
import { Processes } from './process.ts'
import type { Suspended } from './suspended.ts'

/** What is around a simulation: the real world, and the processes that its code runs in. Made when it is asked for. */
export abstract class Surroundings {
  /** Reaches the processes of nodes. */
  signals: { kill(pid: number, signal: string | number): boolean } | undefined
  /** Told of what is scheduled while nothing of the simulation may run. */
  suspended: Suspended | undefined
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

  get processes(): Processes {
    return (this.ownProcesses ??= new Processes())
  }
}
