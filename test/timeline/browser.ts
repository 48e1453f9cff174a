/** A real browser for tests of pages: Debian's chromium, or the one that CHROMIUM names. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type Page, chromium } from 'playwright-core'
import { timelinePage } from '../../reporter/timeline/page.ts'
import type { RecordedTrace } from '../../src/trace/records.ts'

const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = places.find((path) => path !== undefined && existsSync(path))

/** In CI a missing browser fails the tests; elsewhere they are skipped. */
export const hasBrowser = executablePath !== undefined || Boolean(process.env['CI'])

export function startBrowser(): Promise<Browser> {
  if (executablePath === undefined)
    throw new Error('no browser: apt-get install chromium, or set CHROMIUM to the path of one')
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** A page that is open, with everything that it asked for or complained about. */
export interface Opened {
  readonly page: Page
  readonly complaints: readonly string[]
  close(): Promise<void>
}

export interface Look {
  readonly width?: number
  readonly height?: number
  readonly colorScheme?: 'light' | 'dark'
  readonly hasTouch?: boolean
}

export async function openTimeline(browser: Browser, runs: readonly RecordedTrace[], look: Look = {}): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'timeline-'))
  const file = join(folder, 'timeline.html')
  writeFileSync(file, timelinePage(runs))
  const { width = 1280, height = 800, colorScheme = 'light', hasTouch = false } = look
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, hasTouch })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(`error ${message}`))
  page.on('console', (message) => complaints.push(`console ${message.text()}`))
  page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`))
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) complaints.push(`request ${request.url()}`)
  })
  await page.goto(pathToFileURL(file).href)
  await page.waitForSelector('html[data-ready]')
  const close = async (): Promise<void> => {
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { page, complaints, close }
}

/** What a canvas shows, as a text that differs when the picture does; waits for the next frames first. */
export async function pictureOf(page: Page, selector = '.run:not([hidden]) canvas.chart'): Promise<string> {
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
  const data = await page
    .locator(selector)
    .first()
    .evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL())
  return createHash('sha256').update(data).digest('hex')
}
