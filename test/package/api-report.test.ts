/**
 * What the package's doors offer, as a file in the repository: a change of the door shows in review. The report is the
 * declarations as they are published. `UPDATE_API=1 npx vitest run test/package/api-report.test.ts` writes it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { repository } from '../lanes/project.mjs'

const dist = join(repository, 'dist')
const report = fileURLToPath(new URL('api-report.txt', import.meta.url))

/** Chunks carry a hash of what is in them. */
const withoutHash = (text: string): string => text.replaceAll(/-[\w-]{8}(?=\.d\.ts|\.js)/g, '')

/** The declarations of the doors and of what they share, each once. */
function published(doors: readonly string[]): string {
  const paths = doors.map((door) => join(dist, door))
  for (const path of paths) {
    for (const { fileName } of ts.preProcessFile(readFileSync(path, 'utf8')).importedFiles) {
      const target = join(dirname(path), fileName.replace(/\.js$/, '.d.ts'))
      if (fileName.startsWith('.') && !paths.includes(target)) paths.push(target)
    }
  }
  const parts = paths.map((path) => {
    const text = readFileSync(path, 'utf8').replaceAll(/^\/\/#(?:end)?region.*\n/gm, '')
    return withoutHash(`==== ${relative(dist, path).replaceAll('\\', '/')} ====\n\n${text.trim()}\n`)
  })
  return parts.join('\n')
}

test('the doors offer what the report says', () => {
  const { exports } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { types: string }>
  }
  const doors = Object.values(exports).flatMap((door) => (typeof door === 'string' ? [] : [door.types]))
  const now = published(doors.map((path) => relative('dist', path)))
  if (process.env['UPDATE_API'] !== undefined) writeFileSync(report, now)
  expect(now, 'the published declarations have changed; if that is meant, UPDATE_API=1 writes the report anew').toBe(
    readFileSync(report, 'utf8'),
  )
})

test('and nothing of the inside', () => {
  const text = readFileSync(report, 'utf8')
  for (const inside of [
    'class Engine',
    'class Bus',
    'class Node ',
    'class World',
    'Endpoint',
    'class Message',
    'LifeCycle',
  ])
    expect(text).not.toContain(inside)
})
