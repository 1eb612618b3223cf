//! Guarantees hold as often as they say, and are given where they can be: by simulation. A larger run
//! is `cargo bench --bench guarantees`.

mod common {
    pub mod population;
}

use committee::cascade::{Aggregation, ConfidenceMeasure, Fit};
use committee::frontier::Goal;
use committee::pool::{Pool, PoolSource, Values, write_table};
use committee::search::{Options, Resolution, Scope, Silent};
use committee::trust::{Claim, Holdout, Statement};
use committee::{Judging, Settings, optimize};
use common::population::{Population, Record};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use tempfile::TempDir;

/// At the border of the null hypothesis, where errors are likeliest.
#[test]
fn wrong_statements_are_certified_no_oftener_than_allowed() {
    for statement in
        ["accuracy >= 0.95", "accuracy >= model - 0.01", "accuracy >= model + 0.01", "cost <= 2.5"]
    {
        let statement: Statement = statement.parse().unwrap();
        let population = Population::at_the_border(1, 4000, 4, &statement);
        let record = population.run(&statement, 0.1, [2000, 200, 600], 2);
        // The model itself is among the candidates, and may be certified for what is true of it.
        assert!(record.broken_share() <= record.allowed(0.1), "{statement}: {record:?}");
        assert!(record.broken > 0, "{statement}: too easy to tell anything: {record:?}");
    }
}

/// On frontiers of real cascades, tuned anew in each draw.
#[test]
fn frontiers_are_certified_rightly_and_often() {
    let population = Population::of_cascades(3, 4000, 4);
    for statement in
        ["accuracy >= 0.96", "accuracy >= best - 0.02", "accuracy >= medium + 0.01", "cost <= 8"]
    {
        let statement: Statement = statement.parse().unwrap();
        let record = population.run(&statement, 0.1, [2000, 600, 800], 4);
        assert!(record.broken_share() <= record.allowed(0.1), "{statement}: {record:?}");
        assert!(2 * record.certified >= record.possible, "{statement}: {record:?}");
        assert!(2.0 * record.worth >= record.possible_worth, "{statement}: {record:?}");
    }
}

/// Through the whole of `optimize`, with the split that it draws by itself. Each model knows some of the
/// classes, so that whichever fits the mix of classes that a pool happens to have looks best on its tuning
/// samples. It must not look as good on the held-out samples for the same reason.
#[test]
fn luck_in_the_mix_of_classes_is_not_certified() {
    let one = |seed: u64| {
        let (_folder, pool) = specialists(seed);
        let found = optimize(&pool, &settings("accuracy >= 0.505"), &Silent).unwrap();
        // Every model is right on half of all data.
        let broken = usize::from(found.chosen.is_ok());
        Record { draws: 1, broken, ..Record::default() }
    };
    let records = (0..400).into_par_iter().map(one);
    let record = records.reduce(Record::default, |a, b| a.add(b));
    assert!(record.broken_share() <= record.allowed(0.1), "{record:?}");
    assert!(record.broken > 0, "too easy to tell anything: {record:?}");
}

/// Samples of 12 classes, all equally likely, and models each of which is right on all of six classes.
fn specialists(seed: u64) -> (TempDir, Pool) {
    let (samples, classes, models) = (300, 12, 10);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let labels: Vec<u32> = (0..samples).map(|_| rng.random_range(0..classes)).collect();
    let folder = tempfile::tempdir().unwrap();
    let files = (0..models).map(|model| {
        let known = rand::seq::index::sample(&mut rng, classes as usize, 6).into_vec();
        let said = |&label: &u32| match known.contains(&(label as usize)) {
            true => label,
            false => (label + 1) % classes,
        };
        let said: Vec<u32> = labels.iter().map(said).collect();
        let mut table = vec![("label".to_owned(), Values::U32(labels.clone()))];
        for class in 0..classes {
            let scores = said.iter().map(|&said| f64::from(u8::from(said == class)));
            table.push((format!("logit_{class}"), Values::F64(scores.collect())));
        }
        let file = folder.path().join(format!("m{model}.parquet"));
        std::fs::write(&file, write_table(table).unwrap()).unwrap();
        file
    });
    let files = files.collect();
    let costs = (0..models).map(|model| (format!("m{model}"), 1.0 + f64::from(model))).collect();
    let source = PoolSource::Files { files, costs, cost_unit: "units".to_owned() };
    let pool = Pool::open(&source, None).unwrap();
    (folder, pool)
}

/// Single models, four fifths of the samples held out, an error rate of 0.1.
fn settings(statement: &str) -> Settings {
    let scope = Scope {
        aggregations: vec![Aggregation::Last],
        confidences: vec![ConfidenceMeasure::MaxProb],
        fit: Fit::RAW,
        max_models: 1,
        max_worst_case_cost: None,
    };
    Settings {
        options: Options { scope, resolution: Resolution::Exact, gap: 0.0, time_limit: None },
        holdout: Holdout::Share(0.8),
        seed: 0,
        max_points: 500,
        goal: Goal::default(),
        guarantee: Some(Claim { statement: statement.parse().unwrap(), error_rate: 0.1 }),
        judging: Judging::default(),
    }
}
