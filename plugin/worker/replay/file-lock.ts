import { constants, copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { threadId } from 'node:worker_threads'
import { real } from '../../../src/virtual/real.ts'

/** A lock is held for some milliseconds; one that nobody has moved for so long was left behind. */
const staleMs = 5_000
const giveUpMs = 30_000
const pauseMs = 5

let count = 0

/** A name for a file that only this thread writes: 'path.1234-0-1.tmp'. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}-${threadId}-${++count}.tmp`
}

/**
 * Runs `act` while no other process or thread does the same for `path`; throws Error when the lock cannot be had.
 *
 * The lock is the file `path.lock` with the name of its holder in it. It is taken from a holder that is dead, or that has
 * held it for five seconds.
 */
export function withFileLock<T>(path: string, act: () => T): T {
  const lock = `${path}.lock`
  const own = temporaryName(path)
  const holder = JSON.stringify({ host: hostname(), pid: process.pid, name: own })
  take(lock, holder, own)
  try {
    return act()
  } finally {
    // It may be somebody else's by now: this process may have slept.
    if (read(lock) === holder) rmSync(lock, { force: true })
  }
}

function take(lock: string, holder: string, aside: string): void {
  const begun = real.performanceNow()
  let seen: string | undefined
  let since = begun
  while (!isTaken(lock, holder)) {
    const now = real.performanceNow()
    const other = read(lock)
    if (other !== seen) [seen, since] = [other, now]
    if (other !== undefined && (isDead(other) || now - since > staleMs)) remove(lock, other, aside)
    else pause()
    if (now - begun > giveUpMs) throw new Error(`${lock} is held by another process: ${seen ?? 'unknown'}`)
  }
}

function isTaken(lock: string, holder: string): boolean {
  try {
    writeFileSync(lock, holder, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    // Made, but the disk is full.
    if (read(lock) === '') rmSync(lock, { force: true })
    throw error
  }
}

/** Two may want to remove a dead holder's lock at once: the later one may get hold of the next holder's, and puts it back. */
function remove(lock: string, holder: string, aside: string): void {
  try {
    renameSync(lock, aside)
    if (read(aside) !== holder) copyFileSync(aside, lock, constants.COPYFILE_EXCL)
  } catch {
    // Somebody was faster.
  }
  rmSync(aside, { force: true })
}

function isDead(holder: string): boolean {
  try {
    const { host, pid } = JSON.parse(holder) as { host: string; pid: number }
    if (host === hostname()) process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Asynchronous waiting would let the process go on, which may be about to end. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs * (1 + real.mathRandom()))
}
