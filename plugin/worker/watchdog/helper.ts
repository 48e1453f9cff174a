/**
 * What main and helper share: a few integers at the front of the buffer, one float (when the window opened) after them.
 * Every integer is read and written with Atomics; the float is written before `open` and is ordered by it.
 */
export const cell = {
  /** Number of the open window, 0 when none is open. */
  open: 0,
  /** 1 while the helper sleeps until a window opens, and therefore needs a notify. */
  asleep: 1,
  /** How long the open window may last before the helper asks for its stack. */
  limitMs: 2,
  /** Never changes: waiting on it is how the helper sleeps. */
  never: 3,
} as const

export const sharedBytes = 24
export const openedAtOffset = 16

/** The script that every slice runs in; a stack without it is not a slice. */
export const sliceFilename = 'vitest-simulation:slice'

/** What the helper posts: one look at the stack of a window that is over its limit. */
export interface Sample {
  readonly window: number
  /** Text of `new Error().stack` taken in the paused frame, so Vitest has source-mapped it. Raw frames if that failed. */
  readonly stack: string
}

export interface HelperData {
  readonly shared: SharedArrayBuffer
  readonly port: unknown
  /** `threadId` of the guarded thread; the inspector names worker threads by it. */
  readonly thread: number
  readonly isMainThread: boolean
  /** After the limit and this, the guarded thread should have been interrupted. */
  readonly graceMs: number
}

/**
 * The helper thread. It looks: the interruption itself is done by `vm`'s timeout on the guarded thread, because that unwinds
 * as an ordinary JavaScript error, while `Runtime.terminateExecution` leaves Node's async id stack corrupt. V8 can lose that
 * timeout when it meets a pause, so no look begins or goes on near it; and should a window stay open all the same, the
 * helper asks V8 to terminate once more: `vm` knows that its timeout has passed, and converts this termination, too.
 *
 * Plain JavaScript in a string: a worker started from a file would need a path that survives bundling, and a function
 * turned into text would carry whatever the transforms (coverage, SSR imports) put into it.
 */
export const helperSource = `
const { workerData } = require('node:worker_threads')
const { Session } = require('node:inspector')
const { writeSync } = require('node:fs')
const { shared, port, thread, isMainThread, graceMs } = workerData
const cells = new Int32Array(shared, 0, 4)
const openedAt = new Float64Array(shared, ${openedAtOffset}, 1)
const now = () => Number(process.hrtime.bigint()) / 1e6
let examined = 0, reported = 0

function watch() {
  for (;;) {
    if (Atomics.load(cells, ${cell.open}) === 0) {
      Atomics.store(cells, ${cell.asleep}, 1)
      Atomics.wait(cells, ${cell.open}, 0)
      Atomics.store(cells, ${cell.asleep}, 0)
    }
    const window = Atomics.load(cells, ${cell.open})
    const limitMs = Atomics.load(cells, ${cell.limitMs})
    const overMs = now() - openedAt[0] - limitMs
    if (window !== 0 && still(window)) {
      if (overMs > graceMs + 1000 && window !== reported) report((reported = window), limitMs)
      if (overMs > graceMs + 300) return examine(window, true, 700)
      if (overMs >= 0 && overMs < graceMs - 400 && window !== examined) return examine((examined = window), false, graceMs - 200 - overMs)
    }
    // Later windows end later, so sleeping until this one's limit cannot miss theirs (250: one may have a shorter limit).
    Atomics.wait(cells, ${cell.never}, 0, overMs >= 0 ? 50 : Math.min(-overMs, 250))
  }
}

function report(window, limitMs) {
  writeSync(2, '[vitest-simulation] one event has blocked the thread for ' + Math.round(now() - openedAt[0]) + ' ms (limit ' + limitMs +
    ' ms) and could not be interrupted yet; it is probably inside a native call\\n' + (window === seen.window ? seen.stack + '\\n' : ''))
}

const isNode = (frame) => frame.url === '' || frame.url.startsWith('node:')
/** True when the frames show which link of a chain runs: some user code is above Node's drain, or no drain is running. */
const namesTheCode = (frames) => {
  const drain = frames.findIndex((frame) => isNode(frame) && /^(processTicksAndRejections|runNextTicks)$/.test(frame.functionName))
  return drain < 0 || frames.slice(0, drain).some((frame) => !isNode(frame))
}
const still = (window) => Atomics.load(cells, ${cell.open}) === window

let seen = { window: 0, stack: '' }

/** Pauses the thread and posts its stack; gives up after forMs. With \`terminate\` it also stops what runs there. */
function examine(window, terminate, forMs) {
  let target, nudge, steps = 0, over = false, left = false
  const leave = () => {
    if (left) return
    left = true
    target?.close()
    setImmediate(watch)
  }
  const finish = () => {
    if (over) return
    over = true
    clearTimeout(timer)
    clearInterval(nudge)
    if (!target) return leave()
    target.post('Debugger.resume', {}, () => {})
    target.post('Debugger.disable', {}, leave)
  }
  const timer = setTimeout(() => {
    finish()
    // A thread that is stuck in native code answers nothing.
    setTimeout(leave, 100)
  }, forMs)
  attach((attached) => {
    if (over) return attached.close()
    target = attached
    // In a paused event the url of a frame is empty; scripts announce theirs when the debugger is enabled.
    const urls = new Map()
    target.on('Debugger.scriptParsed', ({ scriptId, url }) => urls.set(scriptId, url))
    target.on('Debugger.paused', ({ callFrames }) => {
      clearInterval(nudge)
      if (over) return
      if (!still(window)) return finish()
      for (const frame of callFrames) frame.url = urls.get(frame.location.scriptId) ?? ''
      // Already interrupted: this is the watchdog itself, on its way to close the window.
      if (!callFrames.some((frame) => frame.url === '${sliceFilename}')) return finish()
      if (terminate) {
        // Without evaluating anything: what is evaluated in a paused frame swallows a termination.
        if (seen.window !== window) post(raw(callFrames))
        target.post('Runtime.terminateExecution', {}, () => {})
        return finish()
      }
      const found = namesTheCode(callFrames) || ++steps === 300
      const next = () => {
        if (found) return finish()
        // Between two links, inside Node's own loop: step until the next one runs, not through Node's bookkeeping.
        const bookkeeping = /(async_hooks|fixed_queue|async_context_frame)$/.test(callFrames[0].url)
        target.post(bookkeeping ? 'Debugger.stepOut' : 'Debugger.stepInto', {}, () => {})
        insist()
      }
      if (found || seen.window !== window) look(target, callFrames, (stack) => { post(stack); next() })
      else next()
    })
    // Posted before the thread is let go, so it finds the message as soon as it is interrupted.
    const post = (stack) => port.postMessage((seen = { window, stack }))
    // A blocked thread often does not notice a message, most of all a worker thread, before the next one arrives; and a
    // step that leaves JavaScript for the queue of promise jobs can get lost.
    const pause = () => over || target.post('Debugger.pause', {}, () => {})
    const insist = () => { nudge = setInterval(pause, 15) }
    target.post('Debugger.enable', {}, pause)
    insist()
  })
}

const raw = (callFrames) => callFrames.map(({ functionName, url, location }) =>
  'at ' + (functionName || '<anonymous>') + ' (' + url + ':' + (location.lineNumber + 1) + ':' + ((location.columnNumber || 0) + 1) + ')').join('\\n    ')

/** Vitest's own \`Error.prepareStackTrace\` makes the text, so its positions are those of the source. */
function look(target, callFrames, done) {
  const expression = 'new globalThis.Error().stack'
  target.post('Debugger.evaluateOnCallFrame', { callFrameId: callFrames[0].callFrameId, expression, returnByValue: true, silent: true }, (error, answer) => {
    const text = !error && !answer.exceptionDetails && answer.result.value
    done(typeof text === 'string' ? text.replace(/^.*(\\n +at eval .*)?/, '').trimStart() : raw(callFrames))
  })
}

/** Connects to the guarded thread: directly when it is the main thread, else through the main thread's NodeWorker domain. */
function attach(done) {
  const session = new Session()
  session.connectToMainThread()
  if (isMainThread) return done({
    post: (method, params, answer) => session.post(method, params, answer),
    on: (event, listener) => session.on(event, (message) => listener(message.params)),
    close: () => session.disconnect(),
  })
  let ids = 0, sessionId
  const answers = new Map(), listeners = new Map()
  session.on('NodeWorker.attachedToWorker', ({ params }) => {
    // The title is '[worker 3]', with the worker's name after it when it has one.
    if (sessionId || !params.workerInfo.title.startsWith('[worker ' + thread + ']')) return
    sessionId = params.sessionId
    done({
      post(method, params, answer) {
        answers.set(++ids, answer)
        session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id: ids, method, params }) }, () => {})
      },
      on: (event, listener) => listeners.set(event, listener),
      close: () => session.post('NodeWorker.disable', () => session.disconnect()),
    })
  })
  session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
    if (params.sessionId !== sessionId) return
    const message = JSON.parse(params.message)
    if (!message.id) return listeners.get(message.method)?.(message.params)
    const answer = answers.get(message.id)
    answers.delete(message.id)
    answer?.(message.error ?? null, message.result)
  })
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, () => {})
}

// An inspector session does not keep its thread alive, and a thread that ends with one open makes Node abort.
setInterval(() => {}, 2 ** 30)
watch()
`
