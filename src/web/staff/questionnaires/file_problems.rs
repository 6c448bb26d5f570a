//! The problems of questionnaire and plan texts in Vietnamese, for pages. The readers of `survey` and `plan` speak to authors of
//! files, in English; here their sentences are said again for the ward's staff. What has no row stays as it is.

/// A sentence as a reader says it, and the same in Vietnamese. `{}` stands for what was found, in the same order. The first
/// row that fits is taken, so that what is said of one thing stands above what is said of many.
const SENTENCES: &[(&str, &str)] = &[
    // Both.
    ("not valid TOML: {}", "Sai cú pháp TOML, thường do thiếu dấu ngoặc kép, dấu `=` hoặc dấu ngoặc vuông: {}"),
    // Questionnaires: the head.
    (
        "questionnaire id `{}` is not allowed; use small letters a-z, digits and hyphens, a letter first, at most {}",
        "Mã phiếu `{}` không dùng được; hãy dùng chữ thường a-z không dấu, chữ số, gạch nối, bắt đầu bằng chữ, tối đa {} ký tự.",
    ),
    (
        "questionnaire `{}` stands in file `{}`; name the file {}",
        "Mã phiếu `{}` khác tên tệp `{}`; hãy đặt tên tệp là {}.",
    ),
    ("version {} is out of range; use {} to {}", "`version` là {}, ngoài khoảng cho phép; hãy dùng từ {} đến {}."),
    ("fields is empty; name at least one of {}", "`fields` còn trống; hãy ghi ít nhất một lĩnh vực trong: {}."),
    ("field `{}` is unknown; allowed are all, {} (see fields.toml)", "Không có lĩnh vực `{}`; dùng được: all, {}."),
    ("field `{}` is unknown; use one of {}", "Không có lĩnh vực `{}`; dùng được: {}."),
    ("field `{}` is named twice; name each field once", "Lĩnh vực `{}` ghi hai lần; mỗi lĩnh vực chỉ ghi một lần."),
    ("languages is empty; name vi first", "`languages` còn trống; hãy ghi `vi` trước tiên."),
    ("languages begins with `{}`; name vi first", "`languages` bắt đầu bằng `{}`; hãy ghi `vi` trước tiên."),
    (
        "language `{}` is not a tag; use one like vi, en, km or zh-Hant",
        "`{}` không phải mã ngôn ngữ; hãy dùng mã như vi, en, km, zh-Hant.",
    ),
    ("language `{}` is named twice; name each language once", "Ngôn ngữ `{}` ghi hai lần; chỉ ghi một lần."),
    (
        "estimated_seconds {} is out of range; use {} to {}",
        "`estimated_seconds` là {}, ngoài khoảng cho phép; hãy dùng từ {} đến {} giây.",
    ),
    (
        "levels has {} entries; give exactly 5, the least satisfied first",
        "`levels` có {} mức; phải đúng 5 mức, bắt đầu từ mức kém hài lòng nhất.",
    ),
    // Questionnaires: sections, items, further questions.
    ("sections is empty; give at least one section", "Phiếu chưa có phần nào; hãy thêm ít nhất một `[[sections]]`."),
    ("questionnaire has {} items; give at most {}", "Phiếu có {} câu; tối đa {} câu."),
    ("questionnaire has {} demographics; give at most {}", "Phiếu có {} câu hỏi thêm; tối đa {}."),
    (
        "{} follows the optional section `{}`; put optional sections last",
        "{} đứng sau phần không bắt buộc `{}`; hãy đưa các phần không bắt buộc xuống cuối.",
    ),
    (
        "{} comes first and is optional; make it not so",
        "{} đứng đầu mà lại không bắt buộc; hãy bỏ dòng `optional = true`.",
    ),
    ("{} has {} items; give 1 to {}", "{} có {} câu; phải có từ 1 đến {} câu."),
    ("{}: feed `{}` is named twice; name each feed once", "{}: chỉ số `{}` ghi hai lần; chỉ ghi một lần."),
    ("{}: feed `policy` stands beside others; let it stand alone", "{}: `policy` phải đứng một mình trong `feeds`."),
    ("{}: feed `{}` is unknown; use {}", "{}: không có chỉ số `{}`; dùng được: {}."),
    (
        "{}: factor and feeds differ on policy; use factor policy with feeds [\"policy\"], or neither",
        "{}: `factor` và `feeds` phải cùng là policy, hoặc cả hai đều không.",
    ),
    ("{}: factor `{}` is unknown; use one of {}", "{}: không có nhân tố `{}`; dùng được: {}."),
    (
        "{} is required in an optional section; change one of the two",
        "{} bắt buộc trả lời nhưng nằm trong phần không bắt buộc; hãy bỏ một trong hai.",
    ),
    (
        "{} asks for sensitive personal data (`{}`); ask only for sex, age group and what the case was",
        "{} hỏi dữ liệu cá nhân nhạy cảm (`{}`); chỉ hỏi giới tính, nhóm tuổi và việc đã làm.",
    ),
    ("{} has {} options; give {} to {}", "{} có {} lựa chọn; phải có từ {} đến {}."),
    (
        "{} is not an allowed id; use small letters a-z, digits and underscores, at most {}",
        "Mã của {} không dùng được; hãy dùng chữ thường a-z không dấu, chữ số, gạch dưới, tối đa {} ký tự.",
    ),
    ("{} is used twice; give each option its own id", "{} dùng hai lần; mỗi lựa chọn cần một mã riêng."),
    (
        "{} id `{}` is not allowed; use small letters a-z, digits and underscores, a letter first, at most {}",
        "Mã {} `{}` không dùng được; hãy dùng chữ thường a-z không dấu, chữ số, gạch dưới, bắt đầu bằng chữ, tối đa {} ký tự.",
    ),
    ("{} id `{}` is used twice; give each {} its own", "Mã {} `{}` dùng hai lần; mỗi {} cần một mã riêng."),
    // Questionnaires: texts and shapes.
    ("{} is missing in {}; give every text in {}", "{}: thiếu lời cho ngôn ngữ {}; mọi lời phải có đủ {}."),
    (
        "{} is given in {}, which languages does not name; use {}",
        "{}: có lời cho ngôn ngữ {} mà `languages` không ghi; dùng được: {}.",
    ),
    ("{} is empty; write it", "{} còn trống; hãy viết vào."),
    ("{} begins or ends with a space; remove it", "{} có dấu cách thừa ở đầu hoặc cuối; hãy xóa."),
    ("{} has {} characters; use at most {}", "{} dài {} ký tự; tối đa {}."),
    ("{} holds the control character {}; remove it", "{} có ký tự điều khiển {}; hãy xóa."),
    ("{} holds the direction mark {}; remove it", "{} có ký tự ẩn đổi chiều chữ {}; hãy xóa."),
    (
        "{} holds the combining mark {}; use composed letters (Unicode NFC)",
        "{} có dấu rời {}; hãy gõ lại bằng chữ Unicode dựng sẵn.",
    ),
    ("{}: key `{}` is unknown; use {}", "{}: không có mục `{}`; dùng được: {}."),
    ("key `{}` is unknown; use {}", "Không có mục `{}`; dùng được: {}."),
    ("{} is missing; give it", "Thiếu {}; hãy thêm."),
    ("{} is {}; give a whole number from 0", "{} là {}; hãy ghi số nguyên không âm."),
    ("{} is an {}; give {}", "{} đang là {}; hãy ghi {}."),
    ("{} is a {}; give {}", "{} đang là {}; hãy ghi {}."),
    // Plans.
    ("{} lacks `{}`; write {}", "{} thiếu `{}`; hãy ghi {}."),
    ("unknown key `{}` in {}; allowed are {}", "Không có mục `{}` trong {}; dùng được: {}."),
    (
        "`{}` is empty; write it, or leave the key out where the plan says nothing",
        "`{}` còn trống; hãy viết vào, hoặc bỏ cả dòng nếu kế hoạch không nêu.",
    ),
    ("`{}` is {}; allowed is a text in quotes", "`{}` là {}; phải là chữ trong ngoặc kép."),
    ("`{}` is {}; allowed are tables, each headed {}", "`{}` là {}; phải là các khối, mỗi khối mở đầu bằng {}."),
    (
        "`{}` is `{}`; allowed are lower-case letters a-z and digits in groups joined by - or _, as in `{}`",
        "`{}` là `{}`; chỉ dùng chữ thường a-z không dấu và chữ số, nối bằng - hoặc _, như `{}`.",
    ),
    (
        "`{}` is {}; allowed is a day of the years 2000 to 2100 without quotes, as in 2026-03-14",
        "`{}` là {}; phải là ngày viết không có ngoặc kép, như 2026-03-14.",
    ),
    (
        "`{}` is {}; allowed is a share above 0 and at most 1, as in 0.9 for 90 %",
        "`{}` là {}; phải lớn hơn 0 và không quá 1, như 0.9 cho 90%.",
    ),
    ("`{}` is {}; allowed are true and false", "`{}` là {}; chỉ dùng `true` hoặc `false`."),
    ("`{}` is {}; allowed is a list of texts, as in {}", "`{}` là {}; phải là danh sách như {}."),
    (
        "`confidence` is {}; allowed is 0.5 or more and below 1, as in 0.95",
        "`confidence` là {}; phải từ 0.5 đến dưới 1, như 0.95.",
    ),
    ("`{}` is {}; allowed are {}", "`{}` là {}; dùng được: {}."),
    (
        "`to` {} is before `from` {}; allowed is that day or a later one",
        "`to` {} đứng trước `from` {}; hãy ghi ngày đó hoặc sau đó.",
    ),
    (
        "`due` {} is before the cut-off `to` {}; allowed is that day or a later one",
        "Hạn báo cáo `due` {} đứng trước ngày chốt số liệu `to` {}; hãy ghi ngày đó hoặc sau đó.",
    ),
    (
        "`due` stands without `deadline`; write beside it how the plan words the deadline",
        "Có `due` mà thiếu `deadline`; hãy ghi thêm thời hạn theo lời của kế hoạch.",
    ),
    (
        "{} `{}` stands twice, first on line {}; allowed is once",
        "{} `{}` ghi hai lần, lần đầu ở dòng {}; chỉ ghi một lần.",
    ),
    (
        "`part_of` names `{}`, which is no target of this plan; there is no other, leave the key out",
        "`part_of` ghi `{}`, không phải chỉ tiêu nào của kế hoạch; hãy bỏ dòng này.",
    ),
    (
        "`part_of` names `{}`, which is no target of this plan; allowed are {}",
        "`part_of` ghi `{}`, không phải chỉ tiêu nào của kế hoạch; dùng được: {}.",
    ),
    (
        "`part_of` goes round in a circle, {}; allowed is a wider target",
        "`part_of` đi thành vòng tròn, {}; hãy ghi chỉ tiêu bao trùm.",
    ),
    (
        "period key `{}` is unknown; allowed are YYYY-q1 to YYYY-q4, YYYY-h1 and YYYY-year, as in 2026-q1",
        "Không có kỳ `{}`; dùng được: NĂM-q1 đến NĂM-q4, NĂM-h1 (6 tháng), NĂM-year (cả năm), như 2026-q1.",
    ),
    (
        "period key `{}` has year {}, but the period ends on {}; allowed is the year of `to`",
        "Kỳ `{}` thuộc năm {} nhưng kết thúc ngày {}; năm phải là năm của `to`.",
    ),
    (
        "`key` is `{}`, the file is named `{}`; allowed is the name `{}`",
        "Mã kế hoạch là `{}`; hãy giữ nguyên mã như trước khi sửa.",
    ),
    (
        "period `{}` runs {} to {}; allowed are the plan's own days, {} to {}",
        "Kỳ `{}` chạy từ {} đến {}; phải nằm trong thời gian của kế hoạch, {} đến {}.",
    ),
    (
        "period `{}` ends before `{}` above it; allowed is the order of the last days",
        "Kỳ `{}` kết thúc trước kỳ `{}` ở trên; hãy xếp theo ngày kết thúc.",
    ),
    (
        "target `{}` binds {} to {}; allowed is a phase that meets the plan's days, {} to {}",
        "Chỉ tiêu `{}` áp dụng từ {} đến {}, ngoài thời gian của kế hoạch, {} đến {}.",
    ),
    (
        "`fields` is an empty list; name the fields, or write [\"all\"]",
        "`fields` còn trống; hãy ghi các lĩnh vực, hoặc [\"all\"].",
    ),
    (
        "`fields` names `all` beside others; allowed is [\"all\"] alone, or fields without it",
        "`fields` ghi `all` cùng lĩnh vực khác; hãy để `all` một mình, hoặc bỏ `all`.",
    ),
];

/// The words by which the readers call parts and values, the longer before the shorter.
const WORDS: &[(&str, &str)] = &[
    ("one of ", "một trong: "),
    ("the plan", "Kế hoạch"),
    ("target id", "Mã chỉ tiêu"),
    ("period key", "Mã kỳ"),
    ("section", "Phần"),
    ("item", "Câu"),
    ("demographic", "Câu hỏi thêm"),
    ("option", "lựa chọn"),
    ("level", "Mức"),
    ("the text ", "chữ "),
    ("a text in quotes", "chữ trong ngoặc kép"),
    ("a text per language, such as ", "lời cho từng ngôn ngữ, như "),
    ("a text", "chữ"),
    ("a number", "số"),
    ("a list of strings", "danh sách chữ, như [\"…\", \"…\"]"),
    ("a list of fields, or ", "danh sách lĩnh vực, hoặc "),
    ("a list of tables, each ", "các khối, mỗi khối mở đầu bằng "),
    ("a list", "danh sách"),
    ("a table", "một khối"),
    ("a date or time", "ngày giờ"),
    ("a day without quotes, as in ", "ngày không có ngoặc kép, như "),
    ("a share, as in 0.9 for 90 %", "tỷ lệ, như 0.9 cho 90%"),
    ("a string", "chữ trong ngoặc kép"),
    ("a whole number", "số nguyên"),
    ("true or false", "`true` hoặc `false`"),
    ("at least one ", "ít nhất một "),
    ("string", "chữ"),
    ("integer", "số nguyên"),
    ("float", "số thập phân"),
    ("boolean", "`true` hoặc `false`"),
    ("datetime", "ngày giờ"),
    ("array", "danh sách"),
];

/// The sentence in Vietnamese, or as it is.
pub fn in_vietnamese(message: &str) -> String {
    let said = |(said, meant): &(&str, &str)| Some(fill(meant, &parts(said, message)?));
    SENTENCES.iter().find_map(said).unwrap_or_else(|| message.to_owned())
}

/// What was found, its first word in Vietnamese.
fn first_word(found: &str) -> String {
    let known = WORDS.iter().find_map(|(word, meant)| Some(format!("{meant}{}", found.strip_prefix(word)?)));
    known.unwrap_or_else(|| found.to_owned())
}

/// What stands in `message` where `pattern` has `{}`; none when it is another sentence.
fn parts<'m>(pattern: &str, message: &'m str) -> Option<Vec<&'m str>> {
    let mut words = pattern.split("{}");
    let mut rest = message.strip_prefix(words.next()?)?;
    let mut found = Vec::new();
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let end = if words.peek().is_none() && word.is_empty() { rest.len() } else { rest.find(word)? };
        found.push(&rest[..end]);
        rest = &rest[end + word.len()..];
    }
    rest.is_empty().then_some(found)
}

fn fill(pattern: &str, parts: &[&str]) -> String {
    let mut parts = parts.iter();
    let mut words = pattern.split("{}");
    let mut filled = words.next().unwrap_or_default().to_owned();
    for word in words {
        filled.push_str(&parts.next().map(|part| first_word(part)).unwrap_or_default());
        filled.push_str(word);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::seeding;

    /// The text with each of its lines changed in turn: left out, doubled, and given values of every kind.
    fn spoilt(text: &str) -> Vec<String> {
        let lines: Vec<&str> = text.lines().collect();
        let mut texts = Vec::new();
        for (place, line) in lines.iter().enumerate() {
            let mut with = |instead: Vec<String>| {
                let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
                changed.splice(place..=place, instead);
                texts.push(changed.join("\n"));
            };
            with(Vec::new());
            with(vec![line.to_string(), line.to_string()]);
            if let Some((key, _)) = line.split_once(" = ") {
                for value in [
                    "\"\"",
                    "\" x\\u0301\"",
                    "\"X Y\"",
                    "-1",
                    "99999",
                    "1.5",
                    "true",
                    "[]",
                    "[\"x\", \"x\"]",
                    "{}",
                    "2001-01-01",
                ] {
                    with(vec![format!("{key} = {value}")]);
                }
                with(vec![format!("{key} = \"{}\"", "x".repeat(400))]);
                with(vec![line.to_string(), "nonsense = 1".to_owned()]);
            }
        }
        texts
    }

    fn all_said_in_vietnamese(messages: impl IntoIterator<Item = String>) {
        let mut met = 0;
        for message in messages {
            met += 1;
            let meant = in_vietnamese(&message);
            assert_ne!(meant, message, "no row for this sentence");
            assert!(!meant.contains("{}"), "{meant}");
        }
        assert!(met > 500, "{met} problems are too few to show anything");
    }

    #[test]
    fn every_problem_of_a_spoilt_questionnaire_is_said_in_vietnamese() {
        let fields = crate::plan::parse_fields(seeding::FIELDS.0, seeding::FIELDS.1).expect("fields");
        let known: Vec<String> = fields.into_iter().map(|field| field.id).collect();
        let (name, source) = seeding::FORMS[7];
        let problems = spoilt(source).into_iter().filter_map(|text| crate::survey::parse(name, &text, &known).err());
        all_said_in_vietnamese(problems.flatten().map(|problem| problem.message));
    }

    #[test]
    fn every_problem_of_a_spoilt_plan_is_said_in_vietnamese() {
        let fields = crate::plan::parse_fields(seeding::FIELDS.0, seeding::FIELDS.1).expect("fields");
        let (name, source) = seeding::PLANS[4];
        let problems = spoilt(source).into_iter().filter_map(|text| crate::plan::parse(name, &text, &fields).err());
        all_said_in_vietnamese(problems.flatten().map(|problem| problem.message));
    }

    #[test]
    fn what_was_found_stands_in_its_place() {
        assert_eq!(
            in_vietnamese("section `access`: factor `x` is unknown; use one of access, policy"),
            "Phần `access`: không có nhân tố `x`; dùng được: access, policy."
        );
        assert_eq!(
            in_vietnamese("`minimum` is 90; allowed is a share above 0 and at most 1, as in 0.9 for 90 %"),
            "`minimum` là 90; phải lớn hơn 0 và không quá 1, như 0.9 cho 90%."
        );
        assert_eq!(in_vietnamese("a sentence of tomorrow"), "a sentence of tomorrow");
    }
}
