/** Every page of the documentation as data: its code blocks, and the files and commands in them. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../lanes/project.mjs'

/** One fenced block. */
export interface Block {
  /** 'ts', 'sh', 'text', 'mermaid', 'yaml' or 'json'. */
  readonly language: string
  /** The file that a `ts` block is, or the test file whose output a `text` block shows; or ''. */
  readonly name: string
  /** The test of this block is meant to fail: its fence ends in 'fails'. */
  readonly fails: boolean
  readonly text: string
  /** One-based, of the opening fence. */
  readonly line: number
}

export interface Page {
  /** From the repository root, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
}

/** Folders that hold pages. The changelog tells of the past. */
const folders = ['', 'src', 'plugin', 'reporter', 'test', 'examples', 'examples/guides', '.github']
const notExecuted = new Set(['CHANGELOG.md'])

/** The paths of all pages. */
export const pagePaths = (): string[] =>
  folders.flatMap((folder) => {
    const names = readdirSync(join(repository, folder), { withFileTypes: true }).filter((entry) => entry.isFile())
    return names
      .map(({ name }) => (folder === '' ? name : `${folder}/${name}`))
      .filter((path) => path.endsWith('.md') && !notExecuted.has(path))
  })

export const readPage = (path: string): Page => {
  const text = readFileSync(join(repository, path), 'utf8')
  return { path, text, blocks: blocksOf(text, path) }
}

/** Every block; each fence must be closed. */
export const blocksOf = (text: string, path: string): Block[] => {
  const blocks: Block[] = []
  let open: { language: string; info: string[]; line: number; lines: string[] } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(\w*) ?(.*)$/.exec(line)
    if (fence === null) open?.lines.push(line)
    else if (open === undefined)
      open = { language: fence[1] ?? '', info: (fence[2] ?? '').split(' '), line: index + 1, lines: [] }
    else {
      const { language, info, line: first, lines } = open
      blocks.push({ language, name: info[0] ?? '', fails: info[1] === 'fails', text: lines.join('\n'), line: first })
      open = undefined
    }
  }
  if (open !== undefined) throw new Error(`${path}:${open.line}: this block is not closed`)
  return blocks
}

/** The commands of all `sh` blocks, one a line. */
export const commandsOf = ({ blocks }: Page): string[] =>
  blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n').filter((line) => line.trim() !== ''))

/** Relative links and images of a page, without their anchors. */
export const linksOf = ({ text }: Page): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => (target ?? '').replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))

/** The rows of the table whose first heading is `heading`, each by its headings, without backticks and blanks. */
export const tableOf = (text: string, heading: string): Record<string, string>[] => {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => new RegExp(`^\\| ${heading} +\\|`).test(line))
  if (start < 0) throw new Error(`there is no table that begins with '${heading}'`)
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
export const updateOutput = (path: string, name: string, output: string): void => {
  const file = join(repository, path)
  const text = readFileSync(file, 'utf8')
  const fence = `\`\`\`text ${name}\n`
  const start = text.indexOf(fence)
  if (start < 0) throw new Error(`${path} has no block \`\`\`text ${name}`)
  const from = start + fence.length
  const to = text.indexOf('```', from)
  writeFileSync(file, `${text.slice(0, from)}${output}\n${text.slice(to)}`)
}
