//! `committee certify`: a statement about new data, tested for a given spec.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use committee::expected;
use committee::pool::FreshPool;
use committee::report::{
    Export, SpecJson, certified, check_writable, refuse_inputs, write_atomically,
};
use committee::spec::certify;
use committee::spec::wire::Spec;
use committee::trust::{Claim, Statement};

use super::args::{PoolArgs, parsed};
use super::common::Common;
use super::{exit, spec_pool};

#[derive(Debug, Args)]
pub struct CertifyArgs {
    /// A cascade.json
    #[arg(value_name = "SPEC")]
    pub spec: PathBuf,
    #[command(flatten)]
    pub pool: PoolArgs,
    /// What is to hold on new data: "accuracy >= A", "accuracy >= MODEL - E" (or MODEL + E; best
    /// for every single model) or "cost <= X", for which no labels are needed
    #[arg(long, value_name = "STATEMENT")]
    pub guarantee: Statement,
    /// Probability with which a wrong statement may be certified
    #[arg(long, value_name = "P", default_value_t = 0.05, allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<f64>(expected::GUARANTEE_ERROR_RATE))]
    pub error_rate: f64,
    /// If it is certified, write the spec with this guarantee, in place of one that it has
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

pub const EXAMPLES: &str = "\
Exits with 3 if the statement is not certified, and writes nothing. POOL must hold samples that played no part in \
making the spec; of the pool that it was made from, only the held-out samples are used. \"best\" means every single \
model of POOL: the statement is tested against each.

Examples:
  committee certify out/cascade.json data/digits/pool.toml \\
    --guarantee \"accuracy >= 0.97\"
  committee certify out/cascade.json data/digits/pool.toml \\
    --guarantee \"accuracy >= cnn_l - 0.02\" --error-rate 0.01
  committee certify out/cascade.json data/digits/pool.toml \\
    --guarantee \"cost <= 2000\" --out certified.json";

pub fn run(args: &CertifyArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let claim = Claim { statement: args.guarantee.clone(), error_rate: args.error_rate };
    let spec = spec_pool::spec("certify", &args.spec, &args.pool)?;
    let out = args.out.as_deref();
    if let Some(path) = out {
        check_writable(path)?;
    }
    let (source, axis) = spec_pool::source(args.pool.any_source()?, &args.pool, &spec);
    let pool = FreshPool::open_all(&source, axis.as_deref())?;
    if let Some(path) = out {
        refuse_inputs(path, pool.unlabelled().files().chain([args.spec.as_path()]))?;
    }
    let certificate = certify(&spec, &args.spec, &pool, &claim)?;
    if let Some(path) = out.filter(|_| certificate.certified) {
        let guarantee = Some(certificate.test.clone());
        write_atomically(path, &SpecJson(&Spec { guarantee, ..spec.clone() }).bytes()?)?;
    }
    if certificate.held_out {
        common.remark(
            "note: these samples were held out when the spec was made; the error rate holds for one \
             statement that nobody chose by looking at them",
        );
    }
    if certificate.test.stratified {
        common.remark(
            "note: they were held out class by class, and tuning saw the same mix of classes, so the test \
             says nothing about data with another mix; `optimize --guarantee` draws without a look at labels",
        );
    }
    let mut json = serde_json::to_value(&certificate)?;
    let files = out.filter(|_| certificate.certified).map(|path| path.display().to_string());
    json["files"] = files.into_iter().collect();
    let left = out.map(|path| left(path, certificate.certified)).unwrap_or_default();
    common.print(|| certified(&certificate, &spec.point.cost_unit) + &left, || json)?;
    Ok(if certificate.certified { ExitCode::SUCCESS } else { exit::unmet() })
}

/// What became of the file that was to be written.
fn left(path: &Path, written: bool) -> String {
    let file = path.display();
    match (written, path.exists()) {
        (true, _) => format!("\n\nwritten to {file}"),
        (false, true) => format!("\n\nnothing written; {file} is left as it was"),
        (false, false) => "\n\nnothing written".to_owned(),
    }
}
