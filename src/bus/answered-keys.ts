import type { Message } from '../network/message.ts'
import { copyPayload } from './payload.ts'
import type { Reply } from './handler.ts'

interface Answer {
  done: boolean
  payload: unknown
  failed: boolean
  /** Repeats that came while the first one was being handled. */
  readonly waiting: Message[]
}

/** Requests by idempotency key: a repeated one is answered from memory instead of being handled again. */
export class AnsweredKeys {
  private readonly reply: Reply
  private readonly answers = new Map<string, Answer>()

  constructor(reply: Reply) {
    this.reply = reply
  }

  /** True when this key was seen before: the answer is sent, now or when it is there. */
  repeats(key: string, message: Message): boolean {
    const answer = this.answers.get(key)
    if (answer === undefined) {
      this.answers.set(key, { done: false, payload: undefined, failed: false, waiting: [] })
      return false
    }
    if (answer.done) this.reply(message, copyPayload(answer.payload), answer.failed)
    else answer.waiting.push(message)
    return true
  }

  finished(key: string, payload: unknown, failed: boolean): void {
    const answer = this.answers.get(key)
    if (answer === undefined) return
    answer.done = true
    answer.payload = copyPayload(payload)
    answer.failed = failed
    for (const message of answer.waiting.splice(0)) this.reply(message, copyPayload(payload), failed)
  }
}
