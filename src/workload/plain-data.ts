import { badInput } from '../engine/errors.ts'

/** Deeper than any argument that a person can read; a cycle has no end. */
const depthMax = 100

/** Thrown inside only. */
const notPlain = Symbol('not plain')

/**
 * A copy of plain data: null, booleans, strings, finite numbers, arrays and objects of these. That is what JSON keeps, so
 * the copy is what a replay from a file gets, too; -0 becomes 0, and a field that is undefined is left out.
 *
 * @throws SimulationError (BAD_INPUT) that names the place of anything else.
 */
export function copyPlainData<T>(value: T, where: string): T {
  const copy = value === undefined ? value : copyOf(value, 0)
  if (copy === notPlain) throw flawIn(value, where, 0) ?? badInput(where, value, allowed)
  return copy as T
}

const allowed =
  'it must be plain data, which prints and replays: null, booleans, strings, finite numbers, arrays and plain objects'

function copyOf(value: unknown, depth: number): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : notPlain
  if (typeof value !== 'object' || depth === depthMax) return notPlain
  if (Array.isArray(value)) {
    const copy: unknown[] = []
    for (const one of value) {
      const part = copyOf(one, depth + 1)
      if (part === notPlain) return notPlain
      copy.push(part)
    }
    return copy
  }
  if (!isPlainObject(value)) return notPlain
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const field = (value as Record<string, unknown>)[key]
    if (field === undefined) continue
    const part = copyOf(field, depth + 1)
    if (part === notPlain || key === '__proto__') return notPlain
    copy[key] = part
  }
  return copy
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The error for the first place that is not plain; only made when there is one. */
function flawIn(value: unknown, where: string, depth: number): Error | undefined {
  if (depth === depthMax) return badInput(where, value, `it contains itself, or is nested more than ${depthMax} deep`)
  if (Array.isArray(value)) {
    // Array.from, because a hole is a flaw, too.
    return firstOf(Array.from(value, (one, at) => flawIn(one, `${where}[${at}]`, depth + 1)))
  }
  if (value === null || typeof value !== 'object' || !isPlainObject(value)) {
    return copyOf(value, 0) === notPlain ? badInput(where, value, allowed) : undefined
  }
  if (Object.hasOwn(value, '__proto__')) return badInput(`${where}['__proto__']`, value, 'no field may have this name')
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return firstOf(fields.map(([key, field]) => flawIn(field, `${where}.${key}`, depth + 1)))
}

function firstOf(flaws: readonly (Error | undefined)[]): Error | undefined {
  return flaws.find((flaw) => flaw !== undefined)
}
