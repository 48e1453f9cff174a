import { current } from '../engine/current.ts'
import { replaceFunction, replaceGetter } from './replace.ts'

type DateValue = Date | number | undefined
type Format = (date?: DateValue) => string

/** What a formatter that was given no date formats. */
function orNow(date: DateValue): DateValue {
  return date === undefined && current.engine !== undefined ? current.engine.dateMs() : date
}

/** Lets `Intl.DateTimeFormat` format the virtual now when it is given no date; its range methods require one. */
export function installDateTimeFormat(): void {
  const prototype = Intl.DateTimeFormat.prototype
  // `format` is a getter that answers the same bound function every time; so does this one.
  const byBound = new WeakMap<Format, Format>()
  replaceGetter<Format>(prototype, 'format', (original) => {
    return function format(this: Intl.DateTimeFormat): Format {
      const bound = original.call(this)
      let virtual = byBound.get(bound)
      if (virtual === undefined) {
        virtual = (date) => bound(orNow(date))
        byBound.set(bound, virtual)
      }
      return virtual
    }
  })
  replaceFunction<Intl.DateTimeFormat['formatToParts']>(prototype, 'formatToParts', (original) => {
    return function formatToParts(this: Intl.DateTimeFormat, date?: DateValue) {
      return original.call(this, orNow(date))
    }
  })
}
