import { createStore } from 'zustand/vanilla'

interface Counter {
  readonly count: number
  add(): void
}

export const store = createStore<Counter>((set) => ({
  count: 0,
  add: () => set(({ count }) => ({ count: count + 1 })),
}))
