/** The timeline in a real browser: what a person sees, clicks, types and hears. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RecordedTrace, TraceRecord } from '../../src/trace/records.ts'
import { type Look, type Opened, hasBrowser, openTimeline, pictureOf, startBrowser } from './browser.ts'
import { madeUpTrace } from './made-up.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const both = [madeUpTrace(1_200), madeUpTrace(160, 'minimal')]

/** Moves over the picture, from its end, until the tooltip says that; answers all it says. */
async function underPointer(page: Page, says: RegExp): Promise<string> {
  const found = (await page.evaluate(`(() => {
    const canvas = document.querySelector('.run:not([hidden]) canvas.chart')
    const tip = document.getElementById('tip')
    const { left, top, right, bottom } = canvas.getBoundingClientRect()
    for (let clientY = Math.round(top) + 40; clientY < bottom; clientY += 4)
      for (let clientX = Math.round(right) - 3; clientX > left + 120; clientX -= 4) {
        canvas.dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true }))
        if (!tip.hidden && ${says}.test(tip.innerText)) return { clientX, clientY }
      }
  })()`)) as { clientX: number; clientY: number } | undefined
  if (found === undefined) throw new Error(`nothing in the picture says ${says}`)
  await page.mouse.move(found.clientX, found.clientY)
  return page.locator('#tip').innerText()
}

function bare(records: readonly TraceRecord[]): RecordedTrace {
  return { header: { ...madeUpTrace(40).header, nodes: ['a'] }, records }
}

/** A run of so many nodes that say one thing each. */
function crowd(size: number): RecordedTrace {
  const nodes = Array.from({ length: size }, (_, index) => `node-${index}`)
  const trace = bare(
    nodes.map((node, index) => ({ id: index + 1, at: index, event: 1, node, type: 'log', level: 'log', text: 'here' })),
  )
  return { ...trace, header: { ...trace.header, nodes } }
}

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
    expect(await selected(page)).toBe('InvariantViolation: "what was stored is there": key-3 is gone')
    expect(await page.locator('.run:not([hidden])').getAttribute('data-run')).toBe('minimal')
    expect(await page.locator('h1').innerText()).toBe('orders > what was stored is there </title>')
    expect(await page.locator('.replay code').innerText()).toContain('SIMULATION_SEED=7')
    expect(await page.locator('script').count()).toBe(2)
  })

  test('shows both runs, each with its facts, and takes the selection along', async () => {
    const page = await open()
    const facts = await page.locator('#facts').innerText()
    await page.click('[data-view=both]')
    expect(await page.locator('.run:not([hidden])').count()).toBe(2)
    await page.click('[data-view=whole]')
    expect(await page.locator('#count').innerText()).toMatch(/of 1,\d+ records/)
    expect(await page.locator('#facts').innerText()).not.toBe(facts)
    expect(await page.locator('#command').innerText()).not.toContain('SIMULATION_PLAN')
    expect(await selected(page)).toMatch(/^InvariantViolation/)
  })

  test('finds in one run what was chosen in the other one', async () => {
    const page = await open()
    await page.click('[data-view=both]')
    const whole = '[data-run=whole] canvas.chart'
    const before = await pictureOf(page, whole)
    await page.locator('#list').press('Home')
    expect(await selected(page)).toBe('boots')
    const atStart = await pictureOf(page, whole)
    expect(atStart).not.toBe(before)
    // The failure, too, is in both.
    await page.locator('#list').press('End')
    expect(await pictureOf(page, whole)).not.toBe(atStart)
  })

  test('a pointer over a sign tells it, a click selects it with its causes', async () => {
    const page = await open()
    const text = await underPointer(page, /^read key-\d → 7$/m)
    expect(text).toContain('caused by deliver read(')
    await page.mouse.down()
    await page.mouse.up()
    expect(await selected(page)).toMatch(/^read key-\d → 7$/)
    const [heading = ''] = await page.locator('#details h3').allInnerTexts()
    expect(heading).toBe('Caused by')
    await page.locator('#details li button').first().click()
    expect(await selected(page)).toMatch(/^deliver read/)
  })

  test('a pointer over a message tells what became of it', async () => {
    const page = await open()
    expect(await underPointer(page, /^send /)).toMatch(/(delivered|lost|held|late|duplicated) after [\d.,]+ ms/)
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
    await page.click('#filters')
    await page.locator('body').press('/')
    await page.keyboard.type('key-3')
    const found = await shown()
    expect(found).toBeGreaterThan(0)
    expect(found).toBeLessThan(all)
    expect(new Set(await page.locator('.row mark').allInnerTexts())).toEqual(new Set(['key-3']))
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
      expect(await page.locator('#filtered').innerText()).toBe('1')
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

  test('copies the command', async () => {
    const page = await open()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.click('#copy')
    await page.locator('#copy', { hasText: 'Copied' }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(both[1]?.header.replay)
  })

  test('scrolls the lanes where there are many nodes', async () => {
    const page = await open([crowd(60)])
    const before = await pictureOf(page)
    await page.locator('body').press('ArrowDown')
    const scrolled = await pictureOf(page)
    expect(scrolled).not.toBe(before)
    await page.locator('body').press('ArrowUp')
    expect(await pictureOf(page)).toBe(before)
  })

  test('shows a run of no record, and records with nothing but what they must have', async () => {
    const page = await open([bare([])])
    expect(await page.locator('#count').innerText()).toBe('0 records')
    for (const key of ['0', '+', 'ArrowRight', 'f', 'n', 'End']) await page.locator('body').press(key)
    expect(opened?.complaints).toEqual([])
    await opened?.close()
    const base = { at: 5, event: 1, node: 'a' } as const
    const there = await open([
      bare([
        { ...base, id: 40, type: 'deliver', message: 1, send: 3 },
        { ...base, id: 41, type: 'fault', family: 'partition', text: 'partition' },
        { ...base, id: 44, type: 'operation', action: 'end', index: 3, name: 'put' },
        { ...base, id: 45, type: 'storage', action: 'sync', storage: 'a', outcome: 'ok', cause: 7 },
      ]),
    ])
    await there.locator('#list').press('Home')
    expect(await selected(there)).toBe('deliver message 1')
    await there.locator('#list').press('End')
    expect(await selected(there)).toBe('sync')
  })

  test('payloads are text, whatever they hold', async () => {
    const text = '<img src=x onerror=alert(1)></script><script>alert(2)</script><!--'
    const base = { at: 5, event: 1, node: text } as const
    const page = await open([
      bare([
        { ...base, id: 1, type: 'log', level: 'log', text },
        { ...base, id: 2, type: 'actor', action: 'call', actor: text, method: text, value: text, cause: 1 },
        { ...base, id: 3, type: 'failure', kind: 'BodyFailed', name: text, message: text, cause: 2 },
      ]),
    ])
    expect(await selected(page)).toBe(`BodyFailed: ${text}`)
    await page.locator('body').press('/')
    await page.keyboard.type('onerror')
    expect(await page.locator('.row .what mark').count()).toBe(3)
    expect(await page.locator('img, script').count()).toBe(2)
    expect(await page.locator('.verdict').innerText()).toContain(text)
  })

  test.each([
    [1024, 'light'],
    [1440, 'dark'],
  ] as const)('at %d pixels, %s, axe finds nothing serious and nothing is cut off', async (width, colorScheme) => {
    const page = await open(both, { width, colorScheme })
    await page.click('#filters')
    await page.click('[data-view=both]')
    await page.click('.keys summary')
    await page.evaluate(axe)
    const results = (await page.evaluate('axe.run()')) as { violations: { id: string; impact: string }[] }
    const serious = results.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(serious.map(({ id }) => id)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  })
})
