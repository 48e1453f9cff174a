import { userFrames } from '../../src/engine/stack.ts'

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
  error.stack = [`${error.name}: ${error.message}`, ...(own?.stack === undefined ? [] : userFrames(own.stack))].join(
    '\n',
  )
  if (own !== undefined) {
    for (const field of diffFields) {
      const value = (own as unknown as Record<string, unknown>)[field]
      if (value !== undefined) Object.assign(error, { [field]: value })
    }
    Object.defineProperty(error, 'original', { value: own, enumerable: false })
  }
  return error
}
