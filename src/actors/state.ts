import { copyPayload } from '../bus/payload.ts'
import { type Storage, VersionConflict } from '../nodes/storage.ts'
import type { ActorState } from './actor.ts'

/** The saved state of one actor, as its activation holds it. */
export class SavedState<T> implements ActorState<T> {
  value: T
  version: number
  private readonly storage: Storage
  private readonly key: string
  private readonly fence: number
  private readonly conflicted: () => void
  /** The save under way; the next one waits for it. */
  private saving: Promise<unknown> | undefined

  private constructor(storage: Storage, key: string, fence: number, value: T, version: number, conflicted: () => void) {
    this.storage = storage
    this.key = key
    this.fence = fence
    this.value = value
    this.version = version
    this.conflicted = conflicted
  }

  /**
   * Reads what was saved; from then on no activation with a lower fence can save. `conflicted` is told when this one
   * cannot any more. Rejects with StorageFailed.
   */
  static async load<T>(
    storage: Storage,
    key: string,
    fence: number,
    initial: T,
    conflicted: () => void,
  ): Promise<SavedState<T>> {
    const stored = await storage.read<T>(key, { fence })
    if (stored === undefined) return new SavedState(storage, key, fence, copyPayload(initial), 0, conflicted)
    return new SavedState(storage, key, fence, stored.value, stored.version, conflicted)
  }

  async save(): Promise<void> {
    while (this.saving !== undefined) await this.saving
    const write = this.storage.write(this.key, this.value, { ifVersion: this.version, fence: this.fence })
    this.saving = write.then(
      () => (this.saving = undefined),
      () => (this.saving = undefined),
    )
    try {
      this.version = await write
    } catch (error) {
      if (error instanceof VersionConflict) this.conflicted()
      throw error
    }
  }
}
