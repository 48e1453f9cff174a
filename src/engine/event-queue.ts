import type { SimEvent } from './event.ts'

function before(a: SimEvent, b: SimEvent): boolean {
  if (a.time !== b.time) return a.time < b.time
  if (a.rank !== b.rank) return a.rank < b.rank
  return a.sequence < b.sequence
}

/** An empty list for numbers that are not boxed, however large they get. */
function unboxed(): number[] {
  const list = [0.5]
  list.pop()
  return list
}

/** The events in the order in which they happen; a new list. */
export function inOrder(events: readonly SimEvent[]): SimEvent[] {
  return events.length < 2 ? [...events] : events.toSorted((a, b) => (before(a, b) ? -1 : 1))
}

/**
 * Priority queue by (time, rank, sequence): a 4-ary heap that knows where each event lies, so any can leave.
 *
 * The times lie in an array of their own: a comparison seldom has to look at an event, and those of the four children
 * share a cache line.
 */
export class EventQueue {
  private readonly heap: SimEvent[] = []
  private readonly times: number[] = unboxed()

  get size(): number {
    return this.heap.length
  }

  /** Every queued event, in no useful order. */
  get events(): readonly SimEvent[] {
    return this.heap
  }

  peek(): SimEvent | undefined {
    return this.heap[0]
  }

  push(event: SimEvent): void {
    const at = this.heap.length
    this.heap.push(event)
    this.times.push(event.time)
    this.siftUp(event, at)
  }

  pop(): SimEvent | undefined {
    const heap = this.heap
    const top = heap[0]
    if (top === undefined) return undefined
    const last = heap.pop() as SimEvent
    this.times.pop()
    if (heap.length > 0) this.siftDown(last, 0)
    top.position = -1
    return top
  }

  /** Takes an event out; false when it was not queued. */
  remove(event: SimEvent): boolean {
    const at = event.position
    if (at < 0) return false
    const heap = this.heap
    const last = heap.pop() as SimEvent
    this.times.pop()
    event.position = -1
    if (last !== event) {
      if (at > 0 && before(last, heap[(at - 1) >> 2] as SimEvent)) this.siftUp(last, at)
      else this.siftDown(last, at)
    }
    return true
  }

  /** Takes the ranks away: simultaneous events are in the order of their sequence again. */
  rerank(): void {
    for (const event of this.heap) event.rank = 0
    // From the last parent to the first, as heaps are made.
    for (let at = (this.heap.length - 2) >> 2; at >= 0; at--) this.siftDown(this.heap[at] as SimEvent, at)
  }

  private siftUp(event: SimEvent, start: number): void {
    const { heap, times } = this
    const { time } = event
    let at = start
    while (at > 0) {
      const parentAt = (at - 1) >> 2
      const parentTime = times[parentAt] as number
      if (time > parentTime) break
      const parent = heap[parentAt] as SimEvent
      if (time === parentTime && !before(event, parent)) break
      heap[at] = parent
      times[at] = parentTime
      parent.position = at
      at = parentAt
    }
    heap[at] = event
    times[at] = time
    event.position = at
  }

  private siftDown(event: SimEvent, start: number): void {
    const { heap, times } = this
    const { time } = event
    const size = heap.length
    let at = start
    for (;;) {
      const first = (at << 2) + 1
      if (first >= size) break
      const end = first + 4 < size ? first + 4 : size
      let bestAt = first
      let bestTime = times[first] as number
      for (let i = first + 1; i < end; i++) {
        const childTime = times[i] as number
        if (childTime > bestTime) continue
        if (childTime === bestTime && !before(heap[i] as SimEvent, heap[bestAt] as SimEvent)) continue
        bestAt = i
        bestTime = childTime
      }
      if (bestTime > time) break
      const best = heap[bestAt] as SimEvent
      if (bestTime === time && !before(best, event)) break
      heap[at] = best
      times[at] = bestTime
      best.position = at
      at = bestAt
    }
    heap[at] = event
    times[at] = time
    event.position = at
  }
}
