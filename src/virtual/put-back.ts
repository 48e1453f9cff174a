import timers from 'node:timers'
import timersPromises from 'node:timers/promises'

interface Place {
  readonly target: object
  readonly key: string
  readonly value: unknown
  readonly descriptor: PropertyDescriptor
}

const timerNames = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate']

/** What libraries of fake timers replace. */
const fakeable: readonly [object, readonly string[]][] = [
  [globalThis, ['Date', 'performance', 'Intl', 'Temporal', 'queueMicrotask', ...timerNames]],
  [process, ['hrtime', 'nextTick']],
  [timers, timerNames],
  [timersPromises, ['setTimeout', 'setInterval', 'setImmediate']],
]

/** Where the dispatchers are: call it when they have been installed. */
export function dispatcherPlaces(): readonly Place[] {
  return fakeable.flatMap(([target, keys]) =>
    keys.flatMap((key) => {
      const descriptor = Object.getOwnPropertyDescriptor(target, key)
      return descriptor === undefined ? [] : [{ target, key, value: Reflect.get(target, key) as unknown, descriptor }]
    }),
  )
}

/** Puts every dispatcher back that `isFake` says has been replaced, and returns how to undo that. */
export function putBack(places: readonly Place[], isFake: (value: unknown) => boolean): () => void {
  const undo: (() => void)[] = []
  for (const { target, key, value, descriptor } of places) {
    const now = Object.getOwnPropertyDescriptor(target, key)
    const present: unknown = Reflect.get(target, key)
    if (now === undefined || present === value || !isFake(present)) continue
    Object.defineProperty(target, key, descriptor)
    undo.push(() => void Object.defineProperty(target, key, now))
  }
  return () => {
    for (const step of undo) step()
  }
}
