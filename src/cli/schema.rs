//! `committee schema`: the JSON Schema of a document.

use std::process::ExitCode;

use clap::Args;

use committee::spec::DocumentKind;

use super::common::Common;

#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Which document
    #[arg(value_enum, default_value = "spec")]
    pub document: DocumentKind,
}

pub const EXAMPLES: &str = "\
Examples:
  committee schema > cascade.schema.json
  committee schema frontier > frontier.schema.json";

pub fn run(args: &SchemaArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let schema = args.document.schema();
    let text = serde_json::to_string_pretty(&schema)?;
    common.print(|| text, || schema)?;
    Ok(ExitCode::SUCCESS)
}
