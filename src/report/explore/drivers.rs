//! What goes with satisfaction all in all: importance beside performance, and the table with intervals.

use super::exhibit::{Exhibit, Step, row, table};
use crate::report::chart::quadrant::{Placed, narrow_quadrant, quadrant};
use crate::report::format::{self, Language};
use crate::report::model::Cell;

/// A criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct DriverLine {
    /// Its wording.
    pub name: String,
    /// The share of those satisfied with it.
    pub performance: f64,
    /// Its share of what all explain, and the interval.
    pub share: (f64, f64, f64),
}

/// The exhibit; the most important first. What too few answered is in `left_out`.
pub fn drivers(
    title: &str,
    (lines, left_out): (&[DriverLine], &[String]),
    says: Vec<String>,
    language: Language,
) -> Exhibit {
    let placed: Vec<Placed> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| Placed {
            number: at + 1,
            name: line.name.clone(),
            performance: line.performance,
            importance: line.share.0,
        })
        .collect();
    let share = |value: f64| format::share(value, &[], language);
    let columns = [
        (language.choose("Tiêu chí", "Criterion"), false, 60),
        (language.choose("Phần tác động", "Share of the effect"), true, 16),
        (language.choose("Khoảng tin cậy 95%", "95 % interval"), true, 24),
        (language.choose("Hài lòng", "Satisfied"), true, 14),
        (language.choose("Nên", "So"), false, 20),
    ];
    let mut table = table(title, &columns);
    let mean = |value: fn(&DriverLine) -> f64| lines.iter().map(value).sum::<f64>() / lines.len().max(1) as f64;
    let (usual, equal) = (mean(|line| line.performance), 1.0 / lines.len().max(1) as f64);
    for (at, line) in lines.iter().enumerate() {
        let (value, low, high) = line.share;
        // An interval that holds the equal share puts a criterion on neither side.
        let what = match (low > equal, high < equal, line.performance < usual) {
            (true, _, true) => language.choose("sửa trước", "mend first"),
            (true, _, false) => language.choose("giữ vững", "keep"),
            (_, true, _) => language.choose("ít tác động", "little effect"),
            _ => language.choose("chưa rõ", "not clear"),
        };
        table.rows.push(row(vec![
            Cell::Text(format!("{}. {}", at + 1, line.name)),
            Cell::Share(value, share(value)),
            Cell::Interval(low, high, format!("{} – {}", share(low), share(high))),
            Cell::Share(line.performance, share(line.performance)),
            Cell::Text(what.to_owned()),
        ]));
    }
    table.notes.push(
        language
            .choose(
                "Phần tác động: trong những gì các tiêu chí cùng giải thích được về mức hài lòng chung, tiêu chí này chiếm bao nhiêu (trọng số tương đối; khoảng \
                 tin cậy từ 500 lần chọn lại các ngày của từng điểm). Đây là sự đi cùng nhau, không chứng minh nguyên nhân.",
                "Share of the effect: how much of what all criteria explain of satisfaction all in all this one claims (relative weights; intervals from 500 draws of \
                 days of points). It is an association and proves no cause.",
            )
            .to_owned(),
    );
    if !left_out.is_empty() {
        let left_out = left_out.join("; ");
        table.notes.push(language.choose(
            format!("Không xét vì ít người trả lời: {left_out}."),
            format!("Left out, for few answered: {left_out}."),
        ));
    }
    Exhibit {
        id: "drivers",
        heading: title.to_owned(),
        says,
        drawing: Some(quadrant(title, &placed, language)),
        narrow: Some(narrow_quadrant(title, &placed, language)),
        legend: language
            .choose(
                "Số trong chấm là số thứ tự trong bảng. Đường gạch: trung bình.",
                "Numbers are those of the table. Dashed: means.",
            )
            .to_owned(),
        steps: vec![Step::Nowhere; lines.len()],
        table,
    }
}
