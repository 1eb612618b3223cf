// The chosen cascade's gates: what other thresholds would do.

const GAP = 26;

function drawGates() {
  const host = document.getElementById("gate-list");
  if (!host || !run.diagnostics) return;
  host.replaceChildren();
  const { stages, confidence } = run.diagnostics;
  for (const [index, stage] of stages.entries()) {
    const charts = make("div", { class: "gate-charts" });
    const gate = make("div", { class: "gate" });
    const title = `${index + 1}. ${stage.models.join(" + ")}`;
    const { counts, sample } = shownPart(stage);
    const comes = counts.right.concat(counts.wrong).reduce((a, b) => a + b, 0);
    const set = stages.length === 1 ? "every sample exits" : stage.threshold === null ? "last stage: every sample exits" : `exits if ${confidence} \u2265 ${threshold(stage.threshold)}`;
    gate.append(make("h3", {}, title), make("p", { class: "facts-line" }, `${set} \u00b7 reached by ${plural(comes, sample)}`), charts);
    host.append(gate);
    const left = make("div");
    const right = make("div");
    charts.append(left, right);
    if (stage.curve) drawCurve(left, stage, index);
    else left.append(make("p", { class: "facts-line" }, "There is no threshold to move: whatever comes here exits."));
    drawHistogram(right, stage, confidence);
  }
}

function drawCurve(host, stage, index) {
  const { curve } = stage;
  const width = Math.max(280, host.clientWidth);
  const xs = curve.thresholds;
  const box = { left: 52, right: width - 8, top: 26, bottom: 26 + 104 };
  const below = { left: 52, right: width - 8, top: box.bottom + GAP + 16, bottom: box.bottom + GAP + 16 + 76 };
  const x = linearScale(xs[0], xs.at(-1), box.left, box.right, width < 420 ? 4 : 6, roundConfidence);
  const parts = [curve.tuning, curve.holdout].filter(Boolean);
  const range = (name) => {
    const values = parts.flatMap((part) => part[name]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const pad = (high - low) * 0.08 || 0.001;
    return [low - pad, high + pad];
  };
  const accuracy = linearScale(...range("accuracy"), box.bottom, box.top, 4, accuracyText);
  const price = linearScale(...range("cost"), below.bottom, below.top, 3, (value) => tickCost(Number(value.toPrecision(9))));
  const svg = draw("svg", { viewBox: `0 0 ${width} ${below.bottom + 44}`, height: below.bottom + 44, role: "img", "aria-label": curveLabel(stage) });
  svg.append(frame(box, { ticks: [] }, accuracy, { y: "Accuracy of the cascade, %" }));
  svg.append(frame(below, x, price, { y: `Mean cost, ${run.pool.cost_unit}`, x: "threshold" }));
  for (const [name, part] of [["holdout", curve.holdout], ["", curve.tuning]]) {
    if (!part) continue;
    svg.append(draw("path", { class: `curve ${name}`, d: path(xs.map((value, at) => [x(value), accuracy(part.accuracy[at])])) }));
    svg.append(draw("path", { class: `curve ${name}`, d: path(xs.map((value, at) => [x(value), price(part.cost[at])])) }));
  }
  const at = x(stage.threshold);
  svg.append(draw("line", { class: "set", x1: at, x2: at, y1: box.top, y2: below.bottom }));
  const cursor = draw("g", { "aria-hidden": "true" });
  svg.append(cursor);
  // The slider runs under the chart, on its scale, and snaps to the thresholds that were tried.
  const mover = make("input", { type: "range", class: "mover", min: xs[0], max: xs.at(-1), step: "any", "aria-label": `Threshold of stage ${index + 1}` });
  const text = make("output", { class: "mover-text" });
  const closest = (value) => xs.reduce((best, other, at) => (Math.abs(other - value) < Math.abs(xs[best] - value) ? at : best), 0);
  const start = closest(stage.threshold);
  let here = start;
  const move = (to) => {
    here = Math.min(xs.length - 1, Math.max(0, to));
    mover.value = xs[here];
    const place = x(xs[here]);
    cursor.replaceChildren(
      draw("line", { class: "cursor", x1: place, x2: place, y1: box.top, y2: below.bottom }),
      draw("circle", { class: "cursor-dot", cx: place, cy: accuracy(curve.tuning.accuracy[here]), r: 5 }),
      draw("circle", { class: "cursor-dot", cx: place, cy: price(curve.tuning.cost[here]), r: 5 }),
    );
    text.replaceChildren(...movedText(curve, here, here === start));
    mover.setAttribute("aria-valuetext", text.textContent);
  };
  mover.addEventListener("input", () => move(closest(Number(mover.value))));
  mover.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    event.preventDefault();
    move(here + steps[event.key]);
  });
  svg.addEventListener("pointermove", (event) => move(closest(x.invert(event.clientX - svg.getBoundingClientRect().left))));
  svg.addEventListener("pointerleave", () => {
    if (document.activeElement !== mover) move(start);
  });
  host.append(make("p", { class: "chart-key" }, curveKey(curve)), make("div", { class: "chart" }, svg), mover, text);
  move(here);
}

function curveKey(curve) {
  return curve.holdout ? "Solid: tuning samples. Dashed: held out." : "On the tuning samples";
}

function movedText(curve, here, isSet) {
  const { tuning, holdout } = curve;
  const at = make("b", {}, `At ${threshold(curve.thresholds[here])}${isSet ? ", as set" : ""}`);
  const held = holdout ? `; held out ${percent(holdout.accuracy[here])} at ${costWithUnit(holdout.cost[here])}` : "";
  return [at, `: ${percent(tuning.accuracy[here])} at ${costWithUnit(tuning.cost[here])}, ${percent(tuning.exit_fraction[here])} of all samples exit here${held}`];
}

function curveLabel(stage) {
  const { thresholds, tuning } = stage.curve;
  const [low, high] = [Math.min(...tuning.accuracy), Math.max(...tuning.accuracy)];
  const [cheap, dear] = [Math.min(...tuning.cost), Math.max(...tuning.cost)];
  return `From threshold ${threshold(thresholds[0])} to ${threshold(thresholds.at(-1))}, accuracy lies between ${percent(low)} and ${percent(high)}, mean cost between ${costWithUnit(cheap)} and ${costWithUnit(dear)}`;
}
