//! What is wrong with a plan that was brought as a file of text, in Vietnamese for the ward's staff. What stands between backticks is shown as it
//! stands in the text.

use crate::plan::problem::{Found, Named, Problem, Reason, Shape, Table};
use crate::web::staff::questionnaires::syntax;

/// The sentence about a problem of `text`.
pub fn problem(problem: &Problem, text: &str) -> String {
    match &problem.reason {
        Reason::Syntax(error) => syntax::sentence(error, text),
        Reason::Lacks { table, key, shape } => {
            format!("{} thiếu `{key}`; hãy ghi {}.", capital(table_name(*table)), to_write(shape))
        }
        Reason::KeyUnknown { table, key, allowed } => {
            format!("Không có mục `{key}` trong {}; dùng được: {}.", table_name(*table), allowed.join(", "))
        }
        Reason::NotA { key, found, shape } => format!("`{key}` là {}; {}.", found_words(found), must(shape)),
        Reason::NotACode { key, found, example } => format!(
            "`{key}` là `{found}`; chỉ dùng chữ thường a-z không dấu và chữ số, nối bằng `-` hoặc `_`, như `{example}`."
        ),
        Reason::Empty { key } => {
            format!("`{key}` còn trống; hãy viết vào, hoặc bỏ cả dòng nếu kế hoạch không nêu.")
        }
        Reason::Confidence { found } => format!("`confidence` là {found}; phải từ 0.5 đến dưới 1, như 0.95."),
        Reason::Twice { what, name, first_line } => {
            let what = match what {
                Named::Field => "Lĩnh vực",
                Named::FieldId => "Mã lĩnh vực",
                Named::TargetId => "Mã chỉ tiêu",
                Named::PeriodKey => "Mã kỳ",
                Named::Serves => "Nhiệm vụ có `serves` là",
            };
            format!("{what} `{name}` ghi hai lần, lần đầu ở dòng {first_line}; chỉ ghi một lần.")
        }
        Reason::FieldIdKept => "Mã `all` để chỉ mọi lĩnh vực; hãy đặt mã khác cho lĩnh vực này.".to_owned(),
        Reason::NoFields => "`fields` còn trống; hãy ghi các lĩnh vực, hoặc `[\"all\"]`.".to_owned(),
        Reason::AllBesideOthers => {
            "`fields` ghi `all` cùng lĩnh vực khác; hãy để `all` một mình, hoặc bỏ `all`.".to_owned()
        }
        Reason::FieldUnknown { field, known } => {
            format!("Không có lĩnh vực `{field}`; dùng được: all, {}.", known.join(", "))
        }
        Reason::ToBeforeFrom { from, to } => {
            format!("Ngày cuối `to` {to} đứng trước ngày đầu `from` {from}; hãy ghi ngày đó hoặc sau đó.")
        }
        Reason::DueBeforeCutOff { due, to } => {
            format!("Hạn báo cáo `due` {due} đứng trước ngày chốt số liệu `to` {to}; hãy ghi ngày đó hoặc sau đó.")
        }
        Reason::DueWithoutDeadline => {
            "Có `due` mà thiếu `deadline`; hãy ghi thêm thời hạn theo lời của kế hoạch.".to_owned()
        }
        Reason::PartOfUnknown { wider, others } if others.is_empty() => {
            format!("`part_of` ghi `{wider}`, không phải chỉ tiêu nào của kế hoạch; hãy bỏ dòng này.")
        }
        Reason::PartOfUnknown { wider, others } => {
            format!("`part_of` ghi `{wider}`, không phải chỉ tiêu nào của kế hoạch; dùng được: {}.", others.join(", "))
        }
        Reason::PartOfCircle { way } => {
            format!("`part_of` đi thành vòng tròn, `{}`; hãy ghi chỉ tiêu bao trùm.", way.join(" → "))
        }
        Reason::PeriodKey { key } => format!(
            "Không có kỳ `{key}`; dùng được: NĂM-q1 đến NĂM-q4, NĂM-h1 (6 tháng), NĂM-year (cả năm), như `2026-q1`."
        ),
        Reason::PeriodYear { key, year, to } => {
            format!("Kỳ `{key}` thuộc năm {year} nhưng kết thúc ngày {to}; năm phải là năm của `to`.")
        }
        Reason::PeriodOutside { key, days: (from, to), plan: (first, last) } => {
            format!("Kỳ `{key}` chạy từ {from} đến {to}; phải nằm trong thời gian của kế hoạch, {first} đến {last}.")
        }
        Reason::PeriodOrder { key, above } => {
            format!("Kỳ `{key}` kết thúc trước kỳ `{above}` ở trên; hãy xếp theo ngày kết thúc.")
        }
        Reason::TargetOutside { id, days: (from, to), plan: (first, last) } => {
            format!("Chỉ tiêu `{id}` áp dụng từ {from} đến {to}, ngoài thời gian của kế hoạch, {first} đến {last}.")
        }
        // On a page the plan has no file: the name is the key that it had before.
        Reason::FileName { key, file } => format!(
            "Mã kế hoạch là `{key}`; hãy giữ nguyên mã `{}` như trước khi sửa.",
            file.strip_suffix(".toml").unwrap_or(file)
        ),
    }
}

fn table_name(table: Table) -> &'static str {
    match table {
        Table::Plan => "kế hoạch",
        Table::Fields => "tệp lĩnh vực",
        Table::Target => "`[[target]]`",
        Table::Count => "`[[count]]`",
        Table::Period => "`[[period]]`",
        Table::Task => "`[[task]]`",
        Table::Field => "`[[field]]`",
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// What to write under a key that is not there.
fn to_write(shape: &Shape) -> String {
    match shape {
        Shape::Text => "chữ trong ngoặc kép".to_owned(),
        Shape::Day => "ngày không có ngoặc kép, như `2026-03-14`".to_owned(),
        Shape::Share => "tỷ lệ, như `0.9` cho 90%".to_owned(),
        Shape::Number { least, most } => format!("số nguyên từ {least} đến {most}"),
        Shape::Flag => "`true` hoặc `false`".to_owned(),
        Shape::OneOf(words) => format!("một trong: {}", words.join(", ")),
        Shape::Texts => "danh sách chữ, như `[\"…\", \"…\"]`".to_owned(),
        Shape::Fields => "danh sách lĩnh vực, hoặc `[\"all\"]`".to_owned(),
        Shape::Tables(table) => format!("ít nhất một {}", table_name(*table)),
    }
}

/// What has to stand in place of what was found.
fn must(shape: &Shape) -> String {
    match shape {
        Shape::Text => "phải là chữ trong ngoặc kép".to_owned(),
        Shape::Day => "phải là ngày của các năm 2000 đến 2100, viết không có ngoặc kép, như `2026-03-14`".to_owned(),
        Shape::Share => "phải lớn hơn 0 và không quá 1, như `0.9` cho 90%".to_owned(),
        Shape::Number { least, most } => format!("phải là số nguyên từ {least} đến {most}"),
        Shape::Flag => "chỉ dùng `true` hoặc `false`".to_owned(),
        Shape::OneOf(words) => format!("dùng được: {}", words.join(", ")),
        Shape::Texts | Shape::Fields => "phải là danh sách như `[\"…\", \"…\"]`".to_owned(),
        Shape::Tables(table) => format!("phải là các khối, mỗi khối mở đầu bằng {}", table_name(*table)),
    }
}

fn found_words(found: &Found) -> String {
    match found {
        Found::Text(text) => format!("chữ `{text}`"),
        Found::Number(written) | Found::Moment(written) => format!("`{written}`"),
        Found::Flag(flag) => format!("`{flag}`"),
        Found::List => "danh sách".to_owned(),
        Found::Table => "một khối".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::plan::{FieldOfService, parse, parse_fields};
    use crate::service::seeding;
    use crate::web::staff::questionnaires::spoilt::{Spoiler, assert_vietnamese, kind_of};

    fn fields() -> Vec<FieldOfService> {
        parse_fields(seeding::FIELDS.0, seeding::FIELDS.1).expect("fields")
    }

    /// The kinds of problems that were met.
    fn assert_said(texts: Vec<String>, read: impl Fn(&str) -> Vec<Problem>) -> BTreeSet<String> {
        let mut kinds = BTreeSet::new();
        for text in texts {
            for found in read(&text) {
                let english = found.to_string();
                assert_vietnamese(&problem(&found, &text), &english);
                kinds.insert(kind_of(&english));
            }
        }
        kinds
    }

    #[test]
    fn every_problem_of_every_spoilt_plan_is_said_in_vietnamese() {
        let fields = fields();
        let (mut spoiler, mut kinds) = (Spoiler::default(), BTreeSet::new());
        // Short ones first: each change is a whole file to read.
        let mut plans = seeding::PLANS.to_vec();
        plans.sort_by_key(|(_, source)| source.len());
        for (name, source) in plans {
            let texts = spoiler.spoil(source);
            kinds.extend(assert_said(texts, |text| parse(name, text, &fields).err().unwrap_or_default()));
        }
        assert!(kinds.len() > 100, "{} kinds of problems are too few to show anything", kinds.len());
        let (name, source) = seeding::FIELDS;
        let texts = Spoiler::default().spoil(source);
        let kinds = assert_said(texts, |text| parse_fields(name, text).err().unwrap_or_default());
        assert!(kinds.len() > 20, "{} kinds of problems are too few to show anything", kinds.len());
    }

    #[test]
    fn what_was_found_stands_in_its_place() {
        let (name, source) = seeding::PLANS[4];
        let minimum = source.lines().find(|line| line.starts_with("minimum = ")).expect("a target");
        let text = source.replacen(minimum, "minimum = 90", 1);
        let found = parse(name, &text, &fields()).expect_err("a fault");
        let said: Vec<String> = found.iter().map(|found| problem(found, &text)).collect();
        assert_eq!(said, ["`minimum` là `90`; phải lớn hơn 0 và không quá 1, như `0.9` cho 90%."]);
    }
}
