//! What must hold of every interval and of the weighted rate whatever the numbers (proptest).

use proptest::prelude::*;
use sipas::stats::multiplicity;
use sipas::stats::proportion::{
    Proportion, agresti_coull, clopper_pearson, jeffreys, jeffreys_with_ends, mid_p, wald, wilson,
    wilson_continuity_corrected,
};
use sipas::stats::quantile::{beta_cdf, beta_quantile, student_quantile, student_sf};
use sipas::stats::settle::{is_settled, respondents_to_settle};
use sipas::stats::two_sample::{miettinen_nurminen, newcombe, newcombe_continuity_corrected};
use sipas::stats::{CellSums, Confidence, DayCluster, Interval, RateEstimate, weighted_rate};

/// Number of cells in generated data.
const CELLS: usize = 3;

fn proportion() -> impl Strategy<Value = Proportion> {
    (1_u64..5000)
        .prop_flat_map(|trials| (0..=trials, Just(trials)))
        .prop_map(|(successes, trials)| Proportion::new(successes, trials).expect("successes are drawn below trials"))
}

fn confidence() -> impl Strategy<Value = Confidence> {
    (0.5_f64..0.9999).prop_map(|level| Confidence::new(level).expect("levels are drawn inside"))
}

/// An interval for a proportion.
type Method = fn(Proportion, Confidence) -> Interval;

/// One respondent: the point, the day, the cell, satisfied answers and answers.
type Sheet = (u32, u8, usize, u64, u64);

fn sheets() -> impl Strategy<Value = Vec<Sheet>> {
    let sheet = (0_u32..4, 0_u8..12, 0_usize..CELLS, 1_u64..10)
        .prop_flat_map(|(point, day, cell, m)| (Just(point), Just(day), Just(cell), 0..=m, Just(m)));
    prop::collection::vec(sheet, 1..120)
}

fn weights() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.1_f64..1000.0, CELLS)
}

fn sums_of(sheet: &Sheet) -> CellSums {
    let (_, _, cell, y, m) = *sheet;
    CellSums { cell, respondents: 1, y, m, yy: y * y, ym: y * m, mm: m * m }
}

/// Sheets into clusters, every sheet a piece of its own.
fn in_pieces(sheets: &[Sheet]) -> Vec<DayCluster> {
    let mut clusters: Vec<((u32, u8), DayCluster)> = Vec::new();
    for sheet in sheets {
        let key = (sheet.0, sheet.1);
        let position = clusters.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
            let empty = DayCluster { stratum: key.0, cells: Vec::new() };
            clusters.push((key, empty));
            clusters.len() - 1
        });
        clusters[position].1.cells.push(sums_of(sheet));
    }
    clusters.into_iter().map(|(_, cluster)| cluster).collect()
}

/// The same clusters with the pieces of a cell added up.
fn added_up(clusters: &[DayCluster]) -> Vec<DayCluster> {
    let add = |cluster: &DayCluster| {
        let mut cells: Vec<CellSums> = Vec::new();
        for piece in &cluster.cells {
            match cells.iter_mut().find(|sums| sums.cell == piece.cell) {
                None => cells.push(*piece),
                Some(sums) => {
                    sums.respondents += piece.respondents;
                    sums.y += piece.y;
                    sums.m += piece.m;
                    sums.yy += piece.yy;
                    sums.ym += piece.ym;
                    sums.mm += piece.mm;
                }
            }
        }
        DayCluster { stratum: cluster.stratum, cells }
    };
    clusters.iter().map(add).collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 + 1e-9 * b.abs()
}

/// Whether two estimates are one up to rounding.
fn same(a: &RateEstimate, b: &RateEstimate) -> bool {
    let numbers = close(a.value, b.value)
        && close(a.low, b.low)
        && close(a.high, b.high)
        && close(a.effective_answers, b.effective_answers)
        && close(a.standard_error, b.standard_error);
    let counts = (a.respondents, a.answers, a.clusters, a.strata) == (b.respondents, b.answers, b.clusters, b.strata);
    numbers && counts
}

fn rate(weights: &[f64], clusters: &[DayCluster]) -> Option<RateEstimate> {
    weighted_rate(weights, clusters, Confidence::NINETY_FIVE)
}

proptest! {
    #[test]
    fn intervals_that_promise_it_hold_the_share_and_stay_within_the_unit(share in proportion(), level in confidence()) {
        let methods: [(&str, Method); 5] = [
            ("wilson", wilson),
            ("wilson with correction", wilson_continuity_corrected),
            ("clopper-pearson", clopper_pearson),
            ("mid-p", mid_p),
            ("jeffreys with ends", jeffreys_with_ends),
        ];
        for (name, method) in methods {
            let interval = method(share, level);
            prop_assert!(interval.low >= 0.0 && interval.high <= 1.0, "{name}: {interval:?}");
            // Jeffreys' limits are quantiles around a shifted centre: at low levels they may pass the share.
            if name != "jeffreys with ends" || level.level() > 0.9 {
                prop_assert!(interval.contains(share.value()), "{name}: {interval:?}, {share:?}");
            }
        }
        for method in [agresti_coull, jeffreys, wald] {
            let interval = method(share, level);
            prop_assert!(interval.low <= interval.high && interval.width().is_finite());
        }
    }

    #[test]
    fn exchanging_satisfied_and_dissatisfied_mirrors_the_interval(share in proportion(), level in confidence()) {
        let mirrored = Proportion::new(share.failures(), share.trials()).expect("failures are below trials");
        for method in [wilson, wilson_continuity_corrected, clopper_pearson, mid_p, agresti_coull, jeffreys, wald] {
            let (one, other) = (method(share, level), method(mirrored, level));
            prop_assert!(close(one.low, 1.0 - other.high) && close(one.high, 1.0 - other.low));
        }
    }

    #[test]
    fn intervals_for_a_difference_hold_it_and_turn_with_the_samples(a in proportion(), b in proportion()) {
        for method in [newcombe, newcombe_continuity_corrected, miettinen_nurminen] {
            let there = method(a, b, Confidence::NINETY_FIVE);
            let back = method(b, a, Confidence::NINETY_FIVE);
            let difference = a.value() - b.value();
            prop_assert!(there.low >= -1.0 - 1e-12 && there.high <= 1.0 + 1e-12);
            prop_assert!(there.low <= difference + 1e-12 && difference <= there.high + 1e-12);
            prop_assert!((there.low + back.high).abs() < 1e-9 && (there.high + back.low).abs() < 1e-9);
        }
    }

    #[test]
    fn the_interval_of_a_weighted_rate_holds_it_and_stays_within_the_unit(sheets in sheets(), weights in weights(), level in confidence()) {
        let estimate = weighted_rate(&weights, &in_pieces(&sheets), level).expect("there are answers");
        prop_assert!(0.0 <= estimate.low && estimate.low <= estimate.value);
        prop_assert!(estimate.value <= estimate.high && estimate.high <= 1.0);
        prop_assert!(estimate.standard_error.is_finite() && estimate.effective_answers > 0.0);
        prop_assert!(estimate.design_effect.is_none_or(|effect| effect.is_finite() && effect > 0.0));
    }

    #[test]
    fn order_and_splitting_of_the_data_change_no_rate(sheets in sheets(), weights in weights(), turn in 0_usize..120) {
        let pieces = in_pieces(&sheets);
        let whole = rate(&weights, &added_up(&pieces)).expect("there are answers");
        prop_assert!(same(&whole, &rate(&weights, &pieces).expect("there are answers")));
        let mut turned = sheets.clone();
        turned.rotate_left(turn % sheets.len());
        turned.reverse();
        prop_assert!(same(&whole, &rate(&weights, &in_pieces(&turned)).expect("there are answers")));
    }

    #[test]
    fn the_scale_of_the_weights_changes_no_rate(sheets in sheets(), weights in weights(), scale in -200_i32..200) {
        let pieces = in_pieces(&sheets);
        let scaled: Vec<f64> = weights.iter().map(|weight| weight * 10_f64.powi(scale)).collect();
        let (one, other) = (rate(&weights, &pieces), rate(&scaled, &pieces));
        prop_assert!(same(&one.expect("there are answers"), &other.expect("there are answers")));
    }

    #[test]
    fn cells_of_weight_nought_might_as_well_be_absent(sheets in sheets(), weights in weights()) {
        let muted = [weights[0], 0.0, weights[2]];
        let kept: Vec<Sheet> = sheets.iter().copied().filter(|sheet| sheet.2 != 1).collect();
        let (one, other) = (rate(&muted, &in_pieces(&sheets)), rate(&weights, &in_pieces(&kept)));
        match (one, other) {
            (None, None) => {}
            (Some(one), Some(other)) => prop_assert!(same(&one, &other)),
            different => prop_assert!(false, "{different:?}"),
        }
    }

    #[test]
    fn more_power_never_needs_fewer_respondents(sheets in sheets(), weights in weights(), target in 0.05_f64..0.95) {
        let estimate = rate(&weights, &in_pieces(&sheets)).expect("there are answers");
        let needed = |power| respondents_to_settle(&estimate, target, power);
        match (needed(0.8), needed(0.95)) {
            (Some(some), Some(more)) => prop_assert!(some <= more),
            (None, Some(more)) => prop_assert!(false, "hopeless at 0.8 but {more} at 0.95"),
            _ => {}
        }
        prop_assert_eq!(is_settled(&estimate, target), needed(0.8) == Some(0));
    }

    #[test]
    fn quantiles_undo_their_distribution_functions(p in 1e-9_f64..0.5, a in 0.05_f64..5000.0, b in 0.05_f64..5000.0) {
        if let Some(x) = beta_quantile(p, a, b).filter(|x| *x > 1e-290) {
            let back = beta_cdf(x, a, b).expect("usable parameters");
            // Next to 1 an f64 cannot hold the point any better.
            prop_assert!((back - p).abs() <= 1e-9 * p || x > 0.999_999, "{back} {p}");
        }
        let t = student_quantile(p, a).map(|t| -t);
        if let Some(t) = t {
            let back = student_sf(t, a).expect("usable parameters");
            prop_assert!((back - p).abs() <= 1e-9 * p, "{back} {p}");
        }
    }

    #[test]
    fn adjusted_p_values_are_never_below_the_raw_ones(p in prop::collection::vec(prop::option::of(0.0_f64..=1.0), 0..30)) {
        for method in [
            multiplicity::holm,
            multiplicity::hochberg,
            multiplicity::bonferroni,
            multiplicity::benjamini_hochberg,
            multiplicity::benjamini_yekutieli,
        ] {
            for (raw, adjusted) in p.iter().zip(method(&p)) {
                match (raw, adjusted) {
                    (None, None) => {}
                    (Some(raw), Some(adjusted)) => prop_assert!(*raw <= adjusted + 1e-15 && adjusted <= 1.0),
                    different => prop_assert!(false, "{different:?}"),
                }
            }
        }
    }
}
