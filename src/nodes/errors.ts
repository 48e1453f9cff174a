import { ObservableError } from '../engine/errors.ts'

/** The node whose work this was waiting for died. */
export class NodeCrashed extends ObservableError {
  readonly node: string

  constructor(node: string, what: string) {
    super(`node '${node}' crashed during ${what}`)
    this.name = 'NodeCrashed'
    this.node = node
  }
}
