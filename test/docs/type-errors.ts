import { join } from 'node:path'
import ts from 'typescript'

/** Type errors of the projects in those folders, as text; the first one's options count for all. */
export const typeErrorsOf = (folders: readonly string[]): string => {
  const configs = folders.map((folder) => {
    const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), (path) => ts.sys.readFile(path))
    return ts.parseJsonConfigFileContent(config, ts.sys, folder)
  })
  const [first] = configs
  if (first === undefined) return ''
  const fileNames = configs.flatMap((config) => config.fileNames)
  const errors = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, first.options))
  const isOurs = ({ file }: ts.Diagnostic): boolean =>
    file === undefined || folders.some((folder) => file.fileName.startsWith(folder))
  return ts.formatDiagnostics(errors.filter(isOurs), {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => '',
    getNewLine: () => '\n',
  })
}
