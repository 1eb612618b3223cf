//! The command line, as clap sees it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Parser, Subcommand};

use committee::Judging;
use committee::cascade::{Aggregation, ConfidenceMeasure};
use committee::expected;
use committee::frontier::Goal;
use committee::pool::{Pool, PoolSource, look_for};
use committee::search::Resolution;
use committee::trust::{Holdout, Statement};

use super::{certify, check, diff, exit, manual, schema};

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
  committee check cascade.json fresh/pool.toml";

const CHOOSING: &str = "Choosing a cascade";

/// More of them would only use up memory. What [`expected::THREADS`] says.
const MOST_THREADS: u16 = 1024;

/// A parser of what is no text: `expected` is what an option says that gets something else. Whether a
/// number is in its range is for the library to say, in the same words.
pub(super) fn parsed<T: FromStr>(
    expected: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| text.trim().parse().map_err(|_| format!("expected {expected}"))
}

fn parse_threads(text: &str) -> Result<u16, String> {
    let threads = parsed(expected::THREADS)(text)?;
    match (1..=MOST_THREADS).contains(&threads) {
        true => Ok(threads),
        false => Err(format!("expected {}", expected::THREADS)),
    }
}

#[derive(Debug, Args)]
pub struct Common {
    /// Print JSON for machines instead of text
    #[arg(long, global = true, display_order = 100)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(long, short, global = true, display_order = 101)]
    pub quiet: bool,
    /// Threads to use; all cores if left out. No result depends on it
    #[arg(
        long,
        global = true,
        value_name = "N",
        display_order = 102,
        allow_negative_numbers = true
    )]
    #[arg(value_parser = parse_threads)]
    pub threads: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a pool and show its models
    #[command(after_long_help = "Example:\n  committee inspect data/digits/pool.toml")]
    Inspect(InspectArgs),
    /// Find the frontier of accuracy against cost, and choose a cascade
    #[command(after_long_help = OPTIMIZE_EXAMPLES)]
    Optimize(Box<OptimizeArgs>),
    /// Choose another cascade from a frontier without searching again
    #[command(
        after_long_help = "Exits with 3 if no cascade meets what is asked for, and writes nothing.\n\nExample:\n  committee select out/frontier.json --max-cost 500 --out cascade.json"
    )]
    Select(SelectArgs),
    /// Write report.html anew from the files of an earlier run
    #[command(after_long_help = "Example:\n  committee report out")]
    Report(ReportArgs),
    /// Draw the frontier of an earlier run as a figure
    #[command(
        after_long_help = "Examples:\n  committee plot out --out frontier.svg\n  committee plot out --out frontier.png"
    )]
    Plot(PlotArgs),
    /// Write an earlier run in another form
    #[command(
        after_long_help = NOTEBOOK_EXAMPLES,
        arg_required_else_help = true
    )]
    Export(ExportArgs),
    /// Run a spec sample by sample and compare with what it claims
    #[command(
        after_long_help = "Exits with 1 if it disagrees with the spec or contradicts its guarantee.\n\nExample:\n  committee replay out/cascade.json data/digits/pool.toml --per-sample exits.parquet"
    )]
    Replay(ReplayArgs),
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

const NOTEBOOK_EXAMPLES: &str = "\
Example:
  committee export notebook out --out frontier.ipynb";

const OPTIMIZE_EXAMPLES: &str = "\
Writes frontier.json, frontier.parquet, frontier.csv and report.html and, if a cascade meets what is \
asked for, cascade.json and diagnostics.json; exits with 3 if none does, or it is not certified. With nothing asked for, the cheapest cascade at least as \
accurate as the best single model is chosen.

Examples:
  committee optimize data/digits/pool.toml --out out
  committee optimize pool.toml --out out --max-models 3 --max-cost 1.5 --cost-axis latency_ms
  committee optimize a.parquet b.parquet --cost a=0.39 --cost b=0.70 --cost-unit GFLOPs --out out";

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

/// How to make confidences mean what they say.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Calibrate {
    /// Divide logits by a number
    Temperature,
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

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "toml")
}

/// The source that `paths` mean, which were given as `argument`.
fn pool_source(
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
                anyhow::bail!("{}: a manifest has to be the only {argument}", manifest.display());
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

#[derive(Debug, Args)]
pub struct InspectArgs {
    #[command(flatten)]
    pub pool: PoolArgs,
}

#[derive(Debug, Args)]
pub struct OptimizeArgs {
    #[command(flatten)]
    pub pool: PoolArgs,
    /// Folder for the results
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Most models in a cascade
    #[arg(long, value_name = "K", default_value_t = 4, allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<usize>(expected::MAX_MODELS))]
    pub max_models: usize,
    /// How to combine the models that have run; all that are named are searched together
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "LIST",
        default_value = "mean_logits,mean_probs,last"
    )]
    pub aggregation: Vec<Aggregation>,
    /// What gates compare with their thresholds; all that are named are searched together
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "LIST",
        default_value = "max_prob"
    )]
    pub confidence: Vec<ConfidenceMeasure>,
    /// Fit one temperature per model before combining and one per committee after it, to the tuning
    /// samples; cascades with and without them are searched together
    #[arg(long, value_enum, value_name = "METHOD")]
    pub calibrate: Option<Calibrate>,
    /// Fit a weight to each model of each committee, to the tuning samples; cascades with and without
    /// them are searched together
    #[arg(long)]
    pub weights: bool,
    /// Thresholds per gate: this many quantiles, or every distinct value
    ///
    /// With --max-models up to 2, at most 65535 quantiles; with 3, 8192; with 4, 406; with 5, 90;
    /// with 6, 36; with 7, 20; with 8, 13.
    #[arg(long, value_name = "T|exact", default_value = "exact", allow_negative_numbers = true)]
    pub resolution: Resolution,
    /// Stop when no cascade can be better by more than this accuracy; not with --resolution T
    #[arg(long, value_name = "G", default_value_t = 0.0, allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<f64>(expected::GAP))]
    pub gap: f64,
    /// Stop searching after this many seconds (or inf), with the best so far and its gap
    ///
    /// Reading is not counted. Where there are too many committees to look at all, at most half of it
    /// goes to choosing a shortlist.
    #[arg(long, value_name = "S", default_value_t = 60.0, allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<f64>(expected::TIME_LIMIT))]
    pub time_limit: f64,
    /// Points of the frontier to keep at most; 0 keeps all
    ///
    /// Those are kept that lose least hypervolume, and always the two ends, the chosen cascade and
    /// those that it is compared with.
    #[arg(long, value_name = "N", default_value_t = 500, allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<usize>(expected::MAX_POINTS))]
    pub max_points: usize,
    /// Write no report.html
    #[arg(long)]
    pub no_report: bool,
    #[command(flatten)]
    pub holdout: HoldoutArgs,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    /// The cheapest cascade for which this holds on new data, as sure as --error-rate says; for
    /// cost, the most accurate. "accuracy >= A", "accuracy >= MODEL - E" (or MODEL + E; best for
    /// the best single model), "cost <= X"
    #[arg(long, value_name = "STATEMENT", help_heading = CHOOSING)]
    pub guarantee: Option<Statement>,
    /// Probability with which a wrong guarantee may be given
    #[arg(long, value_name = "P", default_value_t = 0.05, allow_negative_numbers = true)]
    #[arg(help_heading = CHOOSING, requires = "guarantee")]
    #[arg(value_parser = parsed::<f64>(expected::GUARANTEE_ERROR_RATE))]
    pub error_rate: f64,
    #[command(flatten)]
    pub judging: JudgingArgs,
}

/// What to make of the choice.
#[derive(Debug, Args)]
#[command(next_help_heading = "Judging the choice")]
pub struct JudgingArgs {
    /// Warn of classes and groups that lose more accuracy than this (a share) against the single
    /// model, and not by chance
    #[arg(long, value_name = "M", default_value_t = Judging::default().group_margin)]
    #[arg(allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<f64>(expected::SHARE))]
    pub group_margin: f64,
    /// Search once more without each model, on a coarse grid, for what it is worth
    #[arg(long)]
    pub model_values: bool,
}

impl JudgingArgs {
    pub fn judging(&self) -> Judging {
        Judging { group_margin: self.group_margin, model_values: self.model_values }
    }
}

/// What is reported on. Only one of the first four can be given.
#[derive(Debug, Args)]
#[command(next_help_heading = "Holding out")]
pub struct HoldoutArgs {
    /// Share of the samples that is never used for tuning, only reported; 0 for none
    #[arg(long, value_name = "F", default_value_t = 0.5, allow_negative_numbers = true)]
    #[arg(conflicts_with_all = ["holdout_pool", "split_column", "folds"])]
    #[arg(value_parser = parsed::<f64>(expected::HOLDOUT))]
    pub holdout: f64,
    /// Tune on all of POOL and report on this manifest, or on predictions files (repeat the option)
    #[arg(long, value_name = "OTHER", conflicts_with_all = ["split_column", "folds"])]
    pub holdout_pool: Vec<PathBuf>,
    /// Hold out the samples that this column of the predictions or labels says "holdout", true or 1
    /// of; the others say "tune", false or 0
    #[arg(long, value_name = "NAME", conflicts_with = "folds")]
    pub split_column: Option<String>,
    /// Tune on all samples; figures from tuning anew K times, each time without one K-th of them
    #[arg(long, value_name = "K", allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<usize>(expected::FOLDS))]
    pub folds: Option<usize>,
    /// Seed of the split, of the folds and of the band
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    #[arg(value_parser = parsed::<u64>(expected::SEED))]
    pub seed: u64,
}

impl HoldoutArgs {
    /// What the options mean for `pool`; a second pool is opened.
    pub fn holdout(&self, pool: &Pool) -> anyhow::Result<Holdout> {
        let source = match (self.holdout_pool.as_slice(), &self.split_column, self.folds) {
            ([], Some(column), _) => return Ok(Holdout::Column(column.clone())),
            ([], None, Some(folds)) => return Ok(Holdout::Folds(folds)),
            ([], None, None) => return Ok(Holdout::Share(self.holdout)),
            (files, ..) => pool_source(files, vec![], None, "--holdout-pool")?,
        };
        Ok(Holdout::pool(&source, pool)?)
    }
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

#[derive(Debug, Args)]
pub struct SelectArgs {
    /// A frontier.json that optimize wrote
    #[arg(value_name = "FRONTIER.json")]
    pub frontier: PathBuf,
    /// Where to write the spec
    #[arg(long, value_name = "FILE", default_value = "cascade.json")]
    pub out: PathBuf,
    /// The manifest that was searched: adds to the spec what check compares confidences with
    #[arg(long, value_name = "POOL.toml")]
    pub pool: Option<PathBuf>,
    #[command(flatten)]
    pub choice: ChoiceArgs,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The folder that optimize wrote to
    #[arg(value_name = "DIR")]
    pub run: PathBuf,
    /// Where to write the page; DIR/report.html if left out
    #[arg(long, value_name = "FILE.html")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct PlotArgs {
    /// The folder that optimize wrote to
    #[arg(value_name = "DIR")]
    pub run: PathBuf,
    /// Where to write the figure; the name's end says what it becomes
    #[arg(long, value_name = "FILE.svg|FILE.png")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(subcommand)]
    pub what: ExportWhat,
}

#[derive(Debug, Subcommand)]
pub enum ExportWhat {
    /// A Jupyter notebook that reads the run's files and checks the chosen cascade with numpy
    #[command(after_long_help = NOTEBOOK_EXAMPLES)]
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
