//! What citizens wrote in the free words of their sheets, for those who must act on it: by questionnaire and month that is over,
//! with the place where ten sheets or more came from it, and in no order of time.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::NaiveDate;

use crate::cases::themes::{self, Denials, Theme};
use crate::db::{Db, DbError, SheetFilter};
use crate::index::SHOWN_FROM;
use crate::survey::kept_words;
use crate::survey::masking::masked;

/// Where a comment came from: unit, point, field.
pub type Place = (i32, i32, i16);

/// How many sheets and which words of each place.
type Places = BTreeMap<Place, (u64, Vec<String>)>;

/// The comments to one questionnaire in one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comments {
    /// Identifier of the questionnaire.
    pub questionnaire: String,
    /// Its title in Vietnamese.
    pub title: String,
    /// Counted sheets, with words or without; none where they are fewer than ten and nothing is shown.
    pub sheets: Option<u64>,
    /// By place, those whose place may not be told first.
    pub places: Vec<(Option<Place>, Vec<String>)>,
}

/// The comments of `units` in the civil days from `from` to `to`, which are over.
///
/// A sheet's words are read once its answers count in shown figures, as rows of an export are. Ten sheets of a questionnaire at a point and
/// field let the place be told; the others are shown together without it, where they are ten, else with the smallest told place.
pub fn comments(db: &Db, units: &[i32], from: NaiveDate, to: NaiveDate) -> Result<Vec<Comments>, DbError> {
    let forms: BTreeMap<i32, _> = db.all_forms()?.into_iter().map(|form| (form.id, form)).collect();
    let mut found: BTreeMap<(String, String), Places> = BTreeMap::new();
    let filter = SheetFilter { units: Some(units.to_vec()), from: Some(from), to: Some(to) };
    db.export_sheets(&filter, false, true, |sheet| {
        if let Some(form) = forms.get(&sheet.key.form) {
            let form = &form.questionnaire;
            let title = form.title.in_language("vi").to_owned();
            let places = found.entry((title, form.id.clone())).or_default();
            let place = places.entry((sheet.key.unit, sheet.key.point, sheet.key.field)).or_default();
            place.0 += 1;
            let (comment, texts) = kept_words::comment_and_texts(sheet.comment.as_deref().unwrap_or_default());
            place.1.extend(comment.map(masked));
            let asked = |id: &str| {
                let asked = form.questions().find(|question| question.id == id);
                asked.map_or_else(|| id.to_owned(), |question| question.text.in_language("vi").to_owned())
            };
            place.1.extend(texts.iter().map(|(id, text)| format!("{}: {}", asked(id), masked(text))));
        }
        ControlFlow::Continue(())
    })?;
    Ok(found.into_iter().map(|((title, questionnaire), places)| grouped(questionnaire, title, places)).collect())
}

/// The themes of the ward that a unit belongs to: its own list, else the program's.
pub fn themes_of(db: &Db, unit: &str) -> Result<Vec<Theme>, DbError> {
    Ok(themes::read(&theme_list(db, unit)?).unwrap_or_default())
}

/// The same as the text that is edited.
pub fn theme_list(db: &Db, unit: &str) -> Result<String, DbError> {
    let tree = db.tree()?;
    let unit = tree.of_code(unit).map(|unit| unit.id);
    for above in unit.into_iter().flat_map(|unit| tree.above(unit)) {
        if let Some(list) = db.theme_list(above.id)? {
            return Ok(list);
        }
    }
    Ok(THEMES.to_owned())
}

/// What citizens of wards write about most, until a ward keeps its own list.
pub const THEMES: &str = "\
Chờ lâu: chờ lâu, đợi lâu, chờ, đợi, mất thời gian, lâu quá, chậm
Thái độ: thái độ, quát, cáu, khó chịu, thiếu tôn trọng, lạnh lùng
Giấy tờ, thủ tục: giấy tờ, thủ tục, rườm rà, bổ sung, đi lại nhiều lần, thiếu giấy
Phí, tiền: phí, lệ phí, tiền, thu thêm
Cơ sở vật chất: ghế, chỗ ngồi, nhà vệ sinh, nóng, quạt, điều hòa, gửi xe, chỗ để xe
Trực tuyến: trực tuyến, mạng, trang web, phần mềm, ứng dụng, tài khoản
Hướng dẫn: hướng dẫn, chỉ dẫn, không rõ, khó hiểu
Khen: cảm ơn, hài lòng, nhiệt tình, chu đáo, rất tốt, không phải chờ, không chờ, không phải đợi, không đợi, không chê, không có gì phải phàn nàn, không phàn nàn";

/// How Vietnamese denies what a theme is about: "không phải chờ lâu" is no complaint about waiting, "không hài lòng" no praise. "Không có ghế"
/// stays a complaint about chairs: only what troubles or pleases by itself is turned over.
///
/// It knows the usual turns of speech and no more. Irony, a denial at the end ("có phải chờ đâu"), one that a comma parts from its word
/// ("không phải chờ, đợi") and words of a ward's own list that are none of the turned ones are taken as they stand; and of two clauses without a
/// comma ("không có người phải chờ lâu") the first denies the second.
const DENIALS: Denials<'static> = Denials {
    denying: &["không", "ko", "k", "hông", "chẳng", "chả", "chưa", "khỏi", "đỡ"],
    // Without marks "đỡ" is "do" (because), "chả" is "cha" (father): they deny nothing there.
    denying_bare: &["khong", "ko", "k", "hong", "chang", "chua", "khoi"],
    between: &[
        "phải", "bị", "có", "hề", "còn", "cần", "để", "cho", "quá", "gì", "ai", "bao", "giờ", "từng", "thấy", "được",
        "là", "một", "lần", "nào", "mất", "thời", "gian", "công", "cảnh", "dân", "người", "bà", "con", "tôi", "em",
        "mình", "khách", "ngồi", "đứng", "xếp", "hàng", "thật", "thực", "sự", "hoàn", "toàn", "lắm", "thái", "độ",
        "tỏ", "ra", "đi", "chờ", "đợi", "lâu", "nhiều", "rất",
    ],
    measures: &["lâu", "nhiều", "mấy", "đáng"],
    turned: &[
        "chờ",
        "đợi",
        "lâu",
        "chậm",
        "trễ",
        "muộn",
        "mất thời gian",
        "quát",
        "cáu",
        "gắt",
        "khó chịu",
        "thiếu tôn trọng",
        "lạnh lùng",
        "hách dịch",
        "sách nhiễu",
        "nhũng nhiễu",
        "gây khó",
        "rườm rà",
        "phiền",
        "phàn nàn",
        "chê",
        "từ chối",
        "bổ sung",
        "đi lại nhiều lần",
        "thu thêm",
        "khó hiểu",
        "nóng",
        "cảm ơn",
        "hài lòng",
        "nhiệt tình",
        "chu đáo",
        "tận tình",
        "thân thiện",
        "tốt",
        "nhanh",
    ],
};

/// Whether somebody wrote of a theme.
pub fn speaks_of(text: &str, theme: &Theme) -> bool {
    themes::speaks_of(text, theme, &DENIALS)
}

fn grouped(questionnaire: String, title: String, places: BTreeMap<Place, (u64, Vec<String>)>) -> Comments {
    let sheets: u64 = places.values().map(|(sheets, _)| sheets).sum();
    if sheets < SHOWN_FROM {
        return Comments { questionnaire, title, sheets: None, places: Vec::new() };
    }
    let (small, mut told): (Vec<_>, Vec<_>) = places.into_iter().partition(|(_, (sheets, _))| *sheets < SHOWN_FROM);
    told.sort_by_key(|(_, (sheets, _))| std::cmp::Reverse(*sheets));
    let mut without_place = small;
    let mut count: u64 = without_place.iter().map(|(_, (sheets, _))| sheets).sum();
    while (1..SHOWN_FROM).contains(&count) {
        let Some(smallest) = told.pop() else { break };
        count += smallest.1.0;
        without_place.push(smallest);
    }
    told.sort_by_key(|(place, _)| *place);
    let mut words: Vec<String> = without_place.into_iter().flat_map(|(_, (_, words))| words).collect();
    // Not place after place, which their order would give away.
    words.sort();
    let mut shown = vec![(None, words)];
    shown.extend(told.into_iter().map(|(place, (_, words))| (Some(place), words)));
    // Not sheet after sheet either: the comment and the short texts of one person need not be read together.
    for (_, words) in &mut shown {
        words.sort();
    }
    shown.retain(|(_, words)| !words.is_empty());
    Comments { questionnaire, title, sheets: Some(sheets), places: shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(places: &[(Place, u64, &str)]) -> Comments {
        let places = places.iter().map(|(place, sheets, words)| (*place, (*sheets, vec![(*words).to_owned()])));
        grouped("q".to_owned(), "Q".to_owned(), places.collect())
    }

    #[test]
    fn the_list_of_the_program_can_be_read() {
        assert_eq!(themes::read(THEMES).expect("a list").len(), 8);
    }

    #[test]
    fn what_is_denied_is_not_what_somebody_wrote_of() {
        let themes = themes::read(THEMES).expect("a list");
        let of = |text: &str| {
            themes.iter().filter(|theme| speaks_of(text, theme)).map(|theme| theme.name.as_str()).collect::<Vec<_>>()
        };
        // What citizens write, read by people: the themes that each is about.
        for (text, about) in [
            ("Không phải chờ", vec!["Khen"]),
            ("Không phải chờ lâu", vec!["Khen"]),
            ("Không chờ lâu, rất tốt", vec!["Khen"]),
            ("khong phai cho lau", vec!["Khen"]),
            ("Ko phải đợi", vec![]),
            ("Không phải chờ đợi", vec!["Khen"]),
            ("Chẳng phải đợi lâu", vec![]),
            ("Chưa bao giờ phải chờ", vec![]),
            ("Không để người dân chờ lâu", vec![]),
            ("Đỡ phải chờ", vec![]),
            ("Không mất thời gian chờ đợi", vec![]),
            ("Thời gian chờ không lâu", vec![]),
            ("Không chậm", vec![]),
            ("Không có gì phải phàn nàn", vec!["Khen"]),
            ("Chưa bao giờ bị từ chối", vec![]),
            ("Cán bộ không quát, không cáu", vec![]),
            ("Không ai khó chịu", vec![]),
            ("Thủ tục không rườm rà", vec!["Giấy tờ, thủ tục"]),
            ("Không hài lòng", vec![]),
            ("Chưa thật sự hài lòng", vec![]),
            ("Cán bộ không nhiệt tình", vec![]),
            ("Không thu thêm", vec![]),
            // Complaints stay complaints.
            ("Phải chờ lâu", vec!["Chờ lâu"]),
            ("Không có ghế, phải chờ lâu", vec!["Chờ lâu", "Cơ sở vật chất"]),
            ("do phai cho lau", vec!["Chờ lâu"]),
            ("Không chỉ chờ lâu mà còn bị quát", vec!["Chờ lâu", "Thái độ"]),
            ("Không thể chờ lâu hơn", vec!["Chờ lâu"]),
            ("Không biết chờ đến bao giờ", vec!["Chờ lâu"]),
            ("Không lần nào không phải chờ", vec!["Chờ lâu"]),
            ("Sáng không phải chờ nhưng chiều chờ rất lâu", vec!["Chờ lâu", "Khen"]),
            ("Không ai hướng dẫn", vec!["Hướng dẫn"]),
            ("Chưa xong. Chờ mãi", vec!["Chờ lâu"]),
            ("Tôi rất hài lòng", vec!["Khen"]),
        ] {
            assert_eq!(of(text), about, "{text}");
        }
    }

    #[test]
    fn fewer_than_ten_sheets_show_nothing() {
        assert_eq!(of(&[((1, 1, 1), 9, "a")]), Comments { sheets: None, ..of(&[((1, 1, 1), 9, "a")]) });
        assert!(of(&[((1, 1, 1), 9, "a")]).places.is_empty());
    }

    #[test]
    fn a_small_place_is_told_with_the_smallest_of_the_others() {
        let shown = of(&[((1, 1, 1), 3, "b"), ((1, 2, 1), 20, "a"), ((1, 3, 1), 12, "c")]);
        assert_eq!(shown.sheets, Some(35));
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(shown.places, [(None, words(&["b", "c"])), (Some((1, 2, 1)), words(&["a"]))]);
    }
}
