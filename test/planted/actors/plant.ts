/** Plants a bug in the simulator itself: one method of one class is replaced while `run` runs. */
export async function planted<T, R>(
  place: object,
  method: string,
  bug: (original: (...args: never[]) => unknown) => (this: T, ...args: never[]) => unknown,
  run: () => Promise<R>,
): Promise<R> {
  const target = place as Record<string, (...args: never[]) => unknown>
  const original = target[method]
  if (original === undefined) throw new Error(`there is no method '${method}' to replace`)
  target[method] = bug(original)
  try {
    return await run()
  } finally {
    target[method] = original
  }
}

/** A planted bug must be found within so many seeds. */
export const seedsToFind = 1_000
