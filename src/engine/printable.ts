import { stripVTControlCharacters } from 'node:util'

/**
 * What moves, hides or disguises the text around it: C0 and C1 controls, line separators, marks and overrides of writing
 * direction, invisible operators, byte order marks, halves of surrogate pairs.
 */
const unprintable =
  /(?!\t)[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu

/** The same for one UTF-16 unit, as a regular expression without the flag `u` takes it. */
const escapeOf = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Replaces each character that must not be printed by its escape, '\u202e': one that regular expressions understand. */
export function escapeUnprintable(text: string): string {
  return text.replaceAll(unprintable, escapeOf)
}

/**
 * A foreign text on one line: without terminal sequences, other control characters escaped. Everything printable stays.
 *
 * No line that ends up in a log of GitHub or Azure begins with one of their commands, '::error::' or '##[error]'.
 */
export function printableLine(text: string): string {
  const plain = stripVTControlCharacters(text).replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return withoutCommands(escapeUnprintable(plain))
}

/** The same for a text of several lines. */
export function printableText(text: string): string {
  return text.split(/\r?\n/).map(printableLine).join('\n')
}

/** A runner looks for '::' after leading blanks, and for '##[' anywhere. */
function withoutCommands(line: string): string {
  return line.replace(/^(\s*):(?=:)/, '$1: ').replaceAll(/##(?=\[|vso\[|teamcity\[)/g, '# #')
}
