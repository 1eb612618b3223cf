// Figures as people read them; the same digits as on the command line.
const MINUS = "\u2212";

function percent(share, digits = 2) {
  return `${(100 * share).toFixed(digits)}\u00a0%`;
}

// Four significant digits; an exponent only where nobody would read a plain number.
function cost(value) {
  if (value === 0) return "0";
  if (value < 1e-9 || value >= 1e12) return value.toExponential(3).replace("e+", "e");
  const digits = 3 - Math.floor(Math.log10(value));
  return value.toFixed(Math.max(0, digits));
}

function costWithUnit(value) {
  return `${cost(value)}\u00a0${run.pool.cost_unit}`;
}

// A threshold with as many digits as tell it apart.
function threshold(value) {
  return Number(value.toFixed(6)).toString().replace("-", MINUS);
}

function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
