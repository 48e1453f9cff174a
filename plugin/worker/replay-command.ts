import { relative } from 'node:path'

/** The command that runs one seed of one test again; pasteable into a POSIX shell. */
export function replayCommand(
  seed: number,
  root: string,
  testFile: string,
  testName: string,
  project: string,
  plan?: string,
): string {
  const file = relative(root, testFile).replaceAll('\\', '/')
  const pattern = `${testName.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, (blanks) => (blanks === ' ' ? blanks : '\\s+'))}$`
  const only = project === '' ? '' : ` --project ${quote(project)}`
  const minimal = plan === undefined ? '' : ` SIMULATION_PLAN=${plan}`
  return `SIMULATION_SEED=${seed}${minimal} npx vitest run ${quote(file)}${only} -t ${quote(pattern, true)}`
}

function quote(text: string, always = false): string {
  return !always && /^[\w./@+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
