import type { PendingRequest } from './pending.ts'

/**
 * Requests by correlation id, with the part of a Map's interface that a bus needs.
 *
 * Ids only grow and most requests end soon, so the low bits of an id are its place. A Map whose last entry is deleted
 * allocates a new table each time: it took a seventh of a request and its response.
 */
export class PendingRequests {
  /** Length: a power of two. */
  private places: (PendingRequest | undefined)[] = [undefined, undefined, undefined, undefined]
  /** Old requests whose place a new one needed. */
  private displaced: Map<number, PendingRequest> | undefined
  private count = 0

  get size(): number {
    return this.count
  }

  get(id: number): PendingRequest | undefined {
    const request = this.places[id & (this.places.length - 1)]
    if (request !== undefined && request.correlationId === id) return request
    return this.displaced?.get(id)
  }

  /** Adds one, or replaces the one with the same id. */
  set(id: number, request: PendingRequest): void {
    this.delete(id)
    if (this.count * 2 > this.places.length) this.grow()
    this.put(id, request)
    this.count++
  }

  delete(id: number): boolean {
    const place = id & (this.places.length - 1)
    const request = this.places[place]
    if (request !== undefined && request.correlationId === id) this.places[place] = undefined
    else if (this.displaced?.delete(id) !== true) return false
    this.count--
    return true
  }

  /** All of them, oldest first. */
  values(): PendingRequest[] {
    const all = [...(this.displaced?.values() ?? []), ...this.places.filter((request) => request !== undefined)]
    return all.sort((a, b) => a.correlationId - b.correlationId)
  }

  private put(id: number, request: PendingRequest): void {
    const place = id & (this.places.length - 1)
    const before = this.places[place]
    this.places[place] = request
    if (before === undefined) return
    this.displaced ??= new Map()
    this.displaced.set(before.correlationId, before)
  }

  private grow(): void {
    const { places, displaced } = this
    this.displaced = undefined
    this.places = []
    // Filled one by one: an array that is made with a length has holes, and reading it is slower for good.
    for (let i = places.length * 2; i > 0; i--) this.places.push(undefined)
    if (displaced !== undefined) for (const [id, request] of displaced) this.put(id, request)
    for (const request of places) if (request !== undefined) this.put(request.correlationId, request)
  }
}
