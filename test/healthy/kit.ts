/** What the healthy protocols share: each is written as a user would write it, and one planted bug makes it wrong. */
import { setTimeout as pause } from 'node:timers/promises'
import type { SimulationNode as Node } from '../../src/world/door.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'

export { pause }

/** A correct protocol. */
export interface Healthy {
  readonly name: string
  readonly options?: SimulationOptions
  /** What makes it wrong when `isBroken`. */
  readonly bug: string
  readonly body: (sim: Simulation, isBroken: boolean) => Promise<void>
}

/** What a system must live with. */
const expected = new Set([
  ...['RequestTimeout', 'SendFailed', 'NodeCrashed', 'RemoteError', 'StorageFailed'],
  ...['ActorUnavailable', 'DirectoryUnavailable'],
])

/** The result; undefined: it has failed, or may have. */
export async function tried<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (expected.has((error as Error).name)) return undefined
    throw error
  }
}

/** Tries again for ever, with a pause. */
export async function persistently<T>(attempt: () => Promise<T>, pauseMs = 20): Promise<T> {
  for (;;) {
    const result = await tried(attempt().then((value) => ({ value })))
    if (result !== undefined) return result.value
    await pause(pauseMs)
  }
}

/** Writes durably, whatever the disk does meanwhile. */
export async function save(node: Node, key: string, value: unknown): Promise<void> {
  await persistently(() => node.storage.write(key, value))
  await persistently(() => node.storage.sync())
}

/** What is stored; undefined: nothing. */
export async function load<T>(node: Node, key: string): Promise<T | undefined> {
  return (await persistently(() => node.storage.read<T>(key)))?.value
}

/** Runs several loops at the same time, `count` times each. */
export async function lanes(lanesCount: number, count: number, turn: (n: number) => Promise<void>): Promise<void> {
  const lane = async (first: number): Promise<void> => {
    for (let n = first; n < lanesCount * count; n += lanesCount) await turn(n)
  }
  await Promise.all(Array.from({ length: lanesCount }, (_, first) => lane(first)))
}
