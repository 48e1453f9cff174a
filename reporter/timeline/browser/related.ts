import type { Model } from './model.ts'

/** Most records that are lit at once. */
const most = 2_000

/** A record with its causes, its effects and theirs, and the rest of its request, as far as a person can follow. */
export function relatedTo(model: Model, index: number): ReadonlySet<number> {
  const found = new Set([index, ...model.causes(index)])
  const queue = [index]
  const add = (one: number): void => {
    if (found.has(one)) return
    found.add(one)
    queue.push(one)
  }
  // The fates of a message name its sending as their cause, so the effects of a request's records hold their arrival.
  for (const one of model.ofRequest(requestOf(model, index))) add(one)
  for (const one of queue) {
    if (found.size > most) break
    for (const effect of model.effects(one)) add(effect)
  }
  return found
}

function requestOf({ records, indexOf }: Model, index: number): number | undefined {
  const record = records[index]
  const about = record !== undefined && 'send' in record ? records[indexOf(record.send) ?? -1] : record
  return about !== undefined && 'request' in about ? about.request : undefined
}
