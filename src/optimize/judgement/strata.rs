//! The cascade on classes and groups.

use rayon::prelude::*;

use super::super::scorer::LEVEL;
use super::Judge;
use crate::pool::Groups;
use crate::trust::{Judged, Paired, Stratum, WhoPays};

/// Probability of a wrong warning about classes, and likewise about groups.
const ERROR_RATE: f64 = 0.05;

impl Judge<'_> {
    pub(super) fn who_pays(&self, margin: f64, groups: Option<&Groups>) -> WhoPays {
        let side = self.side();
        let reference = self.right(side, self.reference);
        let strata = |names: &dyn Fn(usize) -> String, of: &[u32], count: usize| {
            let mut members = vec![vec![]; count];
            for (place, &sample) in side.samples.iter().enumerate() {
                members[of[sample as usize] as usize].push(place);
            }
            let judged = members.par_iter().enumerate().filter(|(_, members)| !members.is_empty());
            let judged: Vec<(usize, Judged)> = judged
                .map(|(number, members)| {
                    let (ours, theirs) = (&self.run.right, &reference);
                    let samples: Vec<u32> = members.iter().map(|&at| side.samples[at]).collect();
                    let alone = side.run_on(self.cascade, &samples);
                    let judged = Judged {
                        name: String::new(),
                        paired: Paired::new(members.iter().map(|&at| (ours[at], theirs[at]))),
                        reference_correct: members.iter().map(|&at| u32::from(theirs[at])).sum(),
                        cost: side.mean(&alone),
                        exit_fractions: alone.tally.exit_fractions(),
                    };
                    (number, judged)
                })
                .collect();
            let named = judged.into_iter().map(|(at, one)| Judged { name: names(at), ..one });
            let interval = self.method.map(|_| LEVEL);
            Stratum::compare(named.collect(), margin, ERROR_RATE, interval)
        };
        WhoPays {
            margin,
            error_rate: ERROR_RATE,
            classes: strata(&|class| class.to_string(), side.pool.labels(), side.pool.classes()),
            groups: groups.map(|groups| {
                strata(&|group| groups.names[group].clone(), &groups.of, groups.names.len())
            }),
        }
    }
}
