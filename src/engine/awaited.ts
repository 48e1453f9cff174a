/** A promise that knows whether somebody waits for it. */
export class Awaited<T> extends Promise<T> {
  /** Called once, when somebody begins to wait; only to hear of a failure is no waiting. */
  whenAwaited: (() => void) | undefined
  /** Somebody has asked for its `then`, as `await`, `Promise.all` and `catch` do. */
  isLookedAt = false

  // What `then` returns is a promise like any other.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
  override then<A = T, B = never>(
    onResolved?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isLookedAt = true
    if (typeof onResolved === 'function') {
      this.whenAwaited?.()
      this.whenAwaited = undefined
    }
    return super.then(onResolved, onRejected)
  }
}
