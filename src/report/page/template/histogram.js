// Confidences of the samples that come to a stage: right ones up, wrong ones down.

// Which samples the histograms are of: their counts at `stage`, and what one of them is called.
function shownPart(stage) {
  const part = document.querySelector('input[name="part"]:checked')?.value ?? "tuning";
  return { counts: stage.histogram[part], sample: part === "tuning" ? "tuning sample" : "held-out sample" };
}

// Counts span thousands to one: the height is the logarithm of one more.
function drawHistogram(host, stage, confidence) {
  const { edges } = stage.histogram;
  const { counts: { right, wrong }, sample } = shownPart(stage);
  const width = Math.max(280, host.clientWidth);
  const box = { left: 52, right: width - 8, top: 26, bottom: 26 + 104 + GAP + 16 + 76 };
  const high = (count) => Math.log10(1 + count);
  const [up, down] = [Math.max(1, high(Math.max(...right))), Math.max(0.5, high(Math.max(...wrong)))];
  const zero = box.top + ((box.bottom - box.top) * up) / (up + down);
  const y = (count) => zero - (high(Math.abs(count)) * Math.sign(count) * (box.bottom - box.top)) / (up + down);
  y.ticks = [[0, "0"]];
  for (const count of countTicks(10 ** up - 1)) y.ticks.push([count, tickCost(count)]);
  for (const count of countTicks(10 ** down - 1)) y.ticks.push([-count, tickCost(count)]);
  y.ticks = thinTicks(y.ticks, y);
  const x = linearScale(edges[0], edges.at(-1), box.left, box.right, width < 420 ? 4 : 6, roundConfidence);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${box.bottom + 44}`, height: box.bottom + 44, role: "img", "aria-label": histogramLabel(stage, right, wrong, sample) });
  svg.append(frame(box, x, y, { x: confidence, y: "Samples" }));
  for (let bin = 0; bin + 1 < edges.length; bin += 1) {
    const [least, most] = [edges[bin], edges[bin + 1]];
    const [from, to] = [x(least) + 0.75, x(most) - 0.75];
    // Where the pale part ends: at the threshold, also within a bin.
    const set = stage.threshold === null ? from : Math.min(Math.max(x(stage.threshold), from), to);
    const within = stage.threshold !== null && stage.threshold > least && stage.threshold < most ? ` on both sides of the threshold ${threshold(stage.threshold)}` : "";
    for (const [name, count, sign] of [["right", right[bin], 1], ["wrong", wrong[bin], -1]]) {
      if (!count) continue;
      const [top, bottom] = [Math.min(zero, y(sign * count)), Math.max(zero, y(sign * count))];
      for (const [left, end, gone] of [[from, set, " gone"], [set, to, ""]]) {
        if (end <= left) continue;
        const bar = draw("rect", { class: `bar ${name}${gone}`, x: round(left), y: round(top), width: round(end - left), height: round(bottom - top) });
        bar.append(draw("title", {}, `${roundConfidence(least)} to ${roundConfidence(most)}: ${count} ${name}${within}`));
        svg.append(bar);
      }
    }
  }
  svg.append(draw("line", { class: "base", x1: box.left, x2: box.right, y1: zero, y2: zero }));
  svg.append(write(box.left + 8, box.top + 12, "right", { class: "name" }), write(box.left + 8, box.bottom - 8, "wrong", { class: "name" }));
  if (stage.threshold !== null) {
    const at = x(stage.threshold);
    svg.append(draw("line", { class: "set", x1: at, x2: at, y1: box.top - 6, y2: box.bottom }));
  }
  const words = stage.threshold === null ? "All exit here." : "Full colour: sure enough to exit. Pale: goes on. The bar at the threshold may hold both.";
  host.append(make("p", { class: "chart-key" }, words), make("div", { class: "chart" }, svg));
}

// Round counts up to `most`: the largest first, as it says how high the bars are, then powers of ten,
// then, where there are few of these, what lies between them.
function countTicks(most) {
  const [powers, between] = [[], []];
  for (let power = 1; power <= most + 1e-6; power *= 10) {
    powers.push(power);
    between.push(...[2 * power, 5 * power].filter((count) => count <= most + 1e-6));
  }
  const largest = Math.max(...powers, ...between);
  return powers.length ? [largest, ...powers, ...(powers.length < 3 ? between : [])] : [];
}

// Ticks in this order, but for those too close to one before.
function thinTicks(ticks, y) {
  const kept = [];
  for (const tick of ticks) {
    if (kept.every((other) => Math.abs(y(other[0]) - y(tick[0])) > 15)) kept.push(tick);
  }
  return kept;
}

function histogramLabel(stage, right, wrong, sample) {
  const total = (counts) => counts.reduce((a, b) => a + b, 0);
  const text = `Confidences of ${plural(total(right) + total(wrong), sample)}: ${total(right)} right, ${total(wrong)} wrong`;
  if (stage.threshold === null) return text;
  const { edges } = stage.histogram;
  const above = (counts) => counts.reduce((sum, count, bin) => sum + (edges[bin] >= stage.threshold ? count : 0), 0);
  return `${text}; in the bins above the threshold ${above(right)} right, ${above(wrong)} wrong`;
}
