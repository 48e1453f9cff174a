import type { Model, Operation } from './model.ts'

/** Operations that are drawn at most: those before are told by the state after them. */
const shown = 12
const lastShown = 3
const width = 48

/**
 * Draws the operations that conflict, as bars over time, one line each, with the state before them.
 *
 * `order`: indices of those that an order explains.
 */
export function drawConflict<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  order: readonly number[],
): string {
  const explained = new Set(order)
  const open = operations.filter((_, index) => !explained.has(index))
  const conflicting = open.filter((one) => one.return !== undefined)
  const from = Math.min(...conflicting.map(({ call }) => call))
  // What overlaps them, and what an order has put last: from there on it does not go on.
  const last = new Set(order.slice(-lastShown))
  const window = operations.filter((one, index) => (one.return ?? Infinity) >= from || last.has(index)).slice(-shown)
  const first = order.findIndex((index) => window.includes(operations[index] as Operation<Input, Output>))
  const state = stateAfter(model, operations, first < 0 ? order : order.slice(0, first))
  const textOf = model.textOf ?? ((value: State) => JSON.stringify(value))
  const lines = window
    .toSorted((a, b) => a.call - b.call)
    .map((one) => `  ${lineOf(model, one, window, conflicting.includes(one))}`)
  const start = state === undefined ? [] : [`  before: ${textOf(state)}`]
  return [`no order of these operations is one of a ${model.name}:`, ...start, ...lines].join('\n')
}

function stateAfter<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  order: readonly number[],
): State | undefined {
  let state: State | undefined = model.init()
  for (const index of order) {
    const { input, output } = operations[index] as Operation<Input, Output>
    if (state !== undefined) state = model.step(state, input, output)
  }
  return state
}

/** 'a  ├──────┤          write 1'; '✗' where nothing explains it. */
function lineOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  { client, call, return: end, input, output }: Operation<Input, Output>,
  window: readonly Operation<Input, Output>[],
  isWrong: boolean,
): string {
  const times = window.flatMap((one) => [one.call, one.return ?? one.call])
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const column = (time: number): number => Math.round(((time - first) / Math.max(1, last - first)) * (width - 2))
  const left = column(call)
  const right = end === undefined ? width - 1 : Math.max(left + 1, column(end))
  const bar = `${' '.repeat(left)}├${'─'.repeat(right - left - 1)}${end === undefined ? '…' : '┤'}`
  const names = Math.max(...window.map((one) => one.client.length))
  const text = model.describe?.(input, output) ?? `${JSON.stringify(input)} → ${JSON.stringify(output) ?? 'unknown'}`
  return `${isWrong ? '✗' : ' '} ${client.padEnd(names)}  ${bar.padEnd(width)}  ${text}`
}
