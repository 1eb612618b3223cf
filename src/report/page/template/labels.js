// Names beside marks. A name that finds no free place is left out: the tooltip still says it.

// Room around a mark, in pixels.
const CLEAR = 7;

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

// Where a name may stand around its mark, nearest first; those at a distance get a line to it.
const SPOTS = [
  [11, 4, "start"],
  [6, 19, "start"],
  [0, 22, "middle"],
  [-11, 4, "end"],
  [-6, 19, "end"],
  [0, -12, "middle"],
  [8, -9, "start"],
  [-8, -9, "end"],
  [0, 38, "middle", true],
  [0, 38, "start", true],
  [0, 38, "end", true],
  [0, 54, "middle", true],
  [0, 54, "end", true],
  [0, -30, "middle", true],
  [0, -30, "end", true],
];

// `marks` are { x, y, text }; `busy` are points better kept clear of, `taken` areas that must be.
// Names cover neither each other nor another mark, and stay within `box`. Returns those that found
// a place, as { x, y, anchor, text, from }: `from` is the mark where a line leads to it.
function placeLabels(marks, busy, taken, box) {
  const most = Math.min(220, 0.45 * (box.right - box.left));
  const labels = [];
  for (const { x, y, text: name } of marks) {
    const text = shortened(name, most);
    const width = widthOf(text) + 2;
    let best = null;
    for (const [order, [dx, dy, anchor, far]] of SPOTS.entries()) {
      const at = x + dx;
      const base = y + dy;
      const left = anchor === "start" ? at : anchor === "end" ? at - width : at - width / 2;
      const area = { left, right: left + width, top: base - 11, bottom: base + 4 };
      const beyond = area.left < box.left || area.right > box.right + 8 || area.bottom > box.bottom - 2 || area.top < box.top - 6;
      const onMark = marks.some((other) => (other.x !== x || other.y !== y) && holds(area, other.x, other.y, CLEAR));
      if (beyond || onMark || taken.some((other) => overlaps(area, other))) continue;
      const cost = order / 10 + (far ? 8 : 0) + 5 * busy.filter(([bx, by]) => holds(area, bx, by, 4)).length;
      if (!best || cost < best.cost) best = { cost, area, label: { x: at, y: base, anchor, text, from: far ? [x, y] : null } };
    }
    if (!best) continue;
    taken.push(best.area);
    labels.push(best.label);
  }
  return labels;
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
