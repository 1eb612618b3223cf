// Names beside marks. Every name is there: next to its mark, or where there is room with a line to
// it, or else as a number that a key explains. `plot/labels.rs` places names by the same rule.

// Room around a mark, in pixels, and how far from it a name with a line stands at least.
const CLEAR = 7;
const APART = 16;

// Half of what a ring around a mark covers.
const RING = 13;

// How wide a text is drawn; names may be in any script.
const pen = document.createElement("canvas").getContext("2d");

function widthOf(text) {
  const size = matchMedia("(max-width: 640px)").matches ? 11 : 12;
  pen.font = `500 ${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

// A text within `most` pixels: what is too long loses its middle, as names often differ at the end.
function shortened(text, most) {
  if (widthOf(text) <= most) return text;
  const letters = [...text];
  for (let kept = letters.length - 1; kept > 2; kept -= 1) {
    const head = Math.ceil(kept / 2);
    const short = `${letters.slice(0, head).join("")}\u2026${letters.slice(letters.length - (kept - head)).join("")}`;
    if (widthOf(short) <= most) return short;
  }
  return "\u2026";
}

// Next to a mark, the best first.
const SPOTS = [
  [11, 4, "start"],
  [6, 19, "start"],
  [0, 22, "middle"],
  [-11, 4, "end"],
  [-6, 19, "end"],
  [0, -12, "middle"],
  [8, -9, "start"],
  [-8, -9, "end"],
];

// Costs of places: one next to its mark with nothing below costs at most EASY; rather than pay
// KEYED, which a covered point or a line across another costs too, a name goes to the key. A name on
// the frontier's line costs STRUCK.
const EASY = 2;
const STRUCK = 20;
const KEYED = 100;

// How often all names are placed anew.
const ROUNDS = 12;

// `marks` are { x, y, text, ringed }. Names cover neither each other, nor the points `busy`, nor the areas
// `taken`, nor a line to a mark, and stay within `box`; each takes the best of such places in turn,
// clear of the frontier's line, the `steps`, and of the lines `pale` where it can. Whoever fared worst comes first the
// next time, and the best of these rounds stands. Returns names as `labels` of
// { x, y, anchor, text, leader }, and as `key` those that found no room: numbers stand for these.
function placeLabels(marks, around) {
  const most = Math.min(220, 0.45 * (around.box.right - around.box.left));
  const texts = new Map(marks.map((mark) => [mark, shortened(mark.text, most)]));
  let order = [...marks];
  let kept = null;
  for (let round = 0; round < ROUNDS; round += 1) {
    const labels = new Map();
    for (const mark of order) {
      const label = bestLabel(mark, texts.get(mark), KEYED, marks, [...labels.values()], around);
      if (label) labels.set(mark, label);
    }
    const costOfMark = (mark) => labels.get(mark)?.cost ?? KEYED;
    const total = order.reduce((sum, mark) => sum + costOfMark(mark), 0);
    if (!kept || total < kept.total) kept = { total, labels };
    const worst = order.reduce((a, b) => (costOfMark(b) > costOfMark(a) ? b : a), order[0]);
    if (!worst || costOfMark(worst) <= EASY) break;
    order = [worst, ...order.filter((mark) => mark !== worst)];
  }
  const labels = [...kept.labels.values()];
  const keyed = marks.filter((mark) => !kept.labels.has(mark));
  for (const [index, mark] of keyed.entries()) {
    const label = bestLabel(mark, String(index + 1), Infinity, marks, labels, around);
    if (label) labels.push(label);
  }
  return { labels, key: keyed.map((mark) => mark.text) };
}

// The best place for `text` at the mark, if one costs less than `most`.
function bestLabel({ x, y, ringed }, text, most, marks, labels, { box, taken, busy, pale, steps }) {
  const width = widthOf(text) + 2;
  const frame = { left: box.left, right: box.right + 8, top: box.top - 6, bottom: box.bottom - 2 };
  const others = marks.filter((other) => other.x !== x || other.y !== y).map((other) => [other.x, other.y]);
  let best = null;
  for (const { least, at, area, end, far } of spotsFor(x, y, width, frame, ringed)) {
    // From here on all cost more.
    if (least >= (best?.cost ?? most)) break;
    if (area.left < frame.left || area.right > frame.right || area.top < frame.top || area.bottom > frame.bottom) continue;
    const share = CLEAR / Math.hypot(end[0] - x, end[1] - y);
    const leader = far ? [[x + share * (end[0] - x), y + share * (end[1] - y)], end] : null;
    const passes = (px, py, reach) => leader !== null && nearLine(px, py, leader, reach);
    if (others.some(([ox, oy]) => holds(area, ox, oy, CLEAR)) || [...taken, ...labels.map((label) => label.area)].some((other) => overlaps(area, other))) continue;
    const met =
      others.filter(([ox, oy]) => passes(ox, oy, CLEAR + 1)).length +
      taken.filter((other) => leader && !holds(other, x, y, 0) && crosses(other, leader)).length +
      labels.filter((label) => isStruck(label, area, leader)).length;
    const covered = busy.filter(([bx, by]) => holds(area, bx, by, 4)).length;
    const struck = pale.filter((line) => crosses(area, line)).length;
    const passed = busy.filter(([bx, by]) => passes(bx, by, 5)).length;
    let cost = least + KEYED * (met + covered) + 0.6 * struck + 3 * passed;
    // The line may have a thousand steps: looked at last.
    if (cost < (best?.cost ?? most) && steps.some((step) => crosses(area, step))) cost += STRUCK;
    if (cost < (best?.cost ?? most)) best = { cost, area, ...at, text, leader };
  }
  return best;
}

// Where a text may stand, the cheapest by distance first: next to the mark, then all over the frame.
// A ring pushes what is next to the mark outward.
function spotsFor(x, y, width, frame, ringed) {
  const out = (shift, by) => shift + (ringed ? by * Math.sign(shift) : 0);
  const spot = (at, far, order) => {
    const left = at.anchor === "start" ? at.x : at.anchor === "end" ? at.x - width : at.x - width / 2;
    const area = { left, right: left + width, top: at.y - 11, bottom: at.y + 4 };
    const end = [Math.min(Math.max(x, area.left), area.right), Math.min(Math.max(y, area.top), area.bottom)];
    const away = Math.hypot(end[0] - x, end[1] - y);
    return { at, area, end, far, away, least: far ? 6 + 0.15 * away + (away / 40) ** 2 : order / 10 };
  };
  const near = SPOTS.map(([dx, dy, anchor], order) => spot({ x: x + out(dx, 2), y: y + (Math.abs(dy) > 4 ? out(dy, 6) : dy), anchor }, false, order));
  const far = [];
  for (let base = frame.top + 12; base <= frame.bottom - 4; base += 8) {
    for (let left = frame.left + 1; left <= frame.right - width; left += 12) far.push(spot({ x: left, y: base, anchor: "start" }, true));
  }
  return [...near, ...far.filter(({ away }) => away >= APART).sort((a, b) => a.least - b.least)];
}

// Whether a line to a name in `area`, or to `label`, meets the other name or line.
function isStruck(label, area, leader) {
  if (label.leader && crosses(area, label.leader)) return true;
  return leader !== null && (crosses(label.area, leader) || (label.leader !== null && cross(label.leader, leader)));
}

// A word above a point, or below it, that stays within `box`.
function wordAt([x, y], text, box, below) {
  const half = widthOf(text) / 2 + 4;
  const middle = Math.min(Math.max(x, half), box.right + 8 - half);
  const base = y + (below ? 26 : -16);
  return { x: middle, y: base, area: { left: middle - half, right: middle + half, top: base - 12, bottom: base + 4 } };
}

function holds(area, x, y, margin) {
  return x > area.left - margin && x < area.right + margin && y > area.top - margin && y < area.bottom + margin;
}

function overlaps(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

// Whether part of `line` lies in `area`.
function crosses(area, [[ax, ay], [bx, by]]) {
  const { left, right, top, bottom } = area;
  if (Math.max(ax, bx) < left || Math.min(ax, bx) > right || Math.max(ay, by) < top || Math.min(ay, by) > bottom) return false;
  if (holds(area, ax, ay, 0) || holds(area, bx, by, 0)) return true;
  const corners = [[left, top], [right, top], [right, bottom], [left, bottom]];
  return corners.some((corner, side) => cross([corner, corners[(side + 1) % 4]], [[ax, ay], [bx, by]]));
}

// Whether two lines cross or touch.
function cross([a, b], [c, d]) {
  const side = (from, to, at) => (to[0] - from[0]) * (at[1] - from[1]) - (to[1] - from[1]) * (at[0] - from[0]);
  if (side(a, b, c) * side(a, b, d) > 0 || side(c, d, a) * side(c, d, b) > 0) return false;
  const apart = (k) => Math.max(a[k], b[k]) < Math.min(c[k], d[k]) || Math.max(c[k], d[k]) < Math.min(a[k], b[k]);
  return !apart(0) && !apart(1);
}

// Whether a line passes a place by less than `reach`.
function nearLine(x, y, [[ax, ay], [bx, by]], reach) {
  const [dx, dy] = [bx - ax, by - ay];
  const share = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / Math.max(dx * dx + dy * dy, 1e-9)));
  return Math.hypot(x - ax - share * dx, y - ay - share * dy) < reach;
}
