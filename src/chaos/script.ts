/** When a fault of a plan happens instead of when it was drawn, virtual µs. */
export interface Moved {
  /** Begin of an episode; others happen at what their key names. */
  readonly at?: number
  /** How long it lasts, or how much later a message comes. */
  readonly lasts?: number
}

/** The faults that alone happen in a replay, each named by its key. */
export interface FaultScript {
  readonly keys: ReadonlySet<string>
  readonly moved: Readonly<Record<string, Moved>>
}

/** One episode of a script. */
export interface ScriptedEpisode {
  readonly key: string
  /** Whom it hits, as its key says. */
  readonly subject: string
  /** Which one of its lane, from 1. */
  readonly number: number
  readonly moved: Moved
}

/** '#3' for the third episode of the first lane, '#2/3' for that of the second. */
export function episodeNumber(lane: number, number: number): string {
  return lane === 1 ? `#${number}` : `#${lane}/${number}`
}

const episodeKey = /^(.*) #(?:(\d+)\/)?(\d+)$/s

/** The episodes of one lane, in order of their numbers. `kinds`: the names that faults of this family have. */
export function scriptedEpisodes(script: FaultScript, kinds: readonly string[], lane: number): ScriptedEpisode[] {
  const found: ScriptedEpisode[] = []
  for (const key of script.keys) {
    const kind = kinds.find((one) => key.startsWith(`${one} `))
    const [, name, itsLane = '1', number] = (kind !== undefined && episodeKey.exec(key)) || []
    if (kind === undefined || name === undefined || Number(itsLane) !== lane) continue
    found.push({
      key,
      subject: name.slice(kind.length + 1),
      number: Number(number),
      moved: script.moved[key] ?? {},
    })
  }
  return found.sort((one, other) => one.number - other.number)
}
