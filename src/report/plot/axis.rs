//! From figures to places, and where ticks stand.

/// A tick: its place along the axis, and its text.
pub(super) type Tick = (f64, String);

/// A logarithmic axis for costs. A cost of 0 has no logarithm: it stands left of all others, at a
/// tick of its own.
pub(super) struct LogAxis {
    from: f64,
    start: f64,
    to: f64,
    low: f64,
    high: f64,
    has_zero: bool,
}

impl LogAxis {
    /// Over all of `values` (at least 0), from place `from` to place `to`.
    pub(super) fn new(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let positive = values.clone().filter(|value| *value > 0.0);
        let has_zero = values.into_iter().any(|value| value <= 0.0);
        let ends = positive
            .fold((f64::INFINITY, 0.0f64), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = if ends.1 > 0.0 { (ends.0.log10(), ends.1.log10()) } else { (0.0, 0.0) };
        let pad = if high - low < 0.3 { 0.12 } else { 0.03 * (high - low) };
        let start = if has_zero { from + 40.0 } else { from };
        Self { from, start, to, low: low - pad, high: high + pad, has_zero }
    }

    pub(super) fn at(&self, value: f64) -> f64 {
        if value > 0.0 {
            let share = (value.log10() - self.low) / (self.high - self.low);
            self.start + share * (self.to - self.start)
        } else {
            self.from + 8.0
        }
    }

    /// Powers of ten, with 2 and 5 between them where there is room.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let zero = self.has_zero.then(|| (self.at(0.0), "0".to_owned()));
        let decades = self.high - self.low;
        let steps: &[f64] = if decades > 5.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let powers = (self.low.floor() as i32)..=(self.high.ceil() as i32);
        let values = powers.flat_map(|power| steps.iter().map(move |step| (*step, power)));
        let ticks = values.filter_map(|(step, power)| {
            let value = step * 10f64.powi(power);
            let inside = (self.low..=self.high).contains(&value.log10());
            inside.then(|| (self.at(value), rounded(step, power)))
        });
        zero.into_iter().chain(ticks).collect()
    }
}

/// `step * 10^power` as people write it.
fn rounded(step: f64, power: i32) -> String {
    match power {
        0..=2 => format!("{}", step * 10f64.powi(power)),
        3..=8 => {
            let digits = format!("{}", (step * 10f64.powi(power)) as u64);
            let groups: Vec<&str> = digits
                .as_bytes()
                .rchunks(3)
                .rev()
                .filter_map(|group| std::str::from_utf8(group).ok())
                .collect();
            groups.join(",")
        }
        -6..0 => format!("{:.*}", power.unsigned_abs() as usize, step * 10f64.powi(power)),
        _ => format!("{step}e{power}"),
    }
}

/// A linear axis for accuracies, in percent.
pub(super) struct LinearAxis {
    from: f64,
    to: f64,
    low: f64,
    high: f64,
}

impl LinearAxis {
    /// Over `low` to `high` and a little beyond, within `[0, 1]`; from place `from` to `to`.
    pub(super) fn new(low: f64, high: f64, from: f64, to: f64) -> Self {
        let pad = if high > low { 0.04 * (high - low) } else { 0.01 };
        Self { from, to, low: (low - pad).max(0.0), high: (high + pad).min(1.0) }
    }

    pub(super) fn at(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// Round steps of 1, 2 or 5 times a power of ten, about eight of them.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let rough = 100.0 * (self.high - self.low) / 8.0;
        let power = 10f64.powi(rough.log10().floor() as i32);
        let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= rough);
        let step = factor.unwrap_or(10.0) * power;
        let digits = (-step.log10().floor()).max(0.0) as usize;
        let first = (100.0 * self.low / step).ceil() as i64;
        let last = (100.0 * self.high / step).floor() as i64;
        let tick = |index: i64| {
            let value = index as f64 * step;
            (self.at(value / 100.0), format!("{value:.digits$}"))
        };
        (first..=last).map(tick).collect()
    }
}
