//! How far figures hold on new data.

mod calibration;
mod interval;
mod split;

pub use calibration::expected_calibration_error;
pub use interval::{Interval, binomial_interval};
pub use split::{Split, SplitRule};
