import type { MarkOptions, MeasureOptions, Performance, PerformanceMark, PerformanceMeasure } from 'node:perf_hooks'
import { current } from '../engine/current.ts'
import type { Engine } from '../engine/engine.ts'
import type { Owner } from '../engine/owner.ts'
import { replaceFunction, replaceGetter } from './replace.ts'
import { simulating } from './simulating.ts'

type Mark = (name?: string, options?: MarkOptions) => PerformanceMark
type Measure = (name?: string, from?: string | MeasureOptions, endMark?: string) => PerformanceMeasure

/** Wall clock at the start of each owner's clock, as first asked for, so that a later clock jump does not move it. */
const origins = new WeakMap<Owner, number>()

function timeOrigin(engine: Engine): number {
  let origin = origins.get(engine.owner)
  if (origin === undefined) origins.set(engine.owner, (origin = engine.dateMs() - engine.monotonicMs()))
  return origin
}

// Node keeps marks and measures for the whole process. One iteration must not find those of an earlier one.
const used = { engine: undefined as Engine | undefined, marks: new Set<string>(), measures: new Set<string>() }

function forgetOtherIterations(engine: Engine): void {
  if (used.engine === engine) return
  for (const name of used.marks) performance.clearMarks(name)
  for (const name of used.measures) performance.clearMeasures(name)
  used.marks.clear()
  used.measures.clear()
  used.engine = engine
}

function isOptional(options: unknown): boolean {
  return options === undefined || (typeof options === 'object' && options !== null)
}

/** The arguments of `performance.measure` as options whose end is the virtual now where Node would take the real now. */
function untilNow(engine: Engine, from: string | MeasureOptions | undefined): MeasureOptions | string {
  const end = engine.monotonicMs()
  if (from === undefined || typeof from === 'string') return { start: from ?? 0, end }
  const endIsKnown = from.end !== undefined || (from.start !== undefined && from.duration !== undefined)
  return endIsKnown ? from : { ...from, end }
}

/** Replaces what the global `performance` (the same object as that of node:perf_hooks) says about time. */
export function installPerformance(): void {
  const { performance } = globalThis
  replaceFunction<() => number>(performance, 'now', (original) => {
    return function now(this: Performance): number {
      const engine = simulating('performance.now')
      return engine === undefined ? original.call(this) : engine.monotonicMs()
    }
  })
  replaceGetter<number>(performance, 'timeOrigin', (original) => {
    return function (this: Performance): number {
      const engine = simulating('performance')
      return engine === undefined ? original.call(this) : timeOrigin(engine)
    }
  })
  replaceFunction<Mark>(performance, 'mark', (original) => {
    return function mark(this: Performance, ...args: Parameters<Mark>) {
      const engine = simulating('performance')
      const [name, options] = args
      // Wrong arguments go to the real function, which throws.
      if (engine === undefined || name === undefined || !isOptional(options)) return original.apply(this, args)
      forgetOtherIterations(engine)
      const mark = original.call(this, name, { ...options, startTime: options?.startTime ?? engine.monotonicMs() })
      used.marks.add(mark.name)
      return mark
    }
  })
  replaceFunction<Measure>(performance, 'measure', (original) => {
    return function measure(this: Performance, ...args: Parameters<Measure>) {
      const engine = simulating('performance')
      const [name, from, end] = args
      if (engine === undefined || name === undefined) return original.apply(this, args)
      forgetOtherIterations(engine)
      const known = end !== undefined || (typeof from !== 'string' && !isOptional(from))
      const measure = known ? original.apply(this, args) : original.call(this, name, untilNow(engine, from))
      used.measures.add(measure.name)
      return measure
    }
  })
  for (const key of ['getEntries', 'getEntriesByName', 'getEntriesByType']) {
    replaceFunction<(...args: unknown[]) => unknown>(performance, key, (original) => {
      return function (this: Performance, ...args: unknown[]) {
        if (current.engine !== undefined) forgetOtherIterations(current.engine)
        return original.apply(this, args)
      }
    })
  }
}
