//! What the pages of keying share: a batch with its point and questionnaire, and a keyed sheet laid out as on paper.

use std::sync::Arc;

use askama::Template;
use chrono::NaiveDate;

use crate::clock;
use crate::db::{Db, DbError, Field, Form, KeyedRow, PaperBatch, PointListed};
use crate::error::{Reason, Refusal};
use crate::report::format;
use crate::service::imports::too_late;
use crate::sheet::tally::Respondent;
use crate::survey::keyed::{self, KeyFault, Keyed};
use crate::survey::submission::COMMENT_CHARACTERS_MAX;
use crate::survey::{Asked, RespondentKind};
use crate::web::http::block::block;
use crate::web::staff::imports::words::late as late_sheet;
use crate::web::staff::layout::Frame;
use crate::web::staff::signed_in::SignedIn;
use crate::web::state::App;

/// A batch with all that its pages need.
pub(in crate::web::staff) struct OpenBatch {
    pub batch: PaperBatch,
    pub point: PointListed,
    pub form: Arc<Form>,
    /// Fields of the point, in the order shown.
    pub fields: Vec<Field>,
    pub unit_name: String,
}

impl OpenBatch {
    /// The batch of a number in the address, if the user may key it.
    pub async fn open(app: &App, user: &SignedIn, number: &str) -> Result<Self, Refusal> {
        Self::find(app, user, number, None).await?.ok_or_else(|| Reason::NotYours.into())
    }

    /// The same; none where there is no such batch any more, or another one, perhaps of another ward, has its number: one that was not
    /// `begun` when the page says that its batch was.
    pub async fn find(app: &App, user: &SignedIn, number: &str, begun: Option<&str>) -> Result<Option<Self>, Refusal> {
        let number = number.parse().map_err(|_| Reason::NotYours)?;
        let (db, units, begun) = (app.db.clone(), user.units.clone(), begun.map(str::to_owned));
        let found = block(move || {
            let is_it = |batch: &PaperBatch| begun.is_none_or(|begun| begun == begun_of(batch).to_string());
            let Some(batch) = db.entry_batch(number)?.filter(is_it) else { return Ok(None) };
            let Some(unit) = units.iter().find(|unit| unit.id == batch.unit) else { return Ok(Some(None)) };
            let mut points = db.points(Some(&[batch.unit]))?;
            let Some(place) = points.iter().position(|point| point.point == batch.point) else { return Ok(Some(None)) };
            let point = points.swap_remove(place);
            let form = db.form_by_id(batch.form)?;
            let fields = fields_of(&db, &point)?;
            Ok::<_, DbError>(Some(Some(Self { batch, point, form, fields, unit_name: unit.name_vi.clone() })))
        });
        found.await??.map(|theirs| theirs.ok_or_else(|| Reason::NotYours.into())).transpose()
    }

    /// What tells this batch from another one that has its number later.
    pub fn begun(&self) -> i64 {
        begun_of(&self.batch)
    }

    /// Codes of the fields, for [`Asked`].
    pub fn field_codes(&self) -> Vec<String> {
        self.fields.iter().map(|field| field.code.clone()).collect()
    }

    /// What the sheets of the batch are checked against.
    pub fn asked<'a>(&'a self, fields: &'a [String]) -> Asked<'a> {
        Asked { questionnaire: &self.form.questionnaire, fields, today: clock::today(), page_keys: &[] }
    }

    /// A keyed sheet as the database keeps it; none for a field that the point does not serve.
    pub fn row(&self, keyed: &Keyed) -> Option<KeyedRow> {
        Some(KeyedRow {
            day: keyed.day,
            field: self.fields.iter().find(|field| field.code == keyed.field)?.id,
            respondent: match keyed.respondent {
                RespondentKind::Person => Respondent::Person,
                RespondentKind::Organisation => Respondent::Organisation,
            },
            answers: keyed.answers.clone(),
            demographics: keyed.demographics.clone(),
            comment: keyed.comment.clone(),
        })
    }

    /// The reverse of [`OpenBatch::row`].
    pub fn keyed(&self, row: &KeyedRow) -> Keyed {
        Keyed {
            day: row.day,
            field: self.fields.iter().find(|field| field.id == row.field).map(|f| f.code.clone()).unwrap_or_default(),
            respondent: match row.respondent {
                Respondent::Person => RespondentKind::Person,
                Respondent::Organisation => RespondentKind::Organisation,
            },
            answers: row.answers.clone(),
            demographics: row.demographics.clone(),
            comment: row.comment.clone(),
        }
    }

    /// The sheets of a keying.
    pub async fn keyed_sheets(&self, app: &App, pass: i16) -> Result<Vec<KeyedRow>, Refusal> {
        let (db, batch) = (app.db.clone(), self.batch.id);
        Ok(block(move || db.keyed_sheets(batch, pass)).await??)
    }

    /// Why a sheet written on `day` is not taken; none where it is.
    pub async fn refused(&self, app: &App, day: NaiveDate) -> Result<Option<String>, Refusal> {
        let point = &self.point;
        if day < point.opened_on {
            let opened = format::date(point.opened_on);
            return Ok(Some(format!("Điểm này mở ngày {opened}; phiếu không thể ghi ngày trước đó.")));
        }
        if let Some(retired) = point.retired_on.filter(|retired| *retired <= day) {
            let retired = format::date(retired);
            return Ok(Some(format!("Điểm này ngừng từ ngày {retired}; phiếu ghi từ ngày đó trở đi không được nhận.")));
        }
        let (db, unit) = (app.db.clone(), self.batch.unit);
        Ok(block(move || too_late(&db, unit, day)).await??.map(|late| late_sheet(&late)))
    }

    /// Why sheets among these are not taken, once a day.
    pub async fn all_refused(&self, app: &App, sheets: &[KeyedRow]) -> Result<Vec<String>, Refusal> {
        let mut days: Vec<NaiveDate> = sheets.iter().map(|row| row.day).collect();
        days.sort_unstable();
        days.dedup();
        let mut refused = Vec::new();
        for day in days {
            refused.extend(self.refused(app, day).await?);
        }
        Ok(refused)
    }

    /// The name of a field of the keying form, as the paper has it.
    pub fn label(&self, name: &str) -> String {
        let questionnaire = &self.form.questionnaire;
        match name.split_once('.') {
            Some(("q", id)) => {
                if let Some(question) = questionnaire.questions().find(|question| question.id == id) {
                    return question.text.in_language("vi").to_owned();
                }
                let Some((number, item)) = questionnaire.numbered().find(|(_, item)| item.id == id) else {
                    return String::new();
                };
                let text = item.text.in_language("vi");
                number.map_or_else(|| text.to_owned(), |number| format!("{number}. {text}"))
            }
            Some((_, id)) => {
                let question = questionnaire.demographics.iter().find(|question| question.id == id);
                question.map_or("", |question| question.text.in_language("vi")).to_owned()
            }
            None => match name {
                "day" => "Ngày trả lời".to_owned(),
                "respondent" => "Trả lời với tư cách".to_owned(),
                "field" => "Lĩnh vực".to_owned(),
                _ => "Góp ý".to_owned(),
            },
        }
    }

    /// A keyed value as it is read: `4`, `không dùng`, `để trống`, `Nữ`.
    pub fn worded(&self, name: &str, value: &str) -> String {
        let questionnaire = &self.form.questionnaire;
        if value.is_empty() {
            return "để trống".to_owned();
        }
        match name.split_once('.') {
            Some(("q", _)) if value == "0" => "0 (không dùng)".to_owned(),
            Some(("d", id)) => {
                let question = questionnaire.demographics.iter().find(|question| question.id == id);
                let option = question.and_then(|question| question.options.iter().find(|option| option.id == value));
                option.map_or(value, |option| option.text.in_language("vi")).to_owned()
            }
            _ => match name {
                "day" => value.parse().map_or_else(|_| value.to_owned(), format::date),
                "respondent" => {
                    RESPONDENTS.iter().find(|(id, _)| *id == value).map_or(value, |(_, text)| text).to_owned()
                }
                "field" => {
                    let field = self.fields.iter().find(|field| field.code == value);
                    field.map_or(value, |field| field.name_vi.as_str()).to_owned()
                }
                _ => value.to_owned(),
            },
        }
    }
}

/// The fields of a point in the order shown.
pub(in crate::web::staff) fn fields_of(db: &Db, point: &PointListed) -> Result<Vec<Field>, DbError> {
    let all = db.fields()?;
    Ok(point.fields.iter().filter_map(|id| all.iter().find(|field| field.id == *id).cloned()).collect())
}

/// Who answers, as the paper asks it.
pub(in crate::web::staff) const RESPONDENTS: [(&str, &str); 2] =
    [("person", "Người dân"), ("organisation", "Doanh nghiệp, tổ chức")];

/// What a fault means to whoever keys.
pub(in crate::web::staff) fn fault_vi(fault: KeyFault) -> String {
    match fault {
        KeyFault::Day => "Nhập ngày ghi trên phiếu, ví dụ 14/03/2026.".to_owned(),
        KeyFault::DayAhead => "Ngày này chưa tới; xem lại ngày trên phiếu.".to_owned(),
        KeyFault::Field => "Chọn lĩnh vực ghi trên phiếu; phiếu không ghi lĩnh vực thì không tính được.".to_owned(),
        KeyFault::Respondent | KeyFault::Option => "Chọn trong danh sách.".to_owned(),
        KeyFault::Level => "Gõ 1 đến 5, 0 cho “không dùng”, hoặc để trống.".to_owned(),
        KeyFault::Comment => format!("Tối đa {COMMENT_CHARACTERS_MAX} ký tự."),
        KeyFault::Empty => "Phiếu trắng không được tính; bỏ phiếu này khỏi tập.".to_owned(),
    }
}

fn begun_of(batch: &PaperBatch) -> i64 {
    batch.created_at.timestamp_millis()
}

/// The form of one sheet.
#[derive(Template)]
#[template(path = "staff/answers/keying.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a state of the page of its own")]
pub(in crate::web::staff) struct KeyPage {
    pub frame: Frame,
    pub id: i32,
    pub unit: String,
    pub point: String,
    /// What the page is laid out with, and which batch of its number this is: a number is given again once its batch is gone.
    pub point_code: String,
    pub form: i32,
    pub begun: i64,
    /// The mark of the sheet that stands at this place.
    pub seen: Option<String>,
    /// Whether somebody ended the batch or its keying meanwhile: what was typed is shown, to be copied.
    pub overtaken: bool,
    /// Whether somebody took or changed this place meanwhile.
    pub changed: bool,
    pub version: u32,
    /// 1 or 2; 3 when a sheet of a compared batch is corrected.
    pub pass: u8,
    pub place: usize,
    pub is_new: bool,
    /// Places of the sheets keyed so far, with their keys.
    pub sheets: Vec<SheetLine>,
    /// How many the first keying has, while the second is under way.
    pub of: usize,
    pub done: Option<String>,
    pub same_person: bool,
    pub errors: Vec<(String, String)>,
    pub day: String,
    pub focus_day: bool,
    pub choices: Vec<ChoiceRow>,
    pub sections: Vec<SectionRow>,
    pub about: Vec<ChoiceRow>,
    pub comment: Option<String>,
    pub comment_text: String,
}

/// A keyed sheet in the list.
pub(in crate::web::staff) struct SheetLine {
    pub place: usize,
    pub day: String,
    pub keys: String,
    pub here: bool,
}

/// A section of items.
pub(in crate::web::staff) struct SectionRow {
    pub title: String,
    pub items: Vec<ItemRow>,
}

/// One item with its key.
pub(in crate::web::staff) struct ItemRow {
    /// As on the sheet; empty for the overall question and questions of a further kind.
    pub number: String,
    /// Whether it is a question of a further kind, keyed in words.
    pub further: bool,
    pub name: String,
    pub text: String,
    pub value: String,
    pub wrong: bool,
    pub focus: bool,
}

/// A question with a list of options.
pub(in crate::web::staff) struct ChoiceRow {
    pub name: String,
    pub label: String,
    pub options: Vec<(String, String, bool)>,
    pub wrong: bool,
    pub focus: bool,
}

impl KeyPage {
    /// The identifier of a field in the page.
    #[expect(clippy::unused_self, reason = "called from the template")]
    fn anchor(&self, name: &str) -> String {
        name.replace('.', "-")
    }

    /// Lays a sheet out with what was keyed. The cursor stands where the pile needs it.
    pub fn new(app: &App, user: &SignedIn, desk: &OpenBatch, place: usize, pairs: &[(String, String)]) -> Self {
        let value =
            |name: &str| pairs.iter().find(|(known, _)| known == name).map_or("", |(_, v)| v.as_str()).to_owned();
        let questionnaire = &desk.form.questionnaire;
        let choice = |name: String, label: &str, options: Vec<(String, String)>, blank: bool| {
            let chosen = value(&name);
            let first = blank.then(|| (String::new(), "–".to_owned()));
            let options = first.into_iter().chain(options.into_iter().enumerate().map(|(place, (id, text))| {
                // A number in front, so that a digit key chooses it.
                (id, format!("{} {text}", place + 1))
            }));
            let options = options.map(|(id, text)| (id.clone(), text, id == chosen)).collect();
            ChoiceRow { name, label: label.to_owned(), options, wrong: false, focus: false }
        };
        let respondents = RESPONDENTS.map(|(id, text)| (id.to_owned(), text.to_owned())).to_vec();
        let mut choices = vec![choice("respondent".to_owned(), "Trả lời với tư cách", respondents, false)];
        let several = desk.fields.len() > 1;
        if several {
            let fields = desk.fields.iter().map(|field| (field.code.clone(), field.name_vi.clone())).collect();
            choices.push(choice("field".to_owned(), "Lĩnh vực", fields, true));
        }
        let mut numbered = questionnaire.numbered();
        let sections = questionnaire.sections.iter().map(|section| SectionRow {
            title: section.title.in_language("vi").to_owned(),
            items: numbered
                .by_ref()
                .take(section.items.len())
                .map(|(number, item)| {
                    let number = number.map_or_else(String::new, |number| number.to_string());
                    let name = format!("q.{}", item.id);
                    let text = item.text.in_language("vi").to_owned();
                    ItemRow { number, further: false, value: value(&name), name, text, wrong: false, focus: false }
                })
                .chain(section.questions.iter().map(|question| {
                    let name = format!("q.{}", question.id);
                    let options = question.kind.options().iter().enumerate();
                    let options: Vec<String> = options
                        .map(|(place, option)| format!("{} = {}", place + 1, option.text.in_language("vi")))
                        .collect();
                    let asked = question.text.in_language("vi");
                    let text =
                        if options.is_empty() { asked.to_owned() } else { format!("{asked} ({})", options.join("; ")) };
                    ItemRow {
                        number: String::new(),
                        further: true,
                        value: value(&name),
                        name,
                        text,
                        wrong: false,
                        focus: false,
                    }
                }))
                .collect(),
        });
        let sections = sections.collect();
        let about = questionnaire.demographics.iter().map(|question| {
            let options = question.options.iter();
            let options = options.map(|option| (option.id.clone(), option.text.in_language("vi").to_owned())).collect();
            choice(format!("d.{}", question.id), question.text.in_language("vi"), options, true)
        });
        let mut page = Self {
            frame: user.frame(app),
            id: desk.batch.id,
            unit: desk.unit_name.clone(),
            point: desk.point.name_vi.clone(),
            point_code: desk.point.code.clone(),
            form: desk.batch.form,
            begun: desk.begun(),
            seen: None,
            overtaken: false,
            changed: false,
            version: questionnaire.version,
            pass: 1,
            place,
            is_new: true,
            sheets: Vec::new(),
            of: desk.batch.keyed[0],
            done: None,
            same_person: false,
            errors: Vec::new(),
            day: keyed::civil_day(&value("day")).map_or_else(|| value("day"), format::date),
            focus_day: false,
            about: about.collect(),
            choices,
            sections,
            comment: questionnaire.comment.as_ref().map(|text| text.in_language("vi").to_owned()),
            comment_text: value("comment"),
        };
        page.put_cursor(several);
        page
    }

    fn put_cursor(&mut self, several: bool) {
        if self.place == 1 || self.day.is_empty() {
            self.focus_day = true;
        } else if let Some(field) = self.choices.last_mut().filter(|_| several) {
            field.focus = true;
        } else if let Some(item) = self.sections.first_mut().and_then(|section| section.items.first_mut()) {
            item.focus = true;
        }
    }

    /// Marks what is wrong.
    pub fn mark(&mut self, errors: Vec<(String, String)>) {
        let wrong = |name: &str| errors.iter().any(|(known, _)| known == name);
        for item in self.sections.iter_mut().flat_map(|section| &mut section.items) {
            item.wrong = wrong(&item.name);
        }
        for choice in self.choices.iter_mut().chain(&mut self.about) {
            choice.wrong = wrong(&choice.name);
        }
        self.errors = errors;
    }
}
