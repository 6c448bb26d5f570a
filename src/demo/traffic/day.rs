//! How a counter's day goes: opening hours, a lunch break, a morning and an afternoon peak.

/// Begin and end in minutes of the day with how busy they are: 7:30 to 11:30 and 13:30 to 17:00, the hours of most one-stop
/// centres; a few answer at noon and in the evening, from home.
const DAY: [(f64, f64, f64); 8] = [
    (450.0, 480.0, 0.6),
    (480.0, 570.0, 1.7),
    (570.0, 660.0, 1.2),
    (660.0, 690.0, 0.7),
    (690.0, 810.0, 0.1),
    (810.0, 900.0, 1.3),
    (900.0, 1_020.0, 0.9),
    (1_020.0, 1_260.0, 0.15),
];

/// When in the day, from 0 (opening) to 1 (the evening's end), the visitor comes before whom this share has come.
pub(super) fn time_of(share: f64) -> f64 {
    let (open, close) = (DAY[0].0, DAY[DAY.len() - 1].1);
    let total: f64 = DAY.iter().map(|(from, to, busy)| (to - from) * busy).sum();
    let mut left = share.clamp(0.0, 1.0) * total;
    for (from, to, busy) in DAY {
        let here = (to - from) * busy;
        if left <= here {
            return (from + left / busy - open) / (close - open);
        }
        left -= here;
    }
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_has_peaks_and_a_noon() {
        assert!(time_of(0.0) < 1e-12 && (time_of(1.0) - 1.0).abs() < 1e-12);
        let shares: Vec<f64> = (0..=1_000).map(|share| time_of(f64::from(share) / 1_000.0)).collect();
        assert!(shares.is_sorted());
        let within =
            |from: f64, to: f64| shares.iter().filter(|time| (from..to).contains(&(450.0 + **time * 810.0))).count();
        // By hand: 90 · 1.7 = 153 of the day's 18 + 153 + 108 + 21 + 12 + 117 + 108 + 36 = 573, and 12 of them at noon.
        assert!(within(480.0, 570.0).abs_diff(267) <= 1 && within(690.0, 810.0).abs_diff(21) <= 1);
    }
}
