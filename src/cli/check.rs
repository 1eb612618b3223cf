//! `committee check`: whether a deployed cascade still does what its spec says.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use committee::check::check;
use committee::expected;
use committee::pool::FreshPool;
use committee::report::{check_remarks, checked, finding_sentence};

use super::args::{PoolArgs, parsed};
use super::common::Common;
use super::{exit, spec_pool};

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// A cascade.json
    #[arg(value_name = "SPEC")]
    pub spec: PathBuf,
    #[command(flatten)]
    pub pool: PoolArgs,
    /// Largest probability of finding drift where there is none, over all tests together
    #[arg(long, value_name = "E", default_value_t = 0.01, allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<f64>(expected::CHECK_ERROR_RATE))]
    pub error_rate: f64,
}

pub const EXAMPLES: &str = "\
POOL holds fresh predictions of the cascade's models; other models are not looked at, and labels \
may be missing. Exits with 1 if it finds drift.

Examples:
  committee check out/cascade.json data/digits/pool.toml
  committee check out/cascade.json --error-rate 0.001 \\
    data/digits/cnn_s.parquet data/digits/cnn_m.parquet \\
    data/digits/gapnet_28.parquet data/digits/cnn_l.parquet";

pub fn run(args: &CheckArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let spec = spec_pool::spec("check", &args.spec, &args.pool)?;
    let (source, axis) = spec_pool::source(args.pool.any_source()?, &args.pool, &spec);
    let models: Vec<&str> = spec.point.models().collect();
    let besides = spec.guarantee.as_ref().and_then(|guarantee| guarantee.baseline.as_deref());
    let pool = FreshPool::open(&source, axis.as_deref(), &models, besides)?;
    let checkup = check(&spec, &args.spec, &pool, args.error_rate)?;
    let mut json = serde_json::to_value(&checkup)?;
    let sentences = checkup.findings.iter().map(|finding| finding_sentence(&spec, finding));
    json["sentences"] = sentences.collect();
    json["remarks"] = check_remarks(&spec, &checkup).into();
    common.print(|| checked(&spec, &checkup), || json)?;
    Ok(if checkup.drifted { exit::disagrees() } else { ExitCode::SUCCESS })
}
