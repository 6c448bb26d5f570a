//! A form of a ward as it lies on the table, in Word or Excel, or pasted: numbered questions, the levels in columns or boxes behind them.
//! What is understood becomes a draft for people to mend; each line that is not is told.

use crate::survey::check::{DEMOGRAPHICS_MAX, OPTIONS};
use crate::survey::naming::{name_parts, questionnaire_id};
use crate::survey::{
    ChoiceOption, Demographic, ITEMS_PER_SECTION_MAX, Item, Question, QuestionKind, Questionnaire, Section, Text,
    official_levels,
};
use crate::table::{Row, Sheet, Table};

/// What was read of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WardFormRead {
    /// The questionnaire, with whatever faults it still has.
    pub questionnaire: Questionnaire,
    /// Lines that were not taken.
    pub left_out: Vec<LeftOutLine>,
}

/// A line that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOutLine {
    /// Its number in the file: a row of a workbook, a paragraph or row of a document.
    pub line: u64,
    /// How it begins.
    pub text: String,
    /// Why.
    pub reason: LineReason,
}

/// Why a line was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineReason {
    /// It is no question, no heading and no choice.
    #[error("no question, heading or choice")]
    NotUnderstood,
    /// It asks who somebody is.
    #[error("asks who somebody is, which is never asked")]
    Person,
    /// It asks something sensitive.
    #[error("asks sensitive personal data, which is never asked")]
    Sensitive,
    /// It has fewer or more choices than can be asked.
    #[error("fewer than 2 or more than 12 choices")]
    Choices,
    /// It begins a scale of fewer levels than are asked.
    #[error("a scale of fewer than 5 levels; 5 are asked")]
    Levels,
}

/// How many levels the questions here are answered by.
const LEVELS_ASKED: usize = 5;

/// Boxes to tick, as people draw them.
const BOXES: [char; 10] = ['☐', '□', '◯', '○', '▢', '❑', '❒', '⬜', '\u{f06f}', '\u{f0a8}'];

/// A line as it is understood.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Heading(String),
    Question {
        number: String,
        text: String,
        boxes: Vec<String>,
    },
    Choices(Vec<String>),
    /// A heading of columns, or a line of nothing but levels.
    Columns,
    Words(String),
}

/// Text pasted from a document or a spreadsheet as rows: cells stand between tabs, and a comma is part of a sentence.
pub fn pasted(text: &str) -> Table {
    let row = |(line, text): (u64, &str)| {
        let cells = text.split('\t').map(|cell| cell.trim().trim_matches('"').to_owned()).collect();
        Row { line, cells, ..Row::default() }
    };
    let rows = (1..).zip(text.lines()).map(row).filter(|row| row.cells.iter().any(|cell| !cell.is_empty()));
    Table { sheets: vec![Sheet { rows: rows.collect(), ..Sheet::default() }], encoding: None }
}

/// Reads a form.
pub fn read(table: &Table) -> WardFormRead {
    let mut lines: Vec<(u64, Line)> = Vec::new();
    let mut short_scales: Vec<(u64, String)> = Vec::new();
    for sheet in table.sheets.iter().filter(|sheet| !sheet.hidden) {
        let shown = sheet.rows.iter().filter(|row| !row.hidden).map(|row| {
            let cells = row.cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
            (row.line, cells.collect::<Vec<_>>())
        });
        let rows: Vec<(u64, Vec<&str>)> = shown.filter(|(_, cells)| !cells.is_empty()).collect();
        // Levels written one below the other, numbered or not, are the scale of the question above them.
        for run in rows.chunk_by(|(_, one), (_, next)| names_levels(one) == names_levels(next)) {
            let is_scale =
                names_levels(&run[0].1) && run.iter().flat_map(|(_, cells)| cells).any(|cell| speaks_of_content(cell));
            let named: usize = run.iter().flat_map(|(_, cells)| cells).map(|cell| levels(cell)).sum();
            if is_scale && named < LEVELS_ASKED {
                short_scales.push((run[0].0, run[0].1.join(" ")));
            }
            for (line, cells) in run {
                let read = if is_scale { vec![Line::Columns] } else { understood(cells) };
                lines.extend(read.into_iter().map(|read| (*line, read)));
            }
        }
    }
    let mut form = Form::new();
    for (line, text) in &short_scales {
        form.told(*line, text, LineReason::Levels);
    }
    for (place, (number, line)) in lines.iter().enumerate() {
        let next = lines[place + 1..].iter().find_map(|(_, line)| match line {
            Line::Question { number, .. } => Some(number.as_str()),
            _ => None,
        });
        form.line(*number, line, next);
    }
    form.finish()
}

/// What the cells of a row say; a cell of several lines may hold a question and its choices.
fn understood(cells: &[&str]) -> Vec<Line> {
    let all = cells.join(" ").to_lowercase();
    let heads = ["stt", "tt", "nội dung", "tiêu chí", "câu hỏi", "mức độ"];
    let is_head = |cell: &&&str| heads.contains(&cell.to_lowercase().trim_end_matches(['.', ':']));
    if cells.len() > 1
        && (cells.iter().filter(is_head).count() > 1 || cells.iter().all(|cell| is_level(cell) || is_head(&cell)))
    {
        return vec![Line::Columns];
    }
    if cells.iter().all(|cell| is_level(cell)) && all.contains("hài lòng") {
        return vec![Line::Columns];
    }
    let (number, rest): (Option<String>, Vec<&str>) = match numbered(cells[0]) {
        Some((number, "")) if cells.len() > 1 => (Some(number), cells[1..].to_vec()),
        Some((number, text)) => (Some(number), std::iter::once(text).chain(cells[1..].iter().copied()).collect()),
        None => (None, cells.to_vec()),
    };
    let words: Vec<&str> =
        rest.iter().flat_map(|cell| cell.lines()).map(str::trim).filter(|line| !line.is_empty()).collect();
    // A number may stand alone on its line, and then there are no words.
    let boxes: Vec<String> = words
        .iter()
        .skip(usize::from(number.is_some()))
        .filter(|line| has_box(line))
        .flat_map(|line| boxed(line))
        .collect();
    match number {
        Some(number) if is_heading_number(&number) => vec![Line::Heading(words.join(" "))],
        Some(number) => {
            let first = words.first().copied().unwrap_or_default();
            // Boxes may stand behind the question on its own line.
            let (text, own) = match first.find(BOXES) {
                Some(at) => (first[..at].trim(), boxed(&first[at..])),
                None => (first, Vec::new()),
            };
            let boxes: Vec<String> = own.into_iter().chain(boxes).filter(|words| !is_level(words)).collect();
            if text.is_empty() {
                vec![Line::Choices(boxes)]
            } else {
                vec![Line::Question { number, text: text.to_owned(), boxes }]
            }
        }
        None if words.len() == 1 && heading_words(words[0]) => vec![Line::Heading(after_mark(words[0]))],
        None => {
            let choices: Vec<String> = words
                .iter()
                .filter(|line| has_box(line) || line.starts_with(['-', '+', '•', '*']))
                .flat_map(|line| {
                    if has_box(line) {
                        boxed(line)
                    } else {
                        vec![line.trim_start_matches(['-', '+', '•', '*', ' ']).to_owned()]
                    }
                })
                .filter(|words| !words.is_empty() && !is_level(words))
                .collect();
            if choices.is_empty() { vec![Line::Words(words.join(" "))] } else { vec![Line::Choices(choices)] }
        }
    }
}

/// A number at the beginning, with what follows: `1.`, `1.2)`, `Câu 3:`, `II.`, `A.`
fn numbered(cell: &str) -> Option<(String, &str)> {
    let rest = ["Câu hỏi", "câu hỏi", "Câu", "câu", "CÂU"]
        .iter()
        .find_map(|word| cell.strip_prefix(word))
        .unwrap_or(cell)
        .trim_start();
    let end = rest.find(|letter: char| !(letter.is_ascii_digit() || letter == '.')).unwrap_or(rest.len());
    if end > 0 && rest.starts_with(|letter: char| letter.is_ascii_digit()) {
        let (number, behind) = rest.split_at(end);
        let behind_mark = behind.trim_start().trim_start_matches([')', ':', '/', '-', '–', '.']).trim_start();
        let marked = number.ends_with('.') || behind.is_empty() || behind.starts_with([')', ':', '/']) || rest != cell;
        // "3 phường" is a beginning of words.
        return marked.then(|| (number.trim_end_matches('.').to_owned(), behind_mark));
    }
    let end = rest.find(|letter: char| !matches!(letter, 'I' | 'V' | 'X')).unwrap_or(rest.len());
    let roman = &rest[..end];
    let letter = rest.chars().next().filter(char::is_ascii_uppercase).map_or("", |_| &rest[..1]);
    for mark in [roman, letter].into_iter().filter(|mark| !mark.is_empty()) {
        let behind = &rest[mark.len()..];
        if behind.is_empty() || behind.starts_with(['.', ')', ':', '/']) {
            return Some((mark.to_owned(), behind.trim_start_matches(['.', ')', ':', '/']).trim_start()));
        }
    }
    None
}

fn is_heading_number(number: &str) -> bool {
    number.chars().all(|letter| letter.is_ascii_uppercase())
}

/// "Phần 1. …", "PHẦN II: …".
fn heading_words(words: &str) -> bool {
    let lower = words.to_lowercase();
    ["phần ", "mục "].iter().any(|start| lower.starts_with(start)) && words.chars().count() <= 120
}

/// A heading without "Phần 1.".
fn after_mark(words: &str) -> String {
    let rest = words.split_once([':', '.']).map_or(words, |(_, rest)| rest).trim();
    if rest.is_empty() { words.to_owned() } else { rest.to_owned() }
}

fn has_box(words: &str) -> bool {
    words.contains(BOXES)
}

fn boxed(words: &str) -> Vec<String> {
    let pieces = words.split(BOXES).map(|piece| piece.trim().trim_matches([';', ',', '.']).trim().to_owned());
    pieces.filter(|piece| !piece.is_empty()).collect()
}

/// The words of levels, those before that others end with.
const LEVELS: [&str; 7] = [
    "rất không hài lòng",
    "không hài lòng",
    "chưa hài lòng",
    "rất hài lòng",
    "hài lòng",
    "bình thường",
    "không có ý kiến",
];

/// How many levels a text names, and nothing else, whatever numbers, letters or boxes stand before or behind them: `1. Rất không hài lòng`,
/// `b) Bình thường`, `☐ 5 điểm: Rất hài lòng`. None where it says anything else.
fn levels(text: &str) -> usize {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| {
        let is_mark = word.len() == 1 && word.bytes().all(|letter| letter.is_ascii_lowercase());
        !word.bytes().all(|digit| digit.is_ascii_digit()) && !is_mark && !matches!(*word, "mức" | "điểm")
    });
    let words = words.collect::<Vec<_>>().join(" ");
    let (mut rest, mut found) = (words.as_str(), 0);
    while !rest.is_empty() {
        let Some(behind) = LEVELS.iter().find_map(|level| rest.strip_prefix(level)) else { return 0 };
        if !behind.is_empty() && !behind.starts_with(' ') {
            return 0;
        }
        (rest, found) = (behind.trim_start(), found + 1);
    }
    found
}

/// Whether a row says nothing but levels in words.
fn names_levels(cells: &[&str]) -> bool {
    cells.iter().all(|cell| is_level(cell)) && cells.iter().any(|cell| levels(cell) > 0)
}

fn speaks_of_content(cell: &str) -> bool {
    cell.to_lowercase().contains("hài lòng")
}

/// Whether a cell names a level, or is one of the numbers or boxes under it.
fn is_level(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    let bare: String = lower.chars().filter(|letter| letter.is_alphanumeric()).collect();
    matches!(bare.as_str(), "" | "1" | "2" | "3" | "4" | "5" | "x") || levels(cell) > 0
}

/// The form as far as it was read.
struct Form {
    title: String,
    intro: Vec<String>,
    sections: Vec<Section>,
    demographics: Vec<Demographic>,
    comment: Option<String>,
    left_out: Vec<LeftOutLine>,
    last: Last,
    fresh: usize,
}

/// What choices on the next lines belong to.
enum Last {
    Nothing,
    Item,
    Question,
    Demographic,
    LeftOut,
}

impl Form {
    fn new() -> Self {
        Self {
            title: String::new(),
            intro: Vec::new(),
            sections: Vec::new(),
            demographics: Vec::new(),
            comment: None,
            left_out: Vec::new(),
            last: Last::Nothing,
            fresh: 0,
        }
    }

    fn id(&mut self) -> String {
        self.fresh += 1;
        format!("new_{}", self.fresh)
    }

    fn told(&mut self, line: u64, text: &str, reason: LineReason) {
        let text = text.chars().take(60).collect();
        self.left_out.push(LeftOutLine { line, text, reason });
    }

    fn line(&mut self, number: u64, line: &Line, next: Option<&str>) {
        match line {
            Line::Columns => {}
            Line::Heading(title) => self.heading(title),
            Line::Question { number: own, text, boxes } => {
                // "1" before "1.1" is a heading.
                let inner =
                    next.and_then(|next| next.strip_prefix(own.as_str())).is_some_and(|rest| rest.starts_with('.'));
                if inner && boxes.is_empty() { self.heading(text) } else { self.question(number, text, boxes) }
            }
            Line::Choices(choices) => self.choices(number, choices),
            Line::Words(words) => self.words(number, words),
        }
    }

    fn heading(&mut self, title: &str) {
        let title = title.trim_end_matches([':', '.']).trim();
        let id = self.id();
        self.sections.push(Section { id, title: vi(&sentence_case(title)), ..Section::default() });
        self.last = Last::Nothing;
    }

    fn section(&mut self) -> usize {
        if self.sections.is_empty() {
            let id = self.id();
            self.sections.push(Section { id, title: vi("Nội dung đánh giá"), ..Section::default() });
        }
        self.sections.len() - 1
    }

    /// Whether the section asks who answers.
    fn is_about(&self) -> bool {
        let title = self.sections.last().map(|section| section.title.in_language("vi").to_lowercase());
        title.is_some_and(|title| ["thông tin", "về người", "về ông"].iter().any(|known| title.contains(known)))
    }

    fn question(&mut self, number: u64, text: &str, boxes: &[String]) {
        let (text, open) = without_dots(text);
        let lower = text.to_lowercase();
        if [
            "họ và tên",
            "họ tên",
            "số điện thoại",
            "điện thoại",
            "địa chỉ",
            "cccd",
            "căn cước",
            "cmnd",
            "email",
            "ngày sinh",
        ]
        .iter()
        .any(|known| lower.starts_with(known))
        {
            self.last = Last::LeftOut;
            return self.told(number, &text, LineReason::Person);
        }
        if ["dân tộc", "tôn giáo", "tín ngưỡng", "khuyết tật"].iter().any(|known| lower.contains(known)) {
            self.last = Last::LeftOut;
            return self.told(number, &text, LineReason::Sensitive);
        }
        let asks_words =
            open || lower.starts_with("ý kiến khác") || lower.contains("góp ý") || lower.contains("đề xuất");
        if boxes.is_empty() && asks_words {
            if self.comment.is_none() && !self.is_about() {
                self.comment = Some(text);
                self.last = Last::Nothing;
                return;
            }
            let section = self.section();
            let id = self.id();
            let question = Question {
                id,
                text: vi(&text),
                help: Text::default(),
                kind: QuestionKind::Text,
                source: None,
                required: false,
                when: None,
            };
            self.sections[section].questions.push(question);
            self.last = Last::Nothing;
            return;
        }
        if self.is_about() && self.demographics.len() < DEMOGRAPHICS_MAX {
            let id = self.id();
            self.demographics.push(Demographic { id, text: vi(&text), options: Vec::new() });
            self.last = Last::Demographic;
            if !boxes.is_empty() {
                self.choices(number, boxes);
            }
            return;
        }
        let mut section = self.section();
        if self.sections[section].items.len() >= ITEMS_PER_SECTION_MAX {
            let title = self.sections[section].title.clone();
            let id = self.id();
            self.sections.push(Section { id, title, ..Section::default() });
            section += 1;
        }
        let id = self.id();
        let item =
            Item { id, text: vi(&text), help: Text::default(), source: None, required: false, audio: Text::default() };
        self.sections[section].items.push(item);
        self.last = Last::Item;
        if !boxes.is_empty() {
            self.choices(number, boxes);
        }
    }

    fn choices(&mut self, number: u64, choices: &[String]) {
        let mut options = Vec::new();
        for words in choices {
            let (words, _) = without_dots(words);
            if !words.is_empty() {
                options.push(ChoiceOption { id: self.id(), text: vi(&words) });
            }
        }
        if options.is_empty() {
            return;
        }
        let section = self.sections.len().saturating_sub(1);
        match self.last {
            Last::LeftOut => {}
            Last::Nothing => self.told(number, &choices.join(" "), LineReason::NotUnderstood),
            Last::Demographic => {
                if let Some(asked) = self.demographics.last_mut() {
                    asked.options.extend(options);
                }
            }
            // An item with choices of its own is a question of another kind.
            Last::Item => {
                let Some(Item { id, text, .. }) =
                    self.sections.get_mut(section).and_then(|section| section.items.pop())
                else {
                    return;
                };
                let lower = text.in_language("vi").to_lowercase();
                let several = ["chọn nhiều", "nhiều lựa chọn", "nhiều phương án", "nhiều đáp án", "chọn tất cả"];
                let kind = if several.iter().any(|known| lower.contains(known)) {
                    QuestionKind::Several { options }
                } else {
                    QuestionKind::One { options }
                };
                let question =
                    Question { id, text, help: Text::default(), kind, source: None, required: false, when: None };
                self.sections[section].questions.push(question);
                self.last = Last::Question;
            }
            Last::Question => {
                let question = self.sections.get_mut(section).and_then(|section| section.questions.last_mut());
                if let Some(Question {
                    kind: QuestionKind::One { options: known } | QuestionKind::Several { options: known },
                    ..
                }) = question
                {
                    known.extend(options);
                }
            }
        }
    }

    fn words(&mut self, number: u64, words: &str) {
        let (text, open) = without_dots(words);
        let lower = text.to_lowercase();
        let begun = !self.sections.is_empty();
        if begun && (lower.starts_with("ý kiến khác") || lower.contains("góp ý")) && self.comment.is_none() {
            self.comment = Some(text);
        } else if text.is_empty() || (begun && open) {
            // Lines to write on.
        } else if !begun && self.title.is_empty() && lower.contains("phiếu") {
            self.title = sentence_case(&text);
        } else if !begun && !self.title.is_empty() && text.chars().count() > 40 {
            self.intro.push(text);
        } else {
            self.told(number, &text, LineReason::NotUnderstood);
        }
    }

    fn finish(mut self) -> WardFormRead {
        let count = |options: &[ChoiceOption]| OPTIONS.contains(&options.len());
        let mut dropped: Vec<String> = Vec::new();
        self.demographics.retain(|asked| {
            let sound = count(&asked.options);
            if !sound {
                dropped.push(asked.text.in_language("vi").to_owned());
            }
            sound
        });
        for section in &mut self.sections {
            section.questions.retain(|question| {
                let sound = question.kind.options().is_empty() || count(question.kind.options());
                if !sound {
                    dropped.push(question.text.in_language("vi").to_owned());
                }
                sound
            });
        }
        for text in dropped {
            self.told(0, &text, LineReason::Choices);
        }
        self.sections.retain(|section| !section.items.is_empty() || !section.questions.is_empty());
        let official = |place: usize| {
            let words = official_levels()[place].iter().filter(|(language, _)| *language == "vi");
            Text(words.map(|(language, words)| ((*language).to_owned(), (*words).to_owned())).collect())
        };
        let title = if self.title.is_empty() { "Phiếu khảo sát".to_owned() } else { self.title };
        let intro = self.intro.into_iter().find(|words| words.chars().count() <= 300);
        let intro =
            intro.unwrap_or_else(|| "Xin chấm từng điều dưới đây. Câu nào không muốn trả lời thì bỏ qua.".to_owned());
        let asked: usize = self.sections.iter().map(|section| section.items.len() + section.questions.len()).sum();
        let mut questionnaire = Questionnaire {
            id: questionnaire_id(&title, |_| false),
            version: 1,
            fields: Vec::new(),
            languages: vec!["vi".to_owned()],
            title: vi(&title),
            intro: vi(&intro),
            estimated_seconds: u32::try_from(asked * 6 + 10).unwrap_or(60).clamp(20, 600),
            levels: [0, 1, 2, 3, 4].map(official),
            not_used: official(5),
            sections: self.sections,
            demographics: self.demographics,
            comment: self.comment.map(|words| vi(&words)),
            unreviewed: Vec::new(),
        };
        name_parts(&mut questionnaire);
        WardFormRead { questionnaire, left_out: self.left_out }
    }
}

fn vi(words: &str) -> Text {
    Text([("vi".to_owned(), words.split_whitespace().collect::<Vec<_>>().join(" "))].into())
}

/// Words without the dots that people write on, and whether there were any.
fn without_dots(words: &str) -> (String, bool) {
    let is_dot = |letter: char| matches!(letter, '.' | '…' | '_');
    let open = words.contains("....") || words.contains("……") || words.contains("___") || words.ends_with('…');
    let text =
        if open { words.trim_end_matches(|letter: char| is_dot(letter) || letter.is_whitespace()) } else { words };
    let text = if open { text.replace("....", " ").replace('…', " ").replace("___", " ") } else { text.to_owned() };
    (text.trim().trim_end_matches(':').trim().to_owned(), open)
}

/// A heading in capitals as a sentence; one in small letters as it is.
fn sentence_case(words: &str) -> String {
    let letters: Vec<char> = words.chars().filter(|letter| letter.is_alphabetic()).collect();
    if letters.is_empty() || letters.iter().any(|letter| letter.is_lowercase()) {
        return words.to_owned();
    }
    let mut lower = words.to_lowercase();
    if let Some(first) = lower.chars().next() {
        lower.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> (Vec<String>, usize) {
        let read = read(&pasted(text));
        let items = read.questionnaire.items().map(|item| item.text.in_language("vi").to_owned()).collect();
        (items, read.questionnaire.questions().count())
    }

    #[test]
    fn levels_written_below_a_question_are_its_scale_and_no_questions() {
        let head = "PHIẾU KHẢO SÁT\nI. THÁI ĐỘ PHỤC VỤ\n";
        for mark in ["1. ", "a) ", "A. ", "☐ ", "☐ 1. ", "- ", "(2) ", "Mức 3: ", ""] {
            let levels = ["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"];
            let scale = levels.map(|level| format!("{mark}{level}\n")).concat();
            let text = format!("{head}1. Cán bộ lịch sự\n{scale}2. Cán bộ đúng giờ\n{scale}");
            let both = vec!["Cán bộ lịch sự".to_owned(), "Cán bộ đúng giờ".to_owned()];
            assert_eq!(asked(&text), (both, 0), "{mark:?}");
            assert_eq!(read(&pasted(&text)).left_out, [], "{mark:?}");
        }
        let one_line = "1. Rất không hài lòng  2. Không hài lòng  3. Bình thường  4. Hài lòng  5. Rất hài lòng";
        assert_eq!(asked(&format!("{head}1. Cán bộ lịch sự\n{one_line}\n")).0, ["Cán bộ lịch sự"]);
        // A scale of fewer levels is asked by five, and that is said.
        let three =
            read(&pasted(&format!("{head}1. Cán bộ lịch sự\na) Không hài lòng\nb) Bình thường\nc) Hài lòng\n")));
        assert_eq!(
            three.left_out.iter().map(|left| (left.line, left.reason)).collect::<Vec<_>>(),
            [(4, LineReason::Levels)]
        );
        // What only holds such words is a question.
        let (items, _) = asked(&format!("{head}1. Ông bà hài lòng về nơi chờ\n2. Hài lòng chung\n"));
        assert_eq!(items, ["Ông bà hài lòng về nơi chờ", "Hài lòng chung"]);
    }
}
