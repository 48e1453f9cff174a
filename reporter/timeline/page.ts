import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { deflateRawSync } from 'node:zlib'
import type { FailureRecord, RecordedTrace } from '../../src/trace/records.ts'
import { factsOf } from './facts.ts'
import { styleSheet } from './style.ts'

/**
 * A page that shows runs of one seed, the whole one first: one file that asks no other for anything.
 *
 * Throws when the package has not been built: the script of the page is made by the build.
 */
export function timelinePage(runs: readonly RecordedTrace[]): string {
  const last = runs.at(-1)
  if (last === undefined) throw new RangeError('timelinePage takes one run at least')
  const data = deflateRawSync(JSON.stringify(runs), { level: 6 }).toString('base64')
  const { header } = last
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>${escaped(header.test)} · seed ${header.seed}</title>
<style>${styleSheet}</style>
</head>
<body>
${headHtml(last)}
${barHtml}
<main>
<div id="charts"></div>
<aside aria-label="Records">
<div id="details" tabindex="0" role="region" aria-label="Selected record"></div>
<div id="count"></div>
<div id="list"></div>
</aside>
</main>
${legendHtml}
<div id="tip" hidden></div>
<div id="live" aria-live="polite"></div>
<script type="application/octet-stream" id="data">${data}</script>
<script type="module">${script()}</script>
</body>
</html>
`
}

function headHtml({ header, records }: RecordedTrace): string {
  const { test, status, replay } = header
  const failure = records.findLast((record): record is FailureRecord => record.type === 'failure')
  const facts = factsOf(header).map((fact) => `<span>${escaped(fact)}</span>`)
  const verdict =
    failure === undefined
      ? `<div class="verdict passed">${status}</div>`
      : `<div class="verdict" tabindex="0" role="region" aria-label="Failure"><strong>${escaped(failure.kind)}</strong> ${escaped(failure.message)}</div>`
  return `<header>
<div><h1>${escaped(test)}</h1>
<p class="facts" id="facts">${facts.join('')}</p></div>
<div class="replay"><code id="command" tabindex="0" role="region" aria-label="Command that runs it again">${escaped(replay)}</code><button type="button" id="copy">Copy</button></div>
<button type="button" id="theme" aria-pressed="false" aria-label="Dark colours" title="Dark colours">${themeIcon}</button>
${verdict}
</header>`
}

const themeIcon =
  '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor"/></svg>'

const option = (id: string, label: string): string =>
  `<select id="${id}" aria-label="Filter by ${label}"><option value="">All ${label}s</option></select>`

const barHtml = `<div class="bar" role="region" aria-label="Tools">
<div class="joined" id="views" role="group" aria-label="Which run">
<button type="button" data-view="minimal">Minimal</button><button type="button" data-view="whole">Whole</button><button type="button" data-view="both">Both</button>
</div>
<div class="group"><button type="button" id="failure"><i class="spot"></i>Failure</button><div class="joined"><button type="button" id="previous" aria-label="Previous record" title="Previous record (p)">↑</button><button type="button" id="next" aria-label="Next record" title="Next record (n)">↓</button></div></div>
<div class="group"><div class="joined"><button type="button" id="zoom-out" aria-label="Zoom out" title="Zoom out (−)">−</button><button type="button" id="zoom-in" aria-label="Zoom in" title="Zoom in (+)">+</button><button type="button" id="fit" title="All of the run (0)">Fit</button></div><button type="button" id="scale" aria-pressed="false" title="Equal room for equal times">To scale</button></div>
<div class="group grows"><input type="search" id="search" placeholder="Search (/)" aria-label="Search records"><button type="button" id="filters" aria-expanded="false" aria-controls="filter-group">Filters<b id="filtered"></b></button></div>
<div class="group" id="filter-group" role="group" aria-label="Filters">${option('node', 'node')}${option('type', 'type')}${option('method', 'method')}${option('actor', 'actor')}<input type="text" id="request" placeholder="Request #" aria-label="Filter by request id" inputmode="numeric"><label class="check"><input type="checkbox" id="housekeeping">Timers</label><button type="button" id="clear">Clear</button></div>
</div>`

const fates = ['delivered', 'lost', 'duplicated', 'late', 'held', 'under way']

/** Signs of the picture and what they stand for. */
const signs = { cut: 'links cut', down: 'down', storage: 'storage', actor: 'actor', good: 'check', log: 'log' }

const keys = [
  [['←', '→'], 'move'],
  [['+', '−'], 'zoom'],
  [['0'], 'all of the run'],
  [['Home', 'End'], 'start, end'],
  [['f'], 'failure'],
  [['/'], 'search'],
  [['n', 'p'], 'next, previous'],
  [['Esc'], 'deselect'],
] as const

const legendHtml = `<footer class="legend">
${fates.map((fate) => `<span><i class="line ${fate.split(' ')[0]}"></i>${fate}</span>`).join('')}${Object.entries(signs)
  .map(([id, label]) => `<span><i class="sign ${id}"></i>${label}</span>`)
  .join('')}
<details class="keys"><summary>Keys</summary><dl>${keys
  .map(([all, does]) => `<dt>${all.map((key) => `<kbd>${key}</kbd>`).join(' ')}</dt><dd>${does}</dd>`)
  .join('')}</dl></details>
</footer>`

/** The built script; beside this file in the package, in \`dist\` while the sources run. */
function script(): string {
  const places = ['./timeline-page.js', '../timeline-page.js', '../../dist/timeline-page.js']
  const found = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path))
  if (found === undefined) throw new Error('the script of the timeline has not been built: run npm run build')
  return readFileSync(found, 'utf8').replaceAll('</script', String.raw`<\/script`)
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
