// The run that this page is about, and what follows from it.
const run = JSON.parse(document.getElementById("data").textContent);

const costOf = new Map(run.pool.models.map((model) => [model.name, model.cost]));

// A long frontier is shown in part.
const inPart = run.points.length < run.of;

for (const [index, point] of run.points.entries()) {
  point.index = index;
  point.path = point.stages.map((stage) => stage.models.join(" + ")).join(" \u2192 ");
  point.kind = kindOf(point);
}

// Models that the frontier holds on their own have a mark there already.
const beaten = run.pool.models.filter(
  (model) => !run.points.some((point) => point.kind === "single" && point.stages[0].models[0] === model.name),
);

function kindOf(point) {
  if (point.stages.length > 1) return "cascade";
  return point.stages[0].models.length > 1 ? "ensemble" : "single";
}

const KINDS = { cascade: "cascade", ensemble: "ensemble", single: "single model" };

// The most accurate point whose cost, mean or worst case, is within `budget`; where none is, the
// cheapest, and of equals the most accurate.
function within(budget, axis) {
  let best = null;
  for (const point of run.points) {
    if (point[axis] <= budget && (!best || point.accuracy > best.accuracy)) best = point;
  }
  return best || run.points.reduce((a, b) => (b[axis] < a[axis] || (b[axis] === a[axis] && b.accuracy > a.accuracy) ? b : a));
}

// What the page adds to a point for itself.
const OWN = new Set(["index", "path", "kind"]);

// The point's spec: what `committee select --max-cost` writes for its cost.
function specOf(point) {
  if (point.index === run.chosen) return run.spec;
  const models = point.stages.flatMap((stage) => stage.models).sort();
  const { version, aggregation, confidence, temperatures, stages, ...others } = point;
  const rest = Object.fromEntries(Object.entries(others).filter(([name]) => !OWN.has(name)));
  const provenance = structuredClone(run.provenance);
  Object.assign(provenance.options, { match: null, "max-cost": point.cost, "min-accuracy": null });
  // A guarantee is one of the cascade that it was tested for.
  for (const option of ["guarantee", "error-rate"]) {
    if (option in provenance.options) provenance.options[option] = null;
  }
  return {
    format: run.format,
    version,
    aggregation,
    confidence,
    ...(temperatures && { temperatures }),
    stages,
    cost_unit: run.pool.cost_unit,
    model_costs: Object.fromEntries(models.map((name) => [name, costOf.get(name)])),
    ...rest,
    classes: run.pool.classes,
    provenance,
  };
}

// How models are combined, and what was fitted for it.
function combines(point) {
  const fitted = [point.temperatures && "temperatures", point.stages.some((stage) => stage.weights) && "weights"];
  const names = fitted.filter(Boolean).join(" and ");
  return names ? `${point.aggregation} with ${names}` : point.aggregation;
}

// What the tooltip and a screen reader say of a point.
function describe(point) {
  const lines = [
    point.kind === "single" ? KINDS.single : `${KINDS[point.kind]}, ${combines(point)}`,
    `${percent(point.accuracy)} at ${costWithUnit(point.cost)} on the tuning samples`,
    `at worst ${costWithUnit(point.worst_case_cost)}`,
  ];
  if (point.holdout) lines.push(heldText(point.holdout));
  if (point.index === run.chosen) lines.push("the chosen one");
  return lines;
}

// What figures on samples are called that tuning has not seen.
function methodOf(held) {
  return held.method === "cross-fitted" ? "cross-fitted" : "held out";
}

function heldText(held) {
  const [low, high] = held.accuracy_interval;
  return `${methodOf(held)}: ${percent(held.accuracy)} (95\u00a0% interval ${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)})`;
}
