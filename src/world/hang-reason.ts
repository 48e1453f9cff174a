/** Says no more than what is known: in native code nobody can look. */
export function hangReason(field: string | undefined, call: string | undefined, frames: readonly string[]): string {
  if (field !== undefined) return `an error was thrown whose ${field} is a getter that does not return`
  const loops = 'an endless loop, promise chain or nextTick chain'
  const what =
    call !== undefined
      ? `${call} blocks the thread until it returns, in real time`
      : frames.length > 0
        ? loops
        : `${loops}, or a call that blocks in native code (its line could not be read)`
  return `${what}; if the work is finite, raise it with limits: { drainMs: … }`
}
