//! How a day goes at a counter (opening hours, a lunch break, a morning and an afternoon peak), and in a country, where ten minutes
//! of the morning bring six times as many as the hour around them.

/// Whose day passes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Day {
    /// That of a one-stop centre.
    #[default]
    Counter,
    /// That of all communes together, see `docs/scale.md`.
    Nation,
}

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

/// The peak of a country, in minutes of the day: a campaign is announced, or phones come back into the network.
const PEAK: (f64, f64) = (550.0, 560.0);
/// How busy it is, on the scale of [`DAY`]: a sixth of the day within ten minutes.
const PEAK_BUSY: f64 = 11.0;

impl Day {
    fn stretches(self) -> Vec<(f64, f64, f64)> {
        let mut stretches = DAY.to_vec();
        if self == Self::Nation {
            let at = stretches.iter().position(|(from, to, _)| (*from..*to).contains(&PEAK.0)).unwrap_or_default();
            let (from, to, busy) = stretches[at];
            stretches.splice(at..=at, [(from, PEAK.0, busy), (PEAK.0, PEAK.1, PEAK_BUSY), (PEAK.1, to, busy)]);
        }
        stretches
    }

    /// When in the day, from 0 (opening) to 1 (the evening's end), the visitor comes before whom this share has come.
    pub(super) fn time_of(self, share: f64) -> f64 {
        let stretches = self.stretches();
        let (open, close) = (DAY[0].0, DAY[DAY.len() - 1].1);
        let total: f64 = stretches.iter().map(|(from, to, busy)| (to - from) * busy).sum();
        let mut left = share.clamp(0.0, 1.0) * total;
        for (from, to, busy) in stretches {
            let here = (to - from) * busy;
            if left <= here {
                return (from + left / busy - open) / (close - open);
            }
            left -= here;
        }
        1.0
    }

    /// Whether a time of the day, from 0 to 1, lies within the peak of a country.
    pub(super) fn is_peak(self, time: f64) -> bool {
        let minute = DAY[0].0 + time * (DAY[DAY.len() - 1].1 - DAY[0].0);
        self == Self::Nation && (PEAK.0..PEAK.1).contains(&minute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_has_peaks_and_a_noon() {
        let time_of = |share| Day::Counter.time_of(share);
        assert!(time_of(0.0) < 1e-12 && (time_of(1.0) - 1.0).abs() < 1e-12);
        let shares: Vec<f64> = (0..=1_000).map(|share| time_of(f64::from(share) / 1_000.0)).collect();
        assert!(shares.is_sorted());
        let within =
            |from: f64, to: f64| shares.iter().filter(|time| (from..to).contains(&(450.0 + **time * 810.0))).count();
        // By hand: 90 · 1.7 = 153 of the day's 18 + 153 + 108 + 21 + 12 + 117 + 108 + 36 = 573, and 12 of them at noon.
        assert!(within(480.0, 570.0).abs_diff(267) <= 1 && within(690.0, 810.0).abs_diff(21) <= 1);
    }

    #[test]
    fn a_sixth_of_a_country_comes_within_ten_minutes() {
        let peak = (0..1_000).map(|share| Day::Nation.time_of(f64::from(share) / 1_000.0));
        let peak = peak.filter(|time| Day::Nation.is_peak(*time)).count();
        // By hand: 10 · 11 = 110 of 573 + 10 · (11 − 1.7) = 666.
        assert!(peak.abs_diff(165) <= 1, "{peak}");
        assert!((0..1_000).all(|share| !Day::Counter.is_peak(f64::from(share) / 1_000.0)));
    }
}
