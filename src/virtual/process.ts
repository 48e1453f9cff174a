import os from 'node:os'
import { current } from '../engine/current.ts'
import type { Engine } from '../engine/engine.ts'
import { ProcessExit, environment } from '../engine/process.ts'
import type { VirtualProcess } from '../engine/process.ts'
import { refuse } from './io/treatments.ts'
import { replaceFunction } from './replace.ts'

type AnyFunction = (...args: unknown[]) => unknown

function processOf(engine: Engine): VirtualProcess {
  return engine.owner.life ?? engine.processes.ofTest
}

/** Methods of `process` that concern listeners. */
const listening = [
  'on',
  'addListener',
  'once',
  'prependListener',
  'prependOnceListener',
  'off',
  'removeListener',
  'removeAllListeners',
  'listeners',
  'rawListeners',
  'listenerCount',
  'eventNames',
] as const

/** Node itself emits these, whoever runs. */
const ofNode = new Set<unknown>([
  'unhandledRejection',
  'uncaughtException',
  'uncaughtExceptionMonitor',
  'rejectionHandled',
  'multipleResolves',
  'warning',
])

const insteadOfExit =
  'the test would end with all its seeds. A node may end itself: call it in the boot function of a node'

function installEvents(): void {
  for (const key of listening) {
    replaceFunction<AnyFunction>(process, key, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        const { engine } = current
        if (engine === undefined || this !== process) return original.apply(this, args)
        const { events } = processOf(engine)
        const result = (events[key] as AnyFunction)(...args)
        return result === events ? process : result
      }
    })
  }
  replaceFunction<AnyFunction>(process, 'emit', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const { engine } = current
      if (engine === undefined || this !== process || ofNode.has(args[0])) return original.apply(this, args)
      return processOf(engine).events.emit(...(args as [string]))
    }
  })
}

function exit(code: unknown, original: () => unknown, api: string): unknown {
  const { engine } = current
  if (engine === undefined) return original()
  const status = Number(code ?? process.exitCode ?? 0)
  if (!processOf(engine).exit(Number.isFinite(status) ? status & 0xff : 1)) refuse(engine, api, insteadOfExit)
  throw new ProcessExit(`${api}(${status})`)
}

let ownExit: unknown

/** Vitest puts a function of its own there for each test file: call it before each simulation. */
export function installExit(): void {
  if (process.exit === ownExit) return
  replaceFunction<AnyFunction>(
    process,
    'exit',
    (original) => (code) => exit(code, () => original(code), 'process.exit'),
  )
  ownExit = process.exit
}

function installEnds(): void {
  installExit()
  replaceFunction<AnyFunction>(process, 'abort', (original) => () => exit(134, () => original(), 'process.abort'))
  replaceFunction<AnyFunction>(process, 'kill', (original) => (pid, signal = 'SIGTERM') => {
    const { engine } = current
    if (engine === undefined) return original(pid, signal)
    if (Number(pid) === engine.processes.ofTest.pid && (signal as unknown) !== 0)
      refuse(engine, 'process.kill', insteadOfExit)
    if (engine.world?.kill(Number(pid), signal as string | number) === true) return true
    throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH', syscall: 'kill', errno: -3 })
  })
}

/** Environment of the process that runs the tests. */
function realEnvironment(): Record<string, string | undefined> {
  const { engine } = current
  current.engine = undefined
  try {
    return process.env
  } finally {
    current.engine = engine
  }
}

/** A property of `process` that is another one in each process of a simulation. */
function replaceValue(key: 'env' | 'pid' | 'ppid' | 'send', read: (engine: Engine) => unknown): void {
  const descriptor = Object.getOwnPropertyDescriptor(process, key)
  if (descriptor?.configurable !== true) return
  let real: unknown = process[key]
  Object.defineProperty(process, key, {
    configurable: true,
    enumerable: descriptor.enumerable ?? true,
    get: () => {
      const { engine } = current
      return engine === undefined ? real : read(engine)
    },
    set: (value: unknown) => {
      real = value
    },
  })
}

const mebibyte = 2 ** 20

/** What a process of a simulation is told of itself and its machine: the same wherever the seed runs. */
const figures: readonly [target: object, key: string, answer: (engine: Engine) => unknown][] = [
  [os, 'hostname', (engine) => processOf(engine).host],
  [os, 'uptime', (engine) => 3_600 + engine.now / 1e6],
  [os, 'loadavg', () => [0, 0, 0]],
  [os, 'totalmem', () => 4_096 * mebibyte],
  [os, 'freemem', () => 2_048 * mebibyte],
  [os, 'availableParallelism', () => 2],
  [
    os,
    'cpus',
    () => [1, 2].map(() => ({ model: 'virtual', speed: 1_000, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } })),
  ],
  [performance, 'eventLoopUtilization', () => ({ idle: 0, active: 0, utilization: 0 })],
  [process, 'cpuUsage', (engine) => ({ user: engine.now, system: 0 })],
  [process, 'memoryUsage', memory],
  [process, 'resourceUsage', (engine) => ({ ...resources, userCPUTime: engine.now, maxRSS: 65_536 })],
  [process, 'constrainedMemory', () => 4_096 * mebibyte],
  [process, 'availableMemory', () => 2_048 * mebibyte],
]

function memory(): NodeJS.MemoryUsage {
  const [rss, heapTotal, heapUsed] = [64 * mebibyte, 32 * mebibyte, 16 * mebibyte]
  return { rss, heapTotal, heapUsed, external: mebibyte, arrayBuffers: 0 }
}

const resources = {
  systemCPUTime: 0,
  sharedMemorySize: 0,
  unsharedDataSize: 0,
  unsharedStackSize: 0,
  minorPageFault: 0,
  majorPageFault: 0,
  swappedOut: 0,
  fsRead: 0,
  fsWrite: 0,
  ipcSent: 0,
  ipcReceived: 0,
  signalsCount: 0,
  voluntaryContextSwitches: 0,
  involuntaryContextSwitches: 0,
}

/** Gives each node a process of its own, as far as its code can see: environment, ids, signals, end and figures. */
export function installProcess(): void {
  installEvents()
  installEnds()
  environment.real = realEnvironment
  replaceValue('env', (engine) => processOf(engine).env)
  replaceValue('pid', (engine) => processOf(engine).pid)
  replaceValue('ppid', () => 1)
  // The way to whoever runs the tests is no way out of the simulation.
  replaceValue('send', () => undefined)
  replaceFunction<() => number>(process.memoryUsage, 'rss', (original) => () => {
    return current.engine === undefined ? original() : memory().rss
  })
  for (const [target, key, answer] of figures) {
    replaceFunction<AnyFunction>(target, key, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        const { engine } = current
        return engine === undefined ? original.apply(this, args) : answer(engine)
      }
    })
  }
}
