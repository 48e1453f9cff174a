/** What the code says of its options: the other side of the README's tables. */
import { join } from 'node:path'
import ts from 'typescript'
import { repository } from '../lanes/project.mjs'

const at = (path: string): string => join(repository, path)
const roots = [
  'plugin/api.ts',
  'plugin/options/options.ts',
  'plugin/worker/test-options.ts',
  'src/chaos/families.ts',
].map(at)
const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
}
const program = ts.createProgram([...roots, at('src/engine/failure.ts')], options)
const checker = program.getTypeChecker()

const exported = (file: string, name: string): ts.Symbol => {
  const source = program.getSourceFile(at(file))
  const module = source && checker.getSymbolAtLocation(source)
  const symbol = module && checker.getExportsOfModule(module).find((one) => one.name === name)
  if (symbol === undefined) throw new Error(`${file} exports no ${name}`)
  return symbol
}

/** Names of the properties of an exported interface, inherited ones too. */
export const propertiesOf = (file: string, name: string): string[] =>
  checker
    .getDeclaredTypeOfSymbol(exported(file, name))
    .getProperties()
    .map((property) => property.name)
    .sort()

/** The texts of an exported union. */
export const membersOf = (file: string, name: string): string[] => {
  const type = checker.getDeclaredTypeOfSymbol(exported(file, name))
  return (type as ts.UnionType).types.map((one) => (one as ts.StringLiteralType).value)
}

/** The doc comment of a property, on one line. */
export const docOf = (file: string, name: string, property: string): string | undefined => {
  const symbol = checker.getDeclaredTypeOfSymbol(exported(file, name)).getProperty(property)
  return symbol && ts.displayPartsToString(symbol.getDocumentationComment(checker)).replaceAll(/\s+/g, ' ')
}
