import { show } from '../engine/errors.ts'
import { PayloadNotCloneable } from './errors.ts'

/** What a deep copy has met so far: copies for shared references, and the ancestors for cycles. */
interface Visit {
  readonly copies: Map<object, unknown>
  readonly open: Set<object>
}

/**
 * A deep copy with the semantics of structuredClone, for what can cross a wire.
 *
 * Primitives pass. Plain objects and arrays are copied here (0.4 µs where structuredClone takes 2–4 µs), shared
 * references stay shared. Everything else goes through structuredClone.
 * @throws PayloadNotCloneable for functions, symbols, cycles and other things that have no copy; it names the path.
 */
export function copyPayload<T>(value: T): T {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol') throw new PayloadNotCloneable('payload', show(value))
    return value
  }
  if (value instanceof Sealed) return value.content as T
  return copyPlain(value) ?? (copyDeep(value, 'payload', { copies: new Map(), open: new Set() }) as T)
}

/** The common case, a plain object of primitives, without bookkeeping until something deeper comes; undefined: it is not plain. */
function copyPlain<T extends object>(value: T): T | undefined {
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined
  const copy: Record<string, unknown> = {}
  const source = value as Record<string, unknown>
  let visit: Visit | undefined
  for (const key of Object.keys(source)) {
    let field = source[key]
    if (typeof field === 'function' || typeof field === 'symbol') {
      throw new PayloadNotCloneable(pathTo('payload', key), show(field))
    }
    if (typeof field === 'object' && field !== null) {
      if (visit === undefined) begin(value, copy, (visit = { copies: new Map(), open: new Set() }))
      field = copyDeep(field, pathTo('payload', key), visit)
    }
    if (key === '__proto__') define(copy, key, field)
    else copy[key] = field
  }
  return copy as T
}

function define(copy: object, key: string, value: unknown): void {
  Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true })
}

function copyDeep(value: unknown, path: string, visit: Visit): unknown {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol') throw new PayloadNotCloneable(path, show(value))
    return value
  }
  if (visit.open.has(value)) throw new PayloadNotCloneable(path, 'a reference back to an object that contains it')
  const known = visit.copies.get(value)
  if (known !== undefined) return known
  const prototype: unknown = Object.getPrototypeOf(value)
  if (Array.isArray(value)) {
    const copy: unknown[] = new Array(value.length)
    begin(value, copy, visit)
    for (let i = 0; i < value.length; i++) if (i in value) copy[i] = copyDeep(value[i], `${path}[${i}]`, visit)
    visit.open.delete(value)
    return copy
  }
  if (prototype === Object.prototype || prototype === null) {
    const copy: Record<string, unknown> = {}
    begin(value, copy, visit)
    for (const key of Object.keys(value)) {
      const field = copyDeep((value as Record<string, unknown>)[key], pathTo(path, key), visit)
      if (key === '__proto__') define(copy, key, field)
      else copy[key] = field
    }
    visit.open.delete(value)
    return copy
  }
  if (value instanceof Shared) {
    value.copies++
    return value
  }
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>()
    begin(value, copy, visit)
    for (const [key, item] of value) {
      copy.set(copyDeep(key, `${path}.keys()`, visit), copyDeep(item, `${path}.get(${show(key)})`, visit))
    }
    visit.open.delete(value)
    return copy
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>()
    begin(value, copy, visit)
    for (const item of value) copy.add(copyDeep(item, `${path}.values()`, visit))
    visit.open.delete(value)
    return copy
  }
  const copy = clone(value, path)
  visit.copies.set(value, copy)
  return copy
}

function begin(source: object, copy: object, visit: Visit): void {
  visit.copies.set(source, copy)
  visit.open.add(source)
}

function clone(value: object, path: string): object {
  const buffer: unknown = ArrayBuffer.isView(value) ? value.buffer : value
  if (buffer instanceof SharedArrayBuffer) throw new PayloadNotCloneable(path, 'shared memory')
  try {
    return structuredClone(value)
  } catch {
    const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name
    throw new PayloadNotCloneable(path, name ? `a ${name} that cannot be copied` : show(value))
  }
}

function pathTo(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}

/** A part of our own messages that a message and its copies have in common; nodes under test never see one. */
export class Shared {
  /** How many copies the network made of the message. */
  copies = 0
}

/** Something that is a copy already and need not be copied again. */
class Sealed {
  readonly content: unknown

  constructor(content: unknown) {
    this.content = content
  }
}

/** Marks a payload that its sender does not keep: it passes without another copy. Only for our own messages. */
export function sealed(content: unknown): unknown {
  return new Sealed(content)
}
