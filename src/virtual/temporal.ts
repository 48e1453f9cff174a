import { current } from '../engine/current.ts'
import { replaceFunction } from './replace.ts'

// Only the part of Temporal (Node 26) that asks for the time; the type library for it is not out yet.
interface ZonedDateTime {
  toPlainDateTime(): unknown
  toPlainDate(): unknown
  toPlainTime(): unknown
}
interface Instant {
  toZonedDateTimeISO(timeZone: unknown): ZonedDateTime
}
interface TemporalNamespace {
  Now: object & { timeZoneId(): string }
  Instant: { fromEpochMilliseconds(ms: number): Instant }
}

/** Lets `Temporal.Now` answer the virtual time, where this Node has Temporal. */
export function installTemporal(): void {
  const temporal = (globalThis as { Temporal?: TemporalNamespace }).Temporal
  if (temporal === undefined) return
  const { Now, Instant } = temporal
  const answer = (key: string, virtual: (instant: Instant, timeZone: unknown) => unknown): void =>
    replaceFunction<(timeZone?: unknown) => unknown>(Now, key, (original) => {
      return (...args: [timeZone?: unknown]) => {
        const engine = current.engine
        if (engine === undefined) return original.apply(Now, args)
        return virtual(Instant.fromEpochMilliseconds(engine.dateMs()), args[0] ?? Now.timeZoneId())
      }
    })
  answer('instant', (instant) => instant)
  answer('zonedDateTimeISO', (instant, zone) => instant.toZonedDateTimeISO(zone))
  answer('plainDateTimeISO', (instant, zone) => instant.toZonedDateTimeISO(zone).toPlainDateTime())
  answer('plainDateISO', (instant, zone) => instant.toZonedDateTimeISO(zone).toPlainDate())
  answer('plainTimeISO', (instant, zone) => instant.toZonedDateTimeISO(zone).toPlainTime())
}
