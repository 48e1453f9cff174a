import { hashString } from './hash.ts'
import { seedKey } from './seed.ts'
import { RandomStream } from './stream.ts'

/** All streams of one seed: one for each consumer, so that a draw more in one moves no other. */
export class RandomStreams {
  private readonly key: readonly [number, number, number, number]
  private readonly byName = new Map<string, RandomStream>()

  constructor(seed: number) {
    this.key = seedKey(seed)
  }

  /** The stream of that name; the same object each time. */
  get(name: string): RandomStream {
    let stream = this.byName.get(name)
    if (stream === undefined) {
      stream = new RandomStream(this.key, hashString(name))
      this.byName.set(name, stream)
    }
    return stream
  }

  /** Every stream drawn so far, in the order of first use. */
  values(): Iterable<RandomStream> {
    return this.byName.values()
  }
}
