//! How far figures hold on new data.

mod band;
mod binomial;
mod calibration;
mod curve;
mod guarantee;
mod histogram;
mod holdout;
mod interval;
mod judgement;
mod optimism;
mod outcomes;
mod paired;
mod split;
mod two_sample;

pub use band::{Band, accuracy_band};
pub use calibration::expected_calibration_error;
pub use curve::{AtThreshold, curve_thresholds, threshold_curve};
pub use guarantee::{
    Baseline, Claim, Evidence, Observed, Sequence, Statement, TestMethod, Tested, fixed_sequence,
};
pub use histogram::{Bins, bin_edges};
pub use holdout::{Holdout, Method};
pub use interval::{Interval, binomial_interval, cost_interval};
pub use judgement::{
    Call, Ceiling, Cheaper, Compared, Figures, Judged, Judgement, Mixture, ModelValue, Move, Moved,
    Reason, Sensitivity, Shifted, Stratum, Trial, Tuned, Verdict, Versus, WhoPays, Without,
    Yardstick, against_chance, cheapest_right, moved, shifted, sure_share,
};
pub use optimism::{Optimism, Seen, Size};
pub use outcomes::Outcomes;
pub use paired::Paired;
pub use split::{Split, SplitRule, folds};
pub use two_sample::{
    Share, Test, chi_square, fisher_exact, holm, kolmogorov_smirnov, permuted_means,
};
