/** The timeline in a real browser: what a person sees, clicks, types and hears. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Look, type Opened, hasBrowser, openTimeline, pictureOf, startBrowser } from './browser.ts'
import { madeUpTrace } from './made-up.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const both = [madeUpTrace(1_200), madeUpTrace(80, 'minimal')]

describe.skipIf(!hasBrowser)('the timeline', () => {
  let browser: Browser
  let opened: Opened | undefined

  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())
  afterEach(async () => {
    const complaints = opened?.complaints
    await opened?.close()
    opened = undefined
    // No request, no error, no dialog from a payload: in every test.
    expect(complaints ?? []).toEqual([])
  })

  const open = async (runs = both, look: Look = {}): Promise<Page> => {
    opened = await openTimeline(browser, runs, look)
    return opened.page
  }
  const selected = (page: Page): Promise<string> => page.locator('#details h2').innerText()

  test('opens at the failure of the minimal run', async () => {
    const page = await open()
    expect(await selected(page)).toBe('InvariantViolation: "what was stored is there": 3 is gone')
    expect(await page.locator('.run:not([hidden])').getAttribute('data-run')).toBe('minimal')
    expect(await page.locator('h1').innerText()).toBe('orders > what was stored is there </title>')
    expect(await page.locator('.replay code').innerText()).toContain('SIMULATION_SEED=7')
    expect(await page.locator('script').count()).toBe(2)
  })

  test('shows both runs side by side', async () => {
    const page = await open()
    await page.click('[data-view=both]')
    expect(await page.locator('.run:not([hidden])').count()).toBe(2)
    await page.click('[data-view=whole]')
    expect(await page.locator('#count').innerText()).toMatch(/of 1,\d+ records/)
  })

  test('a pointer over a sign tells it, a click selects it with its causes', async () => {
    const page = await open()
    const box = await page.locator('.run:not([hidden]) canvas.chart').boundingBox()
    if (box === null) throw new Error('there is no chart')
    const y = box.y + 28 + (box.height - 28) / 14
    let x = box.x + box.width - 2
    for (; x > box.x + 140; x -= 4) {
      await page.mouse.move(x, y)
      if ((await page.locator('#tip').isVisible()) && (await page.locator('#tip').innerText()).includes('→ ok')) break
    }
    await page.mouse.click(x, y)
    expect(await selected(page)).toMatch(/^operation \d+: .* → ok true$/)
    const [heading = ''] = await page.locator('#details h3').allInnerTexts()
    expect(heading).toBe('Caused by')
    await page.locator('#details li button').first().click()
    expect(await selected(page)).toMatch(/^deliver /)
  })

  test('zooms and moves by wheel, drag, buttons and keys, and comes back', async () => {
    const page = await open([madeUpTrace(1_200)])
    await page.keyboard.press('0')
    const whole = await pictureOf(page)
    const seen = new Set([whole])
    const steps: (() => Promise<void>)[] = [
      () => page.mouse.move(600, 400).then(() => page.mouse.wheel(0, -600)),
      () => page.click('#zoom-in'),
      async () => {
        await page.mouse.move(600, 500)
        await page.mouse.down()
        await page.mouse.move(450, 500, { steps: 3 })
        await page.mouse.up()
      },
      () => page.keyboard.press('ArrowRight'),
      () => page.keyboard.press('+'),
      () => page.keyboard.press('Home'),
      () => page.click('#scale'),
    ]
    for (const step of steps) {
      await step()
      seen.add(await pictureOf(page))
    }
    expect(seen.size).toBe(steps.length + 1)
    await page.click('#scale')
    await page.keyboard.press('0')
    await page.mouse.move(5, 5)
    expect(await pictureOf(page)).toBe(whole)
  })

  test('zooms by two fingers', async () => {
    const page = await open([madeUpTrace(1_200)], { hasTouch: true })
    await page.keyboard.press('0')
    const before = await pictureOf(page)
    const session = await page.context().newCDPSession(page)
    const fingers = (apart: number): object[] => [
      { x: 500 - apart, y: 450 },
      { x: 500 + apart, y: 450 },
    ]
    await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(40) as never })
    await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(160) as never })
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    expect(await pictureOf(page)).not.toBe(before)
  })

  test('finds what was searched for, and filters', async () => {
    const page = await open([madeUpTrace(1_200)])
    const count = (): Promise<string> => page.locator('#count').innerText()
    const shown = async (): Promise<number> => Number((await count()).replace(/,/g, '').split(' ')[0])
    const all = await shown()
    await page.keyboard.press('/')
    await page.keyboard.type('key-3')
    const found = await shown()
    expect(found).toBeGreaterThan(0)
    expect(found).toBeLessThan(all)
    await page.keyboard.press('Enter')
    expect(await selected(page)).toContain('key-3')
    await page.click('#clear')
    expect(await shown()).toBe(all)
    for (const [id, value] of [
      ['node', 'store'],
      ['type', 'storage'],
      ['method', 'book'],
      ['actor', 'counter/1'],
    ] as const) {
      await page.selectOption(`#${id}`, value)
      expect(await shown(), id).toBeGreaterThan(0)
      expect(await shown(), id).toBeLessThan(all)
      await page.click('#clear')
    }
    await page.fill('#request', '#9')
    expect(await page.locator('.row .what').allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringMatching(/#9/)]),
    )
    expect(await shown()).toBeLessThan(8)
    await page.fill('#search', 'no such thing')
    expect(await shown()).toBe(0)
  })

  test('goes from record to record by keyboard, and says each', async () => {
    const page = await open()
    await page.keyboard.press('p')
    const before = await selected(page)
    await page.keyboard.press('n')
    expect(await selected(page)).not.toBe(before)
    await page.locator('#list').focus()
    await page.keyboard.press('Home')
    const first = await selected(page)
    expect(await page.locator('#live').textContent()).toContain(first)
    await page.keyboard.press('ArrowDown')
    expect(await selected(page)).not.toBe(first)
    const active = await page.locator('#list').getAttribute('aria-activedescendant')
    expect(await page.locator(`#${active}`).getAttribute('aria-selected')).toBe('true')
    await page.locator('body').press('f')
    expect(await selected(page)).toMatch(/^InvariantViolation/)
    await page.keyboard.press('Escape')
    expect(await page.locator('#details').innerText()).toContain('Choose a record')
  })

  test('follows the system’s light or dark, and the button', async () => {
    const page = await open(both, { colorScheme: 'dark' })
    const dark = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    await page.click('#theme')
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).not.toBe(dark)
  })

  test.each([
    [1024, 'light'],
    [1440, 'dark'],
  ] as const)('at %d pixels, %s, axe finds nothing serious and nothing is cut off', async (width, colorScheme) => {
    const page = await open(both, { width, colorScheme })
    await page.evaluate(axe)
    const results = (await page.evaluate('axe.run()')) as { violations: { id: string; impact: string }[] }
    const serious = results.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(serious.map(({ id }) => id)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  })
})
