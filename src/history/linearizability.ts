import type { Model, Operation } from './model.ts'

/** A place in the list of calls and returns that are left. */
interface Entry {
  /** Index of the operation. */
  readonly index: number
  /** Of a call: where its operation returns; undefined: it has not. Of a return: undefined. */
  match: Entry | undefined
  readonly isCall: boolean
  previous: Entry | undefined
  next: Entry | undefined
}

/** What a search has found. */
export interface Search {
  readonly verdict: 'ok' | 'illegal' | 'unknown'
  /** Indices of operations, in an order that explains as many of them as could be. */
  readonly order: readonly number[]
  readonly steps: number
}

/** Sets of operations, by their hash and by the state after them. */
type Seen = Map<number, Map<string, Uint32Array[]>>

/**
 * Looks for an order of operations that the model allows and in which none comes after one that was called later than it
 * returned.
 *
 * The algorithm is Wing and Gong's with Lowe's memory of what has been tried ("Testing for linearizability", 2016), as in
 * Porcupine. `limit`: steps after which it gives up with `unknown`.
 */
export function findOrder<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  limit: number,
): Search {
  const head = listOf(operations)
  const done = new Uint32Array((operations.length >> 5) + 1)
  const seen: Seen = new Map()
  const stack: { readonly entry: Entry; readonly state: State }[] = []
  const textOf = model.textOf ?? ((state: State) => JSON.stringify(state))
  let hash = 0
  let state = model.init()
  let best: readonly number[] = []
  let steps = 0
  let entry = head.next
  const result = (verdict: Search['verdict']): Search => ({ verdict, order: best, steps })
  while (entry !== undefined) {
    if (++steps > limit) return result('unknown')
    if (entry.isCall) {
      const { index } = entry
      const { input, output } = operations[index] as Operation<Input, Output>
      const next = model.step(state, input, output)
      if (next !== undefined) {
        flip(done, index)
        if (isNew(seen, (hash ^ mixed(index)) >>> 0, done, textOf(next))) {
          hash = (hash ^ mixed(index)) >>> 0
          stack.push({ entry, state })
          if (stack.length > best.length) best = stack.map((one) => one.entry.index)
          state = next
          lift(entry)
          entry = head.next
          continue
        }
        flip(done, index)
      }
      entry = entry.next
    } else {
      // It has returned, and nothing explains it yet.
      const last = stack.pop()
      if (last === undefined) return result('illegal')
      state = last.state
      flip(done, last.entry.index)
      hash = (hash ^ mixed(last.entry.index)) >>> 0
      unlift(last.entry)
      entry = last.entry.next
    }
  }
  // Whatever is left has never returned.
  best = stack.map((one) => one.entry.index)
  return result('ok')
}

function flip(bits: Uint32Array, index: number): void {
  bits[index >> 5] = ((bits[index >> 5] as number) ^ (1 << (index & 31))) >>> 0
}

/** Spreads an index over 32 bits (the finisher of MurmurHash3). */
function mixed(index: number): number {
  let hash = Math.imul(index + 1, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Remembers a set of operations that have been done, and the state after them; false: it was there. */
function isNew(seen: Seen, hash: number, bits: Uint32Array, state: string): boolean {
  let states = seen.get(hash)
  if (states === undefined) seen.set(hash, (states = new Map()))
  const known = states.get(state)
  if (known === undefined) states.set(state, [bits.slice()])
  else if (known.some((one) => one.every((word, at) => word === bits[at]))) return false
  else known.push(bits.slice())
  return true
}

/** All calls and returns by time. What is called at the very time of a return overlaps it: nobody can say which came first. */
function listOf(operations: readonly Operation<unknown, unknown>[]): Entry {
  const entries: { readonly time: number; readonly entry: Entry }[] = []
  for (const [index, { call, return: end }] of operations.entries()) {
    const make = (isCall: boolean): Entry => ({ index, match: undefined, isCall, previous: undefined, next: undefined })
    const start = make(true)
    entries.push({ time: call, entry: start })
    if (end === undefined) continue
    start.match = make(false)
    entries.push({ time: end, entry: start.match })
  }
  entries.sort(
    (a, b) => a.time - b.time || Number(b.entry.isCall) - Number(a.entry.isCall) || a.entry.index - b.entry.index,
  )
  const head: Entry = { index: -1, match: undefined, isCall: true, previous: undefined, next: undefined }
  let last = head
  for (const { entry } of entries) {
    last.next = entry
    entry.previous = last
    last = entry
  }
  return head
}

/** Takes a call and its return out of the list. */
function lift(entry: Entry): void {
  for (const one of entry.match === undefined ? [entry] : [entry, entry.match]) {
    if (one.previous !== undefined) one.previous.next = one.next
    if (one.next !== undefined) one.next.previous = one.previous
  }
}

/** Puts them back, the other way round. */
function unlift(entry: Entry): void {
  for (const one of entry.match === undefined ? [entry] : [entry.match, entry]) {
    if (one.previous !== undefined) one.previous.next = one
    if (one.next !== undefined) one.next.previous = one
  }
}
