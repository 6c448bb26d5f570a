//! A figure over time.

use chrono::NaiveDate;

use super::change::change;
use super::exhibit::{Exhibit, Step, figure, note_of_marks, row, table};
use crate::index::result::Estimate;
use crate::report::chart::trend::{self, Event, Trend, narrow_trend, trend};
use crate::report::format::{self, Language};
use crate::report::model::Cell;

/// A period with its figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// Key of its plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    /// Code of the unit.
    pub unit: String,
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
    /// All minima of its period, by which figures are rounded.
    pub minima: Vec<f64>,
    /// What happened in it.
    pub marks: Vec<Happened>,
}

/// Something that happened within a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    /// The part of the period that was behind, 0–1.
    pub at: f64,
    /// In few words, for the chart.
    pub short: String,
    /// With its day, for the table.
    pub says: String,
}

/// The exhibit: line, band, target, marks; the newest figure beside the one before and beside that of the same days a year before.
pub fn over_time(title: &str, moments: &[Moment], year_before: Option<&Moment>, language: Language) -> Exhibit {
    let minima: Vec<f64> = moments.iter().flat_map(|moment| &moment.minima).copied().collect();
    let marked: Vec<trend::Moment> = moments
        .iter()
        .map(|moment| trend::Moment {
            label: moment.short.clone(),
            figure: moment.estimate.as_ref().map(Into::into),
            so_far: moment.so_far,
            events: moment.marks.iter().map(|mark| Event { at: mark.at, name: mark.short.clone() }).collect(),
        })
        .collect();
    let lines: Vec<Option<f64>> = moments.iter().map(|moment| moment.minimum).collect();
    let chart = Trend { title, moments: &marked, minima: &lines, near: &minima, language };
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
            (language.choose("Ghi chú", "Remarks"), false, 30),
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
            if moment.marks.is_empty() {
                Cell::Empty
            } else {
                Cell::Text(moment.marks.iter().map(|mark| mark.says.as_str()).collect::<Vec<_>>().join("; "))
            },
        ]));
    }
    table.notes.extend(note_of_marks(moments.iter().filter_map(|moment| moment.estimate.as_ref()), language));
    Exhibit {
        id: "trend",
        heading: title.to_owned(),
        says: changes(moments, year_before, &minima, language),
        drawing: Some(trend(&chart)),
        narrow: Some(narrow_trend(&chart)),
        legend: trend::legend(language).to_owned(),
        table,
        steps: moments
            .iter()
            .map(|moment| Step::Period {
                plan: moment.plan.clone(),
                period: moment.period.clone(),
                unit: moment.unit.clone(),
            })
            .collect(),
    }
}

/// The newest figure beside the one before it and the one of the same days a year before.
fn changes(moments: &[Moment], year_before: Option<&Moment>, minima: &[f64], language: Language) -> Vec<String> {
    let Some((last, figure)) = moments.iter().rev().find_map(|moment| Some((moment, moment.estimate.as_ref()?))) else {
        return vec![
            language.choose("Chưa có kỳ nào có số liệu hiển thị được.", "No period has a figure to show.").to_owned(),
        ];
    };
    let value = format::share(figure.value, minima, language);
    let so_far = if last.so_far { language.choose(" (tạm tính)", " (so far)") } else { "" };
    let mut says = vec![format!("{}{so_far}: {value}.", last.name)];
    let before = moments
        .iter()
        .filter(|moment| moment.to < last.from)
        .rev()
        .find_map(|moment| Some((moment, moment.estimate.as_ref()?)));
    let year_before = year_before.and_then(|moment| Some((moment, moment.estimate.as_ref()?)));
    for (moment, earlier) in before.into_iter().chain(year_before) {
        says.push(change(earlier, figure).says(&moment.name, language));
    }
    says.dedup();
    says
}
