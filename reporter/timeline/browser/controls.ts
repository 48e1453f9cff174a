import { type Choices, type Filter, everything } from './filter.ts'

/** Finds an element that the page has for certain. */
export function byId<E extends HTMLElement>(id: string): E {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no element '${id}'`)
  return found as E
}

const selects = { node: 'nodes', type: 'types', method: 'methods', actor: 'actors' } as const

/** Fills the lists of the filter bar, and tells each change. */
export function connectFilters(choices: Choices, changed: (filter: Filter) => void): void {
  const read = (): Filter => ({
    ...everything,
    text: byId<HTMLInputElement>('search').value,
    request: byId<HTMLInputElement>('request').value,
    housekeeping: byId<HTMLInputElement>('housekeeping').checked,
    ...Object.fromEntries(Object.keys(selects).map((name) => [name, byId<HTMLSelectElement>(name).value])),
  })
  for (const [name, list] of Object.entries(selects)) {
    const select = byId<HTMLSelectElement>(name)
    for (const value of choices[list]) select.append(new Option(value, value))
    select.disabled = choices[list].length === 0
    select.addEventListener('change', () => changed(read()))
  }
  for (const id of ['search', 'request', 'housekeeping']) byId(id).addEventListener('input', () => changed(read()))
  byId('clear').addEventListener('click', () => {
    for (const id of ['search', 'request', ...Object.keys(selects)]) byId<HTMLInputElement>(id).value = ''
    byId<HTMLInputElement>('housekeeping').checked = false
    changed(read())
  })
}

/** Light, dark or as the system says; the choice lives as long as the page. */
export function connectTheme(changed: () => void): void {
  const root = document.documentElement
  const isDark = (): boolean => {
    const { theme } = root.dataset
    return theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark'
  }
  const button = byId<HTMLButtonElement>('theme')
  const told = (): void => {
    button.setAttribute('aria-pressed', String(isDark()))
    changed()
  }
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark'
    told()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', told)
  told()
}

/** How long the button says that it has copied, ms. */
const told = 2_000

/** Copies the text of one element on a click, and says so. */
export function connectCopy(source: HTMLElement, button: HTMLElement): void {
  const label = button.textContent
  button.addEventListener('click', () => {
    void copy(source).then((isCopied) => {
      button.textContent = isCopied ? 'Copied' : 'Ctrl+C'
      setTimeout(() => (button.textContent = label), told)
    })
  })
}

/** False: the browser does not let a page copy; then the text is selected. */
async function copy(source: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(source.textContent)
    return true
  } catch {
    getSelection()?.selectAllChildren(source)
    return false
  }
}
