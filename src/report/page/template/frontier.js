// The frontier: cost against accuracy.
const state = { axis: "cost", scale: "linear", held: true, selected: null, active: null };

// What the last drawing left for hovering: places of all marks, and the layers that change.
let drawn = null;

function accuracyRange() {
  const all = [...run.points, ...run.pool.models];
  const values = all.map((item) => item.accuracy);
  if (state.held) {
    for (const { holdout } of all) if (holdout) values.push(...holdout.accuracy_interval);
  }
  return [Math.min(...values), Math.max(...values)];
}

function drawFrontier() {
  const host = document.getElementById("frontier-chart");
  if (!run.points.length) {
    host.replaceChildren(make("p", {}, "The frontier is empty: no cascade was found within the limits."));
    return;
  }
  const width = Math.max(300, host.clientWidth);
  const narrow = width < 560;
  const height = narrow ? 360 : 500;
  const box = { left: narrow ? 40 : 60, right: width - 8, top: 34, bottom: height - 48 };
  const all = [...run.points, ...run.pool.models];
  const priceOf = (item) => item[state.axis] ?? item.cost;
  const heldPrice = (item) => (state.axis === "cost" && item.holdout.cost !== undefined ? item.holdout.cost : priceOf(item));
  const x = logScale(all.map(priceOf), box.left + 6, box.right);
  const [low, high] = accuracyRange();
  const pad = (high - low) * 0.04 || 0.01;
  const [least, most] = [Math.max(0, low - pad), Math.min(1, high + pad)];
  const y =
    state.scale === "error"
      ? errorScale(least, most, box.bottom, box.top, run.pool.tuning_samples)
      : linearScale(least, most, box.bottom, box.top, narrow ? 5 : 8, accuracyText);

  const dense = run.points.length > (narrow ? 60 : 120);
  const svg = draw("svg", {
    class: dense ? "dense" : "",
    viewBox: `0 0 ${width} ${height}`,
    height,
    role: "listbox",
    tabindex: 0,
    id: "frontier-plot",
    "aria-label": `Frontier of ${inPart ? `${run.of} cascades, ${run.points.length} of them shown` : plural(run.points.length, "cascade")}, cheapest first: arrow keys walk, Enter selects`,
  });
  const rises = state.scale === "error" && !narrow ? ` (log scale of the error${y.apart ? "; 100 set apart" : ""})` : "";
  const axes = { x: `${state.axis === "cost" ? "Mean" : "Worst-case"} cost of a sample, ${run.pool.cost_unit} (log scale)`, y: `Accuracy, %${rises}` };
  const veil = draw("g", { "aria-hidden": "true" });
  svg.append(veil, frame(box, x, y, axes));
  if (y.apart) svg.append(write(box.left - 16, y.apart, "\u22ee", { class: "axis-name", "text-anchor": "middle", "aria-hidden": "true" }));
  // Only over mean cost is the frontier a line that rises.
  const steps = state.axis === "cost" ? stairs(x, y, box) : [];
  if (steps.length) svg.append(draw("path", { class: "stairs", d: path(steps) }));

  const held = draw("g", { class: "held", "aria-hidden": "true" });
  const pale = [];
  if (state.held) {
    for (const item of [...run.points, ...beaten]) {
      if (!item.holdout) continue;
      const at = x(heldPrice(item));
      const { accuracy, accuracy_interval: ends } = item.holdout;
      held.append(heldMark(item, item.kind ?? "single", at, y));
      pale.push({ middle: [at, y(accuracy)], line: ends.map((end) => [at, y(end)]) });
    }
  }
  const marks = draw("g");
  const places = [];
  const disc = dense ? (narrow ? 2.8 : 3.4) : 4.5;
  for (const model of beaten) {
    const at = [x(model.cost), y(model.accuracy)];
    marks.append(draw("g", { class: "beaten", transform: `translate(${round(at[0])} ${round(at[1])})` }, draw("path", { class: "mark", d: outline("single", 5) })));
    places.push({ at, model });
  }
  // Rims set the cascades off from all below, not from each other: where they are dense, one's rim would hide
  // the next. A line without length has round ends.
  const cascades = run.points.filter((point) => point.kind === "cascade");
  const spots = cascades.map((point) => `M${round(x(priceOf(point)))} ${round(y(point.accuracy))}h0`);
  marks.append(draw("path", { class: "rims", d: spots.join(""), "stroke-width": round(2 * disc + 1), "aria-hidden": "true" }));
  // The rarer kinds lie on top.
  const rank = { cascade: 0, ensemble: 1, single: 2 };
  for (const point of [...run.points].sort((a, b) => rank[a.kind] - rank[b.kind] || a.index - b.index)) {
    const at = [x(priceOf(point)), y(point.accuracy)];
    const size = point.kind === "cascade" ? disc : 5.4;
    marks.append(
      draw("path", {
        class: `mark ${point.kind}`,
        d: outline(point.kind, size),
        transform: `translate(${round(at[0])} ${round(at[1])})`,
        id: `point-${point.index}`,
        role: "option",
        "aria-posinset": point.index + 1,
        "aria-setsize": run.points.length,
        "aria-selected": String(point.index === state.selected),
        "aria-label": `${point.path}: ${describe(point).join("; ")}`,
      }),
    );
    places.push({ at, point });
  }
  const lit = draw("g", { class: "held lit", "aria-hidden": "true" });
  const top = draw("g", { "aria-hidden": "true" });
  const names = modelNames(places, box, pale, steps);
  svg.append(held, marks, names.group, lit, top);
  host.replaceChildren(svg, ...nameKey(names.key));
  drawn = { svg, box, x, y, places, lit, top, veil, priceOf, heldPrice, width };
  listen(svg);
  highlight();
  fitBudget();
}

function stairs(x, y, box) {
  const steps = [];
  let last = null;
  for (const point of run.points) {
    const at = [x(point.cost), y(point.accuracy)];
    if (last !== null) steps.push([at[0], last]);
    steps.push(at);
    last = at[1];
  }
  steps.push([box.right, last]);
  return steps;
}

function heldMark(item, kind, at, y) {
  const [low, high] = item.holdout.accuracy_interval;
  return draw(
    "g",
    { class: kind },
    draw("line", { class: kind, x1: at, x2: at, y1: y(low), y2: y(high) }),
    draw("circle", { class: kind, cx: at, cy: y(item.holdout.accuracy), r: 2 }),
  );
}

function modelNames(places, box, pale, steps) {
  const isSingle = ({ model, point }) => model || point.kind === "single";
  const named = places.filter(isSingle).map(({ at, model, point }) => ({ x: at[0], y: at[1], text: model ? model.name : point.path, ringed: Boolean(point) && point.index === run.chosen }));
  const busy = [...places.map(({ at }) => at), ...pale.map(({ middle }) => middle)];
  // The word at the chosen point comes first, and so does its star with the ring around it.
  const star = places.find(({ point }) => point && point.index === run.chosen);
  const taken = star ? [wordAt(star.at, "chosen", box, false).area, around(star.at, RING)] : [];
  const group = draw("g", { "aria-hidden": "true" });
  const { labels, key } = placeLabels(named, { box, taken, busy, pale: pale.map(({ line }) => line), steps: steps.slice(1).map((to, at) => [steps[at], to]) });
  for (const { leader } of labels) {
    if (leader) group.append(draw("path", { class: "leader", d: path(leader) }));
  }
  for (const { x, y, text, anchor } of labels) group.append(write(x, y, text, { class: "name", "text-anchor": anchor }));
  return { group, key };
}

// What the numbers at marks stand for, where names found no room.
function nameKey(names) {
  if (!names.length) return [];
  const items = names.map((name, index) => make("li", {}, make("b", {}, String(index + 1)), ` ${name}`));
  return [make("ul", { class: "name-key", "aria-label": "Models that are numbered in the chart" }, ...items)];
}

function around([x, y], radius) {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

// What changes with the selection, without drawing all anew.
function highlight() {
  if (!drawn) return;
  const { svg, box, x, y, lit, top, veil, priceOf, heldPrice } = drawn;
  lit.replaceChildren();
  top.replaceChildren();
  veil.replaceChildren();
  for (const option of svg.querySelectorAll('[aria-selected="true"]')) option.setAttribute("aria-selected", "false");
  const place = (point) => `translate(${round(x(priceOf(point)))} ${round(y(point.accuracy))})`;
  if (state.budget !== undefined) {
    const at = x(state.budget);
    veil.append(draw("rect", { class: "beyond", x: at, y: box.top - 6, width: Math.max(0, box.right + 8 - at), height: box.bottom - box.top + 5 }));
    veil.append(draw("line", { class: "limit", x1: at, x2: at, y1: box.top - 6, y2: box.bottom }));
  }
  const at = (point) => [x(priceOf(point)), y(point.accuracy)];
  const say = (point, text, below) => {
    const word = wordAt(at(point), text, box, below);
    top.append(write(word.x, word.y, text, { class: `${text}-name`, "text-anchor": "middle" }));
    return word.area;
  };
  const ring = (point, near) => top.append(draw("circle", { class: near ? "ring near" : "ring", r: 11, transform: place(point) }));
  const chosen = run.points[run.chosen];
  let said = null;
  if (chosen) {
    top.append(draw("path", { class: "star", d: star(9), transform: place(chosen) }));
    said = say(chosen, "chosen", false);
  }
  const selected = run.points[state.selected];
  if (selected) {
    ring(selected, false);
    // What the budget buys is another word and another mark than what was chosen.
    const above = wordAt(at(selected), "selected", box, false).area;
    if (selected !== chosen) say(selected, "selected", Boolean(said) && overlaps(above, said));
    document.getElementById(`point-${selected.index}`).setAttribute("aria-selected", "true");
    if (state.held && selected.holdout) lit.append(heldMark(selected, selected.kind, x(heldPrice(selected)), y));
  }
  const active = run.points[state.active];
  if (active && active !== selected) ring(active, true);
}
