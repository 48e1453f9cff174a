/** Version of the records below: raised whenever a reader of the old ones would misread the new. */
export const traceVersion = 1

/** What every record has. Texts of values are as `util.inspect` prints them, at most 1,000 characters long. */
export interface RecordBase {
  /** One-based, in order of recording. */
  readonly id: number
  /** Virtual time, µs. */
  readonly at: number
  /** One-based number of the event during which it was recorded; 0: before the first one. */
  readonly event: number
  /** The node, 'test' (the body), or 'chaos'. */
  readonly node: string
  /** Which life of the node it is, from 1; missing for what is not a node. */
  readonly life?: number
  /** Id of the record that led to this one; missing: none did. */
  readonly cause?: number
}

/** A message was handed to the network. */
export interface SendRecord extends RecordBase {
  readonly type: 'send'
  /** Tells messages apart; a duplicate has the number of its original. */
  readonly message: number
  readonly kind: 'request' | 'response' | 'one-way'
  /** What a person reads: 'add', or 'counter/x.add' for a call of an actor. */
  readonly method: string
  readonly from: string
  readonly to: string
  /** Correlation id: pairs a response with its request; missing for one-way messages. */
  readonly request?: number
  readonly payload: string
  /** `method` says it all: 'GET /orders', of a connection. */
  readonly plain?: true
  /** The response says that the handler threw. */
  readonly failed?: true
  /** The message belongs to the simulator's own parts (directory, placement), or keeps nothing going (heartbeats). */
  readonly background?: true
}

/** What became of a message; a duplicated one has several of these. `send` is the id of its record. */
export interface FateRecord extends RecordBase {
  /** duplicate: a copy is under way; hold: it waits at a blocked link; late: an answer that nobody waited for any more. */
  readonly type: 'deliver' | 'drop' | 'duplicate' | 'hold' | 'late'
  readonly message: number
  readonly send: number
  /** Why: 'loss', 'partition', 'no such process', 'rule'. */
  readonly reason?: string
}

/** A request ended without an answer: its caller was told so. */
export interface TimeoutRecord extends RecordBase {
  readonly type: 'timeout'
  readonly request: number
  readonly method: string
  readonly to: string
  /** 'timeout', 'crashed', 'reset', 'not sent'. */
  readonly reason: string
}

/** A timer, sleep or other event of the engine ran. */
export interface TimerRecord extends RecordBase {
  readonly type: 'timer'
  /** 'timer', 'sleep', 'immediate', 'start'. */
  readonly name: string
}

/** Code of a node read its wall clock, which was wrong by a millisecond or more; told once an event. */
export interface ClockRecord extends RecordBase {
  readonly type: 'clock'
  /** What it showed, ms since 1970. */
  readonly reading: number
  /** By how much it was ahead of the simulation's time, µs; negative: behind. */
  readonly off: number
}

/** One use of a node's storage. */
export interface StorageRecord extends RecordBase {
  readonly type: 'storage'
  /** 'read', 'write', 'sync'; 'unsynced write' for what a crash has met. */
  readonly action: string
  /** Name of the storage: the node's id for its own disk. */
  readonly storage: string
  readonly key?: string
  readonly value?: string
  /** 'ok', the error, or what became of it. */
  readonly outcome: string
}

/** Something an actor did, or was asked. */
export interface ActorRecord extends RecordBase {
  readonly type: 'actor'
  readonly action: 'activate' | 'active' | 'deactivate' | 'call' | 'return' | 'throw' | 'state'
  /** 'counter/x'. */
  readonly actor: string
  readonly method?: string
  /** Arguments of a call, the result or error of its end. */
  readonly value?: string
}

/** An operation of a workload began or ended. */
export interface OperationRecord extends RecordBase {
  readonly type: 'operation'
  readonly action: 'start' | 'end'
  /** Zero-based; the same for its start and end. */
  readonly index: number
  readonly name: string
  readonly args?: string
  readonly outcome?: 'ok' | 'failed' | 'unknown'
  /** Its result or error. */
  readonly value?: string
}

/** A node changed its state. */
export interface NodeRecord extends RecordBase {
  readonly type: 'node'
  readonly action: 'boot' | 'up' | 'crash' | 'stop' | 'wipe' | 'pause' | 'resume'
}

/** A fault was injected, or made by the test, or ended. */
export interface FaultRecord extends RecordBase {
  readonly type: 'fault'
  /** 'loss', 'partition', 'crash', 'clog' …; 'heal' for the end of one. */
  readonly family: string
  readonly text: string
  /** Names the fault in a plan; missing: the test made it. */
  readonly key?: string
  /** How long it lasts, or by how much it delays, µs. */
  readonly lasts?: number
  /** Nodes it hits, for a partition the first side. */
  readonly nodes?: readonly string[]
  /** The other side of a partition or link. */
  readonly others?: readonly string[]
  /** In a `heal`: id of the record of what ended. */
  readonly ends?: number
}

/** A line of `sim.log` or of the console. */
export interface LogRecord extends RecordBase {
  readonly type: 'log'
  /** 'log' for sim.log, else 'console.warn' and the like. */
  readonly level: string
  readonly text: string
}

/** An assertion or an invariant was evaluated. */
export interface CheckRecord extends RecordBase {
  readonly type: 'check'
  /** 'always', 'sometimes', 'reachable', 'unreachable', 'invariant', 'eventually' … */
  readonly kind: string
  readonly name: string
  readonly holds: boolean
  /** Details, or why it does not hold. */
  readonly value?: string
}

/** The seed failed here. */
export interface FailureRecord extends RecordBase {
  readonly type: 'failure'
  readonly kind: string
  readonly name: string
  readonly message: string
}

/** One line of a trace. */
export type TraceRecord =
  | SendRecord
  | FateRecord
  | TimeoutRecord
  | TimerRecord
  | ClockRecord
  | StorageRecord
  | ActorRecord
  | OperationRecord
  | NodeRecord
  | FaultRecord
  | LogRecord
  | CheckRecord
  | FailureRecord

/** First line of a trace file. */
export interface TraceHeader {
  readonly type: 'header'
  readonly schema: 'vitest-simulation/trace'
  readonly version: typeof traceVersion
  /** Full name of the test, 'suite > test'. */
  readonly test: string
  /** Relative to the root of the project. */
  readonly file: string
  readonly seed: number
  /** 'whole': the seed as it was drawn; 'minimal': only the faults and operations that it takes to fail. */
  readonly run: 'whole' | 'minimal'
  readonly chaos: string
  readonly digest: string
  /** In order of creation. */
  readonly nodes: readonly string[]
  /** Virtual time at the end, µs. */
  readonly end: number
  /** Events of the run, and records that were left out because there were too many: the first ones. */
  readonly events: number
  readonly left: number
  readonly status: 'failed' | 'passed'
  /** The command that runs it again. */
  readonly replay: string
}

/** A run as it was recorded. */
export interface RecordedTrace {
  readonly header: TraceHeader
  readonly records: readonly TraceRecord[]
}
