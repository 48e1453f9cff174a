import buffer from 'node:buffer'
import type { Engine } from '../engine/engine.ts'
import { simulating } from './simulating.ts'

/** Lets a file that says nothing of its age be made now, in virtual time. */
export function installFile(): void {
  const holder = buffer as unknown as Record<'File', unknown>
  const { File: original } = holder
  if (typeof original !== 'function') return
  const replacement: unknown = new Proxy(original, {
    construct(target, args: unknown[], newTarget) {
      const engine = args.length < 2 ? undefined : simulating('new File')
      return Reflect.construct(target, engine === undefined ? args : dated(engine, args), newTarget) as object
    },
  })
  holder.File = replacement
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'File')
  if (descriptor?.configurable !== true) return
  const { enumerable = false } = descriptor
  Object.defineProperty(globalThis, 'File', { value: replacement, writable: true, configurable: true, enumerable })
}

function dated(engine: Engine, [parts, name, options]: unknown[]): unknown[] {
  if (options !== undefined && (typeof options !== 'object' || options === null)) return [parts, name, options]
  return [parts, name, { lastModified: engine.dateMs(), ...options }]
}
