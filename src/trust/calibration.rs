//! Whether confidences mean what they say.

/// Bins of [`expected_calibration_error`].
const BINS: usize = 15;

/// The expected calibration error in 15 bins of equal width on `[0, 1]`: the mean over samples of
/// how far their bin's accuracy lies from its mean confidence. In `[0, 1]`; 0 for no samples.
///
/// Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 3.
pub fn expected_calibration_error(confidence: &[f32], right: &[bool]) -> f64 {
    // Per bin: sum of confidences less number of right answers.
    let mut excess = [0.0; BINS];
    for (&confidence, &right) in confidence.iter().zip(right) {
        let bin = ((f64::from(confidence) * BINS as f64) as usize).min(BINS - 1);
        excess[bin] += f64::from(confidence) - f64::from(u8::from(right));
    }
    let samples = confidence.len().max(1) as f64;
    excess.iter().map(|excess| excess.abs()).sum::<f64>() / samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_compared_one_by_one() {
        // Bin of 0.9: accuracy 1/2; bin of 0.5: accuracy 1.
        let error = expected_calibration_error(&[0.9, 0.9, 0.5, 0.5], &[true, false, true, true]);
        assert!((error - (0.4 * 2.0 + 0.5 * 2.0) / 4.0).abs() < 1e-7);
        assert_eq!(expected_calibration_error(&[1.0, 0.0], &[true, false]), 0.0);
        assert_eq!(expected_calibration_error(&[], &[]), 0.0);
    }
}
