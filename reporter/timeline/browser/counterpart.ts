import type { Model } from './model.ts'

const tables = new WeakMap<Model, ReadonlyMap<string, readonly number[]>>()

/** The record of another run that says the same at the same node, the nearest in time; undefined: there is none. */
export function counterpartOf(model: Model, index: number, other: Model): number | undefined {
  const wanted = model.records[index]
  const found = tableOf(other).get(keyOf(model, index))
  if (wanted === undefined || found === undefined) return undefined
  const distance = (one: number): number => Math.abs((other.records[one]?.at ?? 0) - wanted.at)
  return found.reduce((best, one) => (distance(one) < distance(best) ? one : best))
}

function tableOf(model: Model): ReadonlyMap<string, readonly number[]> {
  const known = tables.get(model)
  if (known !== undefined) return known
  const table = new Map<string, number[]>()
  model.records.forEach((_, index) => {
    const key = keyOf(model, index)
    const all = table.get(key)
    if (all === undefined) table.set(key, [index])
    else all.push(index)
  })
  tables.set(model, table)
  return table
}

/** Numbers of requests and operations differ from run to run: they tell nothing here. */
function keyOf(model: Model, index: number): string {
  const record = model.records[index]
  if (record === undefined) return ''
  // A failure may say other things there, but each run has one.
  if (record.type === 'failure') return 'failure'
  const text = model.textOf(index).replaceAll(/#\d+|^operation \d+/g, '#')
  return `${record.type}\n${record.node}\n${text}`
}
