//! `committee certify`: a statement about new data, tested for a given spec.

use std::process::ExitCode;

use committee::report::certified;
use committee::spec::wire::Spec;
use committee::spec::{certify, untuned};
use committee::trust::Claim;

use super::args::{CertifyArgs, Common};
use super::replay::Run;
use super::{exit, spec_pool};

pub fn run(args: &CertifyArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let claim = Claim { statement: args.guarantee.clone(), error_rate: args.error_rate };
    let spec = Spec::read(&args.spec)?;
    let pool = spec_pool::open(&args.pool, &spec)?;
    claim.check(pool.models().iter().map(|model| model.name.as_str()))?;
    let samples = untuned(&spec, &pool)?;
    let Run { exits, scale } = Run::new(&spec, &args.spec, &pool)?;
    let certificate = certify(&spec, &pool, &exits, &samples, scale, &claim)?;
    if certificate.held_out {
        common.remark(
            "note: these samples were held out when the spec was made; the error rate holds for one \
             statement that nobody chose by looking at them",
        );
    }
    let json = serde_json::to_value(&certificate)?;
    common.print(|| certified(&certificate, &spec.point.cost_unit), || json)?;
    Ok(if certificate.certified { ExitCode::SUCCESS } else { exit::unmet() })
}
