//! What options take, in the words in which each is asked for it: whether what was given is no number
//! at all or one out of range, and whoever finds out.

/// A share, all or none of it included.
pub const SHARE: &str = "a share from 0 to 1";

/// `--holdout`.
pub const HOLDOUT: &str = "a share from 0 to below 1";

/// `--gap`.
pub const GAP: &str = "an accuracy from 0 to 1";

/// `--time-limit`.
pub const TIME_LIMIT: &str = "seconds, at least 0, or inf";

/// Limits on costs.
pub const COST_LIMIT: &str = "a finite number of at least 0";

/// `--error-rate` of a guarantee.
pub const GUARANTEE_ERROR_RATE: &str = "a probability above 0 and at most 0.5";

/// `--error-rate` of a check.
pub const CHECK_ERROR_RATE: &str = "a probability between 0 and 1";

/// `--max-points`.
pub const MAX_POINTS: &str = "a whole number from 0 (for all) to 18446744073709551615";

/// `--max-models`.
pub const MAX_MODELS: &str = "a whole number from 1 to 8";

/// `--folds`, where the number of samples is not known.
pub const FOLDS: &str = "a whole number of at least 2";

/// `--seed`.
pub const SEED: &str = "a whole number from 0 to 18446744073709551615";

/// `--threads`.
pub const THREADS: &str = "a whole number from 1 to 1024";
