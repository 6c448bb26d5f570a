//! What stands before the figures of a survey round: what it was, what became of its sheets, office by office.

use chrono::NaiveDate;

use super::format::{self, Language};
use super::model::{Block, Cell, Report, Table, TableKind};
use super::tables::{body, figures_column, words_column};
use crate::plan::round::{Returns, Selection, printed};

/// What is told of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundFacts {
    pub name: String,
    /// Clause of the plan.
    pub clause: String,
    /// First and last day written on sheets.
    pub days: (NaiveDate, NaiveDate),
    /// How people were chosen.
    pub selection: Selection,
    /// Valid sheets wanted.
    pub quota: u32,
    /// When it was closed.
    pub closed_on: Option<NaiveDate>,
    /// Its offices: name, numbers of the sheets, what became of them.
    pub offices: Vec<(String, (u32, u32), Returns)>,
    /// What became of all numbers drawn from a frame; none where none were.
    pub drawn: Option<Returns>,
}

impl RoundFacts {
    /// What became of all sheets.
    pub fn returns(&self) -> Returns {
        self.drawn
            .unwrap_or_else(|| self.offices.iter().fold(Returns::default(), |all, (_, _, returns)| all.and(*returns)))
    }
}

/// How people were chosen, in words.
pub fn selection(selection: Selection, language: Language) -> &'static str {
    match selection {
        Selection::Drawn => language.choose("chọn mẫu theo phương án", "drawn by a sampling plan"),
        Selection::FromFrame => {
            language.choose("chọn mẫu từ khung mẫu, có xác suất", "drawn from a frame, with known probabilities")
        }
        Selection::AsTheyCome => language.choose("người dân tự nguyện, không chọn mẫu", "volunteers, not drawn"),
    }
}

/// Whether there are enough valid sheets, in words.
pub fn enough(returns: Returns, quota: u32, language: Language) -> String {
    let (valid, wanted) = (returns.valid, quota);
    match returns.wanting(quota) {
        0 => language
            .choose(format!("đủ số phiếu ({valid}/{wanted})"), format!("enough valid sheets ({valid} of {wanted})")),
        missing => language.choose(
            format!("còn thiếu {missing} phiếu ({valid}/{wanted})"),
            format!("{missing} valid sheets are wanting ({valid} of {wanted})"),
        ),
    }
}

/// A share of issued sheets, in words; a dash where none were.
pub fn rate(returns: Returns, language: Language) -> String {
    returns.response_rate().map_or_else(|| "–".to_owned(), |rate| format::share(rate, &[], language))
}

/// Puts what is told of the round before the first heading of its figures.
pub fn told(mut report: Report, facts: &RoundFacts) -> Report {
    let first = report.blocks.iter().position(|block| matches!(block, Block::Heading(_)));
    let at = first.unwrap_or(report.blocks.len());
    let blocks = [Block::Paragraph(paragraph(facts, report.language)), Block::Table(table(facts, report.language))];
    report.blocks.splice(at..at, blocks);
    report
}

fn paragraph(facts: &RoundFacts, language: Language) -> String {
    let RoundFacts { name, clause, days: (from, to), quota, .. } = facts;
    let (from, to) = (format::date(*from), format::date(*to));
    let all = facts.returns();
    let (how, enough, rate) =
        (selection(facts.selection, language), enough(all, *quota, language), rate(all, language));
    let open = match facts.closed_on {
        Some(_) => "",
        None => language.choose(
            " Đợt chưa kết thúc: phiếu vào kết quả khi kết thúc đợt.",
            " The round goes on: its sheets count once it is closed.",
        ),
    };
    let Returns { issued, collected, valid, refused } = all;
    language.choose(
        format!(
            "Đợt khảo sát “{name}” theo mục {clause}, từ {from} đến {to}; {how}. Phát ra {issued} phiếu, thu về {collected}, hợp lệ {valid}, \
             từ chối {refused}; tỷ lệ phản hồi {rate}; {enough}. Số liệu dưới đây chỉ gồm phiếu của đợt này.{open}"
        ),
        format!(
            "Survey round “{name}” under {clause}, {from} to {to}; {how}. {issued} sheets issued, {collected} collected, {valid} valid, \
             {refused} refused; response rate {rate}; {enough}. The figures below are of this round's sheets alone.{open}"
        ),
    )
}

fn table(facts: &RoundFacts, language: Language) -> Table {
    let columns = vec![
        words_column(
            if facts.drawn.is_some() {
                language.choose("Ô mẫu", "Cell")
            } else {
                language.choose("Đơn vị", "Office")
            },
            50,
        ),
        words_column(language.choose("Số phiếu từ – đến", "Numbers"), 20),
        figures_column(language.choose("Phát ra", "Issued"), 14),
        figures_column(language.choose("Thu về", "Collected"), 14),
        figures_column(language.choose("Hợp lệ", "Valid"), 14),
        figures_column(language.choose("Từ chối", "Refused"), 14),
        figures_column(language.choose("Tỷ lệ phản hồi", "Response rate"), 18),
    ];
    let row = |name: String, numbers: String, returns: Returns| {
        let count = |number: u32| Cell::Count(u64::from(number), format::count(u64::from(number), language));
        let share = returns.response_rate();
        let share = share.map_or(Cell::Empty, |share| Cell::Share(share, rate(returns, language)));
        let Returns { issued, collected, valid, refused } = returns;
        body(vec![
            Cell::Text(name),
            Cell::Text(numbers),
            count(issued),
            count(collected),
            count(valid),
            count(refused),
            share,
        ])
    };
    let numbers = |(first, last): (u32, u32)| format!("{} – {}", printed(first), printed(last));
    let offices = facts.offices.iter();
    let mut rows: Vec<_> = offices.map(|(name, of, returns)| row(name.clone(), numbers(*of), *returns)).collect();
    rows.push(row(language.choose("Cả đợt", "The whole round").to_owned(), String::new(), facts.returns()));
    let note = language.choose(
        "Tỷ lệ phản hồi là số phiếu hợp lệ trên số phiếu phát ra. Số của phiếu không lưu cùng câu trả lời.",
        "The response rate is valid sheets over sheets issued. The number of a sheet is not stored with its answers.",
    );
    Table {
        kind: TableKind::Round,
        field: None,
        number: None,
        caption: language.choose("Phiếu của đợt khảo sát", "Sheets of the survey round").to_owned(),
        columns,
        rows,
        notes: vec![note.to_owned()],
    }
}
