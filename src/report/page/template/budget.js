// Pointing, walking and the budget: every way to select a cascade.

function listen(svg) {
  let moved = null;
  svg.addEventListener("pointermove", (event) => {
    moved = event;
    const near = nearest(event);
    svg.style.cursor = near && near.point ? "pointer" : "";
    if (near) tip(near);
    else hideTip();
  });
  svg.addEventListener("pointerleave", hideTip);
  svg.addEventListener("click", (event) => {
    // A click's place is in whole pixels, a move's is not: within one pixel the move's counts, of which the
    // tip speaks.
    const away = moved ? Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) : Infinity;
    const near = nearest(away < 1.5 ? moved : event);
    if (near && near.point) select(near.point, "pointer");
  });
  svg.addEventListener("keydown", walk);
  svg.addEventListener("focus", () => {
    activate(run.points[state.selected ?? 0]);
    // Only who comes by keyboard needs the words: a pointer has its own.
    if (svg.matches(":focus-visible")) tipAt(run.points[state.active]);
  });
  svg.addEventListener("blur", () => {
    state.active = null;
    svg.removeAttribute("aria-activedescendant");
    hideTip();
    highlight();
  });
}

// Whoever wants to see what lies below it.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hideTip();
});

// The mark next to the pointer, if one is near.
function nearest(event) {
  const area = drawn.svg.getBoundingClientRect();
  const [px, py] = [event.clientX - area.left, event.clientY - area.top];
  let best = null;
  let least = 32;
  for (const place of drawn.places) {
    const away = Math.hypot(place.at[0] - px, place.at[1] - py);
    if (away < least) [best, least] = [place, away];
  }
  return best;
}

function tip({ at, point, model }) {
  const tooltip = document.getElementById("tooltip");
  const lines = point ? describe(point) : modelLines(model);
  tooltip.replaceChildren(make("b", {}, point ? point.path : model.name), ...lines.map((line) => make("span", {}, line)));
  tooltip.hidden = false;
  const area = drawn.svg.getBoundingClientRect();
  const [width, height] = [tooltip.offsetWidth, tooltip.offsetHeight];
  const left = Math.min(Math.max(12, area.left + at[0] + 16), innerWidth - width - 12);
  const below = area.top + at[1] + 18;
  const top = below + height > innerHeight - 8 ? area.top + at[1] - height - 18 : below;
  tooltip.style.left = `${left}px`;
  tooltip.style.top = `${Math.max(8, top)}px`;
}

function modelLines(model) {
  const what = state.axis === "cost" ? "single model, beaten by the frontier" : "single model";
  const lines = [what, `${percent(model.accuracy)} at ${costWithUnit(model.cost)} on the tuning samples`];
  if (model.holdout) lines.push(heldText(model.holdout));
  return lines;
}

function hideTip() {
  document.getElementById("tooltip").hidden = true;
}

// Makes a point the one that the keyboard is at.
function activate(point) {
  if (!point) return;
  state.active = point.index;
  drawn.svg.setAttribute("aria-activedescendant", `point-${point.index}`);
  highlight();
}

function tipAt(point) {
  const place = drawn.places.find((place) => place.point === point);
  if (place) tip(place);
}

function walk(event) {
  const order = [...run.points].sort((a, b) => a[state.axis] - b[state.axis] || a.index - b.index);
  const here = order.findIndex((point) => point.index === (state.active ?? state.selected));
  const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    select(order[here], "keyboard");
  } else if (event.key in steps && !event.altKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const next = order[Math.min(order.length - 1, Math.max(0, here + steps[event.key]))];
    activate(next);
    tipAt(next);
  }
}

// Shows a cascade below the chart and sets the budget to what it costs, unless that chose it.
function select(point, by) {
  if (!point) return;
  state.selected = point.index;
  if (by === "keyboard" || by === "pointer") activate(point);
  if (by !== "budget") {
    state.budget = point[state.axis];
    fitBudget();
  }
  highlight();
  showCascade(point);
  if (by === "pointer" || by === "keyboard" || by === "table") {
    document.getElementById("status").textContent = `Selected ${point.path}: ${describe(point).join("; ")}`;
  }
}

const slider = () => document.getElementById("budget-range");

// The slider runs under the chart, on the same scale.
function fitBudget() {
  if (!drawn) return;
  const range = slider();
  document.getElementById("budget").hidden = false;
  const thumb = 8;
  const label = document.querySelector("#budget label");
  const beside = getComputedStyle(label.parentElement).gridTemplateColumns.split(" ").length > 1;
  label.style.width = beside ? `${drawn.box.left + 6 - thumb}px` : "";
  range.style.width = beside ? `${drawn.box.right - drawn.box.left - 6 + 2 * thumb}px` : "";
  range.value = String(positionOf(state.budget));
  say();
}

function positionOf(budget) {
  const { x, box } = drawn;
  return Math.round((1000 * (x(budget) - box.left - 6)) / (box.right - box.left - 6));
}

function budgetAt(position) {
  const { x, box } = drawn;
  return x.invert(box.left + 6 + (position / 1000) * (box.right - box.left - 6));
}

// What the budget buys. In the worst case a point that was picked by hand need not be the best for it.
function say() {
  const point = run.points[state.selected];
  if (!point) return;
  const best = within(state.budget, state.axis);
  const over = best[state.axis] > state.budget;
  const what = state.axis === "cost" ? "on average" : "at worst";
  const figures = (item) => `${percent(item.accuracy)} at ${costWithUnit(item[state.axis])}`;
  const name = (item) => make("b", {}, item.path);
  const most = inPart ? `the most accurate of the ${run.points.length} shown` : "the most accurate";
  const parts =
    best.accuracy > point.accuracy
      ? [name(point), `: ${figures(point)} ${what} on the tuning samples; ${most} of at most that is `, name(best), `, ${figures(best)}`]
      : [
          `At most ${costWithUnit(state.budget)} ${what}: ${over ? "nothing is that cheap; the cheapest is" : `${most} is`} `,
          name(point),
          `, ${figures(point)} on the tuning samples`,
        ];
  document.getElementById("budget-text").replaceChildren(...parts, betterSingle(best, over));
  slider().setAttribute("aria-valuetext", document.getElementById("budget-text").textContent);
}

// The frontier is one of mean cost: within a limit on the worst case a single model may be better.
function betterSingle(point, over) {
  if (state.axis === "cost") return "";
  const better = run.pool.models
    .filter((model) => model.cost <= state.budget && (over || model.accuracy > point.accuracy))
    .sort((a, b) => b.accuracy - a.accuracy)[0];
  return better ? `; the single model ${better.name} has ${percent(better.accuracy)} at ${costWithUnit(better.cost)}` : "";
}

function listenBudget() {
  slider().addEventListener("input", () => {
    const range = slider();
    state.budget = budgetAt(Number(range.value));
    select(within(state.budget, state.axis), "budget");
    say();
  });
}
