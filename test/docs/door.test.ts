/** The interfaces that a user sees say what each member is for, and their examples compile. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, describe, expect, test } from 'vitest'
import { repository } from '../lanes/project.mjs'
import { typeErrorsOf } from './type-errors.ts'

const parts = ['world', 'bus', 'network', 'nodes', 'actors', 'random']
const doors = [...parts.map((part) => `src/${part}/door.ts`), 'src/actors/actor.ts', 'src/assertions/sdk.ts']
/** Interfaces of actor.ts that a user calls. */
const called = new Set(['ActorSelf', 'ActorState'])

interface Member {
  readonly name: string
  readonly isMethod: boolean
  readonly text: string
  readonly example: string | undefined
}

function membersOf(path: string): Member[] {
  const source = ts.createSourceFile(path, readFileSync(join(repository, path), 'utf8'), ts.ScriptTarget.Latest, true)
  const types = source.statements.filter(ts.isInterfaceDeclaration)
  const shown = types.filter(({ name }) => path.endsWith('door.ts') || called.has(name.text))
  const functions = path.endsWith('sdk.ts') ? source.statements.filter(ts.isFunctionDeclaration) : []
  const members = [
    ...shown.flatMap((type) => type.members.map((member) => [type.name.text, member] as const)),
    ...functions.map((one) => ['sdk', one] as const),
  ]
  return members.map(([of, member]) => {
    const docs = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc)
    const example = docs.flatMap(({ tags = [] }) => [...tags]).find(({ tagName }) => tagName.text === 'example')
    return {
      name: `${of}.${member.name?.getText()}`,
      isMethod: ts.isMethodSignature(member) || ts.isFunctionDeclaration(member),
      text: ts.getTextOfJSDocComment(docs[0]?.comment) ?? '',
      example: example && ts.getTextOfJSDocComment(example.comment),
    }
  })
}

const members = doors.flatMap(membersOf)
const obvious = new Set([
  'ActorSelf.id',
  'ActorSelf.key',
  'ActorState.version',
  'SimulationNode.id',
  'SimulationNode.bus',
  'SimulationNode.clock',
  'SimulationNode.state',
])

test('every member has a doc comment that ends its first sentence', () => {
  const bad = members.filter(({ name, text }) => !obvious.has(name) && !/^[A-Z`].+?[.:;]/s.test(text))
  expect(bad.map(({ name }) => name)).toEqual([])
  expect(members.length).toBeGreaterThan(50)
})

test('every method has an example', () => {
  const bad = members.filter(({ isMethod, example }) => isMethod && example === undefined)
  expect(bad.map(({ name }) => name)).toEqual([])
})

describe('the examples', () => {
  const folder = mkdtempSync(join(repository, 'node_modules', '.cache-door-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('compile against the package', () => {
    const names = members.filter(({ name }) => name.startsWith('sdk.')).map(({ name }) => name.slice(4))
    const head = `import * as sdk from '${repository}/src/assertions/sdk.ts'
import { type ActorSelf, type ActorState, type Simulation, type SimulationNode, actor, operation, simulation } from '${repository}/plugin/api.ts'
${names.map((name) => `const ${name}: typeof sdk.${name} = sdk.${name}`).join('\n')}
export const Counter = actor('counter', () => ({ add: (by: number) => by }))
declare const [sim, node, self, state]: [Simulation, SimulationNode, ActorSelf, ActorState<number>]
declare const [balance, attempts, queue]: [number, number, string[]]
void [sim, node, self, state, balance, attempts, queue, operation, simulation, ${names.join(', ')}]
`
    const files = members.filter(({ example }) => example !== undefined)
    for (const { name, example } of files) {
      writeFileSync(join(folder, `${name}.ts`), `${head}export const run = async () => {\n${example}\n}\n`)
    }
    writeFileSync(join(folder, 'planted.ts'), `${head}sim.nodee()\n`)
    const compilerOptions = { noEmit: true, noUnusedLocals: false, types: ['node'] }
    const config = {
      extends: join(repository, 'tsconfig.json'),
      compilerOptions,
      files: ['planted.ts', ...files.map(({ name }) => `${name}.ts`)],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const errors = typeErrorsOf([folder]).trim().split('\n')
    // Only the one that is wrong on purpose.
    expect(errors).toEqual([expect.stringMatching(/planted\.ts.*Property 'nodee' does not exist/)])
    expect(files.length).toBeGreaterThan(35)
  })
})
