//! Where a value lies: a line from one value to another, laid over a line of the drawing, and the round values that an axis names.

/// A straight scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    from: f64,
    to: f64,
    begin: f64,
    end: f64,
}

/// Round steps, a tenth of them and so on.
const STEPS: [f64; 4] = [1.0, 2.0, 5.0, 10.0];

impl Scale {
    /// Values `from` … `to` at the places `begin` … `end`; the latter may run backwards. An empty range is widened.
    pub fn new((from, to): (f64, f64), (begin, end): (f64, f64)) -> Self {
        let to = if to - from > 1e-12 { to } else { from + 1.0 };
        Self { from, to, begin, end }
    }

    /// A scale of shares around these values, with whole steps at its ends: of ten per cent, or the whole of it where they spread widely.
    pub fn of_shares(values: impl IntoIterator<Item = f64>, places: (f64, f64)) -> Self {
        let (mut low, mut high) = (1.0_f64, 0.0_f64);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        if low > high {
            return Self::new((0.0, 1.0), places);
        }
        let from = ((low * 10.0 - 0.2).floor() / 10.0).clamp(0.0, 0.9);
        let to = ((high * 10.0 + 0.2).ceil() / 10.0).clamp(from + 0.1, 1.0);
        Self::new((from, to), places)
    }

    /// A scale of counts from nothing to at least `most`, with a round end.
    pub fn of_counts(most: u64, places: (f64, f64)) -> Self {
        let step = step(most as f64, 4.0).max(1.0);
        Self::new((0.0, (most as f64 / step).ceil().max(1.0) * step), places)
    }

    /// The place of a value; values off the scale lie at its ends.
    pub fn at(&self, value: f64) -> f64 {
        let part = ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        self.begin + part * (self.end - self.begin)
    }

    /// Whether a value lies on it.
    pub fn holds(&self, value: f64) -> bool {
        (self.from - 1e-9..=self.to + 1e-9).contains(&value)
    }

    /// First and last value.
    pub fn ends(&self) -> (f64, f64) {
        (self.from, self.to)
    }

    /// About `wanted` round values on it, from its beginning.
    pub fn ticks(&self, wanted: f64) -> Vec<f64> {
        let step = step(self.to - self.from, wanted);
        let first = (self.from / step - 1e-9).ceil() as i64;
        let last = (self.to / step + 1e-9).floor() as i64;
        (first..=last).map(|number| number as f64 * step).collect()
    }

    /// [`Scale::ticks`] of counts: whole numbers alone.
    pub fn whole_ticks(&self, wanted: f64) -> Vec<f64> {
        self.ticks(wanted).into_iter().filter(|tick| (tick - tick.round()).abs() < 1e-9).collect()
    }
}

/// The round step that parts `length` into about `wanted`.
fn step(length: f64, wanted: f64) -> f64 {
    let rough = length / wanted;
    if rough <= 0.0 || !rough.is_finite() {
        return 1.0;
    }
    let decade = 10_f64.powf(rough.log10().floor());
    STEPS.into_iter().map(|step| step * decade).find(|step| *step >= rough - 1e-12).unwrap_or(10.0 * decade)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_lays_values_over_places_and_keeps_within_its_ends() {
        let scale = Scale::new((0.5, 1.0), (100.0, 0.0));
        for (value, place) in [(0.5, 100.0), (0.75, 50.0), (1.0, 0.0), (2.0, 0.0), (0.0, 100.0)] {
            assert!((scale.at(value) - place).abs() < 1e-9, "{value}: {}", scale.at(value));
        }
        assert!(scale.holds(0.5) && !scale.holds(0.4));
        assert!(Scale::new((3.0, 3.0), (0.0, 10.0)).at(3.0).is_finite());
    }

    #[test]
    fn shares_get_whole_tens_at_both_ends() {
        let ends = |values: &[f64]| {
            let (from, to) = Scale::of_shares(values.iter().copied(), (0.0, 1.0)).ends();
            ((from * 100.0).round() as i32, (to * 100.0).round() as i32)
        };
        assert_eq!(ends(&[0.83, 0.94]), (80, 100));
        assert_eq!(ends(&[0.52, 0.57]), (50, 60));
        assert_eq!(ends(&[]), (0, 100));
        assert_eq!(ends(&[0.0, 1.0]), (0, 100));
        assert_eq!(ends(&[1.0]), (90, 100));
        assert_eq!(ends(&[f64::NAN, 0.71]), (60, 80));
    }

    #[test]
    fn ticks_are_round() {
        let ticks = |from, to, wanted| Scale::new((from, to), (0.0, 1.0)).ticks(wanted);
        assert_eq!(ticks(0.0, 50.0, 5.0), [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
        assert_eq!(ticks(0.0, 3.0, 3.0), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(ticks(0.8, 1.0, 4.0).len(), 5);
        assert_eq!(Scale::of_counts(0, (0.0, 1.0)).ends(), (0.0, 1.0));
        assert_eq!(Scale::of_counts(0, (0.0, 1.0)).whole_ticks(4.0), [0.0, 1.0]);
        assert_eq!(Scale::of_counts(37, (0.0, 1.0)).ends(), (0.0, 40.0));
    }
}
