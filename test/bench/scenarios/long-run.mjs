import { askServer, pass } from '../bodies.mjs'
import { interleave, row } from '../measure.mjs'

/** One long run of two nodes: what a request and its response cost when everything is warm. */
export async function run({ simulator, quick }) {
  const units = quick ? 2_000 : 200_000
  const contenders = [{ name: 'long', units, run: () => pass(simulator, askServer(units), { iterations: 1 }) }]
  const samples = await interleave(contenders, quick ? 1 : 9)
  return [row('one long run, two nodes', 'req/resp per s', samples.get('long'), 'requestResponsesPerSecond')]
}
