// From figures to pixels. Every scale is a function with `ticks`, an array of [value, text].

// Powers of ten, with 2 and 5 between them where there is room, and more where these are fewer than three. A cost of 0 has no logarithm: it
// stands left of all others, at a tick of its own.
function logScale(values, from, to) {
  const positive = values.filter((value) => value > 0);
  const free = positive.length < values.length;
  let low = positive.length ? Math.min(...positive) : 1;
  let high = positive.length ? Math.max(...positive) : 1;
  const spread = Math.max(high / low, 1.0001);
  low /= spread ** 0.03 * (spread < 2 ? 1.3 : 1);
  high *= spread ** 0.03 * (spread < 2 ? 1.3 : 1);
  const start = free ? from + 36 : from;
  const [a, b] = [Math.log10(low), Math.log10(high)];
  const scale = (value) => (value > 0 ? start + ((Math.log10(value) - a) / (b - a)) * (to - start) : from + 8);
  scale.invert = (at) => 10 ** (a + ((at - start) / (to - start)) * (b - a));
  const decades = b - a;
  const steps = decades > 4 || to - from < 400 ? (decades > 2 ? [1] : [1, 3]) : [1, 2, 5];
  const fine = (every) => Array.from({ length: 90 / every }, (_, index) => 1 + (index * every) / 10);
  const whole = [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
  const choices = [steps, whole, fine(5), fine(1)].map((steps) => ticksAt(steps, low, high));
  scale.ticks = [...(free ? [[0, "0"]] : []), ...(choices.find((ticks) => ticks.length > 2) ?? choices.at(-1))];
  return scale;
}

// A tick at each of `steps` times every power of ten from `low` to `high`.
function ticksAt(steps, low, high) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const step of steps) {
      const value = Number((step * 10 ** power).toPrecision(6));
      if (value >= low && value <= high) ticks.push([value, tickCost(value)]);
    }
  }
  return ticks;
}

// With an exponent from a million up, as in all other places.
function tickCost(value) {
  if (value === 0) return "0";
  if (value >= 1e6 || value < 1e-6) return Number(value.toPrecision(6)).toExponential().replace("e+", "e");
  return Number(value.toPrecision(6)).toLocaleString("en", { maximumFractionDigits: 9 });
}

// Round steps of 1, 2 or 5 times a power of ten.
function linearScale(low, high, from, to, count, text) {
  const span = high > low ? high - low : Math.max(Math.abs(high), 1e-9) * 0.1;
  const [a, b] = high > low ? [low, high] : [low - span / 2, high + span / 2];
  const scale = (value) => from + ((value - a) / (b - a)) * (to - from);
  scale.invert = (at) => a + ((at - from) / (to - from)) * (b - a);
  const rough = (b - a) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  scale.ticks = [];
  for (let index = Math.ceil(a / step - 1e-9); index * step <= b + 1e-9 * step; index += 1) {
    const value = index * step;
    scale.ticks.push([value, text(value, step)]);
  }
  return scale;
}

function accuracyText(value, step) {
  const digits = Math.max(0, -Math.floor(Math.log10(step * 100) + 1e-9));
  return (100 * value).toFixed(digits);
}

// Each halving of the error takes the same height. No error at all has no logarithm: it stands where half an
// error would, at a tick of its own.
function errorScale(low, high, from, to, samples) {
  const least = 0.5 / Math.max(samples, 1);
  const depth = (value) => -Math.log10(Math.max(1 - value, least));
  const [a, b] = [depth(low), Math.max(depth(high), depth(low) + 1e-6)];
  const scale = (value) => from + ((depth(value) - a) / (b - a)) * (to - from);
  const errors = [];
  for (let power = 0; power >= -9; power -= 1) {
    for (const step of [1, 0.5, 0.2]) errors.push(step * 10 ** power);
  }
  scale.ticks = [];
  let last = Infinity;
  for (const error of errors) {
    const value = 1 - error;
    const at = scale(value);
    if (value < low - 1e-12 || value > high + 1e-12 || error < least || last - at < 24) continue;
    scale.ticks.push([value, String(Number((100 * value).toFixed(7)))]);
    last = at;
  }
  if (high > 1 - least) {
    scale.ticks = scale.ticks.filter(([value]) => scale(value) - scale(1) >= 24);
    // Where the scale is broken.
    scale.apart = (scale(1) + scale(scale.ticks.at(-1)?.[0] ?? low)) / 2 + 4;
    scale.ticks.push([1, "100"]);
  }
  return scale;
}
