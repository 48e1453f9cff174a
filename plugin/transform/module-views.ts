import { isBuiltin } from 'node:module'
import { importerKey, viewsKey } from '../options/module-keys.ts'
import { classText, derivedClasses } from './derived-classes.ts'
import { referencesTo } from './references.ts'
import { setupEdits, setupStatements } from './setup-statements.ts'
import { isOurs } from './resolve-meaning.ts'
import { everything } from './scope.ts'
import type { SourceEdit } from './source-edits.ts'
import { freeName, literalText, nameOf, nodeAt, nodesAt } from './syntax.ts'
import type { SyntaxNode } from './syntax.ts'

/** An import whose names become views. */
interface ViewedImport {
  /** The import; or the names of `const { name } = await import(…)`. */
  readonly declaration: SyntaxNode
  readonly init?: SyntaxNode | undefined
  /** What each local name stands for in the module; '*': all of it. */
  readonly names: ReadonlyMap<string, string>
}

/**
 * Makes the imports of a module that has simulations views on the modules of the iteration under way: each use of a name
 * looks it up anew. Outside an iteration it finds the ordinary module.
 *
 * What is only used while the module itself is evaluated stays as it is: that happens once.
 */
export function viewEdits(code: string, program: SyntaxNode, file: string): SourceEdit[] {
  const statements = nodesAt(program, 'body')
  const imports = [...statements.filter(isViewable).map(viewedImport), ...statements.flatMap(awaitedImports)]
  const byName = new Map(imports.flatMap((one) => [...one.names.keys()].map((name) => [name, one] as const)))
  const found = referencesTo(program, byName)
  const setups = setupStatements(program, found, byName)
  const inSetups = found.references.filter(({ node }) =>
    setups.some(({ start, end }) => start <= node.start && node.end <= end),
  )
  const derived = derivedClasses(program, byName)
  const bases = derived.map(({ root }) => root.name as string)
  const used = new Set([...found.live, ...inSetups.map(({ name }) => name), ...bases])
  const viewed = imports.filter(({ names }) => names.size === 0 || [...names.keys()].some((name) => used.has(name)))
  const dynamic = importerEdit(code, file)
  if (viewed.length === 0) return dynamic
  const word = (name: string): string => freeName(code, name)
  const [moduleName, viewName, viewsName, openName] = ['module', 'view', 'views', 'open_views'].map(word)
  const viewOf = (name: string): string => {
    const one = byName.get(name) as ViewedImport
    const imported = one.names.get(name) as string
    return `${viewName}${viewed.indexOf(one)}(${imported === everything ? '' : JSON.stringify(imported)})`
  }
  const edits: SourceEdit[] = []
  for (const [index, { declaration, init, names }] of viewed.entries()) {
    if (init !== undefined) {
      const text = `${moduleName}${index}${linesOf(code, declaration)}`
      edits.push({ start: declaration.start, end: declaration.end, text })
      continue
    }
    const kept = [...names].filter(([name]) => found.passedOn.has(name))
    edits.push({
      start: declaration.start,
      end: declaration.end,
      text: importText(code, declaration, `${moduleName}${index}`, kept),
    })
  }
  for (const { node, name, form } of found.references) {
    const isViewed = viewed.includes(byName.get(name) as ViewedImport)
    if (!isViewed || found.passedOn.has(name)) continue
    const call = viewOf(name)
    if (form === 'shorthand') edits.push({ start: node.end, end: node.end, text: `:${call}` })
    else edits.push({ start: node.start, end: node.end, text: form === 'constructed' ? `(${call})` : call })
  }
  edits.push(...setups.flatMap((statement) => setupEdits(statement, file)))
  for (const one of derived) {
    const { end } = one.statement
    edits.push({ start: end, end, text: classText(one, code, file, viewOf(one.root.name as string)) })
  }
  const namespaces = viewed.map((_, index) => `()=>${moduleName}${index}`)
  const added = [
    `var ${viewsName};`,
    // Functions, because they are there before the module has begun: in a circle of imports one may be called then.
    // Without our setup file (a collector that only lists tests) every name is that of the ordinary module.
    `function ${openName}(){const all=[${namespaces.join()}];return globalThis[Symbol.for('${viewsKey}')]?.(` +
      `${JSON.stringify(file)},all)??all.map((get)=>(name)=>name===undefined?get():get()[name])}`,
    ...viewed.map(
      (_, index) => `function ${viewName}${index}(name){return(${viewsName}??=${openName}())[${index}](name)}`,
    ),
    `${viewsName}??=${openName}();`,
  ]
  edits.push({ start: code.length, end: code.length, text: `\n;${added.join('')}` })
  return [...edits, ...dynamic]
}

const testNames = new Set(['simulation', 'simulationTest', 'test', undefined])

/** True for a module that takes what defines tests from this package: it has fixtures or helpers of tests. */
export function importsTests(program: SyntaxNode): boolean {
  return nodesAt(program, 'body').some(
    (statement) =>
      statement.type === 'ImportDeclaration' &&
      isOurs(nodeAt(statement, 'source')?.value) &&
      nodesAt(statement, 'specifiers').some((specifier) => testNames.has(nameOf(nodeAt(specifier, 'imported')))),
  )
}

function isViewable(statement: SyntaxNode): boolean {
  if (statement.type !== 'ImportDeclaration') return false
  return isOther(nodeAt(statement, 'source')?.value)
}

/** True for modules that an iteration may have of its own. */
function isOther(source: unknown): boolean {
  return typeof source === 'string' && !isOurs(source) && !isBuiltin(source) && !/^@?vitest(?:\/|$)/.test(source)
}

function viewedImport(declaration: SyntaxNode): ViewedImport {
  const names = new Map<string, string>()
  for (const specifier of nodesAt(declaration, 'specifiers')) {
    const local = nameOf(nodeAt(specifier, 'local'))
    if (local === undefined) continue
    if (specifier.type === 'ImportNamespaceSpecifier') names.set(local, everything)
    else
      names.set(
        local,
        specifier.type === 'ImportDefaultSpecifier' ? 'default' : (nameOf(nodeAt(specifier, 'imported')) ?? local),
      )
  }
  return { declaration, names }
}

/** The import with its lines: those of the module must stay what they were. */
function importText(
  code: string,
  declaration: SyntaxNode,
  name: string,
  kept: readonly (readonly [string, string])[],
): string {
  const source = nodeAt(declaration, 'source') as SyntaxNode
  const from = `from ${code
    .slice(source.start, declaration.end)
    .replace(/\s*;\s*$/, '')
    .replace(/\s*\n\s*/g, ' ')};`
  const others = kept.map(([local, imported]) => `import {${JSON.stringify(imported)} as ${local}} ${from}`)
  return `import * as ${name} ${from}${others.join('')}${linesOf(code, declaration)}`
}

/** As many line breaks as a piece of code has. */
function linesOf(code: string, { start, end }: SyntaxNode): string {
  return '\n'.repeat(code.slice(start, end).split('\n').length - 1)
}

/** `const { name, other: mine } = await import('./module.ts')` and `const module = await import(…)` at the top of a module. */
function awaitedImports(statement: SyntaxNode): ViewedImport[] {
  if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') return []
  return nodesAt(statement, 'declarations').flatMap((declarator) => {
    const [declaration, init] = [nodeAt(declarator, 'id'), nodeAt(declarator, 'init')]
    const awaited = init?.type === 'AwaitExpression' ? nodeAt(init, 'argument') : undefined
    const names = declaration && namesIn(declaration)
    const isImport = awaited?.type === 'ImportExpression' && isOther(literalText(nodeAt(awaited, 'source')))
    return declaration && names && isImport ? [{ declaration, init, names }] : []
  })
}

/** What a pattern takes of a module; undefined: it does more than naming. */
function namesIn(pattern: SyntaxNode): Map<string, string> | undefined {
  if (pattern.type === 'Identifier') return new Map([[pattern.name as string, everything]])
  if (pattern.type !== 'ObjectPattern') return undefined
  const names = new Map<string, string>()
  for (const property of nodesAt(pattern, 'properties')) {
    const [key, value] = [nameOf(nodeAt(property, 'key')), nodeAt(property, 'value')]
    if (property.computed === true || key === undefined || value?.type !== 'Identifier') return undefined
    names.set(value.name as string, key)
  }
  return names
}

const dynamicImport = '__vite_ssr_dynamic_import__'

/** Vite calls a parameter of that name for `import(…)`. It is not there where Node itself runs the module. */
function importerEdit(code: string, file: string): SourceEdit[] {
  if (!/\bimport\s*\(/.test(code)) return []
  const text =
    `\n;typeof ${dynamicImport}==='function'&&(${dynamicImport}=` +
    `globalThis[Symbol.for('${importerKey}')]?.(${JSON.stringify(file)},${dynamicImport})??${dynamicImport});`
  return [{ start: code.length, end: code.length, text }]
}
