import { join } from 'node:path'
import ts from 'typescript'

/** Type errors of the project in that folder, as text. */
export const typeErrorsOf = (folder: string): string => {
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, folder)
  const errors = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options))
  return ts.formatDiagnostics(
    errors.filter(({ file }) => file === undefined || file.fileName.startsWith(folder)),
    { getCanonicalFileName: (name) => name, getCurrentDirectory: () => folder, getNewLine: () => '\n' },
  )
}
