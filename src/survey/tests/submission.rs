//! Answers checked, from the page and from the API.

use chrono::NaiveDate;
use uuid::Uuid;

use super::kitchen_sink;
use crate::survey::Questionnaire;
use crate::survey::submission::{
    Asked, ErrorCode, FieldError, Peek, RespondentKind, Submission, content_for_tag, from_form, from_json,
    parse_reference, peek_form, peek_json,
};

const ATTEMPT: &str = "6f1f5f3e-6d3a-4d0e-9a56-0f5a6c1d2e3f";

/// The least that is accepted.
const LEAST: [(&str, &str); 3] = [("attempt", ATTEMPT), ("form", "kitchen-sink@3"), ("q.access_info", "4")];

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn with_asked<T>(fields: &[&str], check: impl FnOnce(&Asked<'_>) -> T) -> T {
    let questionnaire = kitchen_sink();
    let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
    check(&Asked { questionnaire: &questionnaire, fields: &fields, today: day("2026-03-14"), page_keys: &["send"] })
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The least that is accepted, with `more` behind it.
fn form(more: &[(&str, &str)]) -> Result<Submission, Vec<FieldError>> {
    form_without("", more)
}

/// The least that is accepted without one key, with `more` behind it.
fn form_without(key: &str, more: &[(&str, &str)]) -> Result<Submission, Vec<FieldError>> {
    let kept: Vec<_> = LEAST.into_iter().filter(|(name, _)| *name != key).chain(more.iter().copied()).collect();
    with_asked(&["land"], |asked| from_form(&pairs(&kept), asked))
}

fn json(body: &str) -> Result<Submission, Vec<FieldError>> {
    with_asked(&["land"], |asked| from_json(body.as_bytes(), asked))
}

/// A JSON body with what has to be there, and `more` members behind it.
fn body(more: &str) -> String {
    format!(r#"{{"attempt":"{ATTEMPT}","form":"kitchen-sink@3","answers":{{"access_info":4}}{more}}}"#)
}

fn errors(result: Result<Submission, Vec<FieldError>>) -> Vec<(String, ErrorCode)> {
    result.expect_err("refused").into_iter().map(|error| (error.field, error.code)).collect()
}

fn error(field: &str, code: ErrorCode) -> (String, ErrorCode) {
    (field.to_owned(), code)
}

fn message(field: &str, code: ErrorCode, language: &str) -> String {
    FieldError { field: field.to_owned(), code }.message(language, &kitchen_sink())
}

#[test]
fn the_least_submission_takes_the_defaults() {
    let submission = form(&[]).expect("accepted");
    assert_eq!(
        submission,
        Submission {
            attempt: Uuid::parse_str(ATTEMPT).expect("a UUID"),
            form: ("kitchen-sink".to_owned(), 3),
            answers: vec![4, 0, 0],
            demographics: vec![0],
            texts: vec![],
            field: "land".to_owned(),
            respondent: RespondentKind::Person,
            answered_on: None,
            comment: None,
            ticket: None,
            language: "vi".to_owned(),
            kiosk: false,
        }
    );
}

#[test]
fn a_full_submission_is_the_same_from_page_and_from_api() {
    let more = [
        ("q.access_signs", "na"),
        ("q.facilities_clean", "1"),
        ("d.age", "over_60"),
        ("field", "land"),
        ("respondent", "organisation"),
        ("answered_on", "2026-03-11"),
        ("comment", "  Nhanh hơn.\r\nCảm ơn.  "),
        ("ticket", " AB12-CD34 "),
        ("lang", "en"),
        ("send", "now"),
    ];
    let from_page = form(&more).expect("accepted");
    let from_api = json(&format!(
        r#"{{"attempt":"{ATTEMPT}","form":"kitchen-sink@3",
        "answers":{{"access_info":4,"access_signs":"na","facilities_clean":1}},"demographics":{{"age":"over_60"}},
        "field":"land","respondent":"organisation","answered_on":"2026-03-11",
        "comment":"Nhanh hơn.\nCảm ơn.","ticket":"AB12-CD34","lang":"en"}}"#
    ))
    .expect("accepted");
    assert_eq!(from_page, from_api);
    assert_eq!(from_page.answers, [4, 6, 1]);
    assert_eq!(from_page.demographics, [2]);
    assert_eq!(from_page.comment.as_deref(), Some("Nhanh hơn.\nCảm ơn."));
    assert_eq!(from_page.answered_on, Some(day("2026-03-11")));
}

#[test]
fn every_error_is_reported_at_once_in_the_order_of_the_page() {
    let found = with_asked(&["land", "health"], |asked| {
        from_form(
            &pairs(&[
                ("comment", "\u{0}"),
                ("q.bogus", "4"),
                ("q.access_signs", "9"),
                ("d.age", "7"),
                ("attempt", "x"),
                ("extra", "1"),
                ("answered_on", "2026-03-15"),
            ]),
            asked,
        )
    });
    assert_eq!(
        errors(found),
        [
            error("attempt", ErrorCode::AttemptUnreadable),
            error("form", ErrorCode::FormUnreadable),
            error("field", ErrorCode::FieldMissing),
            error("q.access_info", ErrorCode::LevelMissing),
            error("q.access_signs", ErrorCode::LevelUnknown),
            error("d.age", ErrorCode::OptionUnknown),
            error("comment", ErrorCode::CommentCharacters),
            error("q.bogus", ErrorCode::ItemUnknown),
            error("extra", ErrorCode::KeyUnknown),
            error("answered_on", ErrorCode::DateInFuture),
        ]
    );
}

#[test]
fn a_key_sent_twice_is_refused_even_with_equal_values() {
    assert_eq!(errors(form(&[("q.access_info", "4")])), [error("q.access_info", ErrorCode::Repeated)]);
    assert_eq!(errors(form(&[("send", "a"), ("send", "b")])), [error("send", ErrorCode::Repeated)]);
    assert_eq!(errors(form(&[("lang", "vi"), ("lang", "en")])), [error("lang", ErrorCode::Repeated)]);
}

#[test]
fn a_json_key_sent_twice_is_refused_at_every_depth() {
    assert_eq!(errors(json(&body(r#","lang":"vi","lang":"en""#))), [error("lang", ErrorCode::Repeated)]);
    assert_eq!(errors(json(&body(r#","answers":{}"#))), [error("answers", ErrorCode::Repeated)]);
    let twice = body("").replace(r#""access_info":4"#, r#""access_info":4,"access_info":5"#);
    assert_eq!(errors(json(&twice)), [error("q.access_info", ErrorCode::Repeated)]);
    let twice = body(r#","demographics":{"age":"18_24","age":"18_24"}"#);
    assert_eq!(errors(json(&twice)), [error("d.age", ErrorCode::Repeated)]);
    // The same key, once spelled with an escape.
    let escaped = body(r#","comment":"a","\u0063omment":"b""#);
    assert_eq!(errors(json(&escaped)), [error("comment", ErrorCode::Repeated)]);
}

#[test]
fn only_levels_1_to_5_and_na_are_ratings() {
    for value in ["0", "6", "", "05", "4 ", "NA", "5.0", "-1", "４"] {
        let found = form(&[("q.access_signs", value)]);
        assert_eq!(errors(found), [error("q.access_signs", ErrorCode::LevelUnknown)], "{value:?}");
    }
    for value in ["0", "6", "-1", "4.0", "4e0", "\"4\"", "\"\"", "null", "true", "[4]", "{}", "18446744073709551616"] {
        let found = json(&body("").replace(":4", &format!(":4,\"access_signs\":{value}")));
        assert_eq!(errors(found), [error("q.access_signs", ErrorCode::LevelUnknown)], "{value}");
    }
}

#[test]
fn not_used_answers_a_required_question_and_blanks_elsewhere_are_fine() {
    let submission = form_without("q.access_info", &[("q.access_info", "na")]).expect("accepted");
    assert_eq!(submission.answers, [6, 0, 0]);
}

#[test]
fn a_refused_rating_is_not_also_called_missing() {
    let found = form_without("q.access_info", &[("q.access_info", "7")]);
    assert_eq!(errors(found), [error("q.access_info", ErrorCode::LevelUnknown)]);
}

#[test]
fn a_sheet_without_any_answer_is_refused_at_its_first_question() {
    let mut questionnaire = kitchen_sink();
    questionnaire.sections[0].items[0].required = false;
    let fields = ["land".to_owned()];
    let asked = Asked { questionnaire: &questionnaire, fields: &fields, today: day("2026-03-14"), page_keys: &[] };
    let sent = pairs(&[("attempt", ATTEMPT), ("form", "kitchen-sink@3"), ("d.age", "18_24"), ("comment", "Tốt")]);
    assert_eq!(errors(from_form(&sent, &asked)), [error("q.access_info", ErrorCode::NothingAnswered)]);
    let body = body("").replace(r#""access_info":4"#, "");
    assert_eq!(errors(from_json(body.as_bytes(), &asked)), [error("q.access_info", ErrorCode::NothingAnswered)]);
}

#[test]
fn the_field_is_needed_only_where_the_point_serves_several() {
    let several = |more: &[(&str, &str)]| {
        let sent: Vec<_> = LEAST.into_iter().chain(more.iter().copied()).collect();
        with_asked(&["land", "health"], |asked| from_form(&pairs(&sent), asked))
    };
    assert_eq!(errors(several(&[])), [error("field", ErrorCode::FieldMissing)]);
    assert_eq!(errors(several(&[("field", "")])), [error("field", ErrorCode::FieldMissing)]);
    assert_eq!(errors(several(&[("field", "online")])), [error("field", ErrorCode::FieldUnknown)]);
    assert_eq!(several(&[("field", "health")]).expect("accepted").field, "health");
    assert_eq!(errors(form(&[("field", "health")])), [error("field", ErrorCode::FieldUnknown)]);
}

#[test]
fn the_comment_is_trimmed_and_limited_to_1200_characters() {
    let comment = |words: &str| form(&[("comment", words)]).map(|submission| submission.comment);
    assert_eq!(comment(" \r\n\t "), Ok(None));
    assert_eq!(comment("a\tb\rc\r\nd"), Ok(Some("a b\nc\nd".to_owned())));
    // 1200 Vietnamese letters are 3600 bytes; characters count, and the blanks around them do not.
    let longest = "ế".repeat(1200);
    assert_eq!(comment(&format!("  {longest}\n")), Ok(Some(longest.clone())));
    let too_long = comment(&format!("{longest}a")).expect_err("refused");
    assert_eq!(too_long[0].code, ErrorCode::CommentTooLong { characters: 1201 });
    for control in ["a\u{0}", "a\u{1b}[31mb", "a\u{7f}b", "a\u{85}b"] {
        assert_eq!(comment(control).expect_err("refused")[0].code, ErrorCode::CommentCharacters, "{control:?}");
    }
}

#[test]
fn the_day_of_an_offline_answer_is_at_most_three_days_back() {
    let on = |value: &str| form(&[("answered_on", value)]).map(|submission| submission.answered_on);
    assert_eq!(on("2026-03-14"), Ok(Some(day("2026-03-14"))));
    assert_eq!(on("2026-03-11"), Ok(Some(day("2026-03-11"))));
    assert_eq!(on(""), Ok(None));
    assert_eq!(on("2026-03-10").expect_err("refused")[0].code, ErrorCode::DateTooOld);
    assert_eq!(on("2026-03-15").expect_err("refused")[0].code, ErrorCode::DateInFuture);
    for value in ["2026-3-14", "14/03/2026", "2026-02-30", "+2026-03-14", " 2026-03-14", "2026-03-14T00:00", "x"] {
        assert_eq!(on(value).expect_err("refused")[0].code, ErrorCode::DateUnreadable, "{value:?}");
    }
}

#[test]
fn an_attempt_is_a_hyphenated_uuid_and_not_nil() {
    for value in [
        "",
        "1",
        "6f1f5f3e6d3a4d0e9a560f5a6c1d2e3f",
        "{6f1f5f3e-6d3a-4d0e-9a56-0f5a6c1d2e3f}",
        "00000000-0000-0000-0000-000000000000",
    ] {
        let found = form_without("attempt", &[("attempt", value)]);
        assert_eq!(errors(found), [error("attempt", ErrorCode::AttemptUnreadable)], "{value:?}");
    }
    assert!(form_without("attempt", &[("attempt", &ATTEMPT.to_uppercase())]).is_ok());
}

#[test]
fn an_answer_to_another_version_is_refused() {
    let form_is = |value: &str| errors(form_without("form", &[("form", value)]));
    assert_eq!(form_is("kitchen-sink@2"), [error("form", ErrorCode::FormOther)]);
    assert_eq!(form_is("tram-y-te@3"), [error("form", ErrorCode::FormOther)]);
    assert_eq!(form_is("kitchen-sink"), [error("form", ErrorCode::FormUnreadable)]);
}

#[test]
fn an_unknown_language_becomes_vietnamese_on_the_page_and_is_refused_by_the_api() {
    assert_eq!(form(&[("lang", "fr")]).expect("accepted").language, "vi");
    assert_eq!(errors(json(&body(r#","lang":"fr""#))), [error("lang", ErrorCode::LanguageUnknown)]);
}

#[test]
fn a_ticket_holds_letters_digits_blanks_and_hyphens() {
    assert_eq!(form(&[("ticket", "  ")]).expect("accepted").ticket, None);
    for value in ["é", "a;b", &"a".repeat(65)] {
        assert_eq!(errors(form(&[("ticket", value)])), [error("ticket", ErrorCode::TicketUnreadable)]);
    }
}

#[test]
fn a_json_body_of_another_shape_is_refused() {
    for body in ["", "[]", "1", "{", "{} {}", "{\"a\":01}", "null"] {
        assert_eq!(errors(json(body)), [error("", ErrorCode::BodyUnreadable)], "{body}");
    }
    let broken_utf8 = [br#"{"comment":""#.as_slice(), &[0xff], br#""}"#].concat();
    let found = with_asked(&["land"], |asked| from_json(&broken_utf8, asked));
    assert_eq!(errors(found), [error("", ErrorCode::BodyUnreadable)]);
    assert_eq!(errors(json(&body(r#","send":"now""#))), [error("send", ErrorCode::KeyUnknown)]);
    assert_eq!(errors(json(&body(r#","extra":{}"#))), [error("extra", ErrorCode::KeyUnknown)]);
    assert_eq!(errors(json(&body(r#","comment":5"#))), [error("comment", ErrorCode::NotAString)]);
    assert_eq!(errors(json(&body(r#","comment":null"#))), [error("comment", ErrorCode::NotAString)]);
    assert_eq!(errors(json(&body(r#","demographics":[]"#))), [error("demographics", ErrorCode::NotAnObject)]);
    assert_eq!(errors(json(&body(r#","demographics":{"age":1}"#))), [error("d.age", ErrorCode::NotAString)]);
    assert_eq!(
        errors(json(&body(r#","demographics":{"sex":"male"}"#))),
        [error("d.sex", ErrorCode::DemographicUnknown)]
    );
    let attempt_as_number = body("").replace(&format!("\"{ATTEMPT}\""), "5");
    assert_eq!(errors(json(&attempt_as_number)), [error("attempt", ErrorCode::NotAString)]);
}

#[test]
fn no_more_than_a_hundred_errors_are_reported() {
    let many: Vec<_> = (0..5000).map(|n| (format!("x{n}"), String::new())).collect();
    let found = with_asked(&["land"], |asked| from_form(&many, asked));
    assert_eq!(found.expect_err("refused").len(), 100);
}

#[test]
fn attempt_and_form_can_be_seen_before_the_check() {
    let seen = Peek { attempt: Uuid::parse_str(ATTEMPT).ok(), form: Some(("kitchen-sink".to_owned(), 3)) };
    assert_eq!(peek_form(&pairs(&LEAST)), seen);
    assert_eq!(peek_json(body(r#","extra":[]"#).as_bytes()), seen);
    assert_eq!(peek_form(&[]), Peek::default());
    assert_eq!(peek_json(b"[1"), Peek::default());
    for reference in ["", "a", "@1", "a@", "a@0", "a@01", "a@1@2", "A@1", "a@4294967296", "a@-1", "a@+1"] {
        assert_eq!(parse_reference(reference), None, "{reference}");
    }
}

#[test]
fn the_tag_covers_all_content_but_attempt_and_language() {
    let tag = |change: &dyn Fn(&mut Submission)| {
        let mut submission = form(&[("comment", "a"), ("ticket", "b")]).expect("accepted");
        change(&mut submission);
        content_for_tag(&submission, "CG-1")
    };
    let plain = tag(&|_| {});
    assert_eq!(tag(&|s| s.attempt = Uuid::max()), plain);
    assert_eq!(tag(&|s| s.language = "en".to_owned()), plain);
    let changes: [&dyn Fn(&mut Submission); 9] = [
        &|s| s.form.0 = "other".to_owned(),
        &|s| s.form.1 = 4,
        &|s| s.answers[1] = 6,
        &|s| s.demographics[0] = 1,
        &|s| s.field = "health".to_owned(),
        &|s| s.respondent = RespondentKind::Organisation,
        &|s| s.answered_on = Some(day("2026-03-14")),
        &|s| (s.comment, s.ticket) = (Some("ab".to_owned()), None),
        &|s| s.comment = None,
    ];
    for (position, change) in changes.iter().enumerate() {
        assert_ne!(tag(change), plain, "change {position}");
    }
    let other_point = content_for_tag(&form(&[("comment", "a"), ("ticket", "b")]).expect("accepted"), "CG-2");
    assert_ne!(other_point, plain);
}

#[test]
fn messages_name_the_question_in_the_language_of_the_page() {
    let at = |field: &str, code: ErrorCode| (message(field, code, "vi"), message(field, code, "en"));
    let pinned: [(&str, ErrorCode, &str, &str); 26] = [
        (
            "",
            ErrorCode::BodyUnreadable,
            "Nội dung gửi phải là một đối tượng JSON viết bằng UTF-8",
            "Send one JSON object in UTF-8",
        ),
        (
            "attempt",
            ErrorCode::AttemptUnreadable,
            "Trang này thiếu mã lần gửi; tải lại trang rồi gửi lại",
            "The page lacks the id of this attempt; load the page again and send once more",
        ),
        (
            "form",
            ErrorCode::FormUnreadable,
            "Không rõ đây là câu trả lời cho phiếu nào; tải lại trang rồi gửi lại",
            "It is not clear which questionnaire this answers; load the page again and send once more",
        ),
        (
            "form",
            ErrorCode::FormOther,
            "Phiếu hỏi đã thay đổi; tải lại trang rồi gửi lại",
            "The questionnaire has changed; load the page again and send once more",
        ),
        (
            "q.bogus",
            ErrorCode::ItemUnknown,
            "Phiếu này không có câu hỏi “bogus”; tải lại trang rồi gửi lại",
            "This questionnaire has no question “bogus”; load the page again and send once more",
        ),
        (
            "q.access_signs",
            ErrorCode::LevelUnknown,
            "Chọn lại mức độ hài lòng cho câu 2: Biển hiệu rõ ràng",
            "Choose again how satisfied you are for question 2: Signs are clear",
        ),
        (
            "q.access_info",
            ErrorCode::LevelMissing,
            "Chọn mức độ hài lòng cho câu 1: Thông tin dễ tìm",
            "Choose how satisfied you are for question 1: Information is easy to find",
        ),
        (
            "q.access_info",
            ErrorCode::NothingAnswered,
            "Chọn mức độ hài lòng cho ít nhất một câu",
            "Choose how satisfied you are for at least one question",
        ),
        (
            "d.sex",
            ErrorCode::DemographicUnknown,
            "Phiếu này không có câu hỏi “sex”; tải lại trang rồi gửi lại",
            "This questionnaire has no question “sex”; load the page again and send once more",
        ),
        (
            "d.age",
            ErrorCode::OptionUnknown,
            "Chọn lại câu trả lời cho câu “Tuổi”",
            "Choose an answer again for question “Age”",
        ),
        (
            "field",
            ErrorCode::FieldMissing,
            "Chọn lĩnh vực mà Ông/Bà đến giải quyết",
            "Choose the area your visit was about",
        ),
        (
            "field",
            ErrorCode::FieldUnknown,
            "Chọn lại lĩnh vực mà Ông/Bà đến giải quyết",
            "Choose again the area your visit was about",
        ),
        (
            "respondent",
            ErrorCode::RespondentUnknown,
            "Chọn lại: Ông/Bà trả lời cho bản thân hay cho doanh nghiệp, tổ chức",
            "Choose again whether you answer for yourself or for a business or organisation",
        ),
        (
            "answered_on",
            ErrorCode::DateUnreadable,
            "Viết ngày trả lời theo dạng 2026-03-14",
            "Write the day of the answer like 2026-03-14",
        ),
        (
            "answered_on",
            ErrorCode::DateInFuture,
            "Ngày trả lời muộn hơn hôm nay; xem lại ngày giờ trên máy",
            "The day of the answer is later than today; check the date on your device",
        ),
        (
            "answered_on",
            ErrorCode::DateTooOld,
            "Câu trả lời đã giữ quá 3 ngày nên không nhận được nữa; mời Ông/Bà trả lời lại",
            "This answer was kept for more than 3 days and can no longer be taken; please answer again",
        ),
        (
            "comment",
            ErrorCode::CommentTooLong { characters: 12345 },
            "Rút gọn góp ý còn tối đa 1.200 ký tự; hiện có 12.345",
            "Shorten the comment to at most 1,200 characters; it has 12,345 now",
        ),
        (
            "comment",
            ErrorCode::CommentCharacters,
            "Góp ý có ký tự không đọc được; xin gõ lại",
            "The comment holds characters that cannot be read; please type it again",
        ),
        (
            "ticket",
            ErrorCode::TicketUnreadable,
            "Xem lại mã một lần, chỉ gồm chữ và số; hoặc để trống",
            "Check the one-time code, letters and digits only; or leave it empty",
        ),
        (
            "lang",
            ErrorCode::LanguageUnknown,
            "Phiếu này chỉ có các ngôn ngữ vi, en",
            "This questionnaire speaks only vi, en",
        ),
        (
            "a\u{7}b",
            ErrorCode::KeyUnknown,
            "Trang gửi kèm một ô lạ là “a\u{fffd}b”; tải lại trang rồi gửi lại",
            "The page sent an unknown entry, “a\u{fffd}b”; load the page again and send once more",
        ),
        (
            "q.access_signs",
            ErrorCode::Repeated,
            "Trang gửi hai lần câu 2: Biển hiệu rõ ràng; tải lại trang rồi gửi lại",
            "The page sent question 2: Signs are clear twice; load the page again and send once more",
        ),
        (
            "comment",
            ErrorCode::Repeated,
            "Trang gửi hai lần “comment”; tải lại trang rồi gửi lại",
            "The page sent “comment” twice; load the page again and send once more",
        ),
        ("comment", ErrorCode::NotAString, "Giá trị của “comment” phải là một chuỗi", "Give “comment” as a string"),
        ("d.age", ErrorCode::NotAString, "Giá trị của “age” phải là một chuỗi", "Give “age” as a string"),
        (
            "answers",
            ErrorCode::NotAnObject,
            "Giá trị của “answers” phải là một đối tượng JSON",
            "Give “answers” as a JSON object",
        ),
    ];
    for (field, code, vietnamese, english) in pinned {
        assert_eq!(at(field, code), (vietnamese.to_owned(), english.to_owned()));
    }
}

#[test]
fn a_made_up_key_is_shown_cut() {
    assert_eq!(message(&"x".repeat(5000), ErrorCode::KeyUnknown, "en").chars().filter(|c| *c == 'x').count(), 40);
}

#[test]
fn another_language_reads_vietnamese_sentences() {
    let questionnaire: Questionnaire = kitchen_sink();
    let error = FieldError { field: "q.access_info".to_owned(), code: ErrorCode::LevelMissing };
    assert_eq!(error.message("km", &questionnaire), error.message("vi", &questionnaire));
}
