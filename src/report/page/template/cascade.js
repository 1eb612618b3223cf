// The selected cascade: figures, stages as a flow, spec.

function showCascade(point) {
  const host = document.getElementById("cascade");
  const isChosen = point.index === run.chosen;
  const title = make("h3", { id: "cascade-name" }, point.path);
  const header = make("header", {}, title);
  if (isChosen) header.append(make("span", { class: "badge" }, "chosen"));
  const wasOpen = host.querySelector(".spec")?.open;
  const spec = specPanel(point);
  spec.open = Boolean(wasOpen);
  host.replaceChildren(header, numbers(point), flowTitle(), flow(point), flowKey(), actions(point), spec);
  host.hidden = false;
}

function numbers(point) {
  const list = make("dl", { class: "numbers" });
  const add = (name, value, note = "") => {
    list.append(make("div", {}, make("dt", {}, name), make("dd", {}, value, " ", make("small", {}, note))));
  };
  if (point.holdout) {
    const [low, high] = point.holdout.accuracy_interval;
    const method = methodOf(point.holdout);
    add(`Accuracy, ${method}`, percent(point.holdout.accuracy), `${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)}`);
    const band = point.holdout.accuracy_band;
    if (band) add("Band over all points", `${(100 * band[0]).toFixed(2)} to ${(100 * band[1]).toFixed(2)}\u00a0%`);
    const ends = point.holdout.cost_interval;
    add(`Mean cost, ${method}`, costWithUnit(point.holdout.cost), ends ? `${cost(ends[0])} to ${cost(ends[1])}` : "");
  }
  add("Accuracy, tuning", percent(point.accuracy));
  add("Mean cost, tuning", costWithUnit(point.cost));
  add("Worst case", costWithUnit(point.worst_case_cost));
  add("Combines by", combines(point));
  return list;
}

// Every share of the flow is one of the tuning samples, whatever the figures above are on.
function flowTitle() {
  const samples = run.pool.tuning_samples;
  return make("h4", { class: "flow-title", id: "flow-title" }, "Its stages on tuning samples ", make("small", {}, `all shares are of ${plural(samples, "sample")} that tuned it`));
}

// One row a stage. A bar's width is all tuning samples: what left before is blank, what exits here
// is right or wrong, and what goes on falls to the next row.
function flow(point) {
  const list = make("ol", { class: "flow", "aria-labelledby": "flow-title" });
  let before = 0;
  let spent = 0;
  for (const [index, stage] of point.stages.entries()) {
    const last = index === point.stages.length - 1;
    const enters = Math.max(0, 1 - before);
    const exits = Math.min(stage.exit_fraction, enters);
    const known = stage.exit_accuracy !== undefined && stage.exit_accuracy !== null;
    const right = exits * (known ? stage.exit_accuracy : 1);
    spent += stage.models.reduce((sum, name) => sum + (costOf.get(name) ?? 0), 0);
    list.append(make("li", {}, who(point, stage, index, enters, spent, last), track({ before, exits, right, known, enters, last, stage })));
    before += exits;
  }
  return list;
}

function who(point, stage, index, enters, spent, last) {
  const gate = last ? (point.stages.length > 1 ? "the rest exits" : "every sample exits") : `exits if ${point.confidence} \u2265 ${threshold(stage.threshold)}`;
  const weights = Object.entries(stage.weights ?? {}).map(([name, weight]) => `${name} ${weight.toFixed(4)}`);
  const host = make(
    "div",
    { class: "who" },
    make("b", {}, `${index + 1}. ${stage.models.join(" + ")}`),
    make("span", {}, `${percent(enters)} enter \u00b7 ${costWithUnit(spent)} so far`),
    make("br"),
    make("span", {}, gate),
  );
  if (weights.length > 1) host.append(make("br"), make("span", {}, `weights: ${weights.join(", ")}`));
  return host;
}

function track({ before, exits, right, known, enters, last, stage }) {
  const bar = make("div", { class: "track" });
  const part = (name, from, width, title) => {
    if (width <= 0) return;
    bar.append(make("div", { class: `part ${name}`, style: `left:${round(100 * from)}%;width:${round(100 * width)}%`, title }));
  };
  part("right", before, right, `${percent(right)} of all samples exit here, right`);
  part("wrong", before + right, exits - right, `${percent(exits - right)} of all samples exit here, wrong`);
  if (!last) part("on", before + exits, enters - exits, `${percent(enters - exits)} of all samples go on`);
  const says = make("div", { class: "says" });
  says.append(make("b", {}, percent(exits)), " exit here");
  if (known) says.append(make("br"), make("b", {}, percent(stage.exit_accuracy)), " of them right");
  // The words stand under the bar, on whichever side of it there is room.
  says.style.cssText = before < 0.55 ? `left:calc(${round(100 * before)}% + 8px)` : `right:calc(${round(100 * (1 - before))}% + 8px);text-align:right`;
  if (before === 0) says.style.left = "8px";
  bar.append(says);
  return bar;
}

function flowKey() {
  return make(
    "p",
    { class: "flow-key" },
    make("span", { class: "right" }, "exits, right"),
    make("span", { class: "wrong" }, "exits, wrong"),
    make("span", { class: "on" }, "goes on to the next stage"),
  );
}

function specPanel(point) {
  const details = make("details", { class: "spec" }, make("summary", {}, "Spec (cascade.json)"));
  details.addEventListener("toggle", () => details.open && specIn(details, point));
  return details;
}

// The text of the spec, which is written when it is first shown.
function specIn(details, point) {
  if (!details.querySelector("pre")) {
    const pre = make("pre", { tabindex: 0, "aria-label": "Spec as JSON" }, specText(point));
    details.append(make("div", { class: "copyable" }, pre));
  }
  return details.querySelector("pre");
}

// Opens the spec with all of its text selected.
function selectSpec(point) {
  const details = document.querySelector("#cascade .spec");
  const pre = specIn(details, point);
  details.open = true;
  pre.focus();
  getSelection().selectAllChildren(pre);
}

function specText(point) {
  return `${JSON.stringify(specOf(point), null, 2)}\n`;
}

function actions(point) {
  const button = make("button", { type: "button", class: "copy", id: "copy-spec" }, "Copy spec");
  button.addEventListener("click", async () => {
    const done = await copy(specText(point));
    button.textContent = done ? "Copied" : "Selected below, to copy by hand";
    const refused = "The browser does not let this page copy: the spec is open and selected, to copy by hand";
    document.getElementById("status").textContent = done ? "The spec was copied" : refused;
    if (!done) selectSpec(point);
    setTimeout(() => (button.textContent = "Copy spec"), 1800);
  });
  const command = `committee select frontier.json --max-cost ${point.cost} --out cascade.json`;
  const host = make("div", { class: "actions" }, button, make("span", {}, "or ", make("code", {}, command), " (its mean cost selects just this one)"));
  keepOptions(host);
  return host;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages from a file may lack the clipboard; the old way still works there.
    const area = make("textarea", { style: "position:fixed;opacity:0" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
