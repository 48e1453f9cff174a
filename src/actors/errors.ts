import { ObservableError } from '../engine/errors.ts'

/** The actor could not be reached: no location was found in time. It was certainly not called. */
export class ActorUnavailable extends ObservableError {
  readonly actor: string
  readonly reason: string

  constructor(actor: string, reason: string) {
    super(`actor ${actor} cannot be reached: ${reason}`)
    this.name = 'ActorUnavailable'
    this.actor = actor
    this.reason = reason
  }
}

/** The call would wait for itself: the actor is already waiting further up in the same chain of calls. */
export class CallCycle extends ObservableError {
  /** Ids of the actors, outermost first; the last one is there twice. */
  readonly chain: readonly string[]

  constructor(chain: readonly string[]) {
    super(`call cycle: ${chain.join(' → ')}; declare the actor { reentrant: true } or send one-way`)
    this.name = 'CallCycle'
    this.chain = chain
  }
}

/** The directory could not be asked: fewer than a majority of its hosts answered in time. */
export class DirectoryUnavailable extends ObservableError {
  constructor(what: string) {
    super(`the directory did not answer: ${what}`)
    this.name = 'DirectoryUnavailable'
  }
}

/** The activation ended before it came to this message, so that it must be routed again. */
export class Refused extends ObservableError {
  constructor() {
    super('the activation has ended')
  }
}

/** This node takes no actors any more: the message must be routed anew from where it came. */
export class NotHere extends ObservableError {
  constructor() {
    super('the node is stopping')
  }
}

/** This replica of the directory has lost its disk and has not learned everything from the others yet. */
export class StillLearning extends ObservableError {
  constructor() {
    super('this replica has lost its disk and is still learning')
  }
}
