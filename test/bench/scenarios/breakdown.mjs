import { readFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { fileURLToPath } from 'node:url'
import { askServer, pass } from '../bodies.mjs'
import { row } from '../measure.mjs'

/** Where a sample belongs, by the file of its function; the first that matches. */
const parts = [
  ['drain', 'timeShareDrain', /^native runMicrotasks|task_queues/],
  ['garbage collection', 'timeShareCollection', /garbage collector/],
  ['event queue', 'timeShareQueue', /src\/engine\/event/],
  ['payload copy', 'timeSharePayload', /src\/bus\/payload/],
  ['promises and pending requests', 'timeShareBus', /src\/bus\//],
  ['network', 'timeShareNetwork', /src\/network\//],
  ['random streams', 'timeShareRandom', /src\/random\/|seedrandom/],
  ['invariants and coverage', 'timeShareChecks', /invariants|src\/assertions\/|bus-hooks|src\/chaos\//],
  ['engine and driver', 'timeShareEngine', /src\/engine\/|drive\.ts|runner\/iteration\.ts/],
  ['making and ending a seed', 'timeShareWorld', /src\/runner\/|src\/nodes\/|src\/actors\//],
  ['test body', 'timeShareBody', /bodies\.mjs/],
  ['rest (native, idle)', 'timeShareRest', /./],
]

/** Where the time goes, by CPU profile: in one long run, and in short seeds. */
export async function run({ simulator, path, quick }) {
  const fileOf = fileIndex(path)
  const many = quick ? 2_000 : 1_000_000
  const long = await profile(() => pass(simulator, askServer(many), { iterations: 1 }), fileOf)
  const short = await profile(() => pass(simulator, askServer(10), { iterations: many / 10 }), fileOf)
  return [
    ...table('long run', long, (key) => key),
    ...table('short seeds', short, (key) => key.replace('timeShare', 'seedTimeShare')),
  ]
}

const table = (title, shares, keyOf) =>
  parts.map(([label, key], at) =>
    row(
      at === 0 ? `where the time goes, ${title}: ${label}` : `  ${label}`,
      '% of time',
      [shares.get(label)],
      keyOf(key),
    ),
  )

/** Runs the job twice, warm the second time, and gives back the share of each part in percent. */
async function profile(job, fileOf) {
  await job()
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 200 })
  await session.post('Profiler.start')
  await job()
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  const shares = new Map(parts.map(([label]) => [label, 0]))
  let all = 0
  profile.samples.forEach((id, at) => {
    const where = fileOf(frames.get(id))
    const [label] = parts.find(([, , pattern]) => pattern.test(where))
    shares.set(label, shares.get(label) + profile.timeDeltas[at])
    all += profile.timeDeltas[at]
  })
  for (const [label, micros] of shares) shares.set(label, (micros / all) * 100)
  return shares
}

/** Finds the source file of a function in the bundle: the bundler writes `//#region <file>` above each. */
function fileIndex(path) {
  let region = ''
  const files = readFileSync(fileURLToPath(path), 'utf8')
    .split('\n')
    .map((line) => (region = line.startsWith('//#region ') ? line.slice('//#region '.length) : region))
  return ({ url, functionName, lineNumber }) => {
    if (url.endsWith('/simulator.js')) return files[lineNumber]
    return url === '' ? `native ${functionName}` : url
  }
}
