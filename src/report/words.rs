//! The words that stand beside figures: verdicts, reasons, series, modes, factors, warnings; Vietnamese and English.
//!
//! One place, so that a page, a file and a mail call the same thing by the same name.

pub mod plan;
pub mod warnings;

use chrono::NaiveDate;

use super::format::{self, Language, date};
use super::of_ten::OfTen;
use crate::index::result::{
    APPROXIMATE_BELOW, APPROXIMATE_BELOW_AT_THE_TOP, APPROXIMATE_BELOW_DAYS, Basis, IndexReport, Reason, SHOWN_FROM,
    Suspects, TargetResult, Verdict,
};
use crate::plan::closing::State;
use crate::plan::{Channel, CountKind, IndexKind, Measure, Respondents, Weights};
use crate::sheet::tally::{Mode, Series};
use crate::stats::RateMethod;

/// What the interval says about a target.
pub fn verdict(verdict: Verdict, language: Language) -> &'static str {
    match verdict {
        Verdict::Met => language.choose("Đạt", "Met"),
        Verdict::NotMet => language.choose("Chưa đạt", "Not met"),
        Verdict::CannotSay => language.choose("Chưa đủ căn cứ kết luận", "Cannot say yet"),
    }
}

/// What a counted target counts.
pub fn count_kind(kind: CountKind, language: Language) -> &'static str {
    match kind {
        CountKind::ComplaintsInTime => {
            language.choose("Phản ánh, kiến nghị giải quyết đúng hạn", "Complaints answered in time")
        }
        CountKind::Dialogues => {
            language.choose("Đối thoại với người dân, doanh nghiệp", "Dialogues with people and businesses")
        }
        CountKind::HeadDialogues => language.choose("Đối thoại do người đứng đầu chủ trì", "Dialogues led by the head"),
        CountKind::OfficeDialogues => language.choose("Đối thoại của từng đơn vị", "Dialogues of every office"),
        CountKind::NewsItems => {
            language.choose("Tin, bài hằng tháng trên trang của phường", "Items on the ward's site in every month")
        }
        CountKind::Broadcasts => language.choose("Bài phát thanh hằng tháng", "Broadcasts in every month"),
        CountKind::CityItems => language
            .choose("Tin, bài hằng tháng gửi trang của Thành phố", "Items sent to the city's site in every month"),
        CountKind::AcceptedItems => {
            language.choose("Tin, bài được trang của Thành phố đăng", "Items that the city's site accepted")
        }
    }
}

/// A half of a year as `H1/2026` or a month as `M4/2026` in the words of papers; any other name as it is.
pub fn part_of_year(name: &str, language: Language) -> String {
    let month = name.strip_prefix('M').and_then(|rest| rest.split_once('/'));
    let month = month.filter(|(month, _)| month.parse::<u8>().is_ok());
    if let Some((month, year)) = month {
        return language.choose(format!("tháng {month}/{year}"), format!("month {month} of {year}"));
    }
    match name.split_once('/') {
        Some(("H1", year)) => language.choose(format!("6 tháng đầu năm {year}"), format!("first half of {year}")),
        Some(("H2", year)) => language.choose(format!("6 tháng cuối năm {year}"), format!("second half of {year}")),
        _ => name.to_owned(),
    }
}

/// A target's figure as one says it at a doorstep: so many of ten people, and whether that is enough. Where the target counts answers, the people
/// are another figure than the one that was promised, so each has a sentence of its own.
pub fn at_the_doorstep(target: &TargetResult, title: &str, language: Language) -> Option<String> {
    let estimate = target.estimate.as_ref()?;
    let people = match target.measure {
        Measure::People => Some(OfTen::of(estimate.value, Some(target.minimum))),
        Measure::Answers => target.other_measure.as_ref().map(|people| OfTen::of(people.value, None)),
    };
    let (vi, en, ten) = match people {
        Some(ten) => ("người", "people", ten),
        None => ("câu trả lời", "answers", OfTen::of(estimate.value, Some(target.minimum))),
    };
    let end = match target.verdict {
        Verdict::Met => language.choose("Đạt mức đã hứa.", "That is what was promised."),
        Verdict::NotMet => language.choose("Chưa đạt mức đã hứa.", "That is less than was promised."),
        Verdict::CannotSay => language.choose(
            "Chưa đủ người trả lời để nói chắc là đạt hay chưa.",
            "Too few answered to be sure whether that is what was promised.",
        ),
    };
    let of_answers = people.filter(|_| target.measure == Measure::Answers).map(|_| {
        let share = format::share(estimate.value, &[target.minimum], language);
        let minimum = format::minimum(target.minimum, language);
        language.choose(
            format!("Tính theo câu trả lời: {share} hài lòng, mức đã hứa {minimum}. "),
            format!("Of the answers {share} are satisfied, {minimum} were promised. "),
        )
    });
    let (ten, of_answers) = (ten.words(language), of_answers.unwrap_or_default());
    Some(language.choose(
        format!("{title}: cứ 10 {vi} thì {ten} {vi} hài lòng. {of_answers}{end}"),
        format!("{title}: {ten} of 10 {en} are satisfied. {of_answers}{end}"),
    ))
}

/// The plain comparison of the value with the minimum, which is not the verdict.
pub fn point_comparison(reached: bool, language: Language) -> &'static str {
    if reached {
        language.choose("bằng hoặc cao hơn chỉ tiêu", "reached by the point value")
    } else {
        language.choose("thấp hơn chỉ tiêu", "below by the point value")
    }
}

/// The same for a column headed "by the point value".
pub fn point_comparison_short(reached: bool, language: Language) -> &'static str {
    if reached { language.choose("bằng hoặc cao hơn", "reached") } else { language.choose("thấp hơn", "below") }
}

/// When answers are divided by offices, and when they were last.
pub fn offices_as_of(index: &IndexReport, language: Language) -> String {
    let last = index.offices_as_of.map(date).map_or_else(String::new, |day| {
        language.choose(format!("; lần gần nhất ngày {day}"), format!("; last on {day}"))
    });
    language.choose(
        format!("Số liệu của từng đơn vị chỉ cập nhật vào đầu tháng và khi khóa kỳ{last}."),
        format!("Figures of single offices are brought up to date at the beginning of a month and at a closing{last}."),
    )
}

/// How many sheets of the period no figure counts yet; nothing where that is not told or none waits.
pub fn waiting(index: &IndexReport, language: Language) -> Option<String> {
    let waiting = index.waiting.filter(|waiting| *waiting > 0)?;
    let waiting = super::format::count(waiting, language);
    Some(if index.version.is_some() {
        language.choose(
            format!("Khi khóa kỳ còn {waiting} phiếu chưa đủ một lượt, không tính vào số liệu này."),
            format!("{waiting} sheets still waited when the period was closed and are not in these figures."),
        )
    } else {
        language.choose(
            format!("Còn {waiting} phiếu chờ tính vào số liệu (đến nửa đêm vừa qua)."),
            format!("{waiting} sheets wait to enter the figures (as of last midnight)."),
        )
    })
}

/// Why nothing can be said.
pub fn reason(reason: Reason, language: Language) -> String {
    match reason {
        Reason::NoData => {
            language.choose("Chưa có phiếu nào tính vào chỉ tiêu này", "No sheet feeds this target yet").to_owned()
        }
        Reason::SmallCell => small_cell(language),
        Reason::AcrossBorder => language
            .choose(
                "Phiếu của những ngày này vào số liệu cùng lượt với phiếu của ngày khác: không hiển thị",
                "Sheets of these days enter figures together with sheets of other days: not shown",
            )
            .to_owned(),
        Reason::Incomplete => language.choose(
            format!("Chưa đầy đủ: lĩnh vực ít hơn {SHOWN_FROM} người trả lời còn có thể đổi kết luận"),
            format!("Incomplete: fields with fewer than {SHOWN_FROM} respondents could still turn the verdict"),
        ),
    }
}

/// The same in a few words, beside a verdict.
pub fn reason_short(reason: Reason, language: Language) -> String {
    match reason {
        Reason::NoData => language.choose("chưa có phiếu tính vào", "no sheets that feed it").to_owned(),
        Reason::SmallCell => {
            language.choose(format!("ít hơn {SHOWN_FROM} người"), format!("fewer than {SHOWN_FROM} people"))
        }
        Reason::AcrossBorder => {
            language.choose("phiếu cùng lượt với ngày khác", "sheets entered with those of other days").to_owned()
        }
        Reason::Incomplete => language.choose("chưa đầy đủ", "incomplete").to_owned(),
    }
}

/// What stands in place of a hidden figure of a field: why it is not shown.
pub fn hidden_field(index: &IndexReport, field: &str, language: Language) -> String {
    let beyond = index.beyond.as_ref().map_or(0, |beyond| beyond.of_field(field).sheets);
    if beyond > 0 { across_border(beyond, language) } else { small_cell(language) }
}

/// What stands in place of a hidden factor or criterion.
pub fn hidden_part(at_will: bool, language: Language) -> String {
    if !at_will {
        return small_cell(language);
    }
    language.choose(
        format!("Không nêu riêng: trong kỳ có lượt phiếu mà ít hơn {SHOWN_FROM} người trả lời nội dung này"),
        format!("Not told apart: in the period some release has fewer than {SHOWN_FROM} people who answered it"),
    )
}

/// What stands in place of a figure of days chosen at will of which about so many sheets are left out.
pub fn across_border(sheets: u64, language: Language) -> String {
    let sheets = format::count(sheets, language);
    language.choose(
        format!("Khoảng {sheets} phiếu vào số liệu cùng lượt với phiếu của ngày khác: không hiển thị"),
        format!("About {sheets} sheets entered figures together with sheets of other days: not shown"),
    )
}

/// How many sheets figures of days chosen at will leave out for their releases; nothing where there are none.
pub fn beyond(index: &IndexReport, language: Language) -> Option<String> {
    let beyond = index.beyond.as_ref()?;
    let sheets = format::count(beyond.all.sheets, language);
    let remainder = language.choose(
        " Phần được tính chưa đến một nửa, nên không dùng để kết luận tăng, giảm.",
        " Less than half is counted, so nothing is concluded from it about a rise or a fall.",
    );
    let says = language.choose(
        format!(
            "Khoảng {sheets} phiếu của những ngày này không tính ở đây, vì vào số liệu cùng lượt với phiếu của ngày khác (mỗi lượt từ {SHOWN_FROM} phiếu, \
             tính trọn hoặc không tính); kỳ báo cáo chứa cả lượt có tính."
        ),
        format!(
            "About {sheets} sheets of these days are not counted here, because they entered figures together with sheets of other days (a release of \
             {SHOWN_FROM} or more is counted whole or not at all); the reporting period that holds the release counts them."
        ),
    );
    Some(says + if beyond.all.is_remainder() { remainder } else { "" })
}

/// What stands in place of a hidden figure.
pub fn small_cell(language: Language) -> String {
    language.choose(
        format!("Ít hơn {SHOWN_FROM} người trả lời: không hiển thị"),
        format!("Fewer than {SHOWN_FROM} respondents: not shown"),
    )
}

/// The warning beside an interval that rests on few respondents.
pub fn approximate(language: Language) -> String {
    language.choose(
        format!(
            "Dưới {APPROXIMATE_BELOW} người trả lời (hoặc dưới {APPROXIMATE_BELOW_AT_THE_TOP} khi tỷ lệ từ 95%), hoặc dưới \
             {APPROXIMATE_BELOW_DAYS} lượt điểm và ngày: khoảng tin cậy chỉ là gần đúng"
        ),
        format!(
            "Fewer than {APPROXIMATE_BELOW} respondents (or {APPROXIMATE_BELOW_AT_THE_TOP} where the rate is 95% or more), or than \
             {APPROXIMATE_BELOW_DAYS} points × days: the interval is only approximate"
        ),
    )
}

/// Through which series the answers came.
pub fn series(series: Series, language: Language) -> &'static str {
    match series {
        Series::Sample => language.choose("phiếu điều tra theo mẫu", "survey sample"),
        Series::Ticket => language.choose("phiếu có mã dùng một lần", "one-time codes"),
        Series::Open => language.choose("phiếu tự nguyện", "volunteers"),
    }
}

/// How a sheet was filled in.
pub fn mode(mode: Mode, language: Language) -> &'static str {
    match mode {
        Mode::Phone => language.choose("điện thoại cá nhân", "own phone"),
        Mode::Kiosk => language.choose("máy tại quầy", "device at the counter"),
        Mode::Paper => language.choose("phiếu giấy", "paper"),
        Mode::Telephone => language.choose("gọi điện thoại", "telephone call"),
        Mode::Interview => language.choose("phỏng vấn trực tiếp", "interview"),
    }
}

/// Several modes in one phrase, in a fixed order.
pub fn modes(modes: &[Mode], language: Language) -> String {
    let mut modes = modes.to_vec();
    modes.sort_unstable();
    modes.dedup();
    if modes.is_empty() {
        return language.choose("không ghi nhận", "not recorded").to_owned();
    }
    modes.into_iter().map(|one| mode(one, language)).collect::<Vec<_>>().join(", ")
}

/// Who answered, as a phrase after a figure.
pub fn basis(basis: Basis, language: Language) -> &'static str {
    match basis {
        Basis::Volunteers => language.choose("theo ý kiến tự nguyện", "opinions of volunteers"),
        Basis::Sample => language.choose("theo mẫu điều tra", "from a survey sample"),
    }
}

/// What the figures are not: stands on everything that could be taken for the ministry's SIPAS.
pub fn disclaimer(basis: Basis, language: Language) -> &'static str {
    match basis {
        Basis::Volunteers => language.choose(
            "Khảo sát tự nguyện, không thay thế SIPAS do Bộ Nội vụ công bố.",
            "A voluntary survey; it does not replace the SIPAS published by the Ministry of Home Affairs.",
        ),
        Basis::Sample => language.choose(
            "Khảo sát do đơn vị tự thực hiện, không thay thế SIPAS do Bộ Nội vụ công bố.",
            "The unit's own survey; it does not replace the SIPAS published by the Ministry of Home Affairs.",
        ),
    }
}

/// Marks pages and files made from demonstration data.
pub fn demonstration(language: Language) -> &'static str {
    language.choose("SỐ LIỆU MINH HỌA, KHÔNG PHẢI KẾT QUẢ THẬT", "DEMONSTRATION DATA, NOT REAL RESULTS")
}

/// How an interval was made.
pub fn method(method: RateMethod, language: Language) -> &'static str {
    match method {
        RateMethod::ModelScore => {
            language.choose("Wilson theo mô hình người trả lời và ngày", "Wilson on a model of respondents and days")
        }
        RateMethod::ClusterWilson => {
            language.choose("Wilson theo cụm điểm phục vụ và ngày", "Wilson, clustered by service point and day")
        }
        RateMethod::RespondentWilson => {
            language.choose("Wilson theo cụm từng người trả lời", "Wilson, clustered by respondent")
        }
        RateMethod::SimpleWilson => {
            language.choose("Wilson theo số người trả lời", "Wilson on the number of respondents")
        }
    }
}

/// What an index measures.
pub fn index_kind(kind: IndexKind, language: Language) -> &'static str {
    match kind {
        IndexKind::Sipas => {
            language.choose("Sự phục vụ của cơ quan hành chính nhà nước", "Service of the administrative agencies")
        }
        IndexKind::Procedures => {
            language.choose("Giải quyết thủ tục hành chính", "Handling of administrative procedures")
        }
        IndexKind::PublicServices => language.choose(
            "Dịch vụ công, trước hết là y tế và giáo dục công lập",
            "Public services, health and education foremost",
        ),
        IndexKind::Policy => {
            language.choose("Xây dựng, tổ chức thực hiện chính sách", "ReportOptions and carrying out of policies")
        }
    }
}

/// The official name of a SIPAS factor (or of the policy part); none for a section of the sector's own.
pub fn factor(id: &str, language: Language) -> Option<&'static str> {
    Some(match id {
        "access" => language.choose("Tiếp cận dịch vụ", "Access to services"),
        "procedures" => language.choose("Thủ tục hành chính", "Administrative procedures"),
        "officials" => language.choose("Công chức trực tiếp giải quyết công việc", "Officials who handle the work"),
        "results" => language.choose("Kết quả cung ứng dịch vụ", "Results of the service"),
        "feedback" => language.choose(
            "Tiếp nhận, xử lý ý kiến góp ý, phản ánh, kiến nghị",
            "Reception and handling of comments, reflections and recommendations",
        ),
        "policy" => {
            language.choose("Xây dựng, tổ chức thực hiện chính sách", "ReportOptions and carrying out of policies")
        }
        _ => return None,
    })
}

/// How fields are weighed into one index.
pub fn weights(weights: Weights, language: Language) -> &'static str {
    match weights {
        Weights::Volumes => language.choose(
            "theo số hồ sơ giải quyết của từng lĩnh vực trong kỳ",
            "by the cases each field handled in the period",
        ),
        Weights::Equal => language.choose("các lĩnh vực có trọng số bằng nhau", "every field counts the same"),
        Weights::Respondents => {
            language.choose("theo số người trả lời của từng lĩnh vực", "by the respondents of each field")
        }
    }
}

/// Whose answers a target asks for.
pub fn respondents(respondents: Respondents, language: Language) -> &'static str {
    match respondents {
        Respondents::All => language.choose("người dân, tổ chức", "people and organisations"),
        Respondents::Person => language.choose("người dân", "people"),
        Respondents::Organisation => language.choose("doanh nghiệp, tổ chức", "businesses and organisations"),
    }
}

/// The channel by which the service was given.
pub fn channel(channel: Channel, language: Language) -> &'static str {
    match channel {
        Channel::Counter => language.choose("tại quầy", "at the counter"),
        Channel::Online => language.choose("trực tuyến", "online"),
    }
}

/// Whether flagged sheets count.
pub fn suspects(suspects: Suspects, language: Language) -> &'static str {
    match suspects {
        Suspects::In => language
            .choose("Phiếu có dấu hiệu bất thường vẫn được tính.", "Answer sheets flagged as suspect are counted."),
        Suspects::Out => language
            .choose("Phiếu có dấu hiệu bất thường không được tính.", "Answer sheets flagged as suspect are left out."),
    }
}

/// A reporting period by its key: `2026-q1` is "quý I năm 2026"; other keys are named by their days.
pub fn period(key: &str, from: NaiveDate, to: NaiveDate, language: Language) -> String {
    let parts = key.split_once('-').filter(|(year, _)| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()));
    let named = parts.and_then(|(year, part)| {
        let (vi, en) = match part {
            "q1" => ("quý I", "first quarter of"),
            "q2" => ("quý II", "second quarter of"),
            "q3" => ("quý III", "third quarter of"),
            "q4" => ("quý IV", "fourth quarter of"),
            "h1" => ("6 tháng đầu", "first six months of"),
            "9m" => ("9 tháng đầu", "first nine months of"),
            "year" => ("", "year"),
            month => {
                let month: u32 = month.strip_prefix('m')?.parse().ok()?;
                return Some(language.choose(format!("tháng {month} năm {year}"), format!("month {month} of {year}")));
            }
        };
        Some(language.choose(format!("{vi} năm {year}"), format!("{en} {year}")).trim().to_owned())
    });
    named.unwrap_or_else(|| {
        language.choose(
            format!("từ ngày {} đến ngày {}", date(from), date(to)),
            format!("from {} to {}", date(from), date(to)),
        )
    })
}

/// The five official levels, worst first.
pub fn levels(language: Language) -> [&'static str; 5] {
    language.choose(
        ["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"],
        ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"],
    )
}

/// The answer outside the scale.
pub fn not_used(language: Language) -> &'static str {
    language.choose("Không sử dụng, không có ý kiến", "Not used, no opinion")
}

/// What keeps figures from being the ones that go out: an open period, a closing under way, a version that holds no more.
pub fn not_final(index: &IndexReport, as_of: NaiveDate, language: Language) -> Option<String> {
    let day = date(as_of);
    let version = index.version.unwrap_or(1);
    let banner = match index.state {
        _ if index.so_far => language
            .choose(format!("BẢN NHÁP: số liệu tạm tính đến {day}"), format!("DRAFT: provisional figures as of {day}")),
        State::Draft => language.choose(
            format!("BẢN NHÁP: kỳ báo cáo chưa khóa, số liệu tạm tính đến {day}"),
            format!("DRAFT: the period is not closed; provisional figures as of {day}"),
        ),
        State::Checked => language.choose(
            format!("BẢN NHÁP: số liệu đã khóa (phiên bản {version}), chờ lãnh đạo duyệt"),
            format!("DRAFT: the figures are frozen (version {version}) and wait for approval"),
        ),
        State::Approved => language.choose(
            format!("BẢN NHÁP: số liệu đã khóa và được duyệt (phiên bản {version}), chưa công bố"),
            format!("DRAFT: the figures are frozen and approved (version {version}), and not published"),
        ),
        State::Published => return None,
        State::Returned => language.choose(
            format!("KHÔNG CÓ HIỆU LỰC: phiên bản {version} đã bị trả lại"),
            format!("NOT IN FORCE: version {version} was returned"),
        ),
        State::Reopened => language.choose(
            format!("KHÔNG CÒN HIỆU LỰC: kỳ báo cáo đã được mở lại sau phiên bản {version}"),
            format!("NO LONGER IN FORCE: the period was opened anew after version {version}"),
        ),
    };
    Some(banner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_and_warnings_say_what_was_agreed() {
        assert_eq!(verdict(Verdict::Met, Language::Vi), "Đạt");
        assert_eq!(verdict(Verdict::NotMet, Language::Vi), "Chưa đạt");
        assert_eq!(verdict(Verdict::CannotSay, Language::Vi), "Chưa đủ căn cứ kết luận");
        assert_eq!(small_cell(Language::Vi), "Ít hơn 10 người trả lời: không hiển thị");
        assert_eq!(basis(Basis::Volunteers, Language::Vi), "theo ý kiến tự nguyện");
        assert!(disclaimer(Basis::Volunteers, Language::Vi).contains("không thay thế SIPAS do Bộ Nội vụ công bố"));
    }

    #[test]
    fn periods_are_named_as_reports_name_them() {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).expect("a date");
        let name = |key, language| period(key, day(1, 15), day(3, 14), language);
        assert_eq!(name("2026-q1", Language::Vi), "quý I năm 2026");
        assert_eq!(name("2026-h1", Language::Vi), "6 tháng đầu năm 2026");
        assert_eq!(name("2026-year", Language::Vi), "năm 2026");
        assert_eq!(name("2026-year", Language::En), "year 2026");
        assert_eq!(name("2026-9m", Language::Vi), "9 tháng đầu năm 2026");
        assert_eq!(name("2026-m04", Language::Vi), "tháng 4 năm 2026");
        assert_eq!(name("adhoc-2026-01-15-2026-03-14", Language::Vi), "từ ngày 15/01/2026 đến ngày 14/03/2026");
        assert_eq!(name("", Language::En), "from 15/01/2026 to 14/03/2026");
    }

    #[test]
    fn modes_are_listed_once_in_one_order() {
        assert_eq!(modes(&[Mode::Paper, Mode::Phone, Mode::Paper], Language::Vi), "điện thoại cá nhân, phiếu giấy");
        assert_eq!(modes(&[], Language::En), "not recorded");
    }
}
