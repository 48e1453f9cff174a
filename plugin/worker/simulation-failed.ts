/** Fields by which Vitest shows a difference. */
const diffFields = ['actual', 'expected', 'operator', 'showDiff', 'diff'] as const

/**
 * The error a failing simulation throws: the user's error, with the seed's story under its message.
 *
 * The stack starts with the whole message because some reporters print only the stack; the frames are the user's.
 */
export function simulationFailed(kind: string, message: string, story: string, original: unknown): Error {
  const own = original instanceof Error ? original : undefined
  const head = own === undefined || own.name === kind ? message : own.message
  const error = new Error(story === '' ? head : `${head}\n\n${story}`)
  error.name = own?.name ?? kind
  const frames = own?.stack === undefined ? [] : own.stack.split('\n').filter((line) => /^\s+at /.test(line))
  error.stack = [`${error.name}: ${error.message}`, ...frames.filter((line) => !isOurs(line))].join('\n')
  if (own !== undefined) {
    for (const field of diffFields) {
      const value = (own as unknown as Record<string, unknown>)[field]
      if (value !== undefined) Object.assign(error, { [field]: value })
    }
    Object.defineProperty(error, 'original', { value: own, enumerable: false })
  }
  return error
}

const here = import.meta.url.replace(/[^/]*$/, '')

/** True for a stack line inside this package. */
function isOurs(line: string): boolean {
  return line.includes(here) || /[\\/]vitest-simulation[\\/](?:dist|src|plugin)[\\/]/.test(line)
}
