/** Where an actor is active, as the directory keeps it. */
export interface Registration {
  /** Unique in the iteration: only its own activation can take it out. */
  readonly activation: number
  readonly node: string
  /** The node's lease under which it was made: it is void when that lease has ended. */
  readonly lease: number
}

/** What a host answers to `prepare`: a promise, with what it knows. */
export interface Prepared {
  readonly ok: boolean
  /** The highest ballot it has promised or accepted. */
  readonly ballot: number
  /** The ballot under which `value` was accepted; 0: never. */
  readonly accepted: number
  readonly value: Registration | null
  /** False: the lease of `value` has ended on this host's clock, and can never be renewed here. */
  readonly live: boolean
}

/** What a host answers to `look`. */
export interface Looked {
  /** Id of the node on which it believes the actor to be; undefined: on none. */
  readonly node: string | undefined
  /** The node before that one. */
  readonly former: string | undefined
}

export interface PrepareMessage {
  readonly actor: string
  readonly ballot: number
}

export interface AcceptMessage {
  readonly actor: string
  readonly ballot: number
  readonly value: Registration | null
}
