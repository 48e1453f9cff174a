import { formatMillis } from '../../../src/engine/format.ts'
import type { TraceRecord } from '../../../src/trace/records.ts'
import { sendOf } from './filter.ts'
import type { Model } from './model.ts'

/** Shows beside the pointer what a record says and what led to it; hides when there is none. */
export function showTip(tip: HTMLElement, model: Model, index: number | undefined, x: number, y: number): void {
  tip.hidden = index === undefined
  if (index === undefined) return
  tip.replaceChildren(...linesOf(model, index))
  const left = Math.min(x + 14, innerWidth - tip.offsetWidth - 8)
  const top = y + 18 + tip.offsetHeight > innerHeight ? y - tip.offsetHeight - 10 : y + 18
  tip.style.transform = `translate(${Math.max(8, left)}px, ${Math.max(8, top)}px)`
}

function linesOf(model: Model, index: number): HTMLElement[] {
  const record = model.records[index] as TraceRecord
  const life = (record.life ?? 1) > 1 ? ` (life ${record.life})` : ''
  const lines = [
    line('what', model.textOf(index)),
    line('where', `${formatMillis(record.at)} · ${record.node}${life} · event ${record.event}`),
  ]
  if (record.type === 'send') lines.push(line('more', fateText(model, index)))
  else {
    const send = sendOf(model, record)
    if (send !== undefined) lines.push(line('more', `sent at ${formatMillis(send.at)}`))
  }
  const [cause] = model.causes(index)
  if (cause !== undefined) lines.push(line('more', `caused by ${model.textOf(cause)}`))
  return lines
}

/** 'delivered after 4.2 ms', for each journey of a message. */
function fateText(model: Model, index: number): string {
  const at = model.records[index]?.at ?? 0
  return model
    .journeysOf(index)
    .map(({ fate, stop }) => {
      const end = model.records[stop]
      return end === undefined ? `${fate} at the end of the run` : `${fate} after ${formatMillis(end.at - at)}`
    })
    .join(', ')
}

function line(className: string, text: string): HTMLElement {
  const element = document.createElement('div')
  element.className = className
  element.textContent = text
  return element
}
