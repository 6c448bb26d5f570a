//! Rates from outcome codes, as the American Association for Public Opinion Research defines them.
//!
//! # Formula
//! I complete, P partial, R refused, NC not reached, O other; UH and UO unknown whether eligible; NE not eligible. B = I + P + R + NC + O,
//! U = UH + UO, e = B/(B + NE): the share of eligible ones among the known.
//! ```text
//! response      RR1 I/(B + U)   RR2 (I + P)/(B + U)   RR3 I/(B + eU)   RR4 (I + P)/(B + eU)   RR5 I/B   RR6 (I + P)/B
//! cooperation   COOP1 I/(I + P + R + O)   COOP2 (I + P)/(I + P + R + O)   COOP3 I/(I + P + R)   COOP4 (I + P)/(I + P + R)
//! refusal       REF1 R/(B + U)   REF2 R/(B + eU)   REF3 R/B
//! contact       CON1 (I + P + R + O)/(B + U)   CON2 (I + P + R + O)/(B + eU)   CON3 (I + P + R + O)/B
//! ```
//! A rate is `None` where it divides by nothing, and where e is needed and nobody's eligibility is known.
//!
//! # Source
//! AAPOR (2023) Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys, 10th edition; e after method CASRO.

/// How many people (or dossiers) ended with each outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcomes {
    /// I: complete interviews.
    pub complete: u64,
    /// P: partial interviews.
    pub partial: u64,
    /// R: refused or broken off.
    pub refused: u64,
    /// NC: eligible, not reached.
    pub not_reached: u64,
    /// O: eligible, no interview for another reason.
    pub other: u64,
    /// UH: unknown whether there is anybody to ask.
    pub unknown_address: u64,
    /// UO: unknown for another reason whether eligible.
    pub unknown_other: u64,
    /// NE: not eligible.
    pub not_eligible: u64,
}

/// All rates; the numbered ones in their order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutcomeRates {
    /// e.
    pub eligible_share: Option<f64>,
    /// RR1 to RR6.
    pub response: [Option<f64>; 6],
    /// COOP1 to COOP4.
    pub cooperation: [Option<f64>; 4],
    /// REF1 to REF3.
    pub refusal: [Option<f64>; 3],
    /// CON1 to CON3.
    pub contact: [Option<f64>; 3],
}

impl Outcomes {
    /// The rates.
    pub fn rates(&self) -> OutcomeRates {
        let [i, p, r, nc, o] =
            [self.complete, self.partial, self.refused, self.not_reached, self.other].map(|count| count as f64);
        let unknown = (self.unknown_address + self.unknown_other) as f64;
        let eligible = i + p + r + nc + o;
        let eligible_share = ratio(eligible, Some(eligible + self.not_eligible as f64));
        // The three ways to count those of unknown eligibility: all, their likely share, none.
        let bases = [Some(eligible + unknown), eligible_share.map(|e| eligible + e * unknown), Some(eligible)];
        let (answered, spoken) = (i + p, i + p + r);
        OutcomeRates {
            eligible_share,
            response: [
                ratio(i, bases[0]),
                ratio(answered, bases[0]),
                ratio(i, bases[1]),
                ratio(answered, bases[1]),
                ratio(i, bases[2]),
                ratio(answered, bases[2]),
            ],
            cooperation: [
                ratio(i, Some(spoken + o)),
                ratio(answered, Some(spoken + o)),
                ratio(i, Some(spoken)),
                ratio(answered, Some(spoken)),
            ],
            refusal: bases.map(|base| ratio(r, base)),
            contact: bases.map(|base| ratio(spoken + o, base)),
        }
    }
}

fn ratio(part: f64, whole: Option<f64>) -> Option<f64> {
    whole.filter(|whole| *whole > 0.0).map(|whole| part / whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_nobody_unknown_the_three_bases_agree() {
        let outcomes = Outcomes { complete: 6, partial: 1, refused: 2, not_reached: 1, ..Outcomes::default() };
        let rates = outcomes.rates();
        assert_eq!(rates.response, [Some(0.6), Some(0.7), Some(0.6), Some(0.7), Some(0.6), Some(0.7)]);
        assert_eq!(rates.refusal, [Some(0.2); 3]);
        assert_eq!(rates.contact, [Some(0.9); 3]);
        assert_eq!(rates.eligible_share, Some(1.0));
    }

    #[test]
    fn nothing_known_leaves_what_divides_by_nothing_undefined() {
        let rates = Outcomes { unknown_address: 5, ..Outcomes::default() }.rates();
        assert_eq!(rates.eligible_share, None);
        assert_eq!(rates.response, [Some(0.0), Some(0.0), None, None, None, None]);
        assert_eq!(rates.cooperation, [None; 4]);
        assert_eq!(Outcomes::default().rates().contact, [None; 3]);
    }
}
