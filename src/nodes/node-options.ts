import { type Schema, check, choose, isPlainObject, number, object, rule } from '../engine/schema.ts'

/** Who restarts a node whose process has ended. */
export interface Supervision {
  /** Virtual milliseconds from the end of the process to the next boot. */
  readonly delay: number
}

/** What makes a node a process of its own. */
export interface NodeOptions {
  /** Set in `process.env` of the node, over what the test has there. Default none. */
  readonly env?: Readonly<Record<string, string>>
  /** What `os.hostname()` answers. Default: the id of the node. */
  readonly host?: string
  /**
   * What becomes of the node when an error that nobody catches ends its process: it boots again after `delay`, or with
   * `false` it stays down. `process.exit()` ends it likewise. Default: such an error fails the seed.
   */
  readonly restart?: Supervision | false
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const texts = rule<Readonly<Record<string, string>>>(
  (value) => isPlainObject(value) && Object.values(value).every((one) => typeof one === 'string'),
  'it must be an object of texts',
)

const supervision = object<Supervision>(
  { delay: number({ min: 0, max: 1e9 }, 'it must be a number of virtual milliseconds, 0 or more') },
  { required: ['delay'] },
)

const noRestart = rule<false>((value) => value === false, 'it must be { delay } or false')

const nodeOptions = object<NodeOptions>(
  {
    env: texts,
    host: rule(isText, 'it must be a text'),
    restart: choose((value) => (isPlainObject(value) ? supervision : noRestart)) as Schema<Supervision | false>,
  },
  { allowed: 'they must be an object' },
)

/** Throws SimulationError (BAD_INPUT) that names the option, its value and what is allowed. */
export function checkNodeOptions(id: string, given: unknown): asserts given is NodeOptions {
  check(nodeOptions, given, `options of node '${id}'`)
}
