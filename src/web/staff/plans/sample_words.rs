//! What the pages of a sample say, in Vietnamese.

use crate::exchange::import::Refused;
use crate::exchange::import::frame::NoFrame;
use crate::exchange::import::known_totals::{Level, NoTotals};
use crate::report::{Language, designed, format};
use crate::sampling::draw::{DrawProblem, Method, Selection};
use crate::sampling::frame::{FrameProblem, LABEL_MAX, LABELS_MAX, SIZE_MAX, UNITS_MAX};
use crate::sampling::size::{Aim, Plan, Size};
use crate::sampling::totals::{KnownTotals, Named, Totals, Way};
use crate::stats::nonresponse::outcome_rates::OutcomeRates;
use crate::web::staff::form::Choice;
use crate::web::staff::imports::words;

/// What the form of the size holds at first.
pub(super) const SIZE_DEFAULTS: [(&str, &str); 8] = [
    ("aim", "margin"),
    ("margin", "5"),
    ("target", "87"),
    ("power", "80"),
    ("share", "50"),
    ("effect", "1"),
    ("response", "60"),
    ("parts", "1"),
];

/// What a size may be wanted for.
pub(super) fn aims() -> Vec<Choice> {
    vec![
        Choice::new("margin", "Biết tỷ lệ với sai số cho trước"),
        Choice::new("target", "Chứng tỏ đạt chỉ tiêu khi tỷ lệ thật đúng như dự kiến"),
    ]
}

/// With a capital letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What was done.
pub(super) fn done(word: &str, count: &str) -> Option<String> {
    let number = count.parse::<u64>().unwrap_or_default();
    let count = format::count(number, Language::Vi);
    Some(match word {
        "frame" => format!("Đã nhập khung mẫu {count} dòng."),
        "nocases" => "Chưa lập được khung: chưa có điểm nào của đơn vị được nhập số hồ sơ theo tháng, hoặc đợt không còn ngày làm việc nào từ ngày mai. Nhập số hồ sơ \
                      theo điểm ở trang “Số hồ sơ đã giải quyết” rồi làm lại."
            .to_owned(),
        "totals" if number == 0 => "Đã bỏ các tổng đã biết; trọng số chỉ hiệu chỉnh theo khung mẫu.".to_owned(),
        "totals" => {
            format!("Đã ghi tổng đã biết của {count} câu; trọng số sẽ được hiệu chỉnh theo đó khi kết thúc đợt.")
        }
        "drawn" => "Đã chọn mẫu. Tải danh sách cho người đi hỏi, in phiếu có số, rồi ghi kết quả tiếp cận.".to_owned(),
        "called" => format!("Đã gọi người thay thế mang phiếu số {number:03}."),
        "cells" => format!("Đã lập {count} ô mẫu. Nhập phiếu của mỗi ô dưới điểm mang tên ô ấy."),
        "few" => "Chưa lập được ô mẫu: mới có dưới 10 người trả lời.".to_owned(),
        "kept" => "Đã ghi kết quả tiếp cận.".to_owned(),
        "late" => "Không làm được nữa ở bước này; trang dưới đây là tình trạng hiện nay.".to_owned(),
        _ => return None,
    })
}

/// What is known of the people of a sample.
pub(super) fn totals(totals: &Totals) -> String {
    let question = |known: &KnownTotals| {
        let level = |(level, total): &(Named, u64)| format!("{} {}", level.vi, format::count(*total, Language::Vi));
        format!("{}: {}", known.question.vi, known.levels.iter().map(level).collect::<Vec<_>>().join(", "))
    };
    let all = totals.questions.iter().map(question).collect::<Vec<_>>().join("; ");
    match totals.way {
        Way::Raking => format!("{all}. Cách hiệu chỉnh: raking."),
        Way::Bounded { low, high } => {
            format!("{all}. Cách hiệu chỉnh: tuyến tính, hệ số từ {} đến {}.", decimal(low), decimal(high))
        }
    }
}

/// Why a file is no frame.
pub(super) fn no_frame(fault: &NoFrame) -> String {
    match fault {
        NoFrame::File(fault) => words::file(fault),
        NoFrame::Personal(heading) => format!(
            "Tệp có cột “{heading}”. Khung mẫu không được chứa họ tên, số điện thoại, địa chỉ hay số giấy tờ: hãy xóa cột ấy, chỉ giữ mã số riêng của \
             khung, rồi gửi lại."
        ),
        NoFrame::PersonalNumbers => {
            "Cột “Mã số” trông như số điện thoại hoặc số căn cước. Hãy thay bằng mã số riêng của khung, như số hồ sơ."
                .to_owned()
        }
        NoFrame::NoDigit(place) => format!(
            "{}: mã số không có chữ số nào, trông như họ tên. Hãy ghi mã số riêng của khung.",
            words::place(place)
        ),
        NoFrame::BadSize { place, typed } => {
            format!("{}: “Quy mô” là “{typed}”; phải là số nguyên từ 1, như 1 hoặc 1.200.", words::place(place))
        }
        NoFrame::Refused(refused) => cell(refused),
        NoFrame::List(problem) => match problem {
            FrameProblem::Empty => "Tệp không có dòng nào.".to_owned(),
            FrameProblem::TooMany => format!(
                "Khung mẫu có tối đa {} dòng; hãy chia thành nhiều đợt.",
                format::count(UNITS_MAX as u64, Language::Vi)
            ),
            FrameProblem::Twice(number) => format!("Mã số “{number}” có ở hai dòng."),
            FrameProblem::NoNumber(row) => format!("Dòng dữ liệu thứ {row} không có mã số."),
            FrameProblem::TooLong(text) => format!("“{text}…” dài quá {LABEL_MAX} ký tự."),
            FrameProblem::BadSize(row) => format!("Dòng dữ liệu thứ {row}: “Quy mô” phải là số nguyên từ 1."),
            FrameProblem::ManyStrata(count) => format!(
                "Cột “Tầng” có {count} giá trị khác nhau, tối đa {LABELS_MAX}. Tầng là nhóm lớn như lĩnh vực hay đơn vị; cột này trông như tên hoặc số riêng \
                 của từng người."
            ),
            FrameProblem::ManyGroups(count) => format!(
                "Cột “Nhóm” có {count} giá trị khác nhau, tối đa {LABELS_MAX}. Nhóm là cách chia như trực tiếp và trực tuyến."
            ),
        },
    }
}

/// Why no totals are read from a file.
pub(super) fn no_totals(fault: &NoTotals) -> String {
    match fault {
        NoTotals::File(fault) => words::file(fault),
        NoTotals::Refused(refused) => cell(refused),
        NoTotals::Empty => "Tệp không có dòng nào dưới tiêu đề.".to_owned(),
    }
}

fn cell(refused: &Refused) -> String {
    let (what, todo) = words::refused(&refused.reason);
    format!("{}, cột “{}”: {what} {todo}", words::place(&refused.place), refused.column)
}

/// A level of a file that stands there twice.
pub(super) fn level_twice(level: &Level) -> String {
    format!("{}: mức “{}” đã có ở dòng trước; chỉ giữ một dòng.", words::place(&level.place), level.name)
}

/// A level of a file that is no level of the form, or one of several questions.
pub(super) fn level_unknown(level: &Level, found: usize) -> String {
    let place = words::place(&level.place);
    match (&level.question, found) {
        (Some(question), 0) => format!(
            "{place}: câu “{question}” với mức “{}” không có trong phiếu của đợt. Ghi đúng như trên trang này.",
            level.name
        ),
        (None, 0) => {
            format!("{place}: mức “{}” không có trong phiếu của đợt. Ghi đúng như trên trang này.", level.name)
        }
        _ => format!("{place}: mức “{}” có ở nhiều câu; thêm cột “Câu hỏi” để biết là câu nào.", level.name),
    }
}

/// Why nobody is drawn from days that have begun.
pub(super) const DAYS_BEGUN: &str = "Khung mẫu có ngày đã qua hoặc là hôm nay, không hỏi được hết người đến nữa; hãy bấm “Lập khung từ số hồ sơ theo điểm và \
                                     ngày” để lập lại, rồi chọn mẫu.";

/// Why the cases of points make no frame.
pub(super) fn no_frame_of_cases(problem: &FrameProblem) -> String {
    let count = |number: usize| format::count(number as u64, Language::Vi);
    match problem {
        FrameProblem::TooMany => {
            format!(
                "Số điểm nhân số ngày của đợt vượt quá {} dòng; hãy chia thành nhiều đợt ngắn hơn.",
                count(UNITS_MAX)
            )
        }
        FrameProblem::ManyStrata(found) => format!(
            "Có {} đơn vị có số hồ sơ, tối đa {LABELS_MAX}; hãy lập đợt của từng đơn vị cấp dưới.",
            count(*found)
        ),
        FrameProblem::BadSize(_) => format!(
            "Có điểm dự kiến quá {} lượt một ngày; hãy xem lại số hồ sơ ở trang “Số hồ sơ đã giải quyết”.",
            format::count(SIZE_MAX.into(), Language::Vi)
        ),
        FrameProblem::Empty
        | FrameProblem::Twice(_)
        | FrameProblem::NoNumber(_)
        | FrameProblem::TooLong(_)
        | FrameProblem::ManyGroups(_) => "Chưa lập được khung từ số hồ sơ; hãy báo người quản trị.".to_owned(),
    }
}

/// Why nobody can be drawn.
pub(super) fn draw_problem(problem: DrawProblem) -> &'static str {
    match problem {
        DrawProblem::Nobody => "Ghi số người cần chọn.",
        DrawProblem::TooMany => "Khung mẫu không có đủ người.",
        DrawProblem::TooFew => "Mỗi tầng cần ít nhất 2 người; hãy chọn nhiều người hơn.",
        DrawProblem::FewDays => {
            "Số ngày làm việc của một đơn vị trong đợt không đủ để hỏi chừng ấy người; hãy tăng số người mỗi ngày, kéo dài đợt, hoặc chọn ít người hơn."
        }
        DrawProblem::NotInFrame => {
            "Khung mẫu không có cột cần cho cách chọn này: “Cụm” cho chọn nhiều giai đoạn, “Quy mô” cho xác suất tỷ lệ với quy mô."
        }
    }
}

fn decimal(value: f64) -> String {
    format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').replace('.', ",")
}

/// The sum of a size.
pub(super) fn size(plan: &Plan, found: &Size, population: usize) -> String {
    let count = |number: u64| format::count(number, Language::Vi);
    let percent = |share: f64| format!("{}%", decimal(100.0 * share));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are small and not negative")]
    let whole = |value: f64| count(value.ceil().min(1e12) as u64);
    let p = decimal(plan.share);
    let begun = match plan.aim {
        Aim::Margin(margin) => format!(
            "Để biết tỷ lệ với sai số ±{} ở độ tin cậy 95% khi tỷ lệ khoảng {}: 1,96² × {p} × (1 − {p}) / {}² = {} phiếu nếu khung vô hạn",
            percent(margin),
            percent(plan.share),
            decimal_long(margin),
            whole(found.simple),
        ),
        Aim::Target { target, power } => format!(
            "Để chứng tỏ đạt chỉ tiêu {} với cơ hội {} khi tỷ lệ thật là {}: [1,96 × √(p₀(1 − p₀)) + z × √(p₁(1 − p₁))]² / (p₁ − p₀)² = {} phiếu nếu khung vô \
             hạn",
            percent(target),
            percent(power),
            percent(plan.share),
            whole(found.simple),
        ),
    };
    let effect = if (plan.design_effect - 1.0).abs() < 1e-9 {
        String::new()
    } else {
        format!(
            ", nhân hệ số thiết kế {} thành {}",
            decimal(plan.design_effect),
            whole(found.simple * plan.design_effect)
        )
    };
    let parts = match plan.parts {
        1 => format!("; với {} dòng của khung còn {} phiếu.", count(population as u64), count(found.answers.into())),
        parts => format!(
            "; mỗi lĩnh vực trong {parts} lĩnh vực (chia đều {} dòng) cần {} phiếu.",
            count(population as u64),
            count(found.answers.into())
        ),
    };
    let drawn = format!(
        " Nếu {} số người được chọn trả lời, cần chọn {} người.",
        percent(plan.response),
        count(found.drawn.into())
    );
    let all = if found.everybody {
        " Cả khung mẫu cũng không đủ: hãy hỏi tất cả, hoặc chấp nhận sai số lớn hơn."
    } else {
        ""
    };
    format!("{begun}{effect}{parts}{drawn}{all}")
}

fn decimal_long(value: f64) -> String {
    format!("{value:.4}").trim_end_matches('0').trim_end_matches('.').replace('.', ",")
}

/// How people were drawn.
pub(super) fn how(selection: &Selection, drawn: usize) -> String {
    let method = capital(designed::method(selection.method, Language::Vi));
    let per_cluster = match selection.method {
        Method::Clusters => format!(", {} người mỗi cụm", selection.per_cluster),
        Method::PointDays => format!(", khoảng {} người mỗi ngày của một điểm", selection.per_cluster),
        _ => String::new(),
    };
    format!(
        "{method}{per_cluster}. Chọn {} người; số khởi tạo {}: cùng khung mẫu và cùng số này luôn chọn ra đúng những người ấy.",
        format::count(drawn as u64, Language::Vi),
        selection.seed
    )
}

/// Response rates so far.
pub(super) fn rates(rates: &OutcomeRates) -> String {
    let told = rates.response.iter().enumerate().map(|(at, rate)| {
        let rate = rate.map_or_else(|| "–".to_owned(), |rate| format::share(rate, &[], Language::Vi));
        format!("RR{} {rate}", at + 1)
    });
    format!("Tỷ lệ phản hồi theo AAPOR (Standard Definitions, bản 10, 2023): {}.", told.collect::<Vec<_>>().join(" · "))
}
