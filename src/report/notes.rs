//! The notes under a table: what a reader must know of the figures in it.

use super::format::{self, Language};
use super::words;
use crate::index::result::{Estimate, IndexReport};
use crate::sheet::tally::Mode;
use crate::stats::RateMethod;

/// What stands behind an interval's bounds: `*` few respondents or days, `†` and `‡` methods of figures kept from before.
pub(super) fn marks(estimate: &Estimate) -> String {
    format!("{}{}", if estimate.is_approximate() { "*" } else { "" }, mark(estimate.method))
}

fn mark(method: RateMethod) -> &'static str {
    match method {
        RateMethod::ModelScore | RateMethod::ClusterWilson => "",
        RateMethod::RespondentWilson => "†",
        RateMethod::SimpleWilson => "‡",
    }
}

/// Collects what the notes under a table have to say about the estimates in it.
pub(super) struct Notes<'a> {
    index: &'a IndexReport,
    language: Language,
    confidence: Option<f64>,
    approximate: bool,
    methods: Vec<RateMethod>,
    modes: Vec<(Vec<Mode>, Vec<String>)>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(index: &'a IndexReport, language: Language) -> Self {
        Self { index, language, confidence: None, approximate: false, methods: Vec::new(), modes: Vec::new() }
    }

    /// Takes in the estimate of the row called `label`.
    pub(super) fn add(&mut self, label: &str, estimate: &Estimate) {
        self.confidence = Some(estimate.confidence);
        self.approximate |= estimate.is_approximate();
        if !self.methods.contains(&estimate.method) {
            self.methods.push(estimate.method);
        }
        let mut modes = estimate.modes.clone();
        modes.sort_unstable();
        // Groups of respondents are cut across modes: by which they answered is not known.
        if modes.is_empty() {
            return;
        }
        match self.modes.iter_mut().find(|(known, _)| *known == modes) {
            Some((_, labels)) => labels.push(label.to_owned()),
            None => self.modes.push((modes, vec![label.to_owned()])),
        }
    }

    /// The notes: method, basis with series and modes, warnings.
    pub(super) fn finish(mut self) -> Vec<String> {
        let language = self.language;
        let mut notes = Vec::new();
        let Some(confidence) = self.confidence else { return notes };
        let confidence = format::minimum(confidence, language);
        let methods = RateMethod::ALL.into_iter().filter(|method| self.methods.contains(method));
        let methods =
            methods.map(|method| format!("{} {}", mark(method), words::method(method, language)).trim().to_owned());
        let methods = methods.collect::<Vec<_>>().join("; ");
        notes.push(language.choose(
            format!("n: số người trả lời. Khoảng tin cậy {confidence}: {methods}."),
            format!("n: respondents. Intervals at {confidence} confidence: {methods}."),
        ));
        // The modes of most rows stand first; rows with others are named.
        self.modes.sort_by_key(|(_, labels)| std::cmp::Reverse(labels.len()));
        let modes = self.modes.iter().enumerate().map(|(place, (in_them, labels))| {
            let named = words::modes(in_them, language);
            if place == 0 { named } else { format!("{} ({})", named, labels.join("; ")) }
        });
        let modes = modes.collect::<Vec<_>>().join("; ");
        let (basis, series) = (words::basis(self.index.basis, language), words::series(self.index.series, language));
        notes.push(if modes.is_empty() {
            language.choose(format!("Số liệu {basis}, qua {series}."), format!("Basis: {basis}, through {series}."))
        } else {
            language.choose(
                format!("Số liệu {basis}, qua {series}; hình thức trả lời: {modes}."),
                format!("Basis: {basis}, through {series}; answered by: {modes}."),
            )
        });
        if self.approximate {
            notes.push(format!("* {}.", words::approximate(language)));
        }
        notes
    }
}
