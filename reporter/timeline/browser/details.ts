import { formatMillis, groupThousands } from '../../../src/engine/format.ts'
import type { TraceRecord } from '../../../src/trace/records.ts'
import { sendOf } from './filter.ts'
import type { Model } from './model.ts'

/** Most causes or effects that are listed. */
const listed = 12

/** Everything about one record, with links to its causes and effects. */
export function showDetails(
  box: HTMLElement,
  model: Model,
  index: number | undefined,
  choose: (index: number) => void,
): void {
  if (index === undefined) {
    box.replaceChildren(
      textElement(
        'p',
        'hint',
        'Choose a record in the picture or in the list to see what it says, what caused it and what it caused.',
      ),
    )
    return
  }
  const record = model.records[index] as TraceRecord
  const list = document.createElement('dl')
  for (const [name, value] of factsOf(model, record)) {
    list.append(textElement('dt', '', name), textElement('dd', '', value))
  }
  const title = textElement('h2', `type-${record.type}`, model.textOf(index))
  const related = [
    relatedList(model, 'Caused by', model.causes(index), choose),
    relatedList(model, 'Caused', model.effects(index), choose),
  ]
  box.replaceChildren(title, list, ...related.filter((one) => one !== undefined))
  box.scrollTop = 0
}

const hidden: ReadonlySet<string> = new Set(['id', 'cause', 'at', 'node', 'life', 'type', 'event', 'message', 'send'])

function factsOf(model: Model, record: TraceRecord): [string, string][] {
  const life = (record.life ?? 1) > 1 ? ` (life ${record.life})` : ''
  const facts: [string, string][] = [
    ['Time', formatMillis(record.at)],
    ['Node', `${record.node}${life}`],
    ['Type', record.type],
    ['Event', groupThousands(record.event)],
  ]
  const send = sendOf(model, record)
  const told: object = send === undefined || send === record ? record : { ...send, ...record }
  for (const [name, value] of Object.entries(told)) {
    if (hidden.has(name)) continue
    const text =
      name === 'lasts' ? formatMillis(Number(value)) : Array.isArray(value) ? value.join(', ') : String(value)
    facts.push([name.charAt(0).toUpperCase() + name.slice(1), text])
  }
  return facts.filter(([name], place) => facts.findIndex(([other]) => other === name) === place)
}

function relatedList(
  model: Model,
  heading: string,
  indices: readonly number[],
  choose: (index: number) => void,
): HTMLElement | undefined {
  if (indices.length === 0) return undefined
  const section = document.createElement('section')
  section.append(textElement('h3', '', heading))
  const list = document.createElement('ol')
  for (const index of indices.slice(0, listed)) {
    const record = model.records[index] as TraceRecord
    const button = textElement('button', '', `${formatMillis(record.at)} · ${record.node} · ${model.textOf(index)}`)
    button.setAttribute('type', 'button')
    button.addEventListener('click', () => choose(index))
    const item = document.createElement('li')
    item.append(button)
    list.append(item)
  }
  section.append(list)
  if (indices.length > listed)
    section.append(textElement('p', 'hint', `and ${groupThousands(indices.length - listed)} more`))
  return section
}

function textElement(tag: string, className: string, text: string): HTMLElement {
  const element = document.createElement(tag)
  if (className !== '') element.className = className
  element.textContent = text
  return element
}
