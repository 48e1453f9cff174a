/** A store that many writers change. With `isFenced` it refuses writes of a holder whose lock has passed on. */
export class Stock {
  count: number
  private readonly isFenced: boolean
  private newest = 0

  constructor(count: number, isFenced: boolean) {
    this.count = count
    this.isFenced = isFenced
  }

  /** What a holder reads must stay true until it writes: whoever held the lock before writes no more. */
  read(fence: number): number {
    this.newest = Math.max(this.newest, fence)
    return this.count
  }

  write(count: number, fence: number): void {
    if (this.isFenced && fence < this.newest) throw new Error('the lock has passed on')
    this.newest = Math.max(this.newest, fence)
    this.count = count
  }
}
