/** Makes the picture of the README: `node test/timeline/picture.mjs TIMELINE.html PICTURE.png`. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const [, , page, picture] = process.argv
if (page === undefined || picture === undefined) throw new Error('usage: picture.mjs TIMELINE.html PICTURE.png')
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
try {
  const view = await browser.newPage({ viewport: { width: 1200, height: 640 }, colorScheme: 'light' })
  await view.goto(pathToFileURL(resolve(page)).href)
  await view.waitForSelector('html[data-ready]')
  await view.evaluate('document.fonts.ready')
  await view.screenshot({ path: picture })
} finally {
  await browser.close()
}
