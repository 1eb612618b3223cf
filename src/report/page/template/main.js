// Puts everything in its place.

function drawLegend() {
  const item = (content, text) => make("li", {}, draw("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" }, content), text);
  const mark = (kind, beatenToo) => {
    const shape = draw("path", { class: `mark ${kind}`, d: outline(kind, 5) });
    return beatenToo ? draw("g", { class: "beaten" }, shape) : shape;
  };
  const list = document.getElementById("legend");
  // There is no chart.
  if (!run.points.length) return;
  for (const [kind, name] of Object.entries(KINDS)) {
    if (run.points.some((point) => point.kind === kind)) list.append(item(mark(kind), name));
  }
  if (beaten.length) list.append(item(mark("single", true), "single model, beaten at mean cost"));
  if (unseen) {
    const held = draw("g", { class: "held" }, draw("line", { class: "cascade", x1: 0, x2: 0, y1: -8, y2: 8, style: "opacity:.7" }), draw("circle", { class: "cascade", r: 3 }));
    list.append(item(held, `${methodOf(unseen)}, with its interval`));
  }
  if (run.chosen !== null) list.append(item(draw("path", { class: "star", d: star(7) }), "chosen"));
  list.append(item(draw("circle", { class: "ring", r: 6 }), "selected, for its stages below"));
  if (inPart) list.append(make("li", {}, `${run.points.length} of ${run.of} points are shown`));
}

function onChoice(name, change) {
  for (const input of document.querySelectorAll(`input[name="${name}"]`)) {
    input.addEventListener("change", () => change(input.value));
  }
}

// Browsers break lines after any hyphen; an option stays in one piece.
function keepOptions(root) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) if (/--[a-z]/.test(texts.currentNode.data)) found.push(texts.currentNode);
  for (const text of found) {
    const parts = text.data.split(/(--[a-z][a-z-]*)/);
    text.replaceWith(...parts.map((part, at) => (at % 2 ? make("span", { class: "option" }, part) : part)));
  }
}

function main() {
  keepOptions(document.querySelector("header.page"));
  keepOptions(document.querySelector("main"));
  drawLegend();
  const first = run.points[run.chosen ?? run.points.length - 1];
  if (first) Object.assign(state, { selected: first.index, budget: first.cost });
  drawFrontier();
  if (first) showCascade(first);
  drawGates();

  onChoice("axis", (axis) => {
    state.axis = axis;
    state.budget = run.points[state.selected]?.[axis];
    drawFrontier();
  });
  onChoice("scale", (scale) => {
    state.scale = scale;
    drawFrontier();
  });
  onChoice("part", drawGates);
  document.getElementById("held-toggle")?.addEventListener("change", (event) => {
    state.held = event.target.checked;
    drawFrontier();
  });
  listenBudget();
  for (const table of document.querySelectorAll("table.sortable")) {
    makeSortable(table);
    linkCascades(table);
  }
  document.getElementById("all-details").addEventListener("toggle", fillAll);

  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    drawFrontier();
    drawGates();
  });
}
