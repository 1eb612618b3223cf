//! Arguments that several commands take.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;

use committee::expected;
use committee::frontier::Goal;
use committee::pool::{PoolSource, look_for};

/// The heading of what chooses.
pub const CHOOSING: &str = "Choosing a cascade";

/// A parser of what is no text: `expected` is what an option says that gets something else. Whether a
/// number is in its range is for the library to say, in the same words.
pub fn parsed<T: FromStr>(
    expected: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| text.trim().parse().map_err(|_| format!("expected {expected}"))
}

/// Where the pool is.
#[derive(Debug, Args)]
pub struct PoolArgs {
    /// A manifest (pool.toml), or predictions files (name.parquet …) with --cost for each
    #[arg(required = true, value_name = "POOL")]
    pub pool: Vec<PathBuf>,
    /// What one run of a model costs, when POOL is predictions files
    #[arg(long, value_name = "NAME=COST", value_parser = parse_cost)]
    pub cost: Vec<(String, f64)>,
    /// The unit of --cost; "units" if left out
    #[arg(long, value_name = "UNIT")]
    pub cost_unit: Option<String>,
    /// The cost that counts, where models have several
    #[arg(long, value_name = "NAME")]
    pub cost_axis: Option<String>,
}

impl PoolArgs {
    /// The source that the paths mean, of at least two models.
    pub fn source(&self) -> anyhow::Result<PoolSource> {
        let given = [("--cost", !self.cost.is_empty()), ("--cost-unit", self.cost_unit.is_some())];
        if let [manifest] = self.pool.as_slice()
            && is_manifest(manifest)
            && let Some((option, _)) = given.iter().find(|(_, given)| *given)
        {
            let manifest = manifest.display();
            anyhow::bail!("{option}: costs and their unit stand in the manifest {manifest}");
        }
        pool_source(&self.pool, self.cost.clone(), self.cost_unit.clone(), "POOL")
    }

    /// The source that the paths mean; one predictions file is enough.
    pub fn any_source(&self) -> anyhow::Result<PoolSource> {
        match self.pool.as_slice() {
            [single] if !is_manifest(single) => Ok(PoolSource::Files {
                files: self.pool.clone(),
                costs: self.cost.clone(),
                cost_unit: self.cost_unit.clone().unwrap_or_else(|| "units".to_owned()),
            }),
            _ => self.source(),
        }
    }
}

/// Whether a path is that of a manifest.
pub fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "toml")
}

/// The source that `paths` mean, which were given as `argument`.
pub fn pool_source(
    paths: &[PathBuf],
    costs: Vec<(String, f64)>,
    cost_unit: Option<String>,
    argument: &str,
) -> anyhow::Result<PoolSource> {
    match paths {
        [manifest] if is_manifest(manifest) => Ok(PoolSource::Manifest(manifest.clone())),
        [single] => {
            look_for(single, &[])?;
            anyhow::bail!(
                "{}: expected a manifest (name.toml) or at least two predictions files",
                single.display()
            )
        }
        files => {
            if let Some(manifest) = files.iter().find(|path| is_manifest(path)) {
                let other = files.iter().find(|path| *path != manifest).unwrap_or(manifest);
                anyhow::bail!(
                    "{}: a manifest has to be the only {argument}, found {} as well",
                    manifest.display(),
                    other.display()
                );
            }
            Ok(PoolSource::Files {
                files: files.to_vec(),
                costs,
                cost_unit: cost_unit.unwrap_or_else(|| "units".to_owned()),
            })
        }
    }
}

fn parse_cost(text: &str) -> Result<(String, f64), String> {
    let expected = "expected NAME=COST, COST a number";
    let (name, cost) = text.rsplit_once('=').ok_or(expected)?;
    let cost = cost.trim().parse().map_err(|_| expected)?;
    Ok((name.trim().to_owned(), cost))
}

/// Which cascade to choose.
#[derive(Debug, Args)]
#[command(next_help_heading = CHOOSING)]
pub struct ChoiceArgs {
    /// The most accurate cascade with at most this expected cost
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<f64>(expected::COST_LIMIT))]
    pub max_cost: Option<f64>,
    /// The cheapest cascade with at least this accuracy (a share, such as 0.98)
    #[arg(long, value_name = "A", allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<f64>(expected::SHARE))]
    pub min_accuracy: Option<f64>,
    /// Only cascades whose models together cost at most this; optimize limits its whole search to it
    #[arg(long, value_name = "W", allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<f64>(expected::COST_LIMIT))]
    pub max_worst_case_cost: Option<f64>,
    /// The cheapest cascade at least as accurate as this model
    #[arg(long = "match", value_name = "MODEL")]
    pub match_model: Option<String>,
    /// Only cascades with at least this accuracy in every group, as a column "group" of the
    /// predictions or labels says them
    #[arg(long, value_name = "A", allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<f64>(expected::SHARE))]
    pub min_group_accuracy: Option<f64>,
}

impl ChoiceArgs {
    pub fn goal(&self) -> Goal {
        Goal {
            max_cost: self.max_cost,
            min_accuracy: self.min_accuracy,
            max_worst_case_cost: self.max_worst_case_cost,
            match_model: self.match_model.clone(),
            min_group_accuracy: self.min_group_accuracy,
        }
    }
}
