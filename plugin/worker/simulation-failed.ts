import { errorName, isError, stackOf } from '../../src/engine/describe-error.ts'
import { printableLine, printableText } from '../../src/engine/printable.ts'
import { userFrames } from '../../src/engine/stack.ts'

/** Fields by which Vitest shows a difference. */
const diffFields = ['actual', 'expected', 'operator', 'showDiff', 'diff'] as const

/** Kinds whose message says more than the error that was thrown. */
const ourKinds: ReadonlySet<string> = new Set(['InvariantViolation', 'Nondeterminism', 'Hang'])

/**
 * The error a failing simulation throws: the user's error, with the seed's story under its message.
 *
 * The stack starts with the whole message because some reporters print only the stack; the frames are the user's.
 */
export function simulationFailed(
  kind: string,
  message: string,
  story: string,
  original: unknown,
  stack = stackOf(original),
): Error {
  const own = isError(original) ? original : undefined
  const error = new Error(printableText(story === '' ? message : `${message}\n\n${story}`))
  error.name = printableLine(ourKinds.has(kind) ? kind : (errorName(own) ?? kind))
  error.stack = [`${error.name}: ${error.message}`, ...userFrames(stack ?? '').map(printableLine)].join('\n')
  if (own !== undefined) {
    for (const field of diffFields) {
      const value = valueIn(own, field)
      if (value !== undefined) Object.assign(error, { [field]: value })
    }
    Object.defineProperty(error, 'original', { value: own, enumerable: false })
  }
  return error
}

/** Undefined also when the field is a getter that throws. */
function valueIn(error: object, field: string): unknown {
  try {
    return (error as Record<string, unknown>)[field]
  } catch {
    return undefined
  }
}
