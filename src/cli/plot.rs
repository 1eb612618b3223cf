//! `committee plot`: the frontier as a figure.

use std::process::ExitCode;

use serde_json::json;

use committee::report::{PlotFormat, Run, check_writable, plot, refuse_inputs, write_atomically};

use super::args::{Common, PlotArgs};

pub fn run(args: &PlotArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let out = args.out.display().to_string();
    let format = match args.out.extension().and_then(|end| end.to_str()) {
        Some("svg") => PlotFormat::Svg,
        Some("png") => PlotFormat::Png,
        _ => anyhow::bail!("--out: expected a name that ends in .svg or .png, found {out}"),
    };
    let run = Run::read(&args.run)?;
    let inputs = Run::FILES.map(|name| args.run.join(name));
    check_writable(&args.out)?;
    refuse_inputs(&args.out, inputs.iter().map(|path| path.as_path()))?;
    write_atomically(&args.out, &plot(&run, format)?)?;
    common.print(|| format!("written to {out}"), || json!({ "files": [out] }))?;
    Ok(ExitCode::SUCCESS)
}
