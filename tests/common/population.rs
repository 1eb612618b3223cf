//! A population that is known to the last sample, and cascades whose outcomes on it are correlated as
//! those of real ones are: what shows whether guarantees hold.
#![allow(dead_code)]

use committee::trust::{Baseline, Evidence, Observed, Statement, fixed_sequence};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// What one cascade does on every member of the population.
struct Candidate {
    right: Vec<bool>,
    stage: Vec<u8>,
    /// Cost of a sample that exits at each stage.
    costs: Vec<f64>,
    /// Accuracy and expected cost.
    truth: (f64, f64),
}

impl Candidate {
    fn new(right: Vec<bool>, stage: Vec<u8>, costs: Vec<f64>) -> Self {
        let mut candidate = Self { right, stage, costs, truth: (0.0, 0.0) };
        candidate.truth = candidate.on(0..candidate.right.len());
        candidate
    }

    /// Accuracy and mean cost on some members of the population.
    fn on(&self, members: impl ExactSizeIterator<Item = usize>) -> (f64, f64) {
        let count = members.len() as f64;
        let (mut right, mut cost) = (0, 0.0);
        for member in members {
            right += usize::from(self.right[member]);
            cost += self.costs[self.stage[member] as usize];
        }
        (right as f64 / count, cost / count)
    }
}

/// Samples are drawn from its members with replacement, so shares and means over these are the truth.
pub struct Population {
    members: usize,
    /// The names of the single models; they are the first of the candidates too.
    models: Vec<String>,
    candidates: Vec<Candidate>,
}

/// How guarantees fared over many draws.
#[derive(Debug, Default, Clone, Copy)]
pub struct Record {
    pub draws: usize,
    /// Draws in which a wrong statement was certified.
    pub broken: usize,
    /// Draws in which any statement was certified.
    pub certified: usize,
    /// Draws in which someone who knows the population would certify one.
    pub possible: usize,
    /// What certified cascades spare (cost) or gain (accuracy) on the starting point, summed over draws.
    pub worth: f64,
    /// What the best choice by someone who knows the population does.
    pub possible_worth: f64,
}

impl Record {
    /// The largest share of broken guarantees that chance explains at `error_rate`: four standard errors.
    pub fn allowed(&self, error_rate: f64) -> f64 {
        error_rate + 4.0 * (error_rate * (1.0 - error_rate) / self.draws as f64).sqrt()
    }

    pub fn broken_share(&self) -> f64 {
        self.broken as f64 / self.draws as f64
    }

    pub fn add(self, other: Self) -> Self {
        Self {
            draws: self.draws + other.draws,
            broken: self.broken + other.broken,
            certified: self.certified + other.certified,
            possible: self.possible + other.possible,
            worth: self.worth + other.worth,
            possible_worth: self.possible_worth + other.possible_worth,
        }
    }
}

impl Population {
    /// Three models of cost 1, 4 and 20, right on about 83, 94 and 99 of 100, and cascades of them with
    /// `gates` thresholds a gate.
    pub fn of_cascades(seed: u64, members: usize, gates: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let skills = [1.5, 2.4, 3.6];
        let costs = [1.0, 4.0, 20.0];
        let hardness: Vec<f64> = (0..members).map(|_| 1.2 * normal(&mut rng)).collect();
        let margins = skills.map(|skill| -> Vec<f64> {
            hardness.iter().map(|hard| skill - hard + normal(&mut rng)).collect()
        });
        let confidence = margins.each_ref().map(|margins| -> Vec<f64> {
            margins.iter().map(|margin| margin.abs() + 0.3 * normal(&mut rng)).collect()
        });
        let thresholds: Vec<f64> = (1..=gates).map(|i| 4.0 * i as f64 / gates as f64).collect();
        let mut candidates = vec![];
        let mut add = |path: &[usize], gates: &[f64]| {
            let exit = |member: usize| {
                let stays = |(stage, gate): (usize, &f64)| confidence[path[stage]][member] < *gate;
                gates.iter().enumerate().take_while(|it| stays(*it)).count()
            };
            let stage: Vec<u8> = (0..members).map(|member| exit(member) as u8).collect();
            let right =
                |(member, &stage): (usize, &u8)| margins[path[stage as usize]][member] > 0.0;
            let sums = path.iter().scan(0.0, |sum, &model| {
                *sum += costs[model];
                Some(*sum)
            });
            let right = stage.iter().enumerate().map(right).collect();
            candidates.push(Candidate::new(right, stage, sums.collect()));
        };
        for model in 0..3 {
            add(&[model], &[]);
        }
        for path in [[0, 1], [0, 2], [1, 2]] {
            thresholds.iter().for_each(|&gate| add(&path, &[gate]));
        }
        for &first in &thresholds {
            thresholds.iter().for_each(|&second| add(&[0, 1, 2], &[first, second]));
        }
        let models = ["small", "medium", "large"].map(str::to_owned).to_vec();
        Self { members, models, candidates }
    }

    /// `count` cascades of three stages whose accuracies and costs are all just what `statement`
    /// excludes, each of them independent of the others: the null hypothesis at its border.
    pub fn at_the_border(seed: u64, members: usize, count: usize, statement: &Statement) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let baseline: Vec<bool> = (0..members).map(|_| rng.random_bool(0.95)).collect();
        let costs = vec![1.0, 3.0, 12.0];
        let model = Candidate::new(baseline, vec![0; members], vec![12.0]);
        let mut population =
            Self { members, models: vec!["model".to_owned()], candidates: vec![model] };
        for _ in 0..count {
            // A few answers of the model changed, a few exits put off, until the statement is wrong.
            let mut right = population.candidates[0].right.clone();
            let stage = (0..members).map(|_| match rng.random_range(0..10) {
                0 => 2,
                1 | 2 => 1,
                _ => 0,
            });
            let stage = stage.collect();
            for answer in &mut right {
                *answer ^= rng.random_bool(0.02);
            }
            population.candidates.push(Candidate::new(right, stage, costs.clone()));
            let number = population.candidates.len() - 1;
            // From the right side to just beyond the border, or from the wrong side to just before it.
            loop {
                let holds = population.holds(statement, number, Some(0));
                let member = rng.random_range(0..members);
                let candidate = &mut population.candidates[number];
                let (right, stage) = (&mut candidate.right[member], &mut candidate.stage[member]);
                match statement {
                    Statement::Cost { .. } if holds => *stage = (*stage + 1).min(2),
                    Statement::Cost { .. } => *stage = stage.saturating_sub(1),
                    _ => *right = !holds,
                }
                candidate.truth = candidate.on(0..members);
                if holds && !population.holds(statement, number, Some(0)) {
                    break;
                }
            }
        }
        population
    }

    /// Tunes on `tuning` samples, tests on `held` ones, and holds the outcome against the truth, `draws` times.
    pub fn run(
        &self,
        statement: &Statement,
        error_rate: f64,
        [draws, tuning, held]: [usize; 3],
        seed: u64,
    ) -> Record {
        let one = |draw: usize| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(draw as u64);
            let mut sample = |size: usize| -> Vec<usize> {
                (0..size).map(|_| rng.random_range(0..self.members)).collect()
            };
            let (tuning, held) = (sample(tuning), sample(held));
            self.draw(statement, error_rate, &tuning, &held)
        };
        (0..draws).into_par_iter().map(one).reduce(Record::default, Record::add)
    }

    fn draw(
        &self,
        statement: &Statement,
        error_rate: f64,
        tuning: &[usize],
        held: &[usize],
    ) -> Record {
        let singles = 0..self.models.len();
        let baseline = match statement {
            Statement::Difference { baseline: Baseline::Model(name), .. } => {
                self.models.iter().position(|model| model == name)
            }
            Statement::Difference { baseline: Baseline::Best, .. } => {
                singles.max_by(|&a, &b| self.on(a, tuning).0.total_cmp(&self.on(b, tuning).0))
            }
            _ => None,
        };
        let right = |number: usize| -> Vec<bool> {
            held.iter().map(|&member| self.candidates[number].right[member]).collect()
        };
        let theirs = baseline.map(right).unwrap_or_default();
        let frontier = self.frontier(tuning);
        let sequence = fixed_sequence(statement, error_rate, &frontier, |number| {
            let Candidate { stage, costs, .. } = &self.candidates[number];
            let exits = |samples: &[usize]| {
                let mut exits = vec![0u64; costs.len()];
                samples.iter().for_each(|&member| exits[stage[member] as usize] += 1);
                exits
            };
            let planned = exits(tuning).into_iter().map(|n| n as f64 / tuning.len() as f64);
            let seen = Observed {
                is_baseline: false,
                right: &right(number),
                baseline: &theirs,
                exits: &exits(held),
                costs,
                planned: &planned.collect::<Vec<f64>>(),
            };
            Evidence::new(statement, &seen)
        });
        let certified = sequence.certified.map(|test| test.candidate);
        let holding: Vec<usize> = frontier
            .iter()
            .copied()
            .filter(|&number| self.holds(statement, number, baseline))
            .collect();
        let is_cost = matches!(statement, Statement::Cost { .. });
        let best = if is_cost { holding.last() } else { holding.first() }.copied();
        // Cost spared on the dearest, or accuracy gained on the cheapest.
        let truth = |number: usize| self.candidates[number].truth;
        let worth = |number: Option<usize>| match (number, frontier.first(), frontier.last()) {
            (Some(number), Some(&first), _) if is_cost => truth(number).0 - truth(first).0,
            (Some(number), _, Some(&last)) => truth(last).1 - truth(number).1,
            _ => 0.0,
        };
        let is_broken = certified.is_some_and(|number| !self.holds(statement, number, baseline));
        Record {
            draws: 1,
            broken: is_broken.into(),
            certified: certified.is_some().into(),
            possible: best.is_some().into(),
            worth: if is_broken { 0.0 } else { worth(certified) },
            possible_worth: worth(best),
        }
    }

    /// Accuracy and mean cost of a candidate on `samples`.
    fn on(&self, number: usize, samples: &[usize]) -> (f64, f64) {
        self.candidates[number].on(samples.iter().copied())
    }

    /// The candidates that no other beats on `samples`, cheapest first.
    fn frontier(&self, samples: &[usize]) -> Vec<usize> {
        let merit = |number| {
            let (accuracy, cost) = self.on(number, samples);
            (cost, accuracy, number)
        };
        let mut merits: Vec<(f64, f64, usize)> = (0..self.candidates.len()).map(merit).collect();
        merits.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
        let mut best = f64::NEG_INFINITY;
        merits.retain(|(_, accuracy, _)| {
            let rises = *accuracy > best;
            best = best.max(*accuracy);
            rises
        });
        merits.into_iter().map(|(_, _, number)| number).collect()
    }

    /// Whether the statement is true of a candidate, in the population.
    fn holds(&self, statement: &Statement, number: usize, baseline: Option<usize>) -> bool {
        let (accuracy, cost) = self.candidates[number].truth;
        match statement {
            Statement::Accuracy { least } => accuracy >= *least,
            Statement::Cost { most } => cost <= *most,
            Statement::Difference { margin, .. } => baseline
                .is_some_and(|baseline| accuracy >= self.candidates[baseline].truth.0 - margin),
        }
    }
}

/// A standard normal number (Box and Muller).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let (radius, angle): (f64, f64) = (1.0 - rng.random::<f64>(), rng.random());
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}
