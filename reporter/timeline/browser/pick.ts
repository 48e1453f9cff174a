import { firstAtLeast } from './axis.ts'
import { rowHeight } from './layout.ts'
import { type Scene, endsOf, gutter, isVisible, laneY, rowY, signY, xAt } from './scene.ts'

/** How near a pointer must come, in CSS pixels. */
const reach = 8

/** Index of the record at a place of the picture: a sign first, then an operation, then a message; undefined: none. */
export function pick(scene: Scene, x: number, y: number): number | undefined {
  if (x < gutter) return undefined
  return pickSign(scene, x, y) ?? pickOperation(scene, x, y) ?? pickJourney(scene, x, y)
}

function pickSign(scene: Scene, x: number, y: number): number | undefined {
  const { axis, domain, width, shown } = scene
  const scale = (domain[1] - domain[0]) / (width - gutter)
  const at = domain[0] + (x - gutter) * scale
  const last = firstAtLeast(axis.at, at + reach * scale)
  let best: number | undefined
  let nearest = reach * reach
  for (let index = firstAtLeast(axis.at, at - reach * scale); index < last; index++) {
    if (shown[index] !== 1) continue
    const [dx, dy] = [xAt(scene, index) - x, signY(scene, index) - y]
    const distance = dx * dx + dy * dy
    if (distance >= nearest) continue
    nearest = distance
    best = index
  }
  return best
}

function pickOperation(scene: Scene, x: number, y: number): number | undefined {
  const { model, shown, layout } = scene
  const line = laneY(scene, model.lanes.indexOf('test'))
  const found = model.operations.find(({ start, stop, row }) => {
    if (row >= layout.rows || Math.abs(rowY(scene, line, row) - y) > rowHeight / 2) return false
    if (shown[start] !== 1 && shown[stop] !== 1) return false
    return xAt(scene, start) <= x && xAt(scene, stop) >= x
  })
  if (found === undefined) return undefined
  return shown[found.start] === 1 ? found.start : found.stop
}

function pickJourney(scene: Scene, x: number, y: number): number | undefined {
  const { model, shown } = scene
  let best: number | undefined
  let nearest = reach - 2
  for (const journey of model.journeys) {
    if (!isVisible(journey, scene) || shown[journey.start] !== 1) continue
    const distance = distanceTo(x, y, endsOf(scene, journey))
    if (distance >= nearest) continue
    nearest = distance
    best = journey.start
  }
  return best
}

/** From a point to a line between two points. */
function distanceTo(x: number, y: number, [x1, y1, x2, y2]: readonly [number, number, number, number]): number {
  const [dx, dy] = [x2 - x1, y2 - y1]
  const length = dx * dx + dy * dy
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length))
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy)
}
