//! A figure over time.

use chrono::NaiveDate;

use super::change::change;
use super::exhibit::{Exhibit, Step, figure, row, table};
use crate::index::result::Estimate;
use crate::report::chart::trend::{self, Trend, trend};
use crate::report::format::{self, Language};
use crate::report::model::Cell;

/// A period with its figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// Key of its plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    /// Its name.
    pub name: String,
    /// A short name for the axis.
    pub short: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Whether it still runs.
    pub so_far: bool,
    /// The figure; none where it is hidden or there is none.
    pub estimate: Option<Estimate>,
    /// Mean of the levels, where there is one.
    pub mean_score: Option<f64>,
    /// The minimum that held.
    pub minimum: Option<f64>,
    /// What changed at its beginning.
    pub mark: Option<String>,
}

/// The exhibit: line, band, target, marks; the newest finished figure beside the one before and beside that of a year ago.
pub fn over_time(title: &str, moments: &[Moment], language: Language) -> Exhibit {
    let minima: Vec<f64> = moments.iter().filter_map(|moment| moment.minimum).collect();
    let marked: Vec<trend::Moment> = moments
        .iter()
        .map(|moment| trend::Moment {
            label: moment.short.clone(),
            figure: moment.estimate.as_ref().map(Into::into),
            so_far: moment.so_far,
            mark: moment.mark.clone(),
        })
        .collect();
    let lines: Vec<Option<f64>> = moments.iter().map(|moment| moment.minimum).collect();
    let chart = Trend { title, moments: &marked, minima: &lines, language };
    let mut table = table(
        title,
        &[
            (language.choose("Kỳ", "Period"), false, 20),
            (language.choose("Từ – đến", "Days"), false, 24),
            (language.choose("Tỷ lệ hài lòng", "Share satisfied"), true, 14),
            (language.choose("Khoảng tin cậy", "Interval"), true, 20),
            (language.choose("Số người trả lời", "Respondents"), true, 12),
            (language.choose("Điểm trung bình (1–5)", "Mean level"), true, 12),
            (language.choose("Chỉ tiêu", "Target"), true, 10),
        ],
    );
    for moment in moments {
        let [share, interval, people] = figure(moment.estimate.as_ref(), &minima, language);
        let running = if moment.so_far { language.choose(" (tạm tính)", " (so far)") } else { "" };
        table.rows.push(row(vec![
            Cell::Text(format!("{}{running}", moment.name)),
            Cell::Text(format!("{} – {}", format::date(moment.from), format::date(moment.to))),
            share,
            interval,
            people,
            moment.mean_score.map_or(Cell::Empty, |mean| Cell::Mean(mean, format::mean(mean, language))),
            moment.minimum.map_or(Cell::Empty, |minimum| Cell::Share(minimum, format::minimum(minimum, language))),
        ]));
    }
    Exhibit {
        id: "trend",
        heading: title.to_owned(),
        says: changes(moments, language),
        drawing: Some(trend(&chart)),
        narrow: None,
        legend: trend::legend(language).to_owned(),
        table,
        steps: moments.iter().map(|moment| Step::Period(moment.plan.clone(), moment.period.clone())).collect(),
    }
}

/// The newest figure beside the one before it and the one of the same days a year before.
fn changes(moments: &[Moment], language: Language) -> Vec<String> {
    let Some((last, figure)) = moments.iter().rev().find_map(|moment| Some((moment, moment.estimate.as_ref()?))) else {
        return vec![
            language.choose("Chưa có kỳ nào có số liệu hiển thị được.", "No period has a figure to show.").to_owned(),
        ];
    };
    let value = format::share(figure.value, &last.minimum.into_iter().collect::<Vec<_>>(), language);
    let so_far = if last.so_far { language.choose(" (tạm tính)", " (so far)") } else { "" };
    let mut says = vec![format!("{}{so_far}: {value}.", last.name)];
    let before = moments
        .iter()
        .filter(|moment| moment.to < last.from)
        .rev()
        .find_map(|moment| Some((moment, moment.estimate.as_ref()?)));
    let year = |moment: &&Moment| {
        let days = (last.to - moment.to).num_days();
        (330..=400).contains(&days)
            && (last.to - last.from).num_days().abs_diff((moment.to - moment.from).num_days()) < 10
    };
    let year_before = moments.iter().find(year).and_then(|moment| Some((moment, moment.estimate.as_ref()?)));
    for (moment, earlier) in before.into_iter().chain(year_before) {
        says.push(change(earlier, figure).says(&moment.name, language));
    }
    says.dedup();
    says
}
