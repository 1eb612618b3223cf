//! The heuristic search, on pools small enough to know the optimum.

mod common;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use committee::cascade::{Aggregation, Cascade, ConfidenceMeasure, Fit};
use committee::frontier::{Goal, hypervolume};
use committee::pool::{Pool, PoolSource};
use committee::search::{
    Breadth, Ended, Found, Observer, Options, Outcome, Progress, Resolution, Scope, Shortlist,
    Shortlisted, Silent, Space, Status, search,
};
use committee::signal::Signals;
use committee::spec::replay;
use committee::spec::wire::SearchEntry;
use committee::trust::{Holdout, folds};
use committee::{Judging, Settings, Warning, optimize};

/// Of each size about half of the committees that there are, or fewer, on part of the samples.
const NARROW: Breadth =
    Breadth { committees: 16, whole: 40, samples: 700, moves: 300, scores: 1_000_000_000, seed: 0 };

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

/// The area that a search of a shortlist reaches, as a share of that of the exact search; and whether
/// committees are missing from the list.
fn reached(pool: &Pool, scope: &Scope, breadth: &Breadth) -> (f64, bool) {
    let samples = pool.samples();
    let tuning: Vec<u32> = (0..samples as u32).collect();
    let signals = Signals::compute(pool, scope.signal_keys(pool), |_| {}).unwrap();
    let space = Space::new(pool, &signals, scope, &tuning);
    let best = area(pool, &space, &searched(&space, scope), samples);

    let shortlist = Shortlist::new(pool, scope, &tuning, breadth, None, &Silent).unwrap();
    let keys = shortlist.signal_keys(pool, scope);
    let is_short = keys.len() < scope.signal_keys(pool).len();
    let signals = Signals::compute(pool, keys, |_| {}).unwrap();
    let space = shortlist.space(pool, &signals, scope, &tuning);
    let found = area(pool, &space, &searched(&space, scope), samples);

    let again = Shortlist::new(pool, scope, &tuning, breadth, None, &Silent).unwrap();
    assert_eq!(shortlist, again);
    (found / best, is_short)
}

#[test]
fn it_reaches_the_optimum_of_pools_that_can_be_enumerated() {
    for (seed, aggregation) in [1, 2, 3]
        .into_iter()
        .flat_map(|seed| Aggregation::ALL.into_iter().map(move |aggregation| (seed, aggregation)))
    {
        let (_folder, pool) = common::random_pool(seed, 9, 1000, 4);
        let (found, is_short) = reached(&pool, &scope(aggregation), &NARROW);
        assert!(is_short || aggregation == Aggregation::Last, "{aggregation}, seed {seed}");
        assert!(found >= 0.999, "{aggregation}, seed {seed}: {found}");
        assert!(found <= 1.0 + 1e-12);
    }
}

/// The same for cascades of up to four models, and with a beam so narrow that what it finds is left
/// behind: the walk goes on from there.
#[test]
fn it_walks_to_the_optimum_of_four_models() {
    let narrow = |scores| Breadth { committees: 4, whole: 12, moves: 0, scores, ..NARROW };
    for (seed, aggregation) in [1, 2, 3, 4].into_iter().flat_map(|seed| {
        [Aggregation::MeanLogits, Aggregation::MeanProbs].map(|aggregation| (seed, aggregation))
    }) {
        let (_folder, pool) = common::random_pool(seed, 12, 300, 4);
        let scope = Scope { max_models: 4, ..scope(aggregation) };
        let (beam, _) = reached(&pool, &scope, &narrow(0));
        let (found, is_short) = reached(&pool, &scope, &narrow(NARROW.scores));
        assert!(beam < 0.999, "{aggregation}, seed {seed}: {beam}");
        assert!(is_short, "{aggregation}, seed {seed}");
        assert!(found >= 0.999, "{aggregation}, seed {seed}: {found}");
        assert!(found <= 1.0 + 1e-12);
    }
}

/// Interrupts from the first time on.
struct Hurried;

impl Observer for Hurried {
    fn interrupted(&self) -> bool {
        true
    }
}

/// However little time a search has, its frontier is nowhere behind the cascades that its shortlist
/// was made for.
#[test]
fn what_the_shortlist_found_is_never_lost() {
    for (seed, aggregation) in (1..=4).zip(Aggregation::ALL.into_iter().cycle()) {
        let (_folder, pool) = common::random_pool(seed, 7, 200, 3);
        let scope = Scope { max_models: 5, ..scope(aggregation) };
        let tuning: Vec<u32> = (0..200).collect();
        // All samples: so the thresholds are the same.
        let shortlist = Shortlist::new(&pool, &scope, &tuning, &NARROW, None, &Silent).unwrap();
        let keys = shortlist.signal_keys(&pool, &scope);
        let signals = Signals::compute(&pool, keys, |_| {}).unwrap();
        let space = shortlist.space(&pool, &signals, &scope, &tuning);
        let options = Options { scope, resolution: Resolution::Exact, gap: 0.0, time_limit: None };
        let stopped = search(&space, &options.check().unwrap(), &Hurried);
        assert!(!shortlist.starts().is_empty());
        for start in shortlist.starts() {
            let (correct, cost) = common::run(&pool, start, &tuning);
            let is_no_worse = |found: &committee::search::Found| {
                found.correct >= correct && space.scale.cost(found.cost) <= cost * (1.0 + 1e-9)
            };
            assert!(stopped.frontier.iter().any(is_no_worse), "{aggregation}: {start:?}");
        }
    }
}

/// Interrupts from so many questions on.
struct Patient {
    asked: AtomicUsize,
    patience: usize,
}

impl Observer for Patient {
    fn interrupted(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) >= self.patience
    }
}

/// What comes when all is done cuts nothing short.
#[test]
fn a_whole_shortlist_is_whole_whatever_comes_then() {
    let (_folder, pool) = common::random_pool(1, 7, 200, 3);
    let scope = Scope { max_models: 4, ..scope(Aggregation::MeanLogits) };
    let tuning: Vec<u32> = (0..200).collect();
    let made = |patience| {
        let patient = Patient { asked: 0.into(), patience };
        let list = Shortlist::new(&pool, &scope, &tuning, &NARROW, None, &patient).unwrap();
        (list, patient.asked.into_inner())
    };
    let (whole, asked) = made(usize::MAX);
    assert!(asked > 0);
    assert_eq!(made(asked).0, whole);
    assert_ne!(made(asked - 1).0, whole);
}

/// Notes what a run is about, and has it stop from the start of something on.
struct Watch {
    stop_at: Option<Progress>,
    heard: Mutex<BTreeSet<&'static str>>,
    stopped: std::sync::atomic::AtomicBool,
}

impl Watch {
    fn new(stop_at: Option<Progress>) -> Self {
        Self { stop_at, heard: Mutex::default(), stopped: false.into() }
    }
}

impl Observer for Watch {
    fn progress(&self, progress: Progress) {
        self.heard.lock().unwrap().insert(match progress {
            Progress::Reading { .. } => "reading",
            Progress::Shortlisting => "shortlisting",
            Progress::Scoring { .. } => "scoring",
            Progress::Searching { .. } => "searching",
            _ => "proving",
        });
        if self.stop_at == Some(progress) {
            self.stopped.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }

    fn interrupted(&self) -> bool {
        self.stopped.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// 56 models of 40 samples, seven of each of eight files.
fn many_models() -> (tempfile::TempDir, Pool) {
    let (folder, _) = common::random_pool(5, 8, 40, 3);
    let path = folder.path().join("pool.toml");
    let few = std::fs::read_to_string(&path).unwrap();
    let blocks: Vec<&str> = few.split("[[model]]").skip(1).collect();
    let mut many = "cost_unit = \"units\"\n".to_owned();
    for model in 0..56 {
        let is_kept = |line: &&str| line.starts_with("predictions") || line.starts_with("kind");
        let kept: Vec<&str> = blocks[model % 8].lines().filter(is_kept).collect();
        let cost = 1 + model % 8 * 10 + model;
        many +=
            &format!("[[model]]\nname = \"model_{model}\"\n{}\ncost = {cost}\n", kept.join("\n"));
    }
    std::fs::write(&path, many).unwrap();
    let pool = Pool::open(&PoolSource::Manifest(path), None).unwrap();
    (folder, pool)
}

/// A run on more committees than are all looked at.
fn run(time_limit: Option<Duration>, gap: f64, watch: &Watch) -> (SearchEntry, usize) {
    let scope = Scope { max_models: 4, ..scope(Aggregation::MeanLogits) };
    run_on(Options { scope, resolution: Resolution::Exact, gap, time_limit }, watch)
}

fn run_on(options: Options, watch: &Watch) -> (SearchEntry, usize) {
    let (_folder, pool) = many_models();
    assert!(!options.scope.is_enumerable(56, 40));
    let settings = Settings {
        options,
        holdout: Holdout::Share(0.0),
        seed: 0,
        max_points: 500,
        goal: Goal::default(),
        guarantee: None,
        judging: Judging::default(),
    };
    let frontier = optimize(&pool, &settings, watch).unwrap().frontier;
    (frontier.search, frontier.points.len())
}

/// What was searched in place of all is said, with how that ended; nothing is certified.
#[test]
fn it_says_how_it_ended_and_certifies_nothing() {
    for (time_limit, gap, made, ended) in [
        (None, 0.0, Ended::Complete, Ended::Complete),
        (None, 0.5, Ended::Complete, Ended::GapReached),
        // There is nothing to search in single models.
        (Some(Duration::ZERO), 0.0, Ended::TimeLimit, Ended::Complete),
    ] {
        let watch = Watch::new(None);
        let (search, _) = run(time_limit, gap, &watch);
        assert_eq!((search.status, search.certified_gap), (Status::Heuristic, None));
        let Some(shortlist @ Shortlisted { committees, .. }) = search.shortlist else {
            panic!("{search:?}")
        };
        assert_eq!((shortlist.made, shortlist.ended), (made, ended));
        assert!((56..50_000).contains(&committees), "{committees}");
        // No time for a list leaves single models.
        assert_eq!(committees == 56, made == Ended::TimeLimit);
        let heard = watch.heard.into_inner().unwrap();
        assert!(heard.contains("shortlisting") && !heard.contains("proving"), "{heard:?}");
        if made == Ended::Complete && ended == Ended::Complete {
            assert!(heard.contains("searching"), "{heard:?}");
        }
    }
}

/// Where each model decides alone, chains are what there are too many of, and not committees.
#[test]
fn all_models_may_be_listed() {
    let scope = || Scope { max_models: 5, ..scope(Aggregation::Last) };
    let run = |resolution| {
        let time_limit = Some(Duration::ZERO);
        run_on(Options { scope: scope(), resolution, gap: 0.0, time_limit }, &Watch::new(None))
    };
    let (search, points) = run(Resolution::Exact);
    assert_eq!(search.status, Status::Heuristic);
    assert_eq!(search.shortlist.unwrap().committees, 56);
    assert!(points > 0, "there are single models");
    // A grid of all of them leaves nothing out.
    let (search, _) = run(Resolution::Quantiles(1));
    assert_eq!((search.status, search.shortlist), (Status::TimeLimit, None));
    assert!(search.candidates > 56 * 55 * 54 * 53 * 52, "{}", search.candidates);
}

/// Asks to be stopped after so many questions.
struct Patience(AtomicI64);

impl Observer for Patience {
    fn interrupted(&self) -> bool {
        self.0.fetch_sub(1, Ordering::Relaxed) <= 0
    }
}

/// Whenever a list is cut short, every single model is on it.
#[test]
fn no_single_model_is_lost() {
    let (_folder, pool) = many_models();
    let everyone: Vec<u32> = (0..40).collect();
    for aggregation in Aggregation::ALL {
        let scope = Scope { max_models: 5, ..scope(aggregation) };
        for patience in [0, 1, 2, 5, 20, 100, 500] {
            let observer = Patience(AtomicI64::new(patience));
            let breadth = Breadth::default();
            let list = Shortlist::new(&pool, &scope, &everyone, &breadth, None, &observer).unwrap();
            let keys = list.signal_keys(&pool, &scope);
            let signals = Signals::compute(&pool, keys, |_| ()).unwrap();
            let space = list.space(&pool, &signals, &scope, &everyone);
            let stopped = Patience(AtomicI64::new(0));
            let options = Options {
                scope: scope.clone(),
                resolution: Resolution::Exact,
                gap: 0.0,
                time_limit: None,
            };
            let found = search(&space, &options.check().unwrap(), &stopped).frontier;
            for model in 0..56 {
                let right = exits(&pool, &Cascade::single(model), &everyone);
                let cost = space.scale.ticks(pool.models()[model].cost) * 40;
                let is_met = |found: &Found| found.cost <= cost && found.correct as usize >= right;
                assert!(found.iter().any(is_met), "{aggregation}, {patience}: model {model}");
            }
        }
    }
}

/// Each fold has a list of its own, which has not seen it.
#[test]
fn folds_are_searched_by_lists_of_their_own() {
    let (_folder, pool) = many_models();
    let scope = Scope { max_models: 4, ..scope(Aggregation::MeanLogits) };
    let settings = Settings {
        options: Options { scope, resolution: Resolution::Exact, gap: 0.0, time_limit: None },
        holdout: Holdout::Folds(2),
        seed: 0,
        max_points: 500,
        goal: Goal::default(),
        guarantee: None,
        judging: Judging::default(),
    };
    let found = optimize(&pool, &settings, &Silent).unwrap();
    let stopped = |warning: &Warning| matches!(warning, Warning::FoldsStopped { .. });
    assert!(!found.warnings.iter().any(stopped), "{:?}", found.warnings);
    assert_eq!(found.frontier.search.status, Status::Heuristic);
    // What a list for the other half finds for a point's cost, run on this half.
    let parts = folds(pool.labels(), 2, 0).unwrap();
    let scope = &settings.options.scope;
    let halves: Vec<_> = [(0, 1), (1, 0)]
        .into_iter()
        .map(|(held, tuned)| {
            let tuned = &parts[tuned];
            let list =
                Shortlist::new(&pool, scope, tuned, &Breadth::default(), None, &Silent).unwrap();
            let keys = list.signal_keys(&pool, scope);
            let signals = Signals::compute(&pool, keys, |_| ()).unwrap();
            let space = list.space(&pool, &signals, scope, tuned);
            let outcome = searched(&space, scope);
            let frontier: Vec<_> = outcome
                .frontier
                .iter()
                .map(|found| {
                    let right = exits(&pool, &found.cascade, &parts[held]);
                    (space.scale.mean(found.cost, tuned.len()), right)
                })
                .collect();
            frontier
        })
        .collect();
    for point in &found.frontier.points {
        let within = |frontier: &Vec<(f64, usize)>| {
            frontier.iter().rfind(|other| other.0 <= point.cost * (1.0 + 1e-12)).unwrap().1
        };
        let right: usize = halves.iter().map(within).sum();
        let held = point.holdout.as_ref().unwrap();
        assert_eq!(held.samples, 40);
        assert!((held.accuracy - right as f64 / 40.0).abs() < 1e-12, "{point:?}");
    }
}

/// How many of `samples` the cascade gets right, run one by one.
fn exits(pool: &Pool, cascade: &Cascade, samples: &[u32]) -> usize {
    let exits = replay(pool, cascade, &vec![0; pool.models().len()]).unwrap();
    samples.iter().filter(|&&s| exits[s as usize].prediction == pool.labels()[s as usize]).count()
}

/// Told to stop while it chooses committees, it goes on with those that it has.
#[test]
fn stopped_on_a_shortlist_it_ends_with_what_it_has() {
    let (search, points) = run(None, 0.0, &Watch::new(Some(Progress::Shortlisting)));
    let (made, ended) = (Ended::Interrupted, Ended::Complete);
    let shortlist = Shortlisted { committees: 56, made, ended };
    assert_eq!((search.status, search.shortlist), (Status::Heuristic, Some(shortlist)));
    assert!(points > 0);
}
