import { describeError } from '../engine/describe-error.ts'
import type { Engine } from '../engine/engine.ts'
import { type EventKind, eventKind } from '../engine/event.ts'
import { Owner } from '../engine/owner.ts'
import { type Environment, type ProcessEnd, type ProcessOrigin, VirtualProcess } from '../engine/process.ts'
import type { NodeOptions } from './node-options.ts'

/** The node, as far as its process has to do with it. */
interface Mortal {
  readonly id: string
  readonly owner: Owner
  readonly state: string
  readonly incarnation: number
  readonly isStopping: boolean
  readonly resetPeers: (() => void) | undefined
  die(reason: 'crashed' | 'stopped'): void
  restart(): void
}

const signalKind: EventKind<Mortal> = eventKind('signal', ({ id }) => id)
const restartKind: EventKind<Mortal> = eventKind('supervisor', ({ id }) => id)

/** Makes a process for each incarnation of a node, and is its supervisor: it acts when one ends by itself. */
export class NodeProcesses implements ProcessOrigin {
  settings: NodeOptions = {}
  private readonly engine: Engine
  private readonly node: Mortal
  private supervisor: Owner | undefined

  constructor(engine: Engine, node: Mortal) {
    this.engine = engine
    this.node = node
  }

  get nodeId(): string {
    return this.node.id
  }

  get host(): string {
    return this.settings.host ?? this.node.id
  }

  create(): VirtualProcess {
    return new VirtualProcess(this.engine.processes.nextPid(), this)
  }

  environment(): Environment {
    return { ...this.engine.processes.inherited(), ...this.settings.env }
  }

  ended(process: VirtualProcess, { code, thrown }: ProcessEnd): boolean {
    const { engine, node } = this
    const { restart } = this.settings
    if (process !== node.owner.life || !node.owner.alive || (thrown !== undefined && restart === undefined))
      return false
    const why = thrown === undefined ? '' : `: ${describeError(thrown.error).message}`
    engine.recorder?.add({ type: 'log', level: 'exit', text: `process ${node.id} ends with code ${code}${why}` })
    const isStop = node.isStopping
    node.die(isStop ? 'stopped' : 'crashed')
    // A process that ends closes its connections; a machine that crashes does not.
    node.resetPeers?.()
    if (restart !== undefined && restart !== false && !isStop) this.restartAfter(restart.delay)
    return true
  }

  /** Sends a signal: to whoever listens to it, or else it is the end of the process. */
  signal(name: string, code: number): void {
    const { engine, node } = this
    const { owner } = node
    const act = (): void => {
      const { life } = owner
      if (life === undefined) return
      if (name !== 'SIGKILL' && life.hears(name)) life.events.emit(name, name, code)
      else this.ended(life, { code: 128 + code })
    }
    engine.scheduleAt(engine.now, signalKind, code, owner, act, node)
  }

  private restartAfter(delayMs: number): void {
    const { engine, node } = this
    const { incarnation } = node
    // Not the node's code: that is dead.
    this.supervisor ??= new Owner(`supervisor of ${node.id}`)
    const restart = (): void => {
      if (node.incarnation === incarnation && node.state === 'crashed') node.restart()
    }
    engine.scheduleAt(engine.now + Math.round(delayMs * 1000), restartKind, 0, this.supervisor, restart, node)
  }
}
