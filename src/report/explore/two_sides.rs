//! Two sides beside each other, figure by figure: the differences with their intervals, and which of them hold for all that is compared.

use super::change::Change;
use super::exhibit::{Exhibit, Step, row, table};
use crate::report::chart::changes::{Changes, Line, changes, narrow_changes};
use crate::report::format::{self, Language};
use crate::report::model::Cell;
use crate::stats::group_differences::{JUDGED_FROM, JUDGED_FROM_CLUSTERS};

/// A figure of both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    pub name: String,
    /// Its shares.
    pub sides: (f64, f64),
    /// The second less the first.
    pub change: Change,
    /// Whether it holds, corrected for all that is compared.
    pub holds: bool,
    /// Whether there are people and days enough to say so.
    pub may_be_judged: bool,
}

/// What the sides are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// Two periods, or two units.
    Apart,
    /// Two groups of respondents of one period and unit.
    Groups,
}

/// So many differences are read at one look; criteria of every field are some hundreds.
const DRAWN_MAX: usize = 24;

/// The exhibit, in the order handed over; `headings` are what the sides are called, `minima` what shares are rounded by.
pub fn two_sides(
    title: &str,
    headings: (&str, &str),
    (of, found): (Sides, &[Difference]),
    (says, minima): (Vec<String>, &[f64]),
    language: Language,
) -> Exhibit {
    let mut table = table(
        title,
        &[
            (language.choose("Phần", "Part"), false, 40),
            (headings.0, true, 18),
            (headings.1, true, 18),
            (language.choose("Chênh lệch (điểm %)", "Difference (points)"), true, 14),
            (language.choose("Khoảng tin cậy 95%", "95% interval"), true, 22),
            (language.choose("Kết luận", "Reading"), false, 26),
        ],
    );
    let points = |value: f64| format::points(value, language);
    let mut lines = Vec::new();
    for one in found {
        let Change { value, low, high } = one.change;
        let share = |side: f64| Cell::Share(side, format::share(side, minima, language));
        let interval = format!("{} {} {}", points(low), language.choose("đến", "to"), points(high));
        table.rows.push(row(vec![
            Cell::Text(one.name.clone()),
            share(one.sides.0),
            share(one.sides.1),
            Cell::Share(value, points(value)),
            Cell::Interval(low, high, interval),
            Cell::Text(reading(one, language).to_owned()),
        ]));
        lines.push(Line { name: one.name.clone(), value, low, high, holds: one.holds && one.may_be_judged });
    }
    table.notes.push(note(of, language));
    let (lines, mut says) = (most_apart(lines), says);
    if lines.len() < found.len() {
        let (drawn, all) = (lines.len(), found.len());
        says.push(language.choose(
            format!("Hình vẽ {drawn} phần chênh lệch nhiều nhất trong {all} phần; bảng có đủ."),
            format!("The picture has the {drawn} of {all} parts that differ most; the table has all."),
        ));
    }
    let chart = Changes { title, lines: &lines, language };
    Exhibit {
        id: "change",
        heading: title.to_owned(),
        says,
        drawing: (!lines.is_empty()).then(|| changes(&chart)),
        narrow: (!lines.is_empty()).then(|| narrow_changes(&chart)),
        legend: language
            .choose(
                "Chấm: chênh lệch, bên thứ hai trừ bên thứ nhất, điểm phần trăm; đoạn thẳng: khoảng tin cậy; đường đứng: không chênh lệch; chấm đặc: khác biệt chắc chắn, chấm rỗng: chưa chắc chắn.",
                "Dot: the second side less the first, in percentage points; line: interval; upright line: no difference; full dot: the difference holds, open dot: it may not.",
            )
            .to_owned(),
        steps: vec![Step::Nowhere; found.len()],
        table,
    }
}

/// What is drawn, in the order of the table: what holds first of all, then what lies furthest apart.
fn most_apart(lines: Vec<Line>) -> Vec<Line> {
    let mut places: Vec<usize> = (0..lines.len()).collect();
    places.sort_by(|one, other| {
        let (one, other) = (&lines[*one], &lines[*other]);
        other.holds.cmp(&one.holds).then(other.value.abs().total_cmp(&one.value.abs()))
    });
    places.truncate(DRAWN_MAX);
    lines.into_iter().enumerate().filter(|(place, _)| places.contains(place)).map(|(_, line)| line).collect()
}

fn reading(one: &Difference, language: Language) -> &'static str {
    if !one.may_be_judged {
        return language.choose(
            "chưa đủ người hoặc ngày khảo sát để kết luận",
            "too few people or days of survey to say anything",
        );
    }
    match (one.holds, one.change.is_real(), one.change.value > 0.0) {
        (true, _, true) => language.choose("cao hơn chắc chắn", "higher for sure"),
        (true, _, false) => language.choose("thấp hơn chắc chắn", "lower for sure"),
        (false, true, _) => language.choose("có thể do so sánh nhiều lần", "may come from comparing often"),
        _ => language.choose("chưa khác biệt rõ", "no clear difference"),
    }
}

fn note(of: Sides, language: Language) -> String {
    let holm = language.choose(
        "Khoảng tin cậy là của riêng từng phần. “Chắc chắn” là còn khác biệt sau khi hiệu chỉnh theo Holm cho mọi phần trong bảng: trong một trăm bảng như thế, nhiều nhất năm bảng có một kết luận sai.",
        "Each interval is of its part alone. “For sure” is what still differs after Holm's correction for all parts of the table: of a hundred such tables, five at most say something wrong.",
    );
    let (people, days) = (JUDGED_FROM, JUDGED_FROM_CLUSTERS);
    let more = match of {
        Sides::Apart => language.choose(
            format!("Hai bên được coi là độc lập vì khác ngày hoặc khác điểm; cùng điểm ở hai kỳ thì kết luận thận trọng hơn cần thiết. Chỉ kết luận khi mỗi bên có từ {people} người trả lời trở lên, trong từ {days} ngày trở lên (tính từng điểm)."),
            format!("Both sides are taken as independent, being of other days or points; of the same points in two periods less is said than could be. Something is said only where both have {people} people on {days} days of points."),
        ),
        Sides::Groups => language.choose(
            format!("Hai nhóm được hỏi trong cùng những ngày, ở cùng những điểm, nên sai số của chênh lệch đã tính phần chung ấy, và không nhỏ hơn mức mà số người và số ngày của nhóm ít hơn cho phép. Chỉ kết luận khi mỗi nhóm có từ {people} người trở lên, trả lời trong từ {days} ngày trở lên (tính từng điểm); nhóm dưới 10 người không hiển thị."),
            format!("Both groups were asked on the same days at the same points, which the error of a difference knows; it is no smaller than people and days of the smaller group allow. Something is said only of groups of {people} people on {days} days of points; groups of fewer than 10 are not shown."),
        ),
    };
    format!("{holm} {more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(name: &str, value: f64, half: f64, holds: bool) -> Difference {
        let change = Change { value, low: value - half, high: value + half };
        Difference { name: name.to_owned(), sides: (0.8, 0.8 + value), change, holds, may_be_judged: true }
    }

    #[test]
    fn a_row_says_both_sides_their_difference_and_whether_it_holds() {
        let mut few = difference("d", 0.2, 0.01, true);
        few.may_be_judged = false;
        let found =
            [difference("a", 0.1, 0.04, true), difference("b", -0.1, 0.04, true), difference("c", 0.05, 0.04, false)];
        let found = [&found[..], &[difference("e", 0.02, 0.04, false), few]].concat();
        let made = two_sides("T", ("Q1", "Q2"), (Sides::Apart, &found), (Vec::new(), &[0.9]), Language::Vi);
        let texts = |at: usize| made.table.rows[at].cells.iter().map(Cell::text).collect::<Vec<_>>();
        assert_eq!(texts(0), ["a", "80,0%", "90,0%", "+10,0", "+6,0 đến +14,0", "cao hơn chắc chắn"]);
        assert_eq!(texts(1), ["b", "80,0%", "70,0%", "−10,0", "−14,0 đến −6,0", "thấp hơn chắc chắn"]);
        assert_eq!(texts(2)[5], "có thể do so sánh nhiều lần");
        assert_eq!(texts(3)[5], "chưa khác biệt rõ");
        assert_eq!(texts(4)[5], "chưa đủ người hoặc ngày khảo sát để kết luận");
        let drawing = made.drawing.expect("a chart");
        assert!(
            drawing.description.starts_with("a: +10,0 (+6,0 đến +14,0), chắc chắn; b: −10,0"),
            "{}",
            drawing.description
        );
        // Full dots have a light rim, open ones a light inside: of five, the first two hold.
        let dots: Vec<bool> = drawing
            .marks
            .iter()
            .filter(|mark| mark.class == "value")
            .map(|mark| mark.fill != Some(crate::report::chart::drawing::PAPER))
            .collect();
        assert_eq!(dots, [true, true, false, false, false]);
        assert_eq!(made.table.columns.len(), 6);
        assert!(two_sides("T", ("a", "b"), (Sides::Groups, &[]), (Vec::new(), &[]), Language::En).drawing.is_none());
    }
    #[test]
    fn of_many_parts_those_that_hold_and_differ_most_are_drawn_and_the_table_has_all() {
        let mut found: Vec<Difference> = (1..=30_i32)
            .map(|number| difference(&number.to_string(), f64::from(number) / -100.0, 0.5, false))
            .collect();
        found[0].holds = true;
        let made = two_sides("T", ("a", "b"), (Sides::Apart, &found), (Vec::new(), &[]), Language::Vi);
        assert_eq!((made.table.rows.len(), made.steps.len()), (30, 30));
        let drawn = made.drawing.expect("a chart").description;
        let names: Vec<&str> = drawn.split("; ").filter_map(|part| Some(part.split_once(':')?.0)).collect();
        // The smallest holds; then the 23 largest, all in the order of the table.
        let expected: Vec<String> = std::iter::once(1).chain(8..=30).map(|number| number.to_string()).collect();
        assert_eq!(names, expected);
        assert!(made.says.concat().contains("24 phần chênh lệch nhiều nhất trong 30 phần"));
    }
}
