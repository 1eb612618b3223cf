//! The arithmetic that the fast kernels and the reference executor share.
//!
//! The two transcendental functions are written so that the compiler vectorises them. They use only
//! IEEE additions, multiplications and bit operations in a fixed order, so every instruction set gives
//! the same bits.

use crate::pool::LARGEST_LOGIT;

/// Terms are summed in runs of this many classes, and the runs' sums after that: the rounding
/// error of a sum over 1,000 classes is then below that of a few dozen additions.
pub(crate) const RUN: usize = 32;

/// Smallest probability whose logarithm the entropy takes; below it `p ln p` counts as 0.
pub(crate) const TINY: f32 = 1e-37;

/// Adding and taking away `1.5 * 2^23` rounds an f32 below `2^22` to the nearest integer, which
/// then also stands in the low bits of the sum.
const ROUND: f32 = 12_582_912.0;

/// `e^x` for `x <= 0`, exactly 1 at 0; relative error below `1e-7 * (2 + |x|)`.
///
/// `2^f` on `[-1/2, 1/2]` is the polynomial of degree 5 with constant term 1 and the least
/// largest relative error (9.1e-8), found by linear programming. Below -87 it stays at `e^-87`.
#[inline(always)]
#[expect(clippy::approx_constant, reason = "the best coefficient is near ln 2 and not it")]
pub(crate) fn exp(x: f32) -> f32 {
    let t = x.max(-87.0) * std::f32::consts::LOG2_E;
    let rounded = t + ROUND;
    let f = t - (rounded - ROUND);
    let p = 0.001_326_472_7;
    let p = p * f + 0.009_671_513;
    let p = p * f + 0.055_507_336;
    let p = p * f + 0.240_222_42;
    let p = p * f + 0.693_147;
    let p = p * f + 1.0;
    f32::from_bits(p.to_bits().wrapping_add(rounded.to_bits() << 23))
}

/// `ln x` for normal `x > 0`; absolute error below `2e-7 * max(1, |ln x|)`.
///
/// Coefficients: Cephes `logf` (S. Moshier), on `[sqrt(1/2), sqrt(2))`.
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    // Taking away the bits of sqrt(1/2) makes the exponent field count from there.
    const SQRT_HALF: u32 = 0x3f35_04f3;
    let shifted = x.to_bits().wrapping_sub(SQRT_HALF);
    let exponent = ((shifted as i32) >> 23) as f32;
    let mantissa = f32::from_bits((shifted & 0x007f_ffff).wrapping_add(SQRT_HALF));
    let m = mantissa - 1.0;
    let square = m * m;
    let p = 7.037_683_6e-2;
    let p = p * m - 1.151_461e-1;
    let p = p * m + 1.167_699_9e-1;
    let p = p * m - 1.242_014_1e-1;
    let p = p * m + 1.424_932_3e-1;
    let p = p * m - 1.666_805_8e-1;
    let p = p * m + 2.000_071_5e-1;
    let p = p * m - 2.499_999_4e-1;
    let p = p * m + 3.333_333e-1;
    let p = p * m * square - 2.121_944_4e-4 * exponent - 0.5 * square;
    (m + p) + 0.693_359_4 * exponent
}

/// The logit that stands for a probability.
#[inline(always)]
pub(crate) fn logit_of(p: f32) -> f32 {
    ln(p.max(1e-12))
}

/// What logits are multiplied by under a temperature.
pub(crate) fn inverse(temperature: f64) -> f32 {
    (1.0 / temperature) as f32
}

/// A logit times one over its model's temperature; what exceeds the largest logit is cut to it.
#[inline(always)]
pub(crate) fn tempered(logit: f32, inverse_temperature: f32) -> f32 {
    (logit * inverse_temperature).clamp(-LARGEST_LOGIT, LARGEST_LOGIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_close_to_the_library_one() {
        for i in 0..870_000 {
            let x = -(i as f32) * 1e-4;
            let exact = f64::from(x).exp();
            let error = (f64::from(exp(x)) / exact - 1.0).abs();
            assert!(error < 1e-7 * (2.0 - f64::from(x)), "exp({x}) is off by {error:e}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(-1e30) > 0.0 && exp(-1e30) < 1e-37);
    }

    #[test]
    fn ln_is_close_to_the_library_one() {
        for i in 1..1_000_000 {
            for x in [i as f32 * 1e-6, i as f32 * 1e-3, i as f32 * 1e-30] {
                let exact = f64::from(x).ln();
                let error = (f64::from(ln(x)) - exact).abs();
                assert!(error < 2e-7 * exact.abs().max(1.0), "ln({x}) is off by {error:e}");
            }
        }
        assert_eq!(ln(1.0), 0.0);
    }
}
