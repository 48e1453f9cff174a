import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { deflateRawSync } from 'node:zlib'
import { formatMillis, groupThousands } from '../../src/engine/format.ts'
import type { FailureRecord, RecordedTrace } from '../../src/trace/records.ts'
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
  const { test, file, seed, chaos, end, events, status, replay } = header
  const failure = records.findLast((record): record is FailureRecord => record.type === 'failure')
  const facts = [
    file,
    `seed ${seed}`,
    `${formatMillis(end)} virtual`,
    `${groupThousands(events)} events`,
    `chaos ${chaos}`,
  ]
  const verdict =
    failure === undefined
      ? `<div class="verdict passed">${status}</div>`
      : `<div class="verdict" tabindex="0" role="region" aria-label="Failure">${escaped(`${failure.kind}: ${failure.message}`)}</div>`
  return `<header>
<h1>${escaped(test)}</h1>
<p class="facts">${escaped(facts.join(' · '))}</p>
${verdict}
<div class="replay"><code tabindex="0" role="region" aria-label="Command that runs it again">${escaped(replay)}</code><button type="button" id="copy">Copy command</button><button type="button" id="theme" aria-pressed="false">Dark</button></div>
</header>`
}

const option = (id: string, label: string): string =>
  `<select id="${id}" aria-label="Filter by ${label}"><option value="">${label}</option></select>`

const barHtml = `<div class="bar" role="region" aria-label="Tools">
<div class="group" id="views" role="group" aria-label="Which run">
<button type="button" data-view="minimal">Minimal</button><button type="button" data-view="whole">Whole</button><button type="button" data-view="both">Both</button>
</div>
<div class="group"><button type="button" id="failure">Failure</button><button type="button" id="previous" aria-label="Previous record">↑</button><button type="button" id="next" aria-label="Next record">↓</button></div>
<div class="group"><button type="button" id="zoom-out" aria-label="Zoom out">−</button><button type="button" id="zoom-in" aria-label="Zoom in">+</button><button type="button" id="fit">Fit</button><button type="button" id="scale" aria-pressed="false">To scale</button></div>
<div class="group"><input type="search" id="search" placeholder="Search (/)" aria-label="Search records">${option('node', 'node')}${option('type', 'type')}${option('method', 'method')}${option('actor', 'actor')}<input type="text" id="request" placeholder="request #" aria-label="Filter by request id" inputmode="numeric"><label class="check"><input type="checkbox" id="housekeeping">timers</label><button type="button" id="clear">Clear</button></div>
</div>`

const legendHtml = `<footer class="legend">
${['delivered', 'lost', 'late', 'held'].map((fate) => `<span><i style="border-color:var(--${fate})"></i>${fate}</span>`).join('\n')}
<span><i style="border-color:var(--cut)"></i>links cut</span>
<span><kbd>←</kbd> <kbd>→</kbd> move · <kbd>+</kbd> <kbd>−</kbd> zoom · <kbd>0</kbd> fit · <kbd>f</kbd> failure · <kbd>n</kbd> <kbd>p</kbd> next, previous · <kbd>/</kbd> search · <kbd>Esc</kbd> deselect</span>
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
