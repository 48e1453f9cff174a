import crypto from 'node:crypto'
import type { Engine } from '../engine/engine.ts'
import { cryptoStream } from './owner-stream.ts'
import { replaceFunction } from './replace.ts'
import { simulating } from './simulating.ts'

type RandomUuid = (options?: unknown) => string

/** The text of a UUID with its version and variant set (RFC 9562, section 4). */
function format(bytes: Buffer, version: number): string {
  bytes[6] = ((bytes[6] as number) & 0x0f) | (version << 4)
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A random UUID from the current owner's stream. */
export function virtualUuid(engine: Engine): string {
  const bytes = Buffer.alloc(16)
  cryptoStream(engine).fill(bytes)
  return format(bytes, 4)
}

/** A UUID that begins with the virtual time (RFC 9562, section 5.7). */
function virtualUuid7(engine: Engine): string {
  const bytes = Buffer.alloc(16)
  cryptoStream(engine).fill(bytes)
  bytes.writeUIntBE(engine.dateMs(), 0, 6)
  return format(bytes, 7)
}

function isOptions(options: unknown): boolean {
  if (options === undefined) return true
  if (options === null || typeof options !== 'object' || Array.isArray(options)) return false
  const { disableEntropyCache } = options as { disableEntropyCache?: unknown }
  return disableEntropyCache === undefined || typeof disableEntropyCache === 'boolean'
}

/** Replaces the UUID functions of node:crypto; wrong options go to the real ones, which throw. */
export function installRandomUuid(): void {
  const replace = (key: string, virtual: (engine: Engine) => string): void =>
    replaceFunction<RandomUuid>(crypto, key, (original) => {
      return (options) => {
        const engine = simulating('crypto.randomUUID')
        return engine === undefined || !isOptions(options) ? original(options) : virtual(engine)
      }
    })
  replace('randomUUID', virtualUuid)
  replace('randomUUIDv7', virtualUuid7)
}
