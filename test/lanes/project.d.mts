export interface CommandResult {
  code: number
  stdout: string
  stderr: string
  output: string
}
export const repository: string
export function cleanEnvironment(extra?: Record<string, string>): Record<string, string>
export function run(
  command: string,
  args: string[],
  options?: { cwd?: string; env?: Record<string, string>; timeoutMs?: number },
): Promise<CommandResult>
export function nodeExecutable(version: string): Promise<string>
export function npm(node: string, args: string[], cwd: string): Promise<CommandResult>
export function pack(options: {
  build: boolean
  into: string
}): Promise<{ tarball: string; files: string[]; bytes: number }>
export function createProject(options: { node?: string; packages: string[] }): Promise<string>
export function writeTotals(
  rows: { name: string; passed: number; failed: number; problems: string[] }[],
  path?: string,
): Promise<void>
