type AnyFunction = (...args: never[]) => unknown

/** An object that has `key` as its own property: `target` or one of its prototypes; undefined when none has. */
function holderOf(target: object, key: PropertyKey): object | undefined {
  let holder: object | null = target
  while (holder !== null && !Object.hasOwn(holder, key)) holder = Object.getPrototypeOf(holder) as object | null
  return holder ?? undefined
}

/** Makes `replacement` look like `original`: the same name, length and own properties (those it lacks). */
function resemble(replacement: AnyFunction, original: AnyFunction): void {
  for (const key of Reflect.ownKeys(original)) {
    if (key === 'prototype') continue
    if (key !== 'name' && key !== 'length' && Object.hasOwn(replacement, key)) continue
    const descriptor = Object.getOwnPropertyDescriptor(original, key)
    if (descriptor !== undefined) Object.defineProperty(replacement, key, descriptor)
  }
}

/**
 * Replaces the function `target[key]`, wherever on the prototype chain it lives, keeping its attributes.
 *
 * Does nothing where this version of Node has no such function, so callers need not ask for the version.
 */
export function replaceFunction<F extends AnyFunction>(
  target: object,
  key: PropertyKey,
  make: (original: F) => AnyFunction,
): void {
  const holder = holderOf(target, key)
  if (holder === undefined) return
  const original = Reflect.get(target, key) as F
  // Some are there, and undefined, on systems that cannot do it.
  if (typeof original !== 'function') return
  const replacement = make(original)
  resemble(replacement, original)
  // Read after `original`, because Node defines some of its functions on first access (crypto.pseudoRandomBytes).
  const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(holder, key) as PropertyDescriptor
  Object.defineProperty(holder, key, { value: replacement, writable, enumerable, configurable })
}

/** Replaces the getter of `target[key]`, keeping its setter and attributes; nothing where there is none. */
export function replaceGetter<T>(target: object, key: PropertyKey, make: (original: () => T) => () => T): void {
  const holder = holderOf(target, key)
  const descriptor = holder && Object.getOwnPropertyDescriptor(holder, key)
  if (holder === undefined || descriptor?.get === undefined) return
  const getter = make(descriptor.get as () => T)
  resemble(getter, descriptor.get)
  Object.defineProperty(holder, key, { ...descriptor, get: getter })
}
