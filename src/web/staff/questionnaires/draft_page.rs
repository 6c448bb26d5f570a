//! The page on which a draft is edited: what it asks, part by part, with every fault beside its part and the phone beside all of it.
//! Without script: buttons send the form, and nothing typed is lost.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::fault_words;
use super::further::in_words;
use crate::clock;
use crate::db::{Field, FormDraft};
use crate::report::{Language, words};
use crate::survey::check::{Fault, OPTIONS, faults};
use crate::survey::editing::Spot;
use crate::survey::readability::hard_to_read;
use crate::survey::{ChoiceOption, Condition, Factor, Feed, OVERALL, QuestionKind, Questionnaire, Section, Text};
use crate::web::citizen::words::language_name;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, send_with_editor};

/// Languages that can be added on the page.
const LANGUAGES: [&str; 6] = ["vi", "en", "km", "tyz", "nut", "rad"];

/// What stands around the form.
pub struct Around<'a> {
    pub frame: Frame,
    /// The draft as stored.
    pub draft: &'a FormDraft,
    /// The fields of service.
    pub fields: Vec<Field>,
    /// What is said on top: why nothing was kept.
    pub errors: Vec<String>,
    /// The path of the part that stands open.
    pub open: String,
    /// The language of the preview.
    pub lang: String,
}

#[derive(Template)]
#[template(path = "staff/questionnaires/draft.html")]
struct DraftPage<'a> {
    frame: Frame,
    address: String,
    revision: u32,
    title: &'a str,
    standing: String,
    changed: String,
    errors: Vec<String>,
    remarks: &'a [String],
    wrong: Vec<(String, String)>,
    head: Vec<String>,
    more: Vec<String>,
    more_open: bool,
    sections: Vec<SectionView>,
    about: Vec<RowView>,
    languages: Vec<(String, &'a str, bool)>,
    lang: String,
    script: &'static str,
}

struct SectionView {
    path: String,
    number: usize,
    title: String,
    facts: String,
    open: bool,
    id: String,
    cells: Vec<String>,
    faults: Vec<String>,
    rows: Vec<RowView>,
    first: bool,
    last: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the template, and none excludes another")]
struct RowView {
    path: String,
    /// "câu 3": what buttons call it.
    called: String,
    text: String,
    facts: String,
    open: bool,
    id: String,
    cells: Vec<String>,
    faults: Vec<String>,
    hints: Vec<String>,
    options: Option<Vec<OptionView>>,
    rules: Vec<String>,
    has_rules: bool,
    first: bool,
    last: bool,
    another: bool,
}

struct OptionView {
    path: String,
    called: String,
    id: String,
    cells: Vec<String>,
    first: bool,
    last: bool,
    removable: bool,
}

/// The page of a draft as it is typed: `asked` is what the form says, which may be another than what is stored.
pub fn page(around: Around<'_>, asked: &Questionnaire, mut entry: Entry, status: StatusCode) -> HttpResponse {
    let known: Vec<String> = around.fields.iter().map(|field| field.code.clone()).collect();
    let names: HashMap<String, String> =
        around.fields.iter().map(|field| (field.code.clone(), field.name_vi.clone())).collect();
    let found = faults(asked, &known);
    let placed = Placed::new(&mut entry, found, &names);
    let wrong = placed.all.clone();
    let view = View { asked, entry: &entry, placed: &placed, around: &around };
    let draft = around.draft;
    let languages = asked.languages.iter().map(|tag| {
        (format!("/staff/forms/drafts/{}/phone?lang={tag}", draft.id), language_name(tag), *tag == around.lang)
    });
    let mut number = 0;
    let page = DraftPage {
        address: format!("/staff/forms/drafts/{}", draft.id),
        revision: draft.revision,
        title: title(asked),
        standing: match draft.based_on {
            0 => "phiếu mới, chưa công bố lần nào".to_owned(),
            version => format!("sửa từ phiên bản {version}"),
        },
        changed: format!("{}, {}", draft.changed_by, clock::date_and_time(draft.changed_at)),
        errors: around.errors.clone(),
        remarks: &draft.remarks,
        wrong,
        head: view.head(),
        more: view.more(),
        more_open: placed.any_under("levels") || placed.any_under("not_used") || placed.any_under("languages"),
        sections: (0..asked.sections.len()).map(|place| view.section(place, &mut number)).collect(),
        about: (0..asked.demographics.len()).map(|place| view.demographic(place)).collect(),
        languages: languages.collect(),
        lang: around.lang.clone(),
        script: &crate::web::staff::layout::EDITOR_ADDRESS,
        frame: around.frame,
    };
    send_with_editor(status, &page)
}

/// The address on which a draft is edited.
pub(super) fn address(id: i32) -> String {
    format!("/staff/forms/drafts/{id}/edit")
}

/// What a draft is called.
pub fn title(asked: &Questionnaire) -> &str {
    let title = asked.title.in_language("vi");
    if title.is_empty() { "Phiếu chưa có tên" } else { title }
}

/// Faults at the fields of the form, else at the nearest part around them.
struct Placed {
    parts: Vec<(String, String)>,
    /// Every fault: the anchor where it stands, the sentence with the part it is about.
    all: Vec<(String, String)>,
}

impl Placed {
    fn new(entry: &mut Entry, faults: Vec<Fault>, names: &HashMap<String, String>) -> Self {
        let mut placed = Self { parts: Vec::new(), all: Vec::new() };
        let fields: Vec<String> =
            entry.names().filter(|name| name.rsplit('.').next() != Some("id")).map(str::to_owned).collect();
        for fault in faults {
            let sentence = fault_words::sentence(&fault.place, &fault.reason, names);
            let mut paths = vec![fault.path.clone()];
            if let crate::survey::problem::Reason::TextMissing { missing, .. } = &fault.reason {
                paths = missing.iter().map(|language| format!("{}.{language}", fault.path)).collect();
            }
            for path in paths {
                let around =
                    || std::iter::successors(Some(path.as_str()), |path| path.rsplit_once('.').map(|(outer, _)| outer));
                let is_field = |path: &&str| {
                    fields.iter().any(|field| field == path) || matches!(*path, "fields" | "languages" | "unreviewed")
                };
                let is_part = |path: &&str| Spot::parse(path).is_some();
                let anchor = if let Some(field) = around().find(is_field) {
                    entry.refuse(field, sentence.clone());
                    field.to_owned()
                } else {
                    let part = around().find(is_part).unwrap_or_default().to_owned();
                    placed.parts.push((part.clone(), sentence.clone()));
                    if part.is_empty() { "main".to_owned() } else { part }
                };
                placed.all.push((anchor, sentence.clone()));
            }
        }
        placed
    }

    /// What is said of a part itself.
    fn of(&self, path: &str) -> Vec<String> {
        self.parts.iter().filter(|(part, _)| part == path).map(|(_, sentence)| sentence.clone()).collect()
    }

    /// Whether anything of a part, or below it, is wrong.
    fn any_under(&self, path: &str) -> bool {
        self.all
            .iter()
            .any(|(anchor, _)| anchor.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    }
}

struct View<'a> {
    asked: &'a Questionnaire,
    entry: &'a Entry,
    placed: &'a Placed,
    around: &'a Around<'a>,
}

impl View<'_> {
    /// A text in every language, side by side.
    fn texts(&self, path: &str, label: &str, long: bool) -> Vec<String> {
        let cell = |tag: &String| {
            let (name, label) = (format!("{path}.{tag}"), format!("{label} ({})", language_name(tag)));
            if long { self.entry.area(&name, &label, "") } else { self.entry.text(&name, &label, "") }
        };
        self.asked.languages.iter().map(cell).collect()
    }

    fn head(&self) -> Vec<String> {
        let fields: Vec<Choice> =
            self.around.fields.iter().map(|field| Choice::new(field.code.clone(), field.name_vi.clone())).collect();
        let mut head = self.texts("title", "Tên phiếu", false);
        head.extend(self.texts("intro", "Lời mở đầu", true));
        head.extend(self.texts("comment", "Câu góp ý tự do; để trống nếu không hỏi", true));
        head.push(self.entry.checks("fields", "Dùng cho lĩnh vực", "", &fields));
        head
    }

    fn more(&self) -> Vec<String> {
        let tags = self.asked.languages.iter().map(String::as_str);
        let mut all: Vec<&str> = LANGUAGES.to_vec();
        all.extend(tags.filter(|tag| !LANGUAGES.contains(tag)));
        let choices: Vec<Choice> = all.iter().map(|tag| Choice::new(*tag, language_name(tag))).collect();
        let own: Vec<Choice> =
            self.asked.languages.iter().map(|tag| Choice::new(tag.clone(), language_name(tag))).collect();
        let mut more = vec![
            self.entry.number(
                "estimated_seconds",
                "Thời gian trả lời (giây)",
                "Người dân thấy số này trước khi trả lời.",
            ),
            self.entry.checks("languages", "Ngôn ngữ", "Lưu xong thì có ô cho ngôn ngữ mới.", &choices),
            self.entry.checks("unreviewed", "Lời chưa được duyệt", "Trên phiếu có câu báo bản dịch chưa duyệt.", &own),
        ];
        for place in 0..self.asked.levels.len() {
            more.extend(self.texts(&format!("levels.{place}"), &format!("Tên mức {}", place + 1), false));
        }
        more.extend(self.texts("not_used", "Tên mức không tính", false));
        more
    }

    fn is_open(&self, path: &str) -> bool {
        let under = |outer: &str| outer == path || outer.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
        under(&self.around.open) || self.placed.any_under(path)
    }

    fn section(&self, place: usize, number: &mut usize) -> SectionView {
        let section = &self.asked.sections[place];
        let path = format!("sections.{place}");
        let named = |factor: Factor| words::factor(factor.as_str(), Language::Vi).unwrap_or("");
        let mut factors = vec![Choice::new("", "Không thuộc yếu tố nào")];
        factors.extend(Factor::ALL.map(|factor| Choice::new(factor.as_str(), named(factor))));
        let feeds: Vec<Choice> = Feed::ALL.map(|feed| Choice::new(feed.as_str(), fault_words::feed_name(feed))).into();
        let mut cells = self.texts(&format!("{path}.title"), "Tên phần", false);
        cells.push(self.entry.select(
            &format!("{path}.factor"),
            "Yếu tố",
            "Câu năm mức của phần được báo cáo ở yếu tố này.",
            &factors,
        ));
        cells.push(self.entry.checks(
            &format!("{path}.feeds"),
            "Tính vào chỉ số",
            "Không chọn thì không tính vào chỉ số nào.",
            &feeds,
        ));
        cells.push(self.entry.checks(
            &format!("{path}.optional"),
            "Khi nào hỏi",
            "",
            &[Choice::new("yes", "Phần trả lời thêm: đứng sau nút “Gửi ngay”")],
        ));
        cells.extend(self.condition(
            &format!("{path}.unless"),
            section.unless.as_ref(),
            "Câu năm mức không tính cho người chọn",
            "Tính cho mọi người",
            None,
        ));
        let rows = section.items.len() + section.questions.len();
        let items = (0..section.items.len()).map(|item| self.item(place, item, number)).collect::<Vec<_>>();
        let questions = (0..section.questions.len()).map(|question| self.question(place, question, number));
        let rows_of = items.into_iter().chain(questions.collect::<Vec<_>>()).collect();
        let title = section.title.in_language("vi");
        SectionView {
            number: place + 1,
            title: if title.is_empty() { "(phần chưa có tên)".to_owned() } else { title.to_owned() },
            facts: self.facts(section, rows),
            open: self.around.open == path || self.only_own_wrong(&path),
            id: section.id.clone(),
            cells,
            faults: self.placed.of(&path),
            rows: rows_of,
            first: place == 0,
            last: place + 1 == self.asked.sections.len(),
            path,
        }
    }

    /// Whether what stands in the section's own fields is wrong, whatever its questions are.
    fn only_own_wrong(&self, path: &str) -> bool {
        let own = ["title", "factor", "feeds", "optional", "unless"];
        own.iter().any(|key| self.placed.any_under(&format!("{path}.{key}")))
    }

    fn facts(&self, section: &Section, rows: usize) -> String {
        let mut facts = vec![format!("{rows} câu")];
        facts.extend(section.factor.and_then(|factor| words::factor(factor.as_str(), Language::Vi)).map(str::to_owned));
        let feeds: Vec<&str> = section.feeds.iter().map(|feed| fault_words::feed_name(*feed)).collect();
        if !feeds.is_empty() {
            facts.push(format!("tính vào {}", feeds.join(", ")));
        }
        if section.optional {
            facts.push("trả lời thêm".to_owned());
        }
        if let Some(unless) = &section.unless {
            facts.push(format!("không tính khi chọn {}", in_words(unless, self.asked)));
        }
        facts.join(" · ")
    }

    fn item(&self, section: usize, place: usize, number: &mut usize) -> RowView {
        let item = &self.asked.sections[section].items[place];
        let path = Spot::Item(section, place).path();
        *number += 1;
        let mut cells = self.texts(&format!("{path}.text"), "Câu hỏi", true);
        cells.extend(self.texts(&format!("{path}.help"), "Gợi ý dưới câu, nếu cần", false));
        cells.push(self.entry.select(&format!("{path}.kind"), "Cách trả lời", "", &kinds()));
        cells.push(self.entry.checks(
            &format!("{path}.required"),
            "Bắt buộc",
            "",
            &[Choice::new("yes", "Phải trả lời mới gửi được")],
        ));
        cells.push(self.source(&path));
        let hard = hard_to_read(self.asked).into_iter().filter(|(id, _)| *id == item.id);
        let facts = if item.required { "năm mức · bắt buộc" } else { "năm mức" };
        let hints = hard.map(|(_, hard)| fault_words::hint(&hard)).collect();
        let last = place + 1 == self.asked.sections[section].items.len() && section + 1 == self.asked.sections.len();
        let mut row = self.row(path, format!("câu {number}"), &item.text, facts.to_owned(), &item.id, cells);
        (row.hints, row.first, row.last) = (hints, section == 0 && place == 0, last);
        row.another = item.id != OVERALL && !item.text.is_empty();
        row
    }

    fn question(&self, section: usize, place: usize, number: &mut usize) -> RowView {
        let question = &self.asked.sections[section].questions[place];
        let path = Spot::Question(section, place).path();
        *number += 1;
        let mut cells = self.texts(&format!("{path}.text"), "Câu hỏi", true);
        cells.extend(self.texts(&format!("{path}.help"), "Gợi ý dưới câu, nếu cần", false));
        cells.push(self.entry.select(
            &format!("{path}.kind"),
            "Cách trả lời",
            "Đổi xong bấm “Lưu bản soạn”.",
            &kinds(),
        ));
        cells.push(self.entry.checks(
            &format!("{path}.required"),
            "Bắt buộc",
            "",
            &[Choice::new("yes", "Phải trả lời mới gửi được")],
        ));
        if let QuestionKind::Number { .. } = question.kind {
            cells.push(self.entry.number(&format!("{path}.least"), "Số nhỏ nhất", ""));
            cells.push(self.entry.number(&format!("{path}.most"), "Số lớn nhất", ""));
        }
        cells.push(self.source(&path));
        let mut facts = vec![kind_name(question.kind.word()).to_lowercase()];
        if question.required {
            facts.push("bắt buộc".to_owned());
        }
        if let Some(when) = &question.when {
            facts.push(format!("chỉ hỏi khi chọn {}", in_words(when, self.asked)));
        }
        let last =
            place + 1 == self.asked.sections[section].questions.len() && section + 1 == self.asked.sections.len();
        let called = format!("câu {number}");
        let mut row = self.row(path.clone(), called, &question.text, facts.join(" · "), &question.id, cells);
        let has_options = !matches!(question.kind, QuestionKind::Number { .. } | QuestionKind::Text);
        row.options = has_options.then(|| self.options(&path, question.kind.options()));
        row.rules = self.condition(
            &format!("{path}.when"),
            question.when.as_ref(),
            "Chỉ hỏi người đã chọn",
            "Hỏi mọi người",
            Some(&question.id),
        );
        row.has_rules = question.when.is_some() || self.placed.any_under(&format!("{path}.when"));
        (row.first, row.last, row.another) = (section == 0 && place == 0, last, !question.text.is_empty());
        row
    }

    fn demographic(&self, place: usize) -> RowView {
        let asked = &self.asked.demographics[place];
        let path = Spot::Demographic(place).path();
        let cells = self.texts(&format!("{path}.text"), "Câu hỏi", true);
        let called = format!("câu {} về người trả lời", place + 1);
        let mut row = self.row(path.clone(), called, &asked.text, "chọn một".to_owned(), &asked.id, cells);
        row.options = Some(self.options(&path, &asked.options));
        (row.first, row.last) = (place == 0, place + 1 == self.asked.demographics.len());
        row
    }

    fn row(&self, path: String, called: String, text: &Text, facts: String, id: &str, cells: Vec<String>) -> RowView {
        let text = text.in_language("vi");
        RowView {
            text: if text.is_empty() { "(chưa có lời)".to_owned() } else { text.to_owned() },
            open: self.is_open(&path),
            faults: self.placed.of(&path),
            id: id.to_owned(),
            hints: Vec::new(),
            options: None,
            rules: Vec::new(),
            has_rules: false,
            first: false,
            last: false,
            another: false,
            path,
            called,
            facts,
            cells,
        }
    }

    fn source(&self, path: &str) -> String {
        self.entry.text(&format!("{path}.source"), "Nguồn, nếu có", "Như “SIPAS 2022, tiêu chí 16”.")
    }

    fn options(&self, path: &str, options: &[ChoiceOption]) -> Vec<OptionView> {
        let view = |(place, option): (usize, &ChoiceOption)| {
            let path = format!("{path}.options.{place}");
            OptionView {
                called: format!("lựa chọn {}", place + 1),
                id: option.id.clone(),
                cells: self.texts(&format!("{path}.text"), &format!("Lựa chọn {}", place + 1), false),
                first: place == 0,
                last: place + 1 == options.len(),
                removable: options.len() > *OPTIONS.start(),
                path,
            }
        };
        options.iter().enumerate().map(view).collect()
    }

    /// The fields of a condition: of which question, and which of its options. `own` is the question that has the condition: it
    /// looks at those before it, and at the ones about the person.
    fn condition(
        &self,
        path: &str,
        condition: Option<&Condition>,
        label: &str,
        none: &str,
        own: Option<&str>,
    ) -> Vec<String> {
        let demographics =
            self.asked.demographics.iter().map(|asked| (&asked.id, &asked.text, asked.options.as_slice()));
        let before = self.asked.questions().take_while(|question| Some(question.id.as_str()) != own);
        let questions = before.map(|question| (&question.id, &question.text, question.kind.options()));
        let known: Vec<_> = questions.chain(demographics).filter(|(.., options)| !options.is_empty()).collect();
        if known.is_empty() && condition.is_none() {
            return Vec::new();
        }
        let mut choices = vec![Choice::new("", none)];
        choices.extend(known.iter().map(|(id, text, _)| {
            let short: String = text.in_language("vi").chars().take(70).collect();
            Choice::new((*id).clone(), short)
        }));
        if let Some(condition) = condition
            && !known.iter().any(|(id, ..)| **id == condition.question)
        {
            choices.push(Choice::new(condition.question.clone(), "(câu không còn dùng được)"));
        }
        let hint = "Chọn câu rồi bấm “Lưu bản soạn”, sau đó đánh dấu các lựa chọn.";
        let mut cells = vec![self.entry.select(&format!("{path}.question"), label, hint, &choices)];
        let found = condition.and_then(|condition| known.iter().find(|(id, ..)| **id == condition.question));
        if let Some((.., options)) = found {
            let choices: Vec<Choice> =
                options.iter().map(|option| Choice::new(option.id.clone(), option.text.in_language("vi"))).collect();
            cells.push(self.entry.checks(&format!("{path}.options"), "Một trong các lựa chọn", "", &choices));
        }
        cells
    }
}

fn kinds() -> Vec<Choice> {
    std::iter::once("levels").chain(QuestionKind::WORDS).map(|word| Choice::new(word, kind_name(word))).collect()
}

/// The kinds as pages call them.
pub fn kind_name(word: &str) -> &'static str {
    match word {
        "one" => "Chọn một",
        "several" => "Chọn một hoặc nhiều",
        "scale" => "Thang của riêng câu này",
        "number" => "Ghi số",
        "text" => "Ghi vài chữ",
        _ => "Năm mức hài lòng",
    }
}
