//! The cascade with perfect gates, and with other thresholds.

use super::Judge;
use crate::cascade::{Cascade, Stage, Ticks};
use crate::trust::{Ceiling, Move, Moved, Sensitivity, Shifted, cheapest_right, moved, shifted};

/// Share of the tuning samples that a threshold moves past.
const STEP: f64 = 0.01;

/// What logits of confidences are multiplied by.
const FACTORS: [f64; 2] = [0.9, 1.1];

impl Judge<'_> {
    pub(super) fn ceiling(&self) -> Ceiling {
        let side = self.side();
        let models = self.models();
        let oracle: Vec<(Ticks, Vec<bool>)> =
            models.iter().map(|&model| (side.costs[model], self.right(side, model))).collect();
        let stages = side.signals.stages(self.cascade, &side.costs).unwrap_or_default();
        let gates: Vec<(Ticks, Vec<bool>)> = stages
            .iter()
            .map(|stage| {
                let right = side.samples.iter().map(|&sample| stage.signal.right[sample as usize]);
                (stage.cost, right.collect())
            })
            .collect();
        Ceiling {
            samples: side.samples.len(),
            cascade: side.figures(&self.run),
            perfect_gate: cheapest_right(&gates, side.scale),
            oracle: cheapest_right(&oracle, side.scale),
        }
    }

    pub(super) fn sensitivity(&self) -> Sensitivity {
        let side = self.side();
        let classes = side.pool.classes();
        let figures = |cascade: &Cascade| side.figures(&side.run(cascade));
        let gates = self.cascade.stages.len() - 1;
        let tried = if gates == 0 { vec![] } else { vec![Move::Up, Move::Down] };
        let ascending = self.confidences();
        let with = |change: &dyn Fn(usize, f64) -> f64| {
            let stages = self.cascade.stages.iter().enumerate();
            let stages = stages.map(|(number, stage)| Stage {
                threshold: stage.threshold.map(|threshold| change(number, threshold)),
                ..stage.clone()
            });
            figures(&Cascade { stages: stages.collect(), ..self.cascade.clone() })
        };
        let alone = (0..gates).map(Some).filter(|_| gates > 1);
        let places: Vec<Option<usize>> = alone.chain([None]).collect();
        let thresholds = places.iter().flat_map(|&stage| tried.iter().map(move |&to| (stage, to)));
        let thresholds = thresholds.map(|(stage, direction)| Moved {
            stage,
            direction,
            figures: with(&|number, threshold| {
                let moves = stage.is_none_or(|stage| stage == number);
                if moves {
                    moved(threshold, &ascending[number], STEP, direction)
                } else {
                    threshold
                }
            }),
        });
        let measure = self.cascade.confidence;
        let factors = FACTORS.into_iter().filter(|_| gates > 0);
        let confidences = factors.map(|factor| Shifted {
            factor,
            figures: with(&|_, threshold| shifted(threshold, measure, classes, factor)),
        });
        Sensitivity {
            samples: side.samples.len(),
            step: STEP,
            as_is: figures(self.cascade),
            thresholds: thresholds.collect(),
            confidences: confidences.collect(),
        }
    }

    /// The confidences of all tuning samples at every stage, ascending.
    fn confidences(&self) -> Vec<Vec<f32>> {
        let tuning = &self.scorer.tuning;
        let signals = tuning.signals.along(self.cascade).unwrap_or_default();
        let sorted = signals.into_iter().map(|signal| {
            let at = |&sample: &u32| signal.confidence[sample as usize];
            let mut values: Vec<f32> = tuning.samples.iter().map(at).collect();
            values.sort_by(f32::total_cmp);
            values
        });
        sorted.collect()
    }
}
