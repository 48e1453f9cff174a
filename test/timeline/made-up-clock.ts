/** A small queue of things to do at a time, for made-up traces. */

interface Task {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/** Time that jumps from task to task; µs. */
export class MadeUpClock {
  now = 0
  event = 0
  private order = 0
  private readonly tasks: Task[] = []

  /** Runs something in so many µs. */
  after(delay: number, run: () => void): void {
    const { tasks } = this
    const task = { at: this.now + Math.max(1, Math.round(delay)), order: this.order++, run }
    let [low, high] = [0, tasks.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (isBefore(tasks[middle] as Task, task)) high = middle
      else low = middle + 1
    }
    tasks.splice(low, 0, task)
  }

  /** Runs the next task; false: there is none. */
  step(): boolean {
    const task = this.tasks.pop()
    if (task === undefined) return false
    this.now = task.at
    this.event++
    task.run()
    return true
  }
}

// The list is sorted backwards, so that the next task is its last one.
function isBefore(a: Task, b: Task): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
