/** What options may be, as data: valibot checks them, and this file says what is wrong in our words. */
import * as v from 'valibot'
import { badInput, show } from './errors.ts'
import { closest } from './suggest.ts'

/** What a value of type T must be. */
export type Schema<T = unknown> = v.GenericSchema<T>

/** The fields of an object with what each must be; a field that is missing here does not compile. */
export type Fields<T> = { readonly [Name in keyof Required<T>]: v.GenericSchema<T[Name] | undefined> }

/** Throws SimulationError (BAD_INPUT) that names the place of the first wrong value, the value and what is allowed. */
export function check<T>(schema: Schema<T>, value: unknown, where: string): asserts value is T {
  const { issues } = v.safeParse(schema, value, { abortEarly: true })
  const [issue] = issues ?? []
  if (issue === undefined) return
  const keys = (issue.path ?? []).map(({ key }) => key)
  const place = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  throw badInput(where + place, valueAt(value, keys), issue.message)
}

/** Of an unknown field valibot says the name instead of the value. */
function valueAt(value: unknown, keys: readonly unknown[]): unknown {
  return keys.reduce((at, key) => (at as Record<PropertyKey, unknown>)[key as PropertyKey], value)
}

/** Anything, by a rule of its own. */
export function rule<T>(is: (value: unknown) => boolean, allowed: string): Schema<T> {
  return v.custom<T>(is, allowed)
}

interface ObjectRules<T> {
  /** Fields that may not be left out. */
  readonly required?: readonly (keyof T & string)[]
  /** Said of what is no object. */
  readonly allowed?: string
}

/** A plain object with these fields and no others: options are copied and sent to workers, which loses everything else. */
export function object<T extends object>(fields: Fields<T>, rules: ObjectRules<T> = {}): Schema<T> {
  const { required = [], allowed = `it must be an object of ${namesOf(fields)}` } = rules
  const isRequired = (name: string): boolean => (required as readonly string[]).includes(name)
  const all = Object.entries<Schema>(fields as Record<string, Schema>)
  const entries = Object.fromEntries(
    all.map(([name, schema]) => [name, isRequired(name) ? schema : v.optional(schema)]),
  )
  const strict = v.strictObject(entries, ({ expected, path = [] }) => {
    const name = String(path.at(-1)?.key)
    if (expected === 'never') return unknownField(name, Object.keys(fields))
    const missing = entries[name] && v.safeParse(entries[name], undefined).issues?.[0]
    return missing?.message ?? allowed
  })
  return v.pipe(v.custom<object>(isPlainObject, allowed), strict as unknown as Schema<object>) as unknown as Schema<T>
}

/** What is said of a name that none of the known ones is. */
export function unknownField(name: string, known: readonly string[]): string {
  const meant = closest(name, known)
  const hint = meant === undefined ? '' : `did you mean '${meant}'? `
  return `there is no such option; ${hint}known are ${known.join(', ')}`
}

function namesOf(fields: object): string {
  return Object.keys(fields).join(', ')
}

/** One schema or another, by what the value is: the message then speaks of the one that was meant. */
export function choose<T>(by: (value: unknown) => Schema): Schema<T> {
  return v.lazy(by) as unknown as Schema<T>
}

export const boolean: Schema<boolean> = v.boolean('it must be true or false')

/** true and false, or an object. */
export function flagOr<T extends object>(fields: Schema<T>): Schema<boolean | T> {
  const flag = v.boolean('it must be true, false or an object')
  return choose((value) => (typeof value === 'object' && value !== null ? fields : flag))
}

/** One of these words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Schema<Word> {
  const quoted = words.map((word) => `'${word}'`)
  const text = [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter((part) => part !== '').join(' or ')
  return v.picklist(words, `it must be ${text}`) as unknown as Schema<Word>
}

interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** A finite number within bounds; `allowed` says which. */
export function number({ min = -Infinity, max = Infinity }: Bounds, allowed: string): Schema<number> {
  return rule((value) => isNumber(value) && value >= min && value <= max, allowed)
}

/** A whole number within bounds; `allowed` says which. */
export function whole({ min = 0, max = Number.MAX_SAFE_INTEGER }: Bounds, allowed: string): Schema<number> {
  return rule((value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max, allowed)
}

/** A share or probability. */
export const share: Schema<number> = number({ min: 0, max: 1 }, 'it must be a share between 0 and 1')

/** A year: more is a mistake of units. */
export const longestMs = 31_536_000_000

export const millis: Schema<number> = number(
  { min: 0, max: longestMs },
  'it must be a number of milliseconds, 0 or more, at most a year',
)

/** [min, max] of milliseconds. */
export const millisRange: Schema<readonly [number, number]> = rule((value) => {
  if (!isPair(value)) return false
  const [min, max] = value
  return isNumber(min) && isNumber(max) && min >= 0 && min <= max && max <= longestMs
}, 'it must be a range [min, max] of virtual milliseconds, at most a year')

/** A list without holes of what `one` says. */
export function list<T>(one: Schema<T>, allowed: string): Schema<readonly T[]> {
  return v.array(one, allowed) as unknown as Schema<readonly T[]>
}

/** A plain object of any names. */
export function record<T>(one: Schema<T>, allowed: string): Schema<Readonly<Record<string, T>>> {
  const named = v.record(v.string(), one)
  return v.pipe(v.custom<object>(isPlainObject, allowed), named as unknown as Schema<object>) as never
}

/** Both: the second one compares fields of what the first one has let pass. */
export function also<T>(schema: Schema<T>, compare: (value: T) => string | undefined): Schema<T> {
  const compared = v.rawCheck<T>(({ dataset, addIssue }) => {
    const message = dataset.typed ? compare(dataset.value) : undefined
    if (message !== undefined) addIssue({ message })
  })
  return v.pipe(schema, compared) as unknown as Schema<T>
}

/** 'min 5 is above max 1' */
export function orderOf(low: string, min: number, high: string, max: number): string | undefined {
  return min > max ? `${low} ${show(min)} is above ${high} ${show(max)}` : undefined
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
