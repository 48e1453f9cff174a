import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { type FailureSummary, type RunningSimulation, runningHeadBytes } from '../../reporter/contract.ts'
import { type TestRun, fullName, replayOf } from './test-run.ts'

/** Where it is written which seed runs; a worker that dies of a full heap or a signal cannot say it any more. */
export interface RunningSeedFile {
  note(seed: number, iteration: number): void
  /** A failure is being shrunk; this is the best so far. */
  found(failure: FailureSummary): void
  remove(): void
}

/** Opens the file of a test that begins to run; undefined: nobody would read it, or it cannot be written. */
export function openRunningSeed(run: TestRun): RunningSeedFile | undefined {
  const { runningSeeds: folder } = run.provided
  if (folder === undefined) return undefined
  const path = join(folder, `${process.pid}-${threadId}`)
  const head = Buffer.alloc(runningHeadBytes)
  const simulation: RunningSimulation = {
    file: run.task.file.filepath,
    project: run.task.file.projectName ?? '',
    test: fullName(run.task),
    // Of seed 0: the reader puts in the seed that was running.
    replay: replayOf(run, 0),
  }
  try {
    mkdirSync(folder, { recursive: true })
    const file = openSync(path, 'w')
    const write = (told: RunningSimulation): void => {
      const text = Buffer.from(JSON.stringify(told))
      writeSync(file, text, 0, text.length, runningHeadBytes)
      ftruncateSync(file, runningHeadBytes + text.length)
    }
    writeSync(file, head)
    write(simulation)
    return {
      note(seed, iteration) {
        head.writeDoubleLE(seed, 0)
        head.writeDoubleLE(iteration, 8)
        // One call of the system a seed, into the page cache: about a microsecond.
        writeSync(file, head, 0, runningHeadBytes, 0)
      },
      found(failure) {
        write({ ...simulation, found: failure })
      },
      remove() {
        closeSync(file)
        rmSync(path, { force: true })
      },
    }
  } catch {
    return undefined
  }
}
