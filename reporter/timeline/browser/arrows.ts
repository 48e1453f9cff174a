import { callText } from '../../../src/story/words.ts'
import { type Fate, type Journey, fates } from './journeys.ts'
import type { Labels } from './labels.ts'
import { type Scene, endsOf, isVisible } from './scene.ts'

/** More than so many messages are lines without heads; more than so many have no text. */
const [crowd, told] = [1_200, 90] as const

/** The messages that are in sight, what went wrong on top. */
export function drawJourneys(context: CanvasRenderingContext2D, scene: Scene, labels: Labels): void {
  const { shown, lit, near } = scene
  const visible = scene.model.journeys.filter(
    (one) => isVisible(one, scene) && (shown[one.start] === 1 || (one.stop >= 0 && shown[one.stop] === 1)),
  )
  // The more there are, the fainter each: what is left to see is where they are many.
  const strength = Math.max(0.4, Math.min(1, (crowd * 3) / visible.length))
  for (const fate of fates) {
    const all = visible.filter((one) => one.fate === fate)
    if (visible.length > crowd) {
      const drawn = lit === undefined ? all : all.filter((one) => has(lit, one))
      drawCrowd(context, scene, drawn, fate, strength)
      continue
    }
    for (const journey of all) {
      const isLit = lit === undefined || has(lit, journey)
      const isNear = has(near, journey)
      context.globalAlpha = isLit || isNear ? 1 : 0.13
      context.lineWidth = isNear || (lit !== undefined && isLit) ? 2 : 1.25
      drawJourney(context, scene, journey)
      if (visible.length > told || !isLit || shown[journey.start] !== 1) continue
      labels.onLine(journey.start, callText(journey.send), scene.palette.fates[fate], endsOf(scene, journey))
    }
  }
  context.globalAlpha = 1
  context.setLineDash([])
}

function has(set: ReadonlySet<number> | undefined, { start, stop }: Journey): boolean {
  return set !== undefined && (set.has(start) || set.has(stop))
}

/** Very many lines of one colour, as one; those that would lie on each other once. */
function drawCrowd(
  context: CanvasRenderingContext2D,
  scene: Scene,
  all: readonly Journey[],
  fate: Fate,
  strength: number,
): void {
  context.strokeStyle = scene.palette.fates[fate]
  context.globalAlpha = (fate === 'delivered' ? 0.4 : 0.8) * strength
  context.lineWidth = 1
  context.setLineDash([])
  context.beginPath()
  const { width, model } = scene
  const drawn = new Set<number>()
  for (const journey of all) {
    const [x1, y1, x2, y2] = endsOf(scene, journey)
    const lanes = journey.from * model.lanes.length + journey.to
    const place = (lanes * (width + 1) + Math.round(x1)) * (width + 1) + Math.min(Math.round(x2 - x1), width)
    if (drawn.has(place)) continue
    drawn.add(place)
    context.moveTo(x1, y1)
    context.lineTo(x2, y2)
  }
  context.stroke()
}

function drawJourney(context: CanvasRenderingContext2D, scene: Scene, journey: Journey): void {
  const { fate } = journey
  const [x1, y1, x2, y2] = endsOf(scene, journey)
  context.strokeStyle = context.fillStyle = scene.palette.fates[fate]
  context.setLineDash(fate === 'under way' || fate === 'duplicated' ? [4, 3] : [])
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
  context.setLineDash([])
  if (fate === 'lost') return cross(context, x2, y2)
  if (journey.stop < 0) return openEnd(context, scene, x2, y2)
  const angle = Math.atan2(y2 - y1, x2 - x1)
  const long = Math.min(8, Math.hypot(x2 - x1, y2 - y1) / 2)
  context.beginPath()
  context.moveTo(x2, y2)
  context.lineTo(x2 - long * Math.cos(angle - 0.38), y2 - long * Math.sin(angle - 0.38))
  context.lineTo(x2 - long * Math.cos(angle + 0.38), y2 - long * Math.sin(angle + 0.38))
  context.fill()
}

function cross(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.lineWidth += 0.5
  context.beginPath()
  context.moveTo(x - 4, y - 4)
  context.lineTo(x + 4, y + 4)
  context.moveTo(x + 4, y - 4)
  context.lineTo(x - 4, y + 4)
  context.stroke()
}

/** Nobody knows where it is. */
function openEnd(context: CanvasRenderingContext2D, { palette }: Scene, x: number, y: number): void {
  context.fillStyle = palette.surface
  context.beginPath()
  context.arc(x, y, 3, 0, Math.PI * 2)
  context.fill()
  context.stroke()
}
