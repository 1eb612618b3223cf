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

    /// Powers of ten, with 2 and 5 between them where there is room, or only every second of them, or third,
    /// where there is none; with more between them where these are fewer than three.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let usual = [10, 20, 50];
        let every = |tenths| (10..100).step_by(tenths).collect::<Vec<u32>>();
        let whole = vec![10, 15, 20, 30, 40, 50, 60, 70, 80, 90];
        let mut finer = [usual.to_vec(), whole, every(5), every(1)].into_iter();
        let enough = 3 + usize::from(self.has_zero);
        let fine = finer.find_map(|tenths| {
            let ticks = self.ticks_at(&tenths, 1);
            (ticks.len() >= enough && are_apart(&ticks)).then_some(ticks)
        });
        let sparser = (1..).map(|every| (&usual[..1], every));
        let choices = std::iter::once((&usual[..], 1)).chain(sparser).take(MOST_TRIES);
        let mut ticks = choices.map(|(tenths, every)| self.ticks_at(tenths, every));
        fine.or_else(|| ticks.find(|ticks| are_apart(ticks))).unwrap_or_default()
    }

    /// A tick at each of so many `tenths` of every so manieth power of ten.
    fn ticks_at(&self, tenths: &[u32], every: usize) -> Vec<Tick> {
        let zero = self.has_zero.then(|| (self.at(0.0), "0".to_owned()));
        let powers = (self.low.floor() as i32)..=(self.high.ceil() as i32);
        let powers = powers.filter(|power| power.rem_euclid(every as i32) == 0);
        let values = powers.flat_map(|power| tenths.iter().map(move |tenths| (*tenths, power)));
        let ticks = values.filter_map(|(tenths, power)| {
            let value = f64::from(tenths) / 10.0 * 10f64.powi(power);
            let inside = (self.low..=self.high).contains(&value.log10());
            inside.then(|| (self.at(value), rounded(tenths, power)))
        });
        zero.into_iter().chain(ticks).collect()
    }
}

/// More than there are ways to thin out the powers of ten of all floats.
const MOST_TRIES: usize = 700;

/// Whether the texts of `ticks`, from left to right, leave room between each other.
fn are_apart(ticks: &[Tick]) -> bool {
    const LETTER: f64 = 7.2;
    const ROOM: f64 = 10.0;
    let half = |tick: &Tick| 0.5 * LETTER * tick.1.chars().count() as f64;
    ticks.windows(2).all(|pair| pair[1].0 - pair[0].0 >= half(&pair[0]) + half(&pair[1]) + ROOM)
}

/// So many `tenths` of `10^power` as people write it: with an exponent from a million up, as in all other places.
fn rounded(tenths: u32, power: i32) -> String {
    let step = f64::from(tenths) / 10.0;
    // Digits after the point.
    let decimals = i32::from(!tenths.is_multiple_of(10)) - power;
    match power {
        0..=5 if decimals <= 0 => {
            let digits = format!("{:.0}", step * 10f64.powi(power));
            let groups: Vec<&str> = digits
                .as_bytes()
                .rchunks(3)
                .rev()
                .filter_map(|group| std::str::from_utf8(group).ok())
                .collect();
            groups.join(",")
        }
        -6..=5 => format!("{:.*}", decimals.unsigned_abs() as usize, step * 10f64.powi(power)),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(low: f64, high: f64) -> Vec<String> {
        let axis = LogAxis::new([low, high].into_iter(), 62.0, 822.0);
        axis.ticks().into_iter().map(|tick| tick.1).collect()
    }

    #[test]
    fn large_costs_are_written_short() {
        assert_eq!(texts(1e7, 1e8), ["1e7", "2e7", "5e7", "1e8"]);
        assert_eq!(texts(3e5, 3e6), ["500,000", "1e6", "2e6"]);
        assert_eq!(texts(0.4, 2.0), ["0.5", "1", "2"]);
    }

    #[test]
    fn narrow_ranges_have_three_ticks() {
        let expected = ["40", "50", "60", "70", "80", "90", "100", "150"];
        assert_eq!(texts(38.5, 177.0), expected);
        assert_eq!(texts(133.0, 133.0), ["110", "120", "130", "140", "150", "160", "170"]);
        assert_eq!(texts(0.0133, 0.0133)[..2], ["0.011", "0.012"]);
        assert_eq!(texts(1.33, 1.33)[..2], ["1.1", "1.2"]);
        assert_eq!(texts(1.33e7, 1.33e7)[..2], ["1.1e7", "1.2e7"]);
        assert_eq!(texts(13_300.0, 13_300.0)[..2], ["11,000", "12,000"]);
    }

    #[test]
    fn texts_leave_room_whatever_is_spanned() {
        for (low, high) in [(1.0, 9e4), (1e-5, 1e5), (2.0, 2e5), (1e-200, 1e200), (1e-308, 1e308)] {
            let axis = LogAxis::new([0.0, low, high].into_iter(), 62.0, 822.0);
            let ticks = axis.ticks();
            assert!(are_apart(&ticks) && ticks.len() > 3, "{ticks:?}");
        }
    }
}
