//! Confidence limits of a design-based share: the intervals a survey package offers, with Student's t on the domain's
//! degrees of freedom. For plain counts of a simple random sample see [`crate::stats::proportion`].
//!
//! Notation: p the share, V its variance, t Student's quantile on the domain's degrees of freedom, `n_eff` = p(1−p)/V.

use super::basics::{Confidence, Interval};
use super::estimate::MeanEstimate;
use super::quantile::{beta_quantile, student_sf};

/// A way of making limits for a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareInterval {
    /// p ± t·SE. Symmetric, may leave 0..=1; also right for means of scores.
    Mean,
    /// logit p ± t·SE/(p(1−p)), back-transformed (R `svyciprop` "xlogit", and "logit" up to the convergence of its glm).
    Logit,
    /// Rao–Scott scaled profile likelihood: the p₀ with 2 `n_eff` (n−1)/n · [p ln(p/p₀) + (1−p) ln((1−p)/(1−p₀))] ≤ t².
    /// The factor (n−1)/n, n the number of answers, is the dispersion R estimates.
    /// Rao, Scott (1984) Ann. Stat. 12, 46–60, doi:10.1214/aos/1176346391.
    Likelihood,
    /// sin²(arcsin √p ± t·SE/(2√(p(1−p)))). As in R it is not cut where the angle passes 0 or 90°: there the limit
    /// folds back, and another method should be read.
    Arcsine,
    /// Korn–Graubard: Clopper–Pearson on the effective sample size with the t adjustment, n*p successes of n*.
    /// Korn, Graubard (1998) Survey Methodology 24, 193–201. Not truncated at n.
    Beta,
    /// Wilson's score interval on `n_eff` with t (R `survey` ≥ 4.5 "wilson").
    WilsonStudent,
    /// Wilson's score interval on `n_eff` with the normal quantile.
    WilsonNormal,
}

impl ShareInterval {
    /// Every method, in the order of the documentation.
    pub const ALL: [Self; 7] =
        [Self::Mean, Self::Logit, Self::Likelihood, Self::Arcsine, Self::Beta, Self::WilsonStudent, Self::WilsonNormal];

    /// The name used in files and commands.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Logit => "logit",
            Self::Likelihood => "likelihood",
            Self::Arcsine => "asin",
            Self::Beta => "beta",
            Self::WilsonStudent => "wilson_t",
            Self::WilsonNormal => "wilson_z",
        }
    }

    /// The method of that name.
    ///
    /// # None
    /// When no method has that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }
}

/// A share compared with a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetTest {
    /// (p − target)/SE.
    pub t: f64,
    /// P(T ≥ t): small when the share is above the target.
    pub p_greater: f64,
    /// The same on the logit scale: (logit p − logit target)/(SE/(p(1−p))).
    pub t_logit: f64,
    /// P(T ≥ `t_logit`).
    pub p_greater_logit: f64,
}

impl MeanEstimate {
    /// Limits of the share (with [`ShareInterval::Mean`], of any mean).
    ///
    /// # None
    /// Without degrees of freedom (except for [`ShareInterval::WilsonNormal`]); and for all methods but
    /// [`ShareInterval::Mean`] when p is 0 or 1 or the variance is 0: then fall back on an exact interval of the count.
    pub fn interval(&self, method: ShareInterval, confidence: Confidence) -> Option<Interval> {
        let p = self.mean;
        if method == ShareInterval::Mean {
            let t = confidence.student_critical(self.degrees_of_freedom)?;
            return Some(Interval::around(p, t * self.standard_error()));
        }
        let effective_n = self.effective_n()?;
        if method == ShareInterval::WilsonNormal {
            return Some(wilson(p, effective_n, confidence.normal_critical()));
        }
        let t = confidence.student_critical(self.degrees_of_freedom)?;
        match method {
            ShareInterval::Mean | ShareInterval::WilsonNormal => None,
            ShareInterval::Logit => {
                let half = t * self.standard_error() / (p * (1.0 - p));
                Some(Interval::new(inverse_logit(logit(p) - half), inverse_logit(logit(p) + half)))
            }
            ShareInterval::Likelihood => {
                let n = self.moments.answers;
                let information = effective_n * (n - 1.0) / n;
                Some(likelihood(p, information, t * t))
            }
            ShareInterval::Arcsine => {
                let centre = p.sqrt().asin();
                let half = t * self.standard_error() / (2.0 * (p * (1.0 - p)).sqrt());
                Some(Interval::new((centre - half).sin().powi(2), (centre + half).sin().powi(2)))
            }
            ShareInterval::Beta => {
                let tail = confidence.tail();
                let n = self.effective_n_korn_graubard(tail)?;
                Some(Interval::new(
                    beta_quantile(tail, n * p, n * (1.0 - p) + 1.0)?,
                    beta_quantile(1.0 - tail, n * p + 1.0, n * (1.0 - p))?,
                ))
            }
            ShareInterval::WilsonStudent => Some(wilson(p, effective_n, t)),
        }
    }

    /// Tests the share against `target` (a fraction strictly inside 0..1).
    ///
    /// # None
    /// When p is 0 or 1, the variance is 0, there are no degrees of freedom, or the target is not inside 0..1.
    pub fn against_target(&self, target: f64) -> Option<TargetTest> {
        if self.is_degenerate_share() || !(target > 0.0 && target < 1.0) {
            return None;
        }
        let (p, error) = (self.mean, self.standard_error());
        let t = (p - target) / error;
        let t_logit = (logit(p) - logit(target)) / (error / (p * (1.0 - p)));
        Some(TargetTest {
            t,
            p_greater: student_sf(t, self.degrees_of_freedom)?,
            t_logit,
            p_greater_logit: student_sf(t_logit, self.degrees_of_freedom)?,
        })
    }
}

/// ln(p/(1 − p)).
pub(crate) fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

fn inverse_logit(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn wilson(p: f64, n: f64, quantile: f64) -> Interval {
    let q2 = quantile * quantile;
    let centre = p + q2 / (2.0 * n);
    let half = quantile / (2.0 * n) * (4.0 * n * p * (1.0 - p) + q2).sqrt();
    let scale = 1.0 + q2 / n;
    Interval::new((centre - half) / scale, (centre + half) / scale)
}

/// The two roots of 2·information·KL(p, p₀) = threshold on either side of p, by bisection to the last bit.
fn likelihood(p: f64, information: f64, threshold: f64) -> Interval {
    let deviance = |at: f64| 2.0 * information * (p * (p / at).ln() + (1.0 - p) * ((1.0 - p) / (1.0 - at)).ln());
    let root = |mut outside: f64, mut inside: f64| {
        for _ in 0..200 {
            let middle = f64::midpoint(outside, inside);
            if deviance(middle) > threshold {
                outside = middle;
            } else {
                inside = middle;
            }
        }
        inside
    };
    Interval::new(root(0.0, p), root(1.0, p))
}
