/**
 * How fast the timeline opens and moves: `npm run bench:timeline` for 100,000 records and figures; in the suite a few
 * records show that the measuring works.
 */
import { expect, test } from 'vitest'
import { timelinePage } from '../../reporter/timeline/page.ts'
import { hasBrowser, openTimeline, startBrowser } from './browser.ts'
import { madeUpTrace } from './made-up.ts'

const isFull = process.env['TIMELINE_BENCH'] === '1'
const size = isFull ? 100_000 : 2_000

/** Drags the picture by wheel events for so many frames; resolves to frames a second. */
const panning = (frames: number): string => `new Promise((resolve) => {
  const canvas = document.querySelector('.run:not([hidden]) canvas.chart')
  let left = ${frames}
  const started = performance.now()
  const turn = () => {
    document.dispatchEvent(new KeyboardEvent('keydown', { key: left % 40 < 20 ? 'ArrowRight' : 'ArrowLeft', bubbles: true }))
    canvas.getContext('2d').getImageData(0, 0, 1, 1)
    if (--left > 0) requestAnimationFrame(turn)
    else resolve((${frames} * 1000) / (performance.now() - started))
  }
  requestAnimationFrame(turn)
})`

test.skipIf(!hasBrowser)('opens and moves', async () => {
  const trace = madeUpTrace(size)
  const bytes = timelinePage([trace]).length
  const browser = await startBrowser()
  try {
    const { page, close } = await openTimeline(browser, [trace])
    const opened = Number(await page.evaluate('performance.now()'))
    const figures: Record<string, number> = { megabytes: bytes / 1e6, openMs: opened }
    for (const [name, zooms] of Object.entries({ whole: 0, middle: 4, near: 20 })) {
      await page.keyboard.press('0')
      for (let i = 0; i < zooms; i++) await page.keyboard.press('+')
      figures[`${name}: frames a second`] = Number(await page.evaluate(panning(isFull ? 120 : 5)))
    }
    await close()
    // oxlint-disable-next-line no-console -- it is what the script is for
    if (isFull) console.log(figures)
    for (const figure of Object.values(figures)) expect(figure).toBeGreaterThan(0)
  } finally {
    await browser.close()
  }
})
