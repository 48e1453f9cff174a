import { actor } from 'vitest-simulation'

/** A virtual actor: it is active on some node while it is used, and moves by being forgotten and placed again. */
export const Greeter = actor(
  'greeter',
  (self) => {
    // An activation's memory: gone with it.
    let greeted = 0
    return {
      greet: (name: string) => ({ text: `hello ${name}, I am ${self.key}`, from: self.node, count: ++greeted }),
    }
  },
  { idleMs: 150 },
)

/** 20 of them: `greeter/0` … `greeter/19`. */
export const greeters = Array.from({ length: 20 }, (_, i) => Greeter(`${i}`))
