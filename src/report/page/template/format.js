// Figures as people read them; the same digits as on the command line.
const MINUS = "\u2212";

function percent(share, digits = 2) {
  return `${(100 * share).toFixed(digits)}\u00a0%`;
}

// Four significant digits; an exponent only where nobody would read a plain number.
function cost(value) {
  if (value === 0) return "0";
  const rounded = value.toExponential(3).replace("e+", "e");
  const power = Number(rounded.split("e")[1]);
  return power < -5 || power > 5 ? rounded : value.toFixed(Math.max(0, 3 - power));
}

function costWithUnit(value) {
  return `${cost(value)}\u00a0${run.pool.cost_unit}`;
}

function threshold(value) {
  return value.toFixed(6).replace("-", MINUS);
}

// A confidence at a tick or at the edge of a bin: a round one.
function roundConfidence(value) {
  return Number(value.toFixed(6)).toString().replace("-", MINUS);
}

function capitalized(text) {
  return text[0].toUpperCase() + text.slice(1);
}

function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
