/** The only place where numbers, times and foreign names become text, the same on every machine and locale. */
import { stripVTControlCharacters } from 'node:util'
import { groupThousands } from '../src/engine/format.ts'

/** 61204 → '61,204'. Locale-free, so that reports compare across machines. */
export const formatCount = (count: number): string => groupThousands(Math.round(count))

/** `count` with its noun: '1 iteration', '1,264 iterations'. */
export const formatPlural = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`

const oneDecimal = (value: number): string => (Math.floor(value * 10) / 10).toFixed(1)

/** Milliseconds as people read them: '412 ms', '14.2s', '3m 11s', '6h 12m', '3d 4h'. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`
  if (durationMs < 60_000) return `${oneDecimal(durationMs / 1000)}s`
  const seconds = Math.floor(durationMs / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`
  if (hours < 24) return `${hours}h ${minutes % 60}m`
  return `${formatCount(Math.floor(hours / 24))}d ${hours % 24}h`
}

/** Milliseconds as seconds only, as slow-timeouts are written: '191s', '0.4s'. */
export const formatSeconds = (durationMs: number): string =>
  durationMs >= 10_000
    ? `${Math.floor(durationMs / 1000)}s`
    : `${oneDecimal(durationMs / 1000 + 1e-9).replace(/\.0$/, '')}s`

/** How much faster than real time: '1,571×', '2.5×'. */
export const formatRatio = (ratio: number): string => `${ratio < 10 ? oneDecimal(ratio) : formatCount(ratio)}×`

/** A share between 0 and 1, rounded down so that only a complete share reads '100 %', never '0 %' when it is not. */
export function formatShare(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.1) return '<0.1 %'
  return `${oneDecimal(percent + 1e-9).replace(/\.0$/, '')} %`
}

/** Iterations done against planned: '10 iterations' when the plan was met, '38 of 1,000' otherwise. */
export const formatIterations = (done: number, planned: number | null, metPlan: boolean): string =>
  planned === null || (metPlan && done >= planned)
    ? formatPlural(done, 'iteration')
    : `${formatCount(done)} of ${formatCount(planned)}`

// C0 and C1 controls, line separators, direction marks and overrides, invisible operators: they would move or disguise
// the text around them.
const unprintable = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+/gu

/**
 * A name, message or path from outside, on one line, without ANSI sequences, control characters, and what the log of a CI
 * would take for a command: '::error::' at the start of a line, '##[error]' anywhere.
 */
export const formatForeign = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(unprintable, ' ')
    .trim()
    .replace(/^:(?=:)/, ': ')
    .replace(/##(?=\[|vso\[|teamcity\[)/g, '# #')

/** At most `width` characters, with '…' where text was cut. */
export function truncate(text: string, width: number): string {
  const characters = [...text]
  return characters.length <= width
    ? text
    : `${characters
        .slice(0, width - 1)
        .join('')
        .trimEnd()}…`
}

// Two columns of a terminal: the scripts of East Asia, and pictures.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const noWidth = /[\p{Mn}\p{Me}\u200d]/u

const widthOf = (character: string): number => (noWidth.test(character) ? 0 : wide.test(character) ? 2 : 1)

/** Columns that a text takes in a terminal; it has no ANSI sequences. */
export function textWidth(text: string): number {
  // Nearly all texts are plain.
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += widthOf(character)
  return width
}

/** The most characters of the start, or the end, that fit into `width` columns. */
function fitting(characters: readonly string[], width: number): string[] {
  let left = width
  const end = characters.findIndex((character) => (left -= widthOf(character)) < 0)
  return characters.slice(0, end < 0 ? undefined : end)
}

/** At most `width` columns, with '…' in the middle where text was cut: the ends of long names tell them apart. */
export function cutMiddle(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  const characters = [...text]
  const tail = fitting(characters.toReversed(), Math.floor((width - 1) / 2)).reverse()
  const head = fitting(characters, width - 1 - textWidth(tail.join('')))
  return `${head.join('').trimEnd()}…${tail.join('').trimStart()}`
}

/** A place in at most `width` columns, where its folders can be cut: the name of the file and the line are never lost. */
export function cutPlace(place: string, width: number): string {
  if (textWidth(place) <= width) return place
  const at = place.lastIndexOf('/')
  const [folder, file] = [place.slice(0, Math.max(0, at)), place.slice(at + 1)]
  const left = width - textWidth(file) - 1
  return left < 2 ? `…/${file}`.slice(at < 0 ? 2 : 0) : `${cutMiddle(folder, left)}/${file}`
}

/** Pads to `width` columns. */
export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - textWidth(text)))

/** Pads on the left to `width` columns. */
export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - textWidth(text))) + text
