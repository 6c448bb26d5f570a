//! Offices or fields side by side: dots with their intervals, and a funnel that says who differs more than chance and the usual differences allow.

use super::exhibit::{Exhibit, Step, figure, note_of_marks, row, table};
use crate::index::result::Estimate;
use crate::report::chart::dots::{self, Dots, Line, dots};
use crate::report::chart::drawing::Drawing;
use crate::report::chart::funnel::{self, LIMITS, Place, Plot};
use crate::report::format::{self, Language};
use crate::report::model::Cell;
use crate::stats::funnel::{self as limits, Funnel};

/// One of the things compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    pub name: String,
    /// Where its row leads.
    pub step: Step,
    /// Its figure; none where it is hidden or there is none.
    pub estimate: Option<Estimate>,
    /// Mean of the levels, where there is one.
    pub mean_score: Option<f64>,
}

/// What stands side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Offices, fields, factors, criteria: one without a figure has too few people.
    Parts,
    /// Service points: one without a figure may have entered together with others.
    Points,
    /// Groups of respondents: one without a figure may be hidden so that another is not told by subtraction.
    Groups,
}

impl Beside {
    fn heading(self, language: Language) -> &'static str {
        match self {
            Self::Parts => language.choose("Đơn vị, lĩnh vực", "Office or field"),
            Self::Points => language.choose("Điểm phục vụ", "Service point"),
            Self::Groups => language.choose("Nhóm người trả lời", "Group of respondents"),
        }
    }

    /// What stands in the place of a figure that is hidden; none: that too few answered.
    fn hidden(self, language: Language) -> Option<&'static str> {
        (self != Self::Parts).then(|| language.choose("không nêu riêng", "not told apart"))
    }

    fn note(self, language: Language) -> Option<&'static str> {
        match self {
            Self::Parts => None,
            Self::Points => Some(language.choose(
                "Một điểm chỉ có số riêng khi các lượt phiếu của nó không chung với điểm khác và có từ 10 người trả lời trở lên.",
                "A point has a figure of its own only where its sheets entered apart from those of other points, and ten people answered.",
            )),
            Self::Groups => Some(language.choose(
                "Một nhóm chỉ có số riêng khi có từ 10 người trả lời trở lên và không suy ra được nhóm khác từ số của nó.",
                "A group has a figure of its own only where ten people answered and no other group can be told from it.",
            )),
        }
    }
}

/// Name, share, interval, people.
const COLUMNS_OF_ALL: usize = 4;

/// The exhibit of dots, the highest first; beside the minimum, where there is one, and rounded by all minima of the page.
pub fn side_by_side(
    id: &'static str,
    title: &str,
    compared: &[Compared],
    (of, minimum, minima): (Beside, Option<f64>, &[f64]),
    language: Language,
) -> Exhibit {
    let hidden = of.hidden(language);
    let sorted = in_order(compared);
    let lines: Vec<Line> = sorted
        .iter()
        .map(|one| Line { name: one.name.clone(), figure: one.estimate.as_ref().map(Into::into) })
        .collect();
    let chart = Dots { title, lines: &dots::sorted(lines), minimum, minima, hidden, language };
    let mut table = table(
        title,
        &[
            (of.heading(language), false, 34),
            (language.choose("Tỷ lệ hài lòng", "Share satisfied"), true, 14),
            (language.choose("Khoảng tin cậy", "Interval"), true, 20),
            (language.choose("Số người trả lời", "Respondents"), true, 12),
            (language.choose("Điểm trung bình (1–5)", "Mean level"), true, 12),
            (language.choose("So với chỉ tiêu", "Against the target"), false, 18),
        ],
    );
    for one in &sorted {
        let [share, interval, people] = figure(one.estimate.as_ref(), minima, language);
        let share = match (share, hidden) {
            (Cell::Hidden(_), Some(words)) => Cell::Hidden(words.to_owned()),
            (share, _) => share,
        };
        let beside = match (&one.estimate, minimum) {
            (Some(found), Some(minimum)) => Cell::Text(against(found, minimum, language).to_owned()),
            _ => Cell::Empty,
        };
        let mean = one.mean_score.filter(|_| one.estimate.is_some());
        table.rows.push(row(vec![
            Cell::Text(one.name.clone()),
            share,
            interval,
            people,
            mean.map_or(Cell::Empty, |mean| Cell::Mean(mean, format::mean(mean, language))),
            beside,
        ]));
    }
    if of != Beside::Parts {
        // Mean and target are of what was picked, and these are not.
        table.columns.truncate(COLUMNS_OF_ALL);
        table.rows.iter_mut().for_each(|row| row.cells.truncate(COLUMNS_OF_ALL));
    } else if sorted.iter().all(|one| one.mean_score.is_none()) {
        table.columns.remove(COLUMNS_OF_ALL);
        table.rows.iter_mut().for_each(|row| drop(row.cells.remove(COLUMNS_OF_ALL)));
    }
    table.notes.extend(note_of_marks(sorted.iter().filter_map(|one| one.estimate.as_ref()), language));
    Exhibit {
        id,
        heading: title.to_owned(),
        says: of.note(language).map(str::to_owned).into_iter().collect(),
        drawing: Some(dots(&chart)),
        narrow: Some(dots::narrow_dots(&chart)),
        legend: if minimum.is_none() {
            language.choose(
                "Chấm: tỷ lệ hài lòng; đoạn thẳng: khoảng tin cậy. Hai đoạn thẳng chồng lên nhau nhiều thì chưa thể nói bên nào hơn.",
                "Dot: share satisfied; line: interval. Where two lines overlap much, neither is known to be better.",
            )
        } else {
            language.choose(
                "Chấm: tỷ lệ hài lòng; đoạn thẳng: khoảng tin cậy; đường gạch: chỉ tiêu. Hai đoạn thẳng chồng lên nhau nhiều thì chưa thể nói bên nào hơn.",
                "Dot: share satisfied; line: interval; dashed: target. Where two lines overlap much, neither is known to be better.",
            )
        }
        .to_owned(),
        steps: sorted.iter().map(|one| one.step.clone()).collect(),
        table,
    }
}

/// The funnel of many, for a page and for a telephone, with a sentence: limits of all, and dots of `most` at most; of more only of those beyond the limits. None where fewer
/// than three can be compared.
pub fn funnel_of_many(
    title: &str,
    compared: &[Compared],
    (most, minima): (usize, &[f64]),
    language: Language,
) -> Option<([Drawing; 2], String)> {
    let sorted = in_order(compared);
    let known: Vec<(&Compared, &Estimate)> =
        sorted.iter().filter_map(|one| Some((*one, one.estimate.as_ref()?))).collect();
    let funnel = funnel_limits(&known)?;
    let is_beyond = |estimate: &Estimate| funnel.is_beyond(estimate.value, estimate.respondents as f64, LIMITS[1]);
    let beyond = known.iter().filter(|(_, estimate)| is_beyond(estimate)).count();
    let few = known.len() <= most;
    let shown = known.iter().zip(1..).filter(|((_, estimate), _)| few || is_beyond(estimate)).take(most);
    let places: Vec<Place> = shown
        .map(|((one, estimate), number): (_, u32)| Place {
            key: if is_beyond(estimate) { number.to_string() } else { String::new() },
            name: one.name.clone(),
            value: estimate.value,
            respondents: estimate.respondents,
        })
        .collect();
    let (all, centre) = (known.len() as u64, format::share(funnel.centre(), &[], language));
    let (n, outside) = (format::count(all, language), format::count(beyond as u64, language));
    let all_shown = if few {
        ""
    } else {
        language.choose(" Chỉ vẽ những đơn vị ngoài giới hạn.", " Only these are drawn.")
    };
    let says = language.choose(
        format!("{outside} trong {n} đơn vị có số liệu nằm ngoài giới hạn 99,8% quanh mức chung {centre}.{all_shown}"),
        format!("{outside} of {n} offices with a figure lie beyond limits of 99.8% about {centre}.{all_shown}"),
    );
    let plot = Plot { title, places: &places, funnel: Some(&funnel), minima, language };
    Some(([funnel::funnel(&plot), funnel::narrow_funnel(&plot)], says))
}

fn funnel_limits(known: &[(&Compared, &Estimate)]) -> Option<Funnel> {
    let units: Vec<limits::Compared> = known
        .iter()
        .map(|(_, estimate)| limits::Compared {
            value: estimate.value,
            size: estimate.respondents as f64,
            // Half of the interval is so many standard errors: its ends are not even, so the whole is halved.
            standard_error: (estimate.high - estimate.low) / (2.0 * LIMITS[0]),
        })
        .collect();
    Funnel::new(&units)
}

/// The exhibit of the funnel; none where fewer than three can be compared.
pub fn funnel_of(title: &str, compared: &[Compared], minima: &[f64], language: Language) -> Option<Exhibit> {
    let sorted = in_order(compared);
    let known: Vec<(&Compared, &Estimate)> =
        sorted.iter().filter_map(|one| Some((*one, one.estimate.as_ref()?))).collect();
    let funnel = funnel_limits(&known)?;
    let places: Vec<Place> = known
        .iter()
        .zip(1..)
        .map(|((one, estimate), number): (_, u32)| Place {
            key: number.to_string(),
            name: one.name.clone(),
            value: estimate.value,
            respondents: estimate.respondents,
        })
        .collect();
    let mut table = table(
        title,
        &[
            (language.choose("Số trên hình", "Number"), true, 8),
            (language.choose("Đơn vị", "Office"), false, 36),
            (language.choose("Tỷ lệ hài lòng", "Share satisfied"), true, 14),
            (language.choose("Số người trả lời", "Respondents"), true, 12),
            (language.choose("Giới hạn của cỡ mẫu này", "Limits at this size"), true, 20),
            (language.choose("Nhận xét", "Reading"), false, 24),
        ],
    );
    let mut beyond = Vec::new();
    for (place, (one, estimate)) in places.iter().zip(&known) {
        let limits = funnel.limits(place.respondents as f64, LIMITS[1]).within_unit();
        let outside = funnel.is_beyond(place.value, place.respondents as f64, LIMITS[1]);
        let reading = match (outside, place.value < funnel.centre()) {
            (true, true) => language.choose("thấp hơn hẳn", "well below"),
            (true, false) => language.choose("cao hơn hẳn", "well above"),
            _ => language.choose("trong giới hạn", "within the limits"),
        };
        if outside {
            beyond.push(format!("{} ({reading})", one.name));
        }
        table.rows.push(row(vec![
            Cell::Text(place.key.clone()),
            Cell::Text(one.name.clone()),
            Cell::Share(estimate.value, format::share(estimate.value, minima, language)),
            Cell::Count(place.respondents, format::count(place.respondents, language)),
            Cell::Interval(limits.low, limits.high, format::interval(limits.low, limits.high, &[], language)),
            Cell::Text(reading.to_owned()),
        ]));
    }
    let between = format::points(funnel.between(), language);
    let says = if beyond.is_empty() {
        language.choose(
            "Không đơn vị nào khác biệt vượt quá ngẫu nhiên và chênh lệch thường có: không nên xếp hạng.".to_owned(),
            "No office differs by more than chance and the usual differences: they should not be ranked.".to_owned(),
        )
    } else {
        language.choose(
            format!("Khác biệt vượt quá ngẫu nhiên và chênh lệch thường có: {}.", beyond.join("; ")),
            format!("Beyond chance and the usual differences: {}.", beyond.join("; ")),
        )
    };
    table.notes.push(language.choose(
        format!("Giới hạn 99,8% quanh mức chung, đã tính cỡ mẫu khác nhau, phiếu cùng ngày giống nhau và chênh lệch thường có giữa các đơn vị (độ lệch chuẩn {between} điểm phần trăm)."),
        format!("Limits of 99.8% about the common share; they know unequal sizes, alike sheets of a day, and the usual differences between offices (standard deviation {between} points)."),
    ));
    let plot = Plot { title, places: &places, funnel: Some(&funnel), minima, language };
    Some(Exhibit {
        id: "funnel",
        heading: title.to_owned(),
        says: vec![says],
        drawing: Some(funnel::funnel(&plot)),
        narrow: Some(funnel::narrow_funnel(&plot)),
        legend: language
            .choose(
                "Mỗi chấm là một đơn vị, đánh số như trong bảng; đường ngang: mức chung; vùng đậm, nhạt: 95% và 99,8% đơn vị bình thường nằm trong đó; ô vuông: nằm ngoài.",
                "A dot an office, numbered as in the table; line: the common share; dark and pale area: where 95% and 99.8% of ordinary offices lie; square: outside.",
            )
            .to_owned(),
        steps: known.iter().map(|(one, _)| one.step.clone()).collect(),
        table,
    })
}

/// The highest first, the hidden last.
fn in_order(compared: &[Compared]) -> Vec<&Compared> {
    let mut sorted: Vec<&Compared> = compared.iter().collect();
    let value = |one: &Compared| one.estimate.as_ref().map_or(f64::NEG_INFINITY, |estimate| estimate.value);
    sorted.sort_by(|a, b| value(b).total_cmp(&value(a)));
    sorted
}

/// What the interval says about the minimum.
fn against(estimate: &Estimate, minimum: f64, language: Language) -> &'static str {
    use crate::stats::threshold::falls_short;
    if !falls_short(estimate.low, minimum) {
        language.choose("đạt", "met")
    } else if falls_short(estimate.high, minimum) {
        language.choose("chưa đạt", "not met")
    } else {
        language.choose("chưa đủ căn cứ", "cannot say")
    }
}
