import type { Body } from '../../../src/world/iteration.ts'
import type { SimulationOptions } from '../../../src/runner/options.ts'

/** A small system with a bug, and the same without it. */
export interface PlantedBug {
  readonly name: string
  /** What is wrong, in a few words. */
  readonly what: string
  readonly body: Body
  /** The correct one; undefined: it is proven elsewhere. */
  readonly twin?: Body
  readonly options?: SimulationOptions
  /** Faults and operations of the smallest failing plan that a person can think of. */
  readonly minimum: number
}

/** The same body with and without the bug. */
export function planted(
  name: string,
  what: string,
  minimum: number,
  make: (isBroken: boolean) => Body,
  options: SimulationOptions = {},
): PlantedBug {
  return { name, what, body: make(true), twin: make(false), options, minimum }
}

/** Counts what happened by key. */
export class Tally<Key> {
  readonly counts = new Map<Key, number>()

  add(key: Key): number {
    const count = (this.counts.get(key) ?? 0) + 1
    this.counts.set(key, count)
    return count
  }
}

export function isNamed(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name)
}
