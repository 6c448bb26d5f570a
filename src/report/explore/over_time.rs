//! A figure over time.

use chrono::NaiveDate;

use super::change::change;
use super::exhibit::{Exhibit, Step, figure, note_of_marks, row, table};
use crate::index::result::{Estimate, Parted};
use crate::report::chart::trend::{self, Event, Trend, narrow_trend, trend};
use crate::report::format::{self, Language};
use crate::report::model::Cell;
use crate::report::words;

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
    /// Sheets of days chosen at will that the figure leaves out for their releases, beside those it may count.
    pub beyond: Parted,
    /// Whether it is a factor or criterion, of a shown field and days chosen at will: told only where no release holds a few answers.
    pub part_at_will: bool,
    /// Mean of the levels, where there is one.
    pub mean_score: Option<f64>,
    /// The minimum that held.
    pub minimum: Option<f64>,
    /// All minima of its period, by which figures are rounded.
    pub minima: Vec<f64>,
    /// What happened in it.
    pub marks: Vec<Happened>,
}

impl Moment {
    /// The figure, where a change to or from it may be told: none of a remainder.
    pub fn lasting(&self) -> Option<&Estimate> {
        self.estimate.as_ref().filter(|_| !self.beyond.is_remainder())
    }

    /// How many sheets are left out.
    fn left_out(&self, language: Language) -> Option<String> {
        let sheets = Some(self.beyond.sheets).filter(|sheets| *sheets > 0)?;
        let sheets = format::count(sheets, language);
        Some(if self.beyond.is_remainder() && self.estimate.is_some() {
            language.choose(
                format!("khoảng {sheets} phiếu không nằm trong số liệu này, nhiều hơn số được tính: không so sánh"),
                format!("about {sheets} sheets not counted here, more than are counted: not compared"),
            )
        } else {
            language.choose(
                format!("khoảng {sheets} phiếu không nằm trong số liệu này"),
                format!("about {sheets} sheets not counted here"),
            )
        })
    }
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
            // No line runs through what is only a remainder.
            figure: moment.lasting().map(Into::into),
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
        let share = match (share, moment.beyond.sheets) {
            (Cell::Hidden(_), _) if moment.part_at_will => Cell::Hidden(words::hidden_part(true, language)),
            (Cell::Hidden(_), sheets) if sheets > 0 => Cell::Hidden(words::across_border(sheets, language)),
            (share, _) => share,
        };
        let left_out = moment.left_out(language).filter(|_| moment.estimate.is_some());
        let remarks: Vec<&str> =
            moment.marks.iter().map(|mark| mark.says.as_str()).chain(left_out.as_deref()).collect();
        let running = if moment.so_far { language.choose(" (tạm tính)", " (so far)") } else { "" };
        table.rows.push(row(vec![
            Cell::Text(format!("{}{running}", moment.name)),
            Cell::Text(format!("{} – {}", format::date(moment.from), format::date(moment.to))),
            share,
            interval,
            people,
            moment.mean_score.map_or(Cell::Empty, |mean| Cell::Mean(mean, format::mean(mean, language))),
            moment.minimum.map_or(Cell::Empty, |minimum| Cell::Share(minimum, format::minimum(minimum, language))),
            if remarks.is_empty() { Cell::Empty } else { Cell::Text(remarks.join("; ")) },
        ]));
    }
    table.notes.extend(moments.iter().any(|moment| moment.beyond.sheets > 0).then(|| {
        let why = language.choose(
            "Những phiếu không nằm trong số liệu này đã vào cùng lượt với phiếu của ngày khác; mỗi lượt được tính trọn hoặc không tính.",
            "Sheets not counted here entered figures together with sheets of other days; a release is counted whole or not at all.",
        );
        why.to_owned()
    }));
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

/// The newest figure beside the one before it and the one of the same days a year before; none of them a remainder.
fn changes(moments: &[Moment], year_before: Option<&Moment>, minima: &[f64], language: Language) -> Vec<String> {
    let mut says = Vec::new();
    let newest = moments.iter().rev().find_map(|moment| Some((moment, moment.lasting()?)));
    if let Some((last, figure)) = newest {
        let value = format::share(figure.value, minima, language);
        let so_far = if last.so_far { language.choose(" (tạm tính)", " (so far)") } else { "" };
        says.push(format!("{}{so_far}: {value}.", last.name));
        let before = moments
            .iter()
            .filter(|moment| moment.to < last.from)
            .rev()
            .find_map(|moment| Some((moment, moment.lasting()?)));
        let year_before = year_before.and_then(|moment| Some((moment, moment.lasting()?)));
        for (moment, earlier) in before.into_iter().chain(year_before) {
            says.push(change(earlier, figure).says(&moment.name, language));
        }
        says.dedup();
    } else {
        says.push(
            language.choose("Chưa có kỳ nào có số liệu hiển thị được.", "No period has a figure to show.").to_owned(),
        );
    }
    says.extend(remainders(moments, language));
    says
}

/// Which figures are left out of line and comparison, or not shown, because their sheets entered with those of other days.
fn remainders(moments: &[Moment], language: Language) -> Option<String> {
    let short = moments.iter().filter(|moment| moment.beyond.is_remainder());
    let names: Vec<&str> = short.map(|moment| moment.name.as_str()).collect();
    let names = (!names.is_empty()).then(|| names.join(", "))?;
    Some(language.choose(
        format!(
            "{names}: hơn một nửa số phiếu vào số liệu cùng lượt với phiếu của ngày khác nên không tính ở đây; không vẽ và không so sánh. Xem theo kỳ báo cáo để tính đủ."
        ),
        format!(
            "{names}: more than half of the sheets entered figures together with sheets of other days and are not counted here; not drawn and not compared. By reporting periods all are counted."
        ),
    ))
}
