import type { DirectoryHost } from './host.ts'
import { StillLearning } from '../errors.ts'
import type { AcceptMessage, PrepareMessage } from './registration.ts'

export interface LeaseMessage {
  readonly node: string
  readonly lease: number
}

/** What a replica of the directory answers, by method. */
const answers = {
  '$directory.prepare': (host: DirectoryHost, message: PrepareMessage) => host.prepare(message),
  '$directory.accept': (host: DirectoryHost, message: AcceptMessage) => host.accept(message),
  '$directory.look': (host: DirectoryHost, actor: string) => host.look(actor),
  '$directory.renew': (host: DirectoryHost, { node, lease }: LeaseMessage) => host.renew(node, lease),
  '$directory.release': (host: DirectoryHost, { node, lease }: LeaseMessage) => host.end(node, lease),
} as const

export type Question = keyof typeof answers

export const questions = Object.keys(answers) as Question[]

/** The same each time: making an error takes longer than answering. */
const stillLearning = new StillLearning()

/** Throws StillLearning while the replica is blank. */
export function answer(host: DirectoryHost, question: Question, payload: unknown): unknown {
  if (host.blank) throw stillLearning
  return answers[question](host, payload as never)
}
