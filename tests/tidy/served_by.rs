//! What the plan files say that serves a task exists: every phrase leads to an address, a command or a questionnaire.

use std::fs::read_to_string;

/// What a phrase leads to.
enum Leads {
    /// A row of the table of routes.
    Address(&'static str),
    /// A command with its option.
    Command(&'static str, &'static str),
    /// A questionnaire file.
    Questionnaire(&'static str),
}

use Leads::{Address, Command, Questionnaire};

const PHRASES: &[(&str, &str, Leads)] = &[
    (
        "Phiếu hỏi mở bằng mã QR tại từng điểm",
        "questionnaires opened by the QR code of each point",
        Address("/s/{code}"),
    ),
    (
        "Nhập phiếu giấy, câu trả lời qua điện thoại và tại nhà",
        "paper, telephone and home answers keyed",
        Address("/staff/entry"),
    ),
    (
        "Chỉ số theo kỳ, đơn vị, lĩnh vực và tiêu chí",
        "indices by period, unit, field and criterion",
        Address("/staff/plans/{plan}/{period}"),
    ),
    ("Theo dõi chỉ tiêu qua các kỳ", "targets over periods", Address("/staff/targets")),
    (
        "Phiếu khảo sát lại lập từ tiêu chí thấp",
        "follow-up questionnaire made from low criteria",
        Address("/staff/plans/{plan}/{period}/follow-up"),
    ),
    (
        "Số liệu chính thức đặt cạnh số liệu của phường",
        "official figures beside the ward's own",
        Address("/staff/figures"),
    ),
    ("Báo cáo Word, PDF, Excel", "report as Word, PDF, Excel", Address("/staff/plans/{plan}/{period}/report.{format}")),
    (
        "Báo cáo theo đề cương của đơn vị",
        "report on the office's own outline",
        Address("/staff/plans/{plan}/{period}/outline.docx"),
    ),
    ("Báo cáo dạng văn bản", "report as plain text", Command("report", "\"txt\"")),
    (
        "Biểu để chép vào hệ thống của thành phố",
        "sheet to copy into the city's system",
        Address("/staff/plans/{plan}/{period}/sheet.{format}"),
    ),
    (
        "Khóa, duyệt, công bố kỳ báo cáo",
        "closing, approval and publication of a period",
        Address("/staff/plans/{plan}/{period}/closing"),
    ),
    ("Trang hạn báo cáo, ai chậm", "page of due days and who is late", Address("/staff/due")),
    ("Trang kết quả công khai", "public results page", Address("/results")),
    ("Thông tin đến người dân", "what citizens are told", Address("/staff/telling")),
    (
        "Trang gửi phản ánh, kiến nghị có mã tra cứu",
        "page for reflections with a reference",
        Address("/complaints/{reference}"),
    ),
    ("Trang tiến độ của đơn vị", "progress page of a unit", Address("/staff/progress")),
    ("Áp phích có mã QR", "posters with QR codes", Address("/staff/points/posters")),
    ("Trang điểm không có phiếu", "page of points without answers", Address("/staff/points/silent")),
    ("Nhập số hồ sơ đã giải quyết", "import of cases handled", Address("/staff/volumes")),
    ("Phiếu đánh giá đối thoại", "dialogue questionnaire", Questionnaire("survey_forms/doi-thoai.toml")),
];

/// The phrases of a plan file, in both languages, with the line that has them.
fn said(plan: &str) -> Vec<(usize, String)> {
    let lines = plan.lines().enumerate();
    let served = lines.filter_map(|(at, line)| Some((at + 1, line.strip_prefix("served_by = \"")?.strip_suffix('"')?)));
    served.map(|(at, words)| (at, words.to_owned())).collect()
}

/// What is wrong with one `served_by`.
fn unknown(words: &str) -> Option<String> {
    let Some((vietnamese, english)) = words.split_once(" / ") else {
        return Some(format!("no English beside: {words}"));
    };
    let (vietnamese, english): (Vec<&str>, Vec<&str>) =
        (vietnamese.split("; ").collect(), english.split("; ").collect());
    if vietnamese.len() != english.len() {
        return Some(format!("not the same in both languages: {words}"));
    }
    let known =
        |(vi, en): (&&str, &&str)| PHRASES.iter().any(|(known_vi, known_en, _)| vi == known_vi && en == known_en);
    (!vietnamese.iter().zip(&english).all(known)).then(|| format!("a phrase that leads nowhere: {words}"))
}

#[test]
fn what_is_said_to_serve_a_task_exists() {
    let mut wrong = Vec::new();
    let plans = std::fs::read_dir("plans").expect("the plans").map(|entry| entry.expect("a file").path());
    let mut said_in_all = 0;
    for path in plans.filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
        for (line, words) in said(&std::fs::read_to_string(&path).expect("a plan")) {
            said_in_all += 1;
            wrong.extend(unknown(&words).map(|what| format!("{}:{line}: {what}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(said_in_all > 50, "{said_in_all}");
    assert!(unknown("Trang đối thoại / page of dialogues").is_some(), "what does not exist is refused");

    let routes = read_to_string("src/web/routes.rs").expect("the routes");
    for (phrase, _, leads) in PHRASES {
        let there = match leads {
            Address(address) => routes.contains(&format!("\"{address}\"")),
            Command(command, option) => {
                read_to_string(format!("src/cli/{command}.rs")).is_ok_and(|code| code.contains(option))
            }
            Questionnaire(path) => std::path::Path::new(path).exists(),
        };
        assert!(there, "{phrase} leads to nothing");
    }
}
