/** The README as data: its code blocks and tables. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../lanes/project.mjs'

const path = join(repository, 'README.md')

/** One fenced block. */
export interface Block {
  /** 'ts', 'sh' or 'text'. */
  readonly language: string
  /** What follows the language: the file that a `ts` block is, the test file whose output a `text` block shows; or ''. */
  readonly name: string
  readonly text: string
  /** One-based, of the opening fence. */
  readonly line: number
}

export const readReadme = (): string => readFileSync(path, 'utf8')

/** Every block; each fence must be closed. */
export const blocksOf = (readme: string): Block[] => {
  const blocks: Block[] = []
  let open: { language: string; name: string; line: number; lines: string[] } | undefined
  for (const [index, line] of readme.split('\n').entries()) {
    const fence = /^```(\w*) ?(.*)$/.exec(line)
    if (fence === null) open?.lines.push(line)
    else if (open === undefined) open = { language: fence[1] ?? '', name: fence[2] ?? '', line: index + 1, lines: [] }
    else {
      blocks.push({ ...open, text: open.lines.join('\n') })
      open = undefined
    }
  }
  if (open !== undefined) throw new Error(`README.md:${open.line}: this block is not closed`)
  return blocks
}

/** The commands of all `sh` blocks, one a line. */
export const commandsOf = (blocks: readonly Block[]): string[] =>
  blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n').filter((line) => line.trim() !== ''))

/** The rows of the table whose first heading is `heading`, each by its headings, without backticks and blanks. */
export const tableOf = (readme: string, heading: string): Record<string, string>[] => {
  const lines = readme.split('\n')
  const start = lines.findIndex((line) => new RegExp(`^\\| ${heading} +\\|`).test(line))
  if (start < 0) throw new Error(`README.md has no table that begins with '${heading}'`)
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  const names = cells(lines[start] ?? '')
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  return lines
    .slice(start + 2, end)
    .map((line) => Object.fromEntries(cells(line).map((cell, at) => [names[at] ?? '', cell])))
}

/** Puts real output into a `text` block. */
export const updateOutput = (name: string, text: string): void => {
  const readme = readReadme()
  const fence = `\`\`\`text ${name}\n`
  const start = readme.indexOf(fence)
  if (start < 0) throw new Error(`README.md has no block \`\`\`text ${name}`)
  const from = start + fence.length
  const to = readme.indexOf('```', from)
  writeFileSync(path, `${readme.slice(0, from)}${text}\n${readme.slice(to)}`)
}
