/** How one round of asking ended. */
export interface Round<Reply> {
  /** The replies that came in time, with the index of who gave each. */
  readonly replies: readonly { readonly from: number; readonly reply: Reply }[]
  /** True when a majority answered. */
  readonly majority: boolean
}

/** More than half. */
export function majorityOf(count: number): number {
  return (count >> 1) + 1
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
    const replies: { from: number; reply: Reply }[] = []
    let failed = 0
    const judge = (): void => {
      if (replies.length === needed || failed === count - needed + 1) {
        resolve({ replies: replies.slice(), majority: replies.length >= needed })
      }
    }
    for (let from = 0; from < count; from++) {
      ask(from).then(
        (reply) => {
          replies.push({ from, reply })
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
