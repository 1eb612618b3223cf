//! `committee replay`: a spec run sample by sample and held against its own claims.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use committee::cascade::{CostScale, Ticks};
use committee::pool::{Pool, Values, write_table};
use committee::report::{check_writable, refuse_inputs, replayed, write_atomically};
use committee::spec::wire::Spec;
use committee::spec::{Exit, replay, verify};

use super::args::PoolArgs;
use super::common::{Common, check_ending};
use super::{exit, spec_pool};

#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// A cascade.json
    #[arg(value_name = "SPEC")]
    pub spec: PathBuf,
    #[command(flatten)]
    pub pool: PoolArgs,
    /// Write sample_id, exit_stage, prediction, confidence and cost of every sample
    #[arg(long, value_name = "FILE.parquet")]
    pub per_sample: Option<PathBuf>,
}

pub const EXAMPLES: &str = "\
Exits with 1 if it disagrees with the spec or contradicts its guarantee.

Example:
  committee replay out/cascade.json data/digits/pool.toml \\
    --per-sample exits.parquet";

pub fn run(args: &ReplayArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let spec = spec_pool::spec("replay", &args.spec, &args.pool)?;
    if let Some(path) = &args.per_sample {
        check_ending("--per-sample", path, "parquet")?;
        check_writable(path)?;
    }
    let pool = spec_pool::open(&args.pool, &spec)?;
    if let Some(path) = &args.per_sample {
        refuse_inputs(path, pool.files().chain([args.spec.as_path()]))?;
    }
    let Run { exits, scale } = Run::new(&spec, &args.spec, &pool)?;
    let verdict = verify(&spec, &pool, &exits, scale)?;
    if let Some(path) = &args.per_sample {
        write_atomically(path, &per_sample(&pool, &exits, scale)?)?;
    }
    let json = serde_json::to_value(&verdict)?;
    common.print(|| replayed(&spec, &verdict), || json)?;
    Ok(if verdict.agrees { ExitCode::SUCCESS } else { exit::disagrees() })
}

/// A spec run on every sample of a pool.
pub struct Run {
    pub exits: Vec<Exit>,
    pub scale: CostScale,
}

impl Run {
    /// Runs `spec`, which was read from `path`, at the costs that it gives.
    pub fn new(spec: &Spec, path: &Path, pool: &Pool) -> anyhow::Result<Self> {
        let cascade = spec.cascade(pool, path)?;
        let scale = pool.cost_scale();
        let known = &spec.point.model_costs;
        let costs =
            pool.models().iter().map(|model| *known.get(&model.name).unwrap_or(&model.cost));
        let costs: Vec<Ticks> = costs.map(|cost| scale.ticks(cost)).collect();
        Ok(Self { exits: replay(pool, &cascade, &costs)?, scale })
    }
}

fn per_sample(pool: &Pool, exits: &[Exit], scale: CostScale) -> committee::Result<Vec<u8>> {
    let column = |f: &dyn Fn(&Exit) -> f64| Values::F64(exits.iter().map(f).collect());
    let table = [
        ("sample_id", pool.ids().values()),
        ("exit_stage", Values::U32(exits.iter().map(|exit| exit.stage).collect())),
        ("prediction", Values::U32(exits.iter().map(|exit| exit.prediction).collect())),
        ("confidence", column(&|exit| exit.confidence.into())),
        ("cost", column(&|exit| scale.cost(exit.cost))),
    ];
    write_table(table.map(|(name, values)| (name.to_owned(), values)).into())
}
