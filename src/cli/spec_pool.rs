//! A spec and the pool that it is run on.

use std::path::Path;

use committee::pool::{FreshPool, Pool, PoolSource};
use committee::spec::wire::Spec;

use super::args::PoolArgs;

/// The spec at `path`, an argument of `verb` that the pool's paths follow.
pub fn spec(verb: &str, path: &Path, pool: &PoolArgs) -> anyhow::Result<Spec> {
    let is_json = |path: &Path| path.extension().is_some_and(|end| end == "json");
    let specs = || pool.pool.iter().filter(|path| is_json(path));
    if !is_json(path) && specs().count() == 1 {
        let others = pool.pool.iter().filter(|path| !is_json(path));
        let right = specs().map(|spec| spec.as_path()).chain([path]);
        let right = right.chain(others.map(|other| other.as_path()));
        let words: Vec<String> = right.map(|path| path.display().to_string()).collect();
        anyhow::bail!(
            "{}: expected the spec first, then the pool: committee {verb} {}",
            path.display(),
            words.join(" ")
        );
    }
    Ok(Spec::read(path)?)
}

/// The pool of labelled samples that `args` mean, for `spec`; one model may be all that it needs.
pub fn open(args: &PoolArgs, spec: &Spec) -> anyhow::Result<Pool> {
    let (source, axis) = source(args.any_source()?, args, spec);
    Ok(FreshPool::open_all(&source, axis.as_deref())?.labelled()?)
}

/// `source` on the axis that the spec's costs are on; predictions files take unit and costs from
/// the spec where none are given.
pub fn source(
    mut source: PoolSource,
    args: &PoolArgs,
    spec: &Spec,
) -> (PoolSource, Option<String>) {
    let mut axis = args.cost_axis.as_deref();
    if let (PoolSource::Files { cost_unit, .. }, None) = (&mut source, &args.cost_unit) {
        cost_unit.clone_from(&spec.point.cost_unit);
    }
    match &mut source {
        PoolSource::Files { files, costs, .. } if costs.is_empty() => {
            let stems = files.iter().filter_map(|file| file.file_stem()?.to_str());
            let names: std::collections::BTreeSet<&str> = stems.collect();
            let known = &spec.point.model_costs;
            // A model that the spec does not use never runs; it only must not leave the pool free.
            let unused = if known.values().all(|cost| *cost == 0.0) { 1.0 } else { 0.0 };
            let cost = |name: &str| known.get(name).copied().unwrap_or(unused);
            *costs = names.into_iter().map(|name| (name.to_owned(), cost(name))).collect();
        }
        PoolSource::Files { .. } => {}
        PoolSource::Manifest(_) => {
            let recorded = spec.provenance.options.get("cost-axis");
            axis = axis.or_else(|| recorded.and_then(|axis| axis.as_str()));
        }
    }
    let axis = axis.map(str::to_owned);
    (source, axis)
}
