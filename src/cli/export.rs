//! `committee export`: a run in other forms.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use committee::report::{Run, check_writable, notebook, refuse_inputs, write_atomically};

use super::common::{Common, check_ending};

#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(subcommand)]
    pub what: ExportWhat,
}

#[derive(Debug, Subcommand)]
pub enum ExportWhat {
    /// A Jupyter notebook that reads the run's files and checks the chosen cascade with numpy
    #[command(after_long_help = EXAMPLES)]
    Notebook(NotebookArgs),
}

#[derive(Debug, Args)]
pub struct NotebookArgs {
    /// The folder that optimize wrote to
    #[arg(value_name = "DIR")]
    pub run: PathBuf,
    /// Where to write the notebook
    #[arg(long, value_name = "FILE.ipynb")]
    pub out: PathBuf,
}

pub const EXAMPLES: &str = "\
Example:
  committee export notebook out --out frontier.ipynb";

pub fn run(args: &ExportArgs, common: &Common) -> anyhow::Result<ExitCode> {
    match &args.what {
        ExportWhat::Notebook(args) => export_notebook(args, common),
    }
}

fn export_notebook(args: &NotebookArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let out = args.out.display().to_string();
    check_ending("--out", &args.out, "ipynb")?;
    // The notebook is about the chosen cascade: there has to be one, of this frontier.
    let Some(spec) = Run::read(&args.run)?.spec else {
        let run = args.run.display();
        anyhow::bail!(
            "{run}/cascade.json: no such file: no cascade was chosen; run `committee select \
             {run}/frontier.json --out {run}/cascade.json` with what it is to meet first"
        );
    };
    let table = args.run.join("frontier.parquet");
    if !table.is_file() {
        anyhow::bail!(
            "{}: no such file, and the notebook reads it: `committee optimize` writes it",
            table.display()
        );
    }
    let inputs = Run::FILES.map(|name| args.run.join(name));
    check_writable(&args.out)?;
    refuse_inputs(&args.out, inputs.iter().map(|path| path.as_path()))?;
    write_atomically(&args.out, &notebook(&spec, &args.run, Path::new("."), &args.out)?)?;
    common.print(|| format!("written to {out}"), || json!({ "files": [out] }))?;
    Ok(ExitCode::SUCCESS)
}
