/**
 * Makes the picture of the README, after `npm run build`: `node test/timeline/picture.mjs PICTURE.png [TRACE.jsonl …]`. The
 * traces are those of one failing seed in `.vitest-simulation/`, the whole one first; without one it is a made-up trace.
 */
import { load, readTrace } from './load.mjs'

const [, , picture, ...traces] = process.argv
if (!picture?.endsWith('.png')) throw new Error('usage: picture.mjs PICTURE.png [TRACE.jsonl …]')

const { madeUpTrace } = await load('made-up.ts')
const { openTimeline, startBrowser } = await load('browser.ts')
const runs = traces.length > 0 ? traces.map(readTrace) : [madeUpTrace(1_200), madeUpTrace(160, 'minimal')]
const browser = await startBrowser()
try {
  const { page, close } = await openTimeline(browser, runs, { width: 1200, height: 640 })
  await page.evaluate('document.fonts.ready')
  await page.screenshot({ path: picture })
  await close()
} finally {
  await browser.close()
}
