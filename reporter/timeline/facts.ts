import { formatMillis, groupThousands } from '../../src/engine/format.ts'
import type { TraceHeader } from '../../src/trace/records.ts'

/** What the head of the page says of a run. */
export function factsOf({ file, seed, chaos, end, events }: TraceHeader): string[] {
  return [file, `seed ${seed}`, `${formatMillis(end)} virtual`, `${groupThousands(events)} events`, `chaos ${chaos}`]
}
