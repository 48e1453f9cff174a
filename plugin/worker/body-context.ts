import type { ExpectStatic, TestAnnotation, TestContext } from 'vitest'
import { current } from '../../src/engine/current.ts'
import { adaptPoll } from './host-clock.ts'

type Annotate = (message: string, ...more: unknown[]) => Promise<TestAnnotation>

/** What a body gets as its last argument: Vitest's context of the test, with its fixtures. */
export function bodyContext(context: TestContext): TestContext {
  const annotate = context.annotate as unknown as Annotate
  let adapted: ExpectStatic | undefined
  return Object.create(context, {
    expect: {
      get: (): ExpectStatic => {
        if (adapted === undefined) adaptPoll((adapted = context.expect))
        return adapted
      },
    },
    annotate: {
      value: (message: string, ...more: unknown[]): Promise<TestAnnotation> => {
        const type = typeof more[0] === 'string' ? more[0] : 'notice'
        // It is written by another process: no event of the simulation brings the answer. Vitest waits for it at the end.
        // A seed that only runs again has said so already.
        if (current.engine?.isRepeat !== true) void annotate(message, ...more)
        return Promise.resolve({ message, type })
      },
    },
  }) as TestContext
}
