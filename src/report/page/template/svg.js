// Elements, and the frame that every chart has.
const SVG = "http://www.w3.org/2000/svg";

// A new element; attributes by name, children as elements or text.
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function write(x, y, text, attributes = {}) {
  return draw("text", { x: round(x), y: round(y), ...attributes }, text);
}

function round(value) {
  return Math.round(value * 100) / 100;
}

// A polyline's `d`.
function path(points) {
  return points.map(([x, y], index) => `${index ? "L" : "M"}${round(x)} ${round(y)}`).join("");
}

// A mark's outline around 0: a square for single models, a triangle for ensembles, a disc for
// cascades. All have about the same area.
function outline(kind, size) {
  if (kind === "single") {
    const half = size * 0.88;
    return `M${-half} ${-half}H${half}V${half}H${-half}Z`;
  }
  if (kind === "ensemble") {
    const tall = size * 1.3;
    return `M0 ${round(-tall)}L${round(tall)} ${round(tall * 0.78)}H${round(-tall)}Z`;
  }
  return `M${-size} 0A${size} ${size} 0 1 0 ${size} 0A${size} ${size} 0 1 0 ${-size} 0Z`;
}

function star(size) {
  const corner = (index) => {
    const radius = index % 2 ? size * 0.42 : size;
    const angle = (Math.PI / 5) * index - Math.PI / 2;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  };
  return `${path(Array.from({ length: 10 }, (_, index) => corner(index)))}Z`;
}

// Grid lines, tick texts and names of the axes of a chart with the plot area `box`.
function frame(box, x, y, names) {
  const group = draw("g", { "aria-hidden": "true" });
  for (const [value, text] of y.ticks) {
    const at = y(value);
    group.append(draw("line", { class: "grid", x1: box.left, x2: box.right, y1: at, y2: at }));
    group.append(write(box.left - 10, at + 4, text, { "text-anchor": "end" }));
  }
  group.append(draw("line", { class: "base", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom }));
  let last = -Infinity;
  for (const [value, text] of x.ticks) {
    const at = x(value);
    group.append(draw("line", { class: "tick", x1: at, x2: at, y1: box.bottom, y2: box.bottom + 5 }));
    const half = text.length * 3.4;
    if (at - half < last + 8 || at + half > box.right + 24) continue;
    group.append(write(at, box.bottom + 20, text, { "text-anchor": "middle" }));
    last = at + half;
  }
  if (names.x) group.append(write(box.right, box.bottom + 40, names.x, { class: "axis-name", "text-anchor": "end" }));
  if (names.y) group.append(write(0, box.top - 14, names.y, { class: "axis-name" }));
  return group;
}
