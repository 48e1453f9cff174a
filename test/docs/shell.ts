/** The README's commands, taken apart: `A=1 npx vitest run 'x y'`. */
export interface Command {
  readonly env: Readonly<Record<string, string>>
  readonly words: readonly string[]
}

/** Understands variables before the command, words and single quotes; nothing else is written in the README. */
export const parseCommand = (line: string): Command => {
  if (/["`$;|<>&]/.test(line.replaceAll(/'[^']*'/g, ''))) throw new Error(`too clever for this test: ${line}`)
  const words = [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''))
  const first = words.findIndex((word) => !/^\w+=/.test(word))
  const env = words.slice(0, first).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])
  return { env: Object.fromEntries(env) as Record<string, string>, words: words.slice(first) }
}

/** The arguments of a `npx vitest` command. */
export const vitestArguments = ({ words }: Command): readonly string[] => {
  if (words[0] !== 'npx' || words[1] !== 'vitest') throw new Error(`not a vitest command: ${words.join(' ')}`)
  return words.slice(2)
}
