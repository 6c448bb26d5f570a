//! The texts of tellings: their bounds, their figures, and that no digit is left to be read aloud.

use chrono::NaiveDate;

use super::*;
use crate::report::spoken::syllables;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn facts(remedies: usize) -> Facts {
    Facts {
        unit: "Phường Cầu Giấy".to_owned(),
        above: "Thành phố Hà Nội".to_owned(),
        span: "quý III năm 2026".to_owned(),
        days: (day("2026-06-15"), day("2026-09-14")),
        figures: Some(Figures {
            plan: "Kế hoạch cải cách hành chính năm 2026 của phường Cầu Giấy".to_owned(),
            period: "quý III năm 2026".to_owned(),
            days: (day("2026-06-15"), day("2026-09-14")),
            respondents: 1_234,
            disclaimer: "Khảo sát tự nguyện, không thay thế SIPAS do Bộ Nội vụ công bố.".to_owned(),
            targets: vec![TargetFact {
                title: "Giải quyết thủ tục hành chính".to_owned(),
                ten: 9,
                side: Side::About,
                of_people: true,
                apart: false,
                share: "91,2%".to_owned(),
                minimum: "90%".to_owned(),
                verdict: Verdict::CannotSay,
            }],
        }),
        closing: None,
        mended: (1..=remedies)
            .map(|number| Mended {
                said: format!(
                    "Chờ lâu ở quầy số {number} vào các buổi sáng đầu tuần, không có ghế ngồi cho người cao tuổi."
                ),
                work: "Mở thêm một quầy buổi sáng, thêm 20 ghế và bảng gọi số thứ tự.".to_owned(),
                done: Some(day("2026-08-05")),
            })
            .collect(),
        complaints: Some(Complaints { received: 12, in_time: 9, late: 1, published: 8 }),
        address: "https://khaosat.example.vn/results?unit=phuong-cau-giay".to_owned(),
        demo: false,
    }
}

#[test]
fn items_and_broadcasts_keep_their_bounds_however_much_there_is_to_tell() {
    for remedies in [0, 1, 5, 40] {
        for draft in [results(&facts(remedies)), mended(&facts(remedies))] {
            for item in [&draft.item, &draft.city] {
                assert!(word_count(item) <= ITEM_WORDS, "{} words: {item}", word_count(item));
                assert!(item.contains("https://khaosat.example.vn"), "the last line is never cut: {item}");
            }
            assert!(syllables(&draft.broadcast) <= BROADCAST_SYLLABLES, "{}", draft.broadcast);
            assert!(draft.broadcast.ends_with("Xin trân trọng cảm ơn!"));
            assert!(!draft.broadcast.chars().any(|c| c.is_ascii_digit()), "{}", draft.broadcast);
        }
    }
}

#[test]
fn every_text_tells_the_same_figures_and_an_open_verdict_stays_open() {
    let draft = results(&facts(1));
    assert!(draft.item.contains("1.234 lượt") && draft.city.contains("1.234 lượt"), "{}", draft.item);
    assert!(draft.broadcast.contains("một nghìn hai trăm ba mươi tư lượt"), "{}", draft.broadcast);
    for text in [&draft.item, &draft.city] {
        assert!(text.contains("cứ 10 người thì khoảng 9 người hài lòng (91,2%, mức đặt ra 90%)"), "{text}");
        assert!(text.contains("chưa đủ người trả lời"), "nothing is claimed that the interval leaves open: {text}");
        assert!(
            text.contains("12 phản ánh, kiến nghị: 9 đã giải quyết đúng hạn, 1 chậm hạn, 2 còn trong hạn"),
            "{text}"
        );
        assert!(text.contains("không thay thế SIPAS"), "{text}");
    }
    assert!(draft.broadcast.contains("cứ mười người thì khoảng chín người hài lòng"), "{}", draft.broadcast);
    assert!(draft.broadcast.contains("mười hai phản ánh"), "{}", draft.broadcast);
}

#[test]
fn where_a_target_counts_answers_people_and_answers_are_two_figures_and_neither_stands_for_the_other() {
    let mut facts = facts(0);
    let told = facts.figures.as_mut().expect("figures");
    told.targets[0] = TargetFact { side: Side::Nearly, apart: true, ..told.targets[0].clone() };
    let draft = results(&facts);
    for text in [&draft.item, &draft.city] {
        let said =
            "cứ 10 người thì gần 9 người hài lòng. Tính theo câu trả lời, tỷ lệ hài lòng là 91,2%, mức đặt ra 90%; ";
        assert!(text.contains(said), "{text}");
    }
    let said = "cứ mười người thì gần chín người hài lòng. Tính theo từng câu trả lời thì chưa đủ người";
    assert!(draft.broadcast.contains(said), "{}", draft.broadcast);
    let slide = slides(&facts, false).remove(0);
    assert_eq!(slide.big, "Gần 9 trên 10 người hài lòng");
    assert!(slide.small.contains("91,2% câu trả lời hài lòng, mức đặt ra 90%"), "{}", slide.small);
}

#[test]
fn the_verdict_stands_before_what_a_picture_or_a_screen_may_cut() {
    for (verdict, said) in [
        (Verdict::Met, "Đạt mức đã hứa. "),
        (Verdict::NotMet, "Chưa đạt mức đã hứa. "),
        (Verdict::CannotSay, "Chưa đủ người trả lời để nói chắc là đạt hay chưa. "),
    ] {
        let mut facts = facts(0);
        facts.figures.as_mut().expect("figures").targets[0].verdict = verdict;
        let slide = slides(&facts, false).remove(0);
        assert!(slide.small.starts_with(said) && slide.small.contains("91,2%, mức đặt ra 90%"), "{}", slide.small);
    }
}

#[test]
fn without_published_figures_none_are_told() {
    let mut facts = facts(0);
    facts.figures = None;
    let draft = results(&facts);
    assert!(draft.item.contains("chưa được công bố") && !draft.item.contains('%'), "{}", draft.item);
    // Nor does a heading promise them.
    assert!(draft.title.contains("chưa được công bố") && !draft.title.contains("đánh giá"), "{}", draft.title);
    assert!(draft.city_title.contains("chưa công bố kết quả"), "{}", draft.city_title);
    assert!(mended(&facts).item.contains("chưa có việc nào hoàn thành"));
}
