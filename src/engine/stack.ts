/** The folder of this package: its sources, or its `dist`. */
const home = new URL(
  /\/dist\//.test(import.meta.url) ? import.meta.url.replace(/\/dist\/.*$/, '/') : '../../',
  import.meta.url,
).href
const homePath = decodeURIComponent(home.replace(/^file:\/\/(?=\/)/, ''))
const ours = ['src/', 'plugin/', 'dist/'].flatMap((folder) => [home + folder, homePath + folder])

/** True for the path of a file of this package. */
export function isOwnFile(path: string): boolean {
  return ours.some((folder) => path.startsWith(folder))
}

/** True for a stack line inside this package. */
export function isOurFrame(line: string): boolean {
  // The second is the script in which the watchdog runs a slice.
  return ours.some((folder) => line.includes(folder)) || line.includes('vitest-simulation:slice')
}

/** The lines of a stack that are worth showing: not this package's, not Node's. */
export function userFrames(stack: string): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !isOurFrame(line) && !/\(node:|at node:|<anonymous>\)?$/.test(line))
}

/** Holds a stack; its text is made when it is read. */
export interface Place {
  readonly stack?: string
}

/** Frames that are kept: those of this package and of hooks come first. */
const framesKept = 25

/** Where the running code is. */
export function placeHere(): Place {
  const place: Place = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = framesKept
  Error.captureStackTrace(place)
  Error.stackTraceLimit = limit
  return place
}
