import { meaningOf, meaningOfImport, meaningOfName } from './resolve-meaning.ts'
import type { Exports, Meaning } from './meaning.ts'
import { declaredBy, everything } from './scope.ts'
import type { Scope } from './scope.ts'
import { nameOf, nodeAt, nodesAt } from './syntax.ts'
import type { SyntaxNode } from './syntax.ts'

/** What the exports of a module are to this plugin: its own, and those it passes on. */
export function exportsOf(program: SyntaxNode, scope: Scope): Exports {
  const statements = nodesAt(program, 'body').filter(({ type }) => type.startsWith('Export'))
  const find = (name: string, depth: number): Meaning | undefined => {
    for (const statement of statements) {
      const meaning = namedBy(statement, name, scope, depth + 1)
      if (meaning) return meaning
    }
    if (name === 'default') return undefined
    for (const statement of statements) {
      if (statement.type !== 'ExportAllDeclaration' || nodeAt(statement, 'exported')) continue
      const meaning = meaningOfImport(sourceOf(statement), name, scope, depth + 1)
      if (meaning) return meaning
    }
    return undefined
  }
  // Modules may pass on each other's exports in a circle.
  const underWay = new Set<string>()
  return (name, depth) => {
    if (underWay.has(name)) return undefined
    underWay.add(name)
    try {
      return find(name, depth)
    } finally {
      underWay.delete(name)
    }
  }
}

function namedBy(statement: SyntaxNode, name: string, scope: Scope, depth: number): Meaning | undefined {
  switch (statement.type) {
    case 'ExportAllDeclaration':
      if (nameOf(nodeAt(statement, 'exported')) !== name) return undefined
      return meaningOfImport(sourceOf(statement), everything, scope, depth)
    case 'ExportDefaultDeclaration': {
      const value = nodeAt(statement, 'declaration')
      return value && name === 'default' ? meaningOf(value, scope, depth) : undefined
    }
    case 'ExportNamedDeclaration': {
      if (declaredBy(statement).has(name)) return meaningOfName(name, scope, depth)
      const specifier = nodesAt(statement, 'specifiers').find((one) => nameOf(nodeAt(one, 'exported')) === name)
      const local = nameOf(specifier && nodeAt(specifier, 'local'))
      if (local === undefined) return undefined
      const source = sourceOf(statement)
      return source === undefined ? meaningOfName(local, scope, depth) : meaningOfImport(source, local, scope, depth)
    }
    default:
      return undefined
  }
}

function sourceOf(statement: SyntaxNode): string | undefined {
  const source = nodeAt(statement, 'source')?.value
  return typeof source === 'string' ? source : undefined
}

const written = /\bfrom\s*(["'])([^"'\n]+)\1/g
const passed = /\bexport\b[^;'"=()]*?\bfrom\s*(["'])([^"'\n]+)\1/g
/** `export { a }`, `export const a = b`, `export const { a } = b`, `export const a = { b }`, `export default a`. */
const renamed =
  /\bexport\s*(?:\{|(?:const|let|var)\s+(?:\{|[\w$]+\s*(?::[^=\n]+)?=\s*(?:\{|[\w$.]+\s*(?:[;,\n]|$)))|default\s+(?!function\b|class\b|async\b)[\w${])/

/** The modules that a text imports from or exports from, as written; too many rather than too few. */
export function sourcesIn(text: string): string[] {
  return [...new Set([...text.matchAll(written)].map((match) => match[2] ?? ''))]
}

/** Those whose exports a text, TypeScript or not, may pass on. Most modules pass on nothing, and are never parsed for it. */
export function passedOnIn(text: string): string[] {
  if (renamed.test(text)) return sourcesIn(text)
  return [...new Set([...text.matchAll(passed)].map((match) => match[2] ?? ''))]
}
