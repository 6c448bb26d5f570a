//! What can be wrong with a submission, in words for the person who sent it.
//!
//! The sentence names the question and says what to do; the summary of a page and the place at the question show the
//! same one.

use super::Questionnaire;
use super::submission::{ANSWERED_DAYS_BACK_MAX, COMMENT_CHARACTERS_MAX};

/// One error of a submission and the field it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The form field, also for JSON: `q.<item>`, `d.<demographic>`, `comment`, …; empty for the body as a whole.
    pub field: String,
    /// What is wrong.
    pub code: ErrorCode,
}

/// What can be wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// The body is not one JSON object in UTF-8.
    BodyUnreadable,
    /// `attempt` is missing or no UUID.
    AttemptUnreadable,
    /// `form` is missing or not `<id>@<version>`.
    FormUnreadable,
    /// `form` names another questionnaire or version than the one asked.
    FormOther,
    /// No question of this id.
    ItemUnknown,
    /// No level 1 to 5 and not `na`.
    LevelUnknown,
    /// A required question without an answer.
    LevelMissing,
    /// No question is answered at all.
    NothingAnswered,
    /// No demographic question of this id.
    DemographicUnknown,
    /// No option of this id.
    OptionUnknown,
    /// No answer that this kind of question can have: too many options, no whole number, a number out of bounds, too many words.
    AnswerUnreadable,
    /// The point serves several fields and none was chosen.
    FieldMissing,
    /// The field is not one of the point's.
    FieldUnknown,
    /// Neither `person` nor `organisation`.
    RespondentUnknown,
    /// Not a day like 2026-03-14.
    DateUnreadable,
    /// A day after today.
    DateInFuture,
    /// A day further back than answers are kept offline.
    DateTooOld,
    /// The comment is too long.
    CommentTooLong {
        /// Its length after trimming.
        characters: usize,
    },
    /// The comment holds control characters.
    CommentCharacters,
    /// The one-time code holds other than letters, digits, blanks and hyphens, or is too long.
    TicketUnreadable,
    /// A mode other than `phone` and `kiosk`.
    ModeUnknown,
    /// The questionnaire does not speak this language.
    LanguageUnknown,
    /// No field of this name.
    KeyUnknown,
    /// The field came twice.
    Repeated,
    /// The value has to be a JSON string.
    NotAString,
    /// The value has to be a JSON object.
    NotAnObject,
}

impl ErrorCode {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorCode::BodyUnreadable => "body_unreadable",
            ErrorCode::AttemptUnreadable => "attempt_unreadable",
            ErrorCode::FormUnreadable => "form_unreadable",
            ErrorCode::FormOther => "form_other",
            ErrorCode::ItemUnknown => "item_unknown",
            ErrorCode::LevelUnknown => "level_unknown",
            ErrorCode::LevelMissing => "level_missing",
            ErrorCode::NothingAnswered => "nothing_answered",
            ErrorCode::DemographicUnknown => "demographic_unknown",
            ErrorCode::OptionUnknown => "option_unknown",
            ErrorCode::AnswerUnreadable => "answer_unreadable",
            ErrorCode::FieldMissing => "field_missing",
            ErrorCode::FieldUnknown => "field_unknown",
            ErrorCode::RespondentUnknown => "respondent_unknown",
            ErrorCode::DateUnreadable => "date_unreadable",
            ErrorCode::DateInFuture => "date_in_future",
            ErrorCode::DateTooOld => "date_too_old",
            ErrorCode::CommentTooLong { .. } => "comment_too_long",
            ErrorCode::CommentCharacters => "comment_characters",
            ErrorCode::TicketUnreadable => "ticket_unreadable",
            ErrorCode::ModeUnknown => "mode_unknown",
            ErrorCode::LanguageUnknown => "language_unknown",
            ErrorCode::KeyUnknown => "key_unknown",
            ErrorCode::Repeated => "repeated",
            ErrorCode::NotAString => "not_a_string",
            ErrorCode::NotAnObject => "not_an_object",
        }
    }
}

impl FieldError {
    /// The sentence for the person who sent it, in English for `en`, else in Vietnamese; without a final dot.
    pub fn message(&self, language: &str, questionnaire: &Questionnaire) -> String {
        let question = Question { field: &self.field, language, questionnaire };
        if language == "en" { english(self, &question) } else { vietnamese(self, &question) }
    }
}

fn vietnamese(error: &FieldError, question: &Question<'_>) -> String {
    let again = "tải lại trang rồi gửi lại";
    match error.code {
        ErrorCode::BodyUnreadable => "Nội dung gửi phải là một đối tượng JSON viết bằng UTF-8".to_owned(),
        ErrorCode::AttemptUnreadable => format!("Trang này thiếu mã lần gửi; {again}"),
        ErrorCode::FormUnreadable => format!("Không rõ đây là câu trả lời cho phiếu nào; {again}"),
        ErrorCode::FormOther => format!("Phiếu hỏi đã thay đổi; {again}"),
        ErrorCode::ItemUnknown | ErrorCode::DemographicUnknown => {
            format!("Phiếu này không có câu hỏi {}; {again}", question.key())
        }
        ErrorCode::LevelUnknown => format!("Chọn lại mức độ hài lòng cho {}", question.named("câu")),
        ErrorCode::LevelMissing => format!("Chọn mức độ hài lòng cho {}", question.named("câu")),
        ErrorCode::NothingAnswered => "Chọn mức độ hài lòng cho ít nhất một câu".to_owned(),
        ErrorCode::OptionUnknown => format!("Chọn lại câu trả lời cho {}", question.named("câu")),
        ErrorCode::AnswerUnreadable => format!("Xem lại câu trả lời cho {}", question.named("câu")),
        ErrorCode::FieldMissing => "Chọn lĩnh vực mà Ông/Bà đến giải quyết".to_owned(),
        ErrorCode::FieldUnknown => "Chọn lại lĩnh vực mà Ông/Bà đến giải quyết".to_owned(),
        ErrorCode::RespondentUnknown => {
            "Chọn lại: Ông/Bà trả lời cho bản thân hay cho doanh nghiệp, tổ chức".to_owned()
        }
        ErrorCode::DateUnreadable => "Viết ngày trả lời theo dạng 2026-03-14".to_owned(),
        ErrorCode::DateInFuture => "Ngày trả lời muộn hơn hôm nay; xem lại ngày giờ trên máy".to_owned(),
        ErrorCode::DateTooOld => {
            format!(
                "Câu trả lời đã giữ quá {ANSWERED_DAYS_BACK_MAX} ngày nên không nhận được nữa; mời Ông/Bà trả lời lại"
            )
        }
        ErrorCode::CommentTooLong { characters } => {
            let (most, found) = (grouped(COMMENT_CHARACTERS_MAX, '.'), grouped(characters, '.'));
            format!("Rút gọn góp ý còn tối đa {most} ký tự; hiện có {found}")
        }
        ErrorCode::CommentCharacters => "Góp ý có ký tự không đọc được; xin gõ lại".to_owned(),
        ErrorCode::TicketUnreadable => "Xem lại mã một lần, chỉ gồm chữ và số; hoặc để trống".to_owned(),
        ErrorCode::ModeUnknown => format!("Không rõ phiếu được trả lời trên máy nào; {again}"),
        ErrorCode::LanguageUnknown => format!("Phiếu này chỉ có các ngôn ngữ {}", question.languages()),
        ErrorCode::KeyUnknown => format!("Trang gửi kèm một ô lạ là {}; {again}", question.key()),
        ErrorCode::Repeated => format!("Trang gửi hai lần {}; {again}", question.named("câu")),
        ErrorCode::NotAString => format!("Giá trị của {} phải là một chuỗi", question.key()),
        ErrorCode::NotAnObject => format!("Giá trị của {} phải là một đối tượng JSON", question.key()),
    }
}

fn english(error: &FieldError, question: &Question<'_>) -> String {
    let again = "load the page again and send once more";
    match error.code {
        ErrorCode::BodyUnreadable => "Send one JSON object in UTF-8".to_owned(),
        ErrorCode::AttemptUnreadable => format!("The page lacks the id of this attempt; {again}"),
        ErrorCode::FormUnreadable => format!("It is not clear which questionnaire this answers; {again}"),
        ErrorCode::FormOther => format!("The questionnaire has changed; {again}"),
        ErrorCode::ItemUnknown | ErrorCode::DemographicUnknown => {
            format!("This questionnaire has no question {}; {again}", question.key())
        }
        ErrorCode::LevelUnknown => format!("Choose again how satisfied you are for {}", question.named("question")),
        ErrorCode::LevelMissing => format!("Choose how satisfied you are for {}", question.named("question")),
        ErrorCode::NothingAnswered => "Choose how satisfied you are for at least one question".to_owned(),
        ErrorCode::OptionUnknown => format!("Choose an answer again for {}", question.named("question")),
        ErrorCode::AnswerUnreadable => format!("Check the answer to {}", question.named("question")),
        ErrorCode::FieldMissing => "Choose the area your visit was about".to_owned(),
        ErrorCode::FieldUnknown => "Choose again the area your visit was about".to_owned(),
        ErrorCode::RespondentUnknown => {
            "Choose again whether you answer for yourself or for a business or organisation".to_owned()
        }
        ErrorCode::DateUnreadable => "Write the day of the answer like 2026-03-14".to_owned(),
        ErrorCode::DateInFuture => {
            "The day of the answer is later than today; check the date on your device".to_owned()
        }
        ErrorCode::DateTooOld => {
            format!(
                "This answer was kept for more than {ANSWERED_DAYS_BACK_MAX} days and can no longer be taken; please \
                 answer again"
            )
        }
        ErrorCode::CommentTooLong { characters } => {
            let (most, found) = (grouped(COMMENT_CHARACTERS_MAX, ','), grouped(characters, ','));
            format!("Shorten the comment to at most {most} characters; it has {found} now")
        }
        ErrorCode::CommentCharacters => {
            "The comment holds characters that cannot be read; please type it again".to_owned()
        }
        ErrorCode::TicketUnreadable => "Check the one-time code, letters and digits only; or leave it empty".to_owned(),
        ErrorCode::ModeUnknown => format!("It is not clear on what kind of device this was answered; {again}"),
        ErrorCode::LanguageUnknown => format!("This questionnaire speaks only {}", question.languages()),
        ErrorCode::KeyUnknown => format!("The page sent an unknown entry, {}; {again}", question.key()),
        ErrorCode::Repeated => format!("The page sent {} twice; {again}", question.named("question")),
        ErrorCode::NotAString => format!("Give {} as a string", question.key()),
        ErrorCode::NotAnObject => format!("Give {} as a JSON object", question.key()),
    }
}

/// The place an error belongs to, as people know it.
struct Question<'a> {
    field: &'a str,
    language: &'a str,
    questionnaire: &'a Questionnaire,
}

impl Question<'_> {
    /// `câu 3: Nhận kết quả đúng ngày hẹn` for a rating, `câu “Tuổi”` for a demographic, else the field's own name.
    fn named(&self, word: &str) -> String {
        if let Some(id) = self.field.strip_prefix("q.")
            && let Some((number, item)) = self.questionnaire.numbered().find(|(_, item)| item.id == id)
        {
            let text = item.text.in_language(self.language);
            return number.map_or_else(|| format!("{word} “{text}”"), |number| format!("{word} {number}: {text}"));
        }
        if let Some(id) = self.field.strip_prefix("q.")
            && let Some(asked) = self.questionnaire.questions().find(|question| question.id == id)
        {
            return format!("{word} “{}”", asked.text.in_language(self.language));
        }
        if let Some(id) = self.field.strip_prefix("d.")
            && let Some(asked) = self.questionnaire.demographics.iter().find(|asked| asked.id == id)
        {
            return format!("{word} “{}”", asked.text.in_language(self.language));
        }
        self.key()
    }

    /// The name of a field that the sender made up: cut, and without characters that could garble a page or a log.
    fn key(&self) -> String {
        let name = self.field.strip_prefix("q.").or_else(|| self.field.strip_prefix("d.")).unwrap_or(self.field);
        let shown: String = name.chars().take(40).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        format!("“{shown}”")
    }

    fn languages(&self) -> String {
        self.questionnaire.languages.join(", ")
    }
}

/// `1200` as `1.200`: thousands apart.
fn grouped(number: usize, mark: char) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            shown.push(mark);
        }
        shown.push(digit);
    }
    shown
}
