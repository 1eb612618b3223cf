//! The cascade against single models.

use rayon::prelude::*;

use super::super::scorer::LEVEL;
use super::super::side::{Run, Side};
use super::Judge;
use crate::cascade::Ticks;
use crate::frontier::between;
use crate::trust::{
    Cheaper, Compared, Interval, Mixture, Paired, Trial, Tuned, Verdict, Versus, against_chance,
    cost_interval, sure_share,
};

impl Judge<'_> {
    pub(super) fn verdict(&self) -> Verdict {
        let tuning = &self.scorer.tuning;
        let right = |model| self.right(tuning, model);
        let models: Vec<Vec<bool>> = self.models().into_iter().map(right).collect();
        let nobody = |&sample: &usize| models.iter().all(|right| !right[sample]);
        let reference_right = right(self.reference);
        let tuned = Tuned {
            compared: self.compared(tuning, &self.tuning, false),
            cheaper: self.cheaper(&reference_right),
            reference_errors: reference_right.iter().map(|&right| u32::from(!right)).sum(),
            oracle_errors: (0..tuning.samples.len()).filter(nobody).count() as u32,
        };
        Verdict::new(tuned, self.method.map(|_| self.compared(self.side(), &self.run, true)))
    }

    /// `run`, which is the cascade on `side`, against single models there.
    fn compared(&self, side: &Side<'_>, run: &Run, is_held: bool) -> Compared {
        Compared {
            reference: self.versus(side, run, self.reference, is_held),
            rival: self.versus(side, run, self.rival(), is_held),
            mixture: self.mixture(side, run, is_held),
        }
    }

    /// The most accurate model that costs no more than the cascade, on the tuning samples.
    fn rival(&self) -> usize {
        let cost = self.scorer.tuning.mean(&self.tuning);
        let mut models = self.models();
        // Some member of the first stage costs no more than the whole.
        let single = |model: &usize| &self.singles[*model];
        models.sort_by(|a, b| single(a).cost.total_cmp(&single(b).cost));
        let affordable = models.iter().rev().filter(|model| single(model).cost <= cost);
        let best = affordable.max_by(|a, b| single(a).accuracy.total_cmp(&single(b).accuracy));
        best.or(models.first()).copied().unwrap_or(self.reference)
    }

    /// `run`, which is the cascade on `side`, against a model there.
    fn versus(&self, side: &Side<'_>, run: &Run, model: usize, is_held: bool) -> Versus {
        let theirs = self.right(side, model);
        let paired = Paired::new(run.right.iter().copied().zip(theirs));
        let price = self.singles[model].cost;
        let ratio = |cost: f64| (price > 0.0).then(|| cost / price);
        let interval = cost_interval(&run.exits, side.scale, LEVEL);
        // The model on its own answers as it does on any data.
        let answers = match self.cascade.is_single(model) {
            true => Interval(0.0, 0.0),
            false => paired.interval(LEVEL),
        };
        let ends = ratio(interval.0).zip(ratio(interval.1));
        Versus {
            model: self.singles[model].name.to_owned(),
            paired,
            accuracy_difference: paired.difference(),
            accuracy_interval: is_held.then_some(answers),
            cost_ratio: ratio(side.mean(run)),
            cost_ratio_interval: ends.filter(|_| is_held).map(|(low, high)| Interval(low, high)),
        }
    }

    /// `run`, which is the cascade on `side`, against choosing between models at random there. Which models
    /// these are, the tuning samples say.
    fn mixture(&self, side: &Side<'_>, run: &Run, is_held: bool) -> Mixture {
        let singles = self.singles;
        let pair = between(singles, &self.models(), side.mean(run));
        let (cheaper, dearer) = pair.map_or((self.reference, None), |it| (it.cheaper, it.dearer));
        let theirs = self.right(side, cheaper);
        let best = dearer.map(|dearer| self.right(side, dearer));
        let trial = |at: usize, cascade: bool, cost: Ticks| Trial {
            cascade,
            cheaper: theirs[at],
            dearer: best.as_ref().is_some_and(|right| right[at]),
            cost: side.scale.cost(cost),
        };
        let each = run.right.iter().zip(&run.costs).enumerate();
        let trials: Vec<Trial> = each.map(|(at, (&right, &cost))| trial(at, right, cost)).collect();
        let prices = (singles[cheaper].cost, dearer.map(|dearer| singles[dearer].cost));
        let (dearer_share, accuracy_difference, interval) = against_chance(&trials, prices, LEVEL);
        // A model on its own answers as it does on any data.
        let is_itself = dearer_share == 0.0 && self.cascade.is_single(cheaper);
        let interval = if is_itself { Interval(0.0, 0.0) } else { interval };
        Mixture {
            cheaper: singles[cheaper].name.to_owned(),
            dearer: dearer.map(|dearer| singles[dearer].name.to_owned()),
            dearer_share,
            accuracy_difference,
            accuracy_interval: is_held.then_some(interval),
        }
    }

    /// How sure the models are that cost less than the reference.
    fn cheaper(&self, reference_right: &[bool]) -> Vec<Cheaper> {
        let price = |model: &usize| self.singles[*model].cost;
        let reference = price(&self.reference);
        let mut models = self.models();
        models.retain(|model| price(model) < reference);
        models.sort_by(|a, b| price(a).total_cmp(&price(b)));
        let cheaper = models.into_par_iter().map(|model| {
            let tuning = &self.scorer.tuning;
            let signal = self.single(tuning, model);
            let samples = tuning.samples.iter().zip(reference_right).map(|(&sample, &theirs)| {
                let at = sample as usize;
                (signal.confidence[at], signal.right[at], theirs)
            });
            Cheaper {
                model: self.singles[model].name.to_owned(),
                sure_share: sure_share(samples.collect()),
                needed_share: price(&model) / reference,
            }
        });
        cheaper.collect()
    }
}
