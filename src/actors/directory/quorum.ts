/** How one round of asking ended. */
export interface Round<Reply> {
  /** The replies that came in time. */
  readonly replies: readonly Reply[]
  /** True when a majority answered. */
  readonly majority: boolean
}

/** More than half. */
export function majorityOf(count: number): number {
  return (count >> 1) + 1
}

/** How many of a list are so. */
export function countOf<T>(list: readonly T[], is: (one: T) => boolean): number {
  let count = 0
  for (const one of list) if (is(one)) count++
  return count
}

/**
 * Asks everybody and resolves as soon as `needed` have answered, or when that cannot happen any more.
 *
 * `ask` rejects for who does not answer.
 */
export function askAll<Reply>(
  count: number,
  needed: number,
  ask: (index: number) => Promise<Reply>,
): Promise<Round<Reply>> {
  return new Promise((resolve) => {
    const replies: Reply[] = []
    let failed = 0
    const judge = (): void => {
      if (replies.length === needed || failed === count - needed + 1) {
        resolve({ replies: replies.slice(), majority: replies.length >= needed })
      }
    }
    for (let index = 0; index < count; index++) {
      ask(index).then(
        (reply) => {
          replies.push(reply)
          judge()
        },
        () => {
          failed++
          judge()
        },
      )
    }
  })
}
