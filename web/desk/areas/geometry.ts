/** The flat map of a district: degrees to pixels and back, fitting, zooming, what a drawn ring is worth. Pure. */
export type Point = [east: number, north: number]
export type Shape = Point[][][]
export type Box = [southWest: Point, northEast: Point]
export interface Size { width: number; height: number }
/** What is looked at: the point in the middle, and pixels for one degree north. */
export interface View { centre: Point; scale: number }

const METRES_PER_DEGREE = 111_320
const [CLOSEST, FARTHEST] = [2e7, 50] // a door fills the screen; so does the country
const shrink = (north: number) => Math.cos((north * Math.PI) / 180)

export function fit(box: Box, size: Size): View {
  const [[west, south], [east, north]] = box
  const centre: Point = [(west + east) / 2, (south + north) / 2]
  const wide = Math.max((east - west) * shrink(centre[1]), 1e-5)
  const high = Math.max(north - south, 1e-5)
  return { centre, scale: held(0.88 * Math.min(size.width / wide, size.height / high)) }
}

/** The box that holds them all. */
export function together(boxes: Box[]): Box {
  const at = (corner: 0 | 1, axis: 0 | 1) => boxes.map((box) => box[corner][axis])
  return [[Math.min(...at(0, 0)), Math.min(...at(0, 1))], [Math.max(...at(1, 0)), Math.max(...at(1, 1))]]
}

const held = (scale: number): number => Math.min(CLOSEST, Math.max(FARTHEST, scale))

export function toScreen(view: View, size: Size, [east, north]: Point): Point {
  const [x, y] = [(east - view.centre[0]) * shrink(view.centre[1]) * view.scale, (view.centre[1] - north) * view.scale]
  return [size.width / 2 + x, size.height / 2 + y]
}

export function toMap(view: View, size: Size, [x, y]: Point): Point {
  const east = view.centre[0] + (x - size.width / 2) / (shrink(view.centre[1]) * view.scale)
  return [east, view.centre[1] - (y - size.height / 2) / view.scale]
}

/** The same with `at` (pixels) staying where it is. */
export function zoomed(view: View, size: Size, factor: number, at: Point = [size.width / 2, size.height / 2]): View {
  const scale = held(view.scale * factor)
  const under = toMap(view, size, at)
  const moved = toMap({ ...view, scale }, size, at)
  return { scale, centre: [view.centre[0] + under[0] - moved[0], view.centre[1] + under[1] - moved[1]] }
}

export function panned(view: View, x: number, y: number): View {
  return { ...view, centre: [view.centre[0] - x / (shrink(view.centre[1]) * view.scale), view.centre[1] + y / view.scale] }
}

/** An SVG path of a shape; holes are cut out by its fill rule. */
export function pathOf(shape: Shape, view: View, size: Size): string {
  const line = (ring: Point[]) => `M${ring.map((point) => toScreen(view, size, point).map((n) => n.toFixed(1)).join(' ')).join('L')}Z`
  return shape.flatMap((polygon) => polygon.map(line)).join('')
}

function twiceTheArea(ring: Point[]): number {
  const [east, north] = ring[0] ?? [0, 0]
  return ring.reduce((sum, a, i) => {
    const b = ring[(i + 1) % ring.length]!
    return sum + (a[0] - east) * (b[1] - north) - (b[0] - east) * (a[1] - north)
  }, 0)
}

/** Where a name stands: the middle of the largest piece. */
export function middleOf(shape: Shape): Point | null {
  const rings = shape.map((polygon) => polygon[0]!).sort((a, b) => Math.abs(twiceTheArea(b)) - Math.abs(twiceTheArea(a)))
  const ring = rings[0]
  if (!ring?.length) return null
  const area = twiceTheArea(ring)
  const [east, north] = ring[0]!
  if (Math.abs(area) < 1e-14) return [east, north]
  const sum: Point = [0, 0]
  ring.forEach((a, i) => {
    const b = ring[(i + 1) % ring.length]!
    const cross = (a[0] - east) * (b[1] - north) - (b[0] - east) * (a[1] - north)
    sum[0] += (a[0] + b[0] - 2 * east) * cross
    sum[1] += (a[1] + b[1] - 2 * north) * cross
  })
  return [east + sum[0] / (3 * area), north + sum[1] / (3 * area)]
}

/** How wide a shape is on the screen: a name is only written where it has room. */
export function widthOf(shape: Shape, view: View, size: Size): number {
  const easts = shape.flatMap((polygon) => polygon[0]!.map((point) => toScreen(view, size, point)[0]))
  return easts.length ? Math.max(...easts) - Math.min(...easts) : 0
}

/** What is still wrong with a ring somebody draws; the server looks again. */
export function wrongWith(ring: Point[]): 'too_few' | 'crosses' | null {
  if (ring.length < 3) return 'too_few'
  const sides = ring.map((point, i): [Point, Point] => [point, ring[(i + 1) % ring.length]!])
  for (let i = 0; i < sides.length; i++)
    for (let j = i + 2; j < sides.length; j++)
      if (!(i === 0 && j === sides.length - 1) && cross(sides[i]!, sides[j]!)) return 'crosses'
  return null
}

function cross([a, b]: [Point, Point], [c, d]: [Point, Point]): boolean {
  const side = (p: Point, q: Point, r: Point) => Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))
  return side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0
}

/** The ring of a plain outline, open, so that its corners can be moved; null of one with holes or in several pieces. */
export function editable(shape: Shape | null): Point[] | null {
  if (!shape) return []
  if (shape.length !== 1 || shape[0]!.length !== 1) return null
  return shape[0]![0]!.slice(0, -1)
}

export function asDocument(id: string, ring: Point[]) {
  return { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { id }, geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]]] } }] }
}

/** A round length and how many pixels it takes: for the scale in the corner. */
export function ruler(view: View): { metres: number; pixels: number } {
  const wanted = (100 / view.scale) * METRES_PER_DEGREE
  const power = 10 ** Math.floor(Math.log10(wanted))
  const metres = [5, 2, 1].map((n) => n * power).find((n) => n <= wanted) ?? power
  return { metres, pixels: (metres / METRES_PER_DEGREE) * view.scale }
}

/** 120.6412, 27.7803 as written beside a map service's point. */
export function readPoint(text: string): Point | null {
  const found = /^\s*(-?\d+(?:\.\d+)?)\s*[,，\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text)
  return found ? [Number(found[1]), Number(found[2])] : null
}
