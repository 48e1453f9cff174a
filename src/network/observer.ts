import type { Message } from './message.ts'

/** Sees every message; built-in invariants listen. */
export interface NetworkObserver {
  sent(message: Message): void
  copied(message: Message): void
  delivered(message: Message): void
  dropped(message: Message): void
}
