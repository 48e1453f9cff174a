/**
 * Numbers what happens at one place by its time: µs, with a fraction for the second and later of one instant.
 *
 * A count would do to tell them apart; but then leaving one out would rename all that follow.
 */
export class Occasion {
  private instant = -1
  private nth = 0

  /** Goes to the next one, which happens at `now` (µs). */
  next(now: number): this {
    this.nth = now === this.instant ? this.nth + 1 : 0
    this.instant = now
    return this
  }

  /** 14203, and 14203.001 for the next one of the same instant. */
  get name(): number {
    return this.nth === 0 ? this.instant : Math.round(this.instant * 1_000 + this.nth) / 1_000
  }

  /** For the place of its draws in a stream. */
  get word(): number {
    return (this.instant + Math.imul(this.nth, 0x9e3779b1)) | 0
  }
}
