//! The heuristic search, on pools small enough to know the optimum.

mod common;

use committee::cascade::{Aggregation, ConfidenceMeasure, Fit};
use committee::frontier::hypervolume;
use committee::pool::Pool;
use committee::search::{
    Breadth, Options, Outcome, Resolution, Scope, Shortlist, Silent, Space, search,
};
use committee::signal::Signals;

/// Of each size about half of the committees that there are, or fewer, on part of the samples.
const NARROW: Breadth = Breadth { committees: 16, samples: 700, moves: 300, seed: 0 };

fn scope(aggregation: Aggregation) -> Scope {
    Scope {
        max_models: 3,
        aggregations: vec![aggregation],
        confidences: vec![ConfidenceMeasure::MaxProb],
        fit: Fit::RAW,
        max_worst_case_cost: None,
    }
}

fn searched(space: &Space, scope: &Scope) -> Outcome {
    let options =
        Options { scope: scope.clone(), resolution: Resolution::Exact, gap: 0.0, time_limit: None };
    search(space, &options.check().unwrap(), &Silent)
}

/// The area that a frontier dominates above the worst accuracy and below the cost of all models,
/// which is a power of ten apart from one to the next: logarithms let each of them count.
fn area(pool: &Pool, space: &Space, outcome: &Outcome, samples: usize) -> f64 {
    let point = |found: &committee::search::Found| {
        (space.scale.mean(found.cost, samples).ln(), f64::from(found.correct) / samples as f64)
    };
    let points: Vec<(f64, f64)> = outcome.frontier.iter().map(point).collect();
    let all: f64 = pool.models().iter().map(|model| model.cost).sum();
    hypervolume(&points, (all.ln(), points[0].1))
}

#[test]
fn it_reaches_the_optimum_of_pools_that_can_be_enumerated() {
    for (seed, aggregation) in [1, 2, 3]
        .into_iter()
        .flat_map(|seed| Aggregation::ALL.into_iter().map(move |aggregation| (seed, aggregation)))
    {
        let samples = 1000;
        let (_folder, pool) = common::random_pool(seed, 9, samples, 4);
        let scope = scope(aggregation);
        let tuning: Vec<u32> = (0..samples as u32).collect();

        let signals = Signals::compute(&pool, scope.signal_keys(&pool), |_| {}).unwrap();
        let space = Space::new(&pool, &signals, &scope, &tuning);
        let best = area(&pool, &space, &searched(&space, &scope), samples);

        let shortlist = Shortlist::new(&pool, &scope, &tuning, &NARROW).unwrap();
        let keys = shortlist.signal_keys(&pool, &scope);
        let all = scope.signal_keys(&pool).len();
        assert!(keys.len() < all || aggregation == Aggregation::Last, "{} of {all}", keys.len());
        let signals = Signals::compute(&pool, keys, |_| {}).unwrap();
        let space = shortlist.space(&pool, &signals, &scope, &tuning);
        let found = area(&pool, &space, &searched(&space, &scope), samples);
        assert!(found >= 0.999 * best, "{aggregation}, seed {seed}: {found} of {best}");
        assert!(found <= best * (1.0 + 1e-12));

        let again = Shortlist::new(&pool, &scope, &tuning, &NARROW).unwrap();
        assert_eq!(shortlist, again);
    }
}
