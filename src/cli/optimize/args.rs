//! What `committee optimize` can be asked for.

use std::path::PathBuf;

use clap::Args;

use committee::Judging;
use committee::cascade::{Aggregation, ConfidenceMeasure};
use committee::expected;
use committee::pool::Pool;
use committee::search::Resolution;
use committee::trust::{Holdout, Statement};

use crate::cli::args::{CHOOSING, ChoiceArgs, PoolArgs, parsed, pool_source};

pub const EXAMPLES: &str = "\
Writes frontier.json, frontier.parquet, frontier.csv and report.html and, if a cascade meets what is \
asked for, cascade.json and diagnostics.json; exits with 3 if none does, or it is not certified. With nothing asked for, the cheapest cascade at least as \
accurate as the best single model is chosen.

Examples:
  committee optimize data/digits/pool.toml --out out
  committee optimize data/digits/pool.toml --out out-500 --max-cost 500
  committee optimize data/digits/pool.toml --out out-sure \\
    --guarantee \"accuracy >= best - 0.01\" --error-rate 0.05
  committee optimize data/digits/cnn_s.parquet data/digits/cnn_l.parquet \\
    --cost cnn_s=52.5 --cost cnn_l=19421 --cost-unit kFLOPs --out out-two";

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
    /// goes to choosing a shortlist. With --folds, each search without a fold has as many seconds.
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
    /// cost, the most accurate. "accuracy >= A", "accuracy >= MODEL - E" (or MODEL + E), "cost <= X"
    ///
    /// MODEL may be best: the single model that is most accurate on the tuning samples. In certify, best means
    /// every single model.
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

/// How to make confidences mean what they say.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Calibrate {
    /// Divide logits by a number
    Temperature,
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
    /// Search once more without each model, on a coarse grid, for what it is worth, even where that takes
    /// long, and show all
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
    ///
    /// Each class gives its share, but with --guarantee: a guarantee takes independent draws, so the samples
    /// are then drawn without a look at their labels.
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
    /// Seed of the split, of the folds, of the band and of the samples that fits look at
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
