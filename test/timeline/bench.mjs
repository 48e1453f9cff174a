/**
 * How fast the timeline opens and moves: `node test/timeline/bench.mjs [RECORDS]`, 100,000 unless told otherwise, after
 * `npm run build`. Prints figures as JSON; says nothing about whether they are good.
 */
import { load } from './load.mjs'

const size = Number(process.argv[2] ?? 100_000)
if (!Number.isInteger(size) || size < 40) throw new RangeError(`RECORDS is ${process.argv[2]}: a whole number from 40`)

const { timelinePage } = await load('../../reporter/timeline/page.ts')
const { madeUpTrace } = await load('made-up.ts')
const { openTimeline, startBrowser } = await load('browser.ts')

/** Moves the picture by keys or drags it, each frame one step; resolves to frames a second. */
const moving = (frames, step) => `new Promise((resolve) => {
  const canvas = document.querySelector('.run:not([hidden]) canvas.chart')
  const { left, top } = canvas.getBoundingClientRect()
  const mouse = (type, at, target = window) => target.dispatchEvent(new MouseEvent(type, {
    bubbles: true, cancelable: true, view: window, clientX: left + 400 + at, clientY: top + 200 }))
  const steps = {
    key: (left) => document.dispatchEvent(new KeyboardEvent('keydown', { key: left % 40 < 20 ? 'ArrowRight' : 'ArrowLeft' })),
    drag: (left) => mouse('mousemove', (left % 40 < 20 ? left % 20 : 20 - left % 20) * 10),
    wheel: (left) => canvas.dispatchEvent(new WheelEvent('wheel', {
      bubbles: true, cancelable: true, clientX: 500, clientY: 400, deltaY: left % 20 < 10 ? 40 : -40 })),
  }
  if ('${step}' === 'drag') mouse('mousedown', 0, canvas)
  let rest = ${frames}
  const started = performance.now()
  const turn = () => {
    steps['${step}'](rest)
    // Waits until what was drawn is there.
    canvas.getContext('2d').getImageData(0, 0, 1, 1)
    if (--rest > 0) return requestAnimationFrame(turn)
    const seconds = (performance.now() - started) / 1000
    if ('${step}' === 'drag') mouse('mouseup', 0)
    resolve(${frames} / seconds)
  }
  requestAnimationFrame(turn)
})`

/** How long typing a text into the search takes until the list shows what was found, ms. */
const searching = `new Promise((resolve) => {
  const search = document.getElementById('search')
  const started = performance.now()
  search.value = 'customer-77'
  search.dispatchEvent(new InputEvent('input', { bubbles: true }))
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)))
})`

const trace = madeUpTrace(size)
const figures = { records: size, megabytes: timelinePage([trace]).length / 1e6 }
const browser = await startBrowser()
try {
  const { page, close } = await openTimeline(browser, [trace])
  figures.openMs = Number(await page.evaluate("performance.getEntriesByName('ready')[0].startTime"))
  for (const [name, zooms] of Object.entries({ whole: 0, middle: 4, near: 20 })) {
    await page.locator('body').press('0')
    for (let i = 0; i < zooms; i++) await page.locator('body').press('+')
    for (const step of ['key', 'drag', 'wheel']) {
      figures[`${name}, ${step}: frames a second`] = Number(await page.evaluate(moving(60, step)))
    }
  }
  figures.searchMs = Number(await page.evaluate(searching))
  await close()
} finally {
  await browser.close()
}
const rounded = Object.entries(figures).map(([name, figure]) => [name, Math.round(figure * 10) / 10])
process.stdout.write(`${JSON.stringify(Object.fromEntries(rounded), undefined, 2)}\n`)
