//! The command line, as clap sees it.

use clap::{Parser, Subcommand};

use super::common::Common;
use super::{
    certify, check, diff, exit, export, inspect, manual, optimize, plot, replay, report, schema,
    select,
};

/// Finds the cascades and ensembles of your trained models that reach a big model's accuracy at a
/// fraction of its cost, from cached predictions.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_long_help = format!("{EXAMPLES}\n\n{}", exit::MEANINGS))]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: Common,
}

const EXAMPLES: &str = "\
Examples:
  committee inspect data/digits/pool.toml
  committee optimize data/digits/pool.toml --out out
  committee select out/frontier.json --max-cost 500 --out cascade.json
  committee replay cascade.json data/digits/pool.toml
  committee check cascade.json data/digits/pool.toml";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a pool and show its models
    #[command(after_long_help = inspect::EXAMPLES)]
    Inspect(inspect::InspectArgs),
    /// Find the frontier of accuracy against cost, and choose a cascade
    #[command(after_long_help = optimize::EXAMPLES)]
    Optimize(Box<optimize::OptimizeArgs>),
    /// Choose another cascade from a frontier without searching again
    #[command(after_long_help = select::EXAMPLES)]
    Select(select::SelectArgs),
    /// Write report.html anew from the files of an earlier run
    #[command(after_long_help = report::EXAMPLES)]
    Report(report::ReportArgs),
    /// Draw the frontier of an earlier run as a figure
    #[command(after_long_help = plot::EXAMPLES)]
    Plot(plot::PlotArgs),
    /// Write an earlier run in another form
    #[command(after_long_help = export::EXAMPLES, arg_required_else_help = true)]
    Export(export::ExportArgs),
    /// Run a spec sample by sample and compare with what it claims
    #[command(after_long_help = replay::EXAMPLES)]
    Replay(replay::ReplayArgs),
    /// Test whether a statement about new data holds for a spec, as sure as is asked for
    #[command(after_long_help = certify::EXAMPLES)]
    Certify(certify::CertifyArgs),
    /// Check on fresh predictions whether a deployed cascade still does what its spec says
    #[command(after_long_help = check::EXAMPLES)]
    Check(check::CheckArgs),
    /// Say what changed between two specs or two frontiers
    #[command(after_long_help = diff::EXAMPLES)]
    Diff(diff::DiffArgs),
    /// Print the JSON Schema of cascade.json or frontier.json
    #[command(after_long_help = schema::EXAMPLES)]
    Schema(schema::SchemaArgs),
    /// Print the completions of a shell
    #[command(after_long_help = manual::COMPLETIONS_EXAMPLES)]
    Completions(manual::CompletionsArgs),
    /// Write manual pages
    #[command(after_long_help = manual::MAN_EXAMPLES)]
    Man(manual::ManArgs),
}
