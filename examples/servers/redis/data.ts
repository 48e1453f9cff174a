export type Value = string | Map<string, string> | string[] | Set<string> | SortedSet

/** Members by score. */
export class SortedSet {
  readonly scores = new Map<string, number>()

  /** By score, then by member. */
  get sorted(): [member: string, score: number][] {
    return [...this.scores].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
  }
}

/** Thrown when a key holds another kind of value. */
export class WrongType extends Error {}

/**
 * The keys of a Redis. It lives as long as whoever holds it: made in a boot function it is lost with each crash; made in the test
 * it survives, as with an append-only file that is synced at each write.
 */
export class RedisData {
  private readonly values = new Map<string, Value>()
  /** By the clock of the node that asks, ms. */
  private readonly expiries = new Map<string, number>()
  /** Told of each key that a command has written. */
  readonly changed = new Set<(key: string) => void>()

  get(key: string): Value | undefined {
    const expiry = this.expiries.get(key)
    if (expiry !== undefined && expiry <= Date.now()) this.delete(key)
    return this.values.get(key)
  }

  /** The value of that kind, or undefined. Throws WrongType. */
  as<T extends Value>(key: string, kind: 'string' | (new (...args: never[]) => T)): T | undefined {
    const value = this.get(key)
    if (value === undefined) return undefined
    const fits = kind === 'string' ? typeof value === 'string' : value instanceof kind
    if (!fits) throw new WrongType(key)
    return value as T
  }

  /** The same; made empty when there is none. */
  make<T extends Value>(key: string, kind: new () => T): T {
    const known = this.as(key, kind)
    if (known !== undefined) return known
    const made = new kind()
    this.values.set(key, made)
    return made
  }

  set(key: string, value: Value, keepsExpiry = false): void {
    this.values.set(key, value)
    if (!keepsExpiry) this.expiries.delete(key)
    this.touch(key)
  }

  /** A command has changed the value; an empty collection is no key. */
  touch(key: string): void {
    const value = this.values.get(key)
    const size =
      value instanceof SortedSet
        ? value.scores.size
        : Array.isArray(value)
          ? value.length
          : value instanceof Map || value instanceof Set
            ? value.size
            : 1
    if (size === 0) this.delete(key)
    for (const tell of this.changed) tell(key)
  }

  delete(key: string): boolean {
    this.expiries.delete(key)
    return this.values.delete(key)
  }

  expireAt(key: string, ms: number): boolean {
    if (this.get(key) === undefined) return false
    this.expiries.set(key, ms)
    return true
  }

  persist(key: string): boolean {
    return this.get(key) !== undefined && this.expiries.delete(key)
  }

  /** ms that are left; -1: for ever, -2: there is no such key. */
  timeLeft(key: string): number {
    if (this.get(key) === undefined) return -2
    const expiry = this.expiries.get(key)
    return expiry === undefined ? -1 : expiry - Date.now()
  }

  get keys(): string[] {
    return [...this.values.keys()].filter((key) => this.get(key) !== undefined)
  }

  clear(): void {
    this.values.clear()
    this.expiries.clear()
  }
}
