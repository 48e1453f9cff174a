import { copyPayload } from '../bus/payload.ts'
import { type Storage, VersionConflict } from '../nodes/storage.ts'
import type { ActorState } from './self.ts'

/** The saved state of one actor, as its activation holds it. */
export class SavedState<T> implements ActorState<T> {
  value: T
  version: number
  private readonly storage: Storage
  private readonly key: string
  private readonly conflicted: () => void

  private constructor(storage: Storage, key: string, value: T, version: number, conflicted: () => void) {
    this.storage = storage
    this.key = key
    this.value = value
    this.version = version
    this.conflicted = conflicted
  }

  /** Reads what was saved; `conflicted` is told when another activation has saved. Rejects with StorageFailed. */
  static async load<T>(storage: Storage, key: string, initial: T, conflicted: () => void): Promise<SavedState<T>> {
    const stored = await storage.read<T>(key)
    if (stored === undefined) return new SavedState(storage, key, copyPayload(initial), 0, conflicted)
    return new SavedState(storage, key, stored.value, stored.version, conflicted)
  }

  async save(): Promise<void> {
    try {
      this.version = await this.storage.write(this.key, this.value, { ifVersion: this.version })
    } catch (error) {
      if (error instanceof VersionConflict) this.conflicted()
      throw error
    }
  }
}
