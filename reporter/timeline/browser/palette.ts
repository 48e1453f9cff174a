import type { Fate } from './journeys.ts'

/** Colours of the drawing, read from the style sheet so that light and dark stand in one place. */
export interface Palette {
  readonly text: string
  readonly muted: string
  readonly line: string
  readonly lane: string
  readonly surface: string
  readonly accent: string
  readonly fates: Readonly<Record<Fate, string>>
  readonly cut: string
  readonly down: string
  readonly good: string
  readonly storage: string
  readonly actor: string
  readonly operation: string
  readonly log: string
}

export function readPalette(root: HTMLElement): Palette {
  const style = getComputedStyle(root)
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    text: of('text'),
    muted: of('muted'),
    line: of('line'),
    lane: of('lane'),
    surface: of('surface'),
    accent: of('accent'),
    fates: {
      delivered: of('delivered'),
      lost: of('lost'),
      duplicated: of('duplicated'),
      late: of('late'),
      held: of('held'),
      'under way': of('muted'),
    },
    cut: of('cut'),
    down: of('down'),
    good: of('good'),
    storage: of('storage'),
    actor: of('actor'),
    operation: of('operation'),
    log: of('log'),
  }
}
