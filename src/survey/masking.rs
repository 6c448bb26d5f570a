//! Free words with what gives a person away put out of sight: e-mail addresses, telephone numbers, numbers of papers.

/// What stands in place of a number.
pub const NUMBER: &str = "[số đã che]";
/// What stands in place of an e-mail address.
pub const ADDRESS: &str = "[thư điện tử đã che]";

/// From so many digits on a number may be a telephone's (10, or 9 without its 0) or a paper's (9 or 12).
const DIGITS: usize = 9;

/// The words with such numbers and addresses masked. Sums of money written in groups of three stay.
pub fn masked(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for (place, line) in words.split('\n').enumerate() {
        if place > 0 {
            out.push('\n');
        }
        numbers(&addresses(line), &mut out);
    }
    out
}

/// What stands in place of a person's name.
pub const NAME: &str = "[tên đã che]";

/// How people are called before their name.
const CALLED: [&str; 20] = [
    "ông",
    "bà",
    "anh",
    "chị",
    "cô",
    "chú",
    "bác",
    "em",
    "cháu",
    "thầy",
    "ông/bà",
    "anh/chị",
    "đ/c",
    "chí",
    "tên",
    "mr",
    "mrs",
    "ms",
    "mr.",
    "mrs.",
];
/// Family names that begin a name by themselves: those of nine Vietnamese in ten.
const FAMILIES: [&str; 20] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
    "Lý", "Đinh", "Trịnh", "Đoàn", "Mai",
];

/// [`masked`], and names of people put out of sight too: what is to be published. It masks rather too much: whoever publishes
/// reads it over.
pub fn masked_with_names(words: &str) -> String {
    let lines = masked(words);
    lines.split('\n').map(names).collect::<Vec<_>>().join("\n")
}

fn names(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let bare = |word: &str| {
        word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '/' && letter != '.').to_owned()
    };
    let capital = |word: &str| bare(word).chars().next().is_some_and(char::is_uppercase);
    let ends = |word: &str| word.ends_with([',', '.', ';', ':', '!', '?', ')']);
    let mut out: Vec<String> = Vec::new();
    let mut place = 0;
    while place < words.len() {
        let called = place > 0
            && CALLED.contains(&bare(words[place - 1]).to_lowercase().as_str())
            && !ends(words[place - 1])
            && capital(words[place]);
        let family = FAMILIES.contains(&bare(words[place]).as_str())
            && !ends(words[place])
            && words.get(place + 1).is_some_and(|next| capital(next));
        if !called && !family {
            out.push(words[place].to_owned());
            place += 1;
            continue;
        }
        // No name has more than five words.
        let mut last = place;
        while last + 1 < words.len() && last < place + 4 && !ends(words[last]) && capital(words[last + 1]) {
            last += 1;
        }
        let after: String = words[last].chars().rev().take_while(|letter| !letter.is_alphanumeric()).collect();
        out.push(format!("{NAME}{}", after.chars().rev().collect::<String>()));
        place = last + 1;
    }
    out.join(" ")
}

fn addresses(line: &str) -> String {
    let is_part = |letter: char| letter.is_alphanumeric() || "._%+-".contains(letter);
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('@') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let start = before.char_indices().rev().take_while(|(_, letter)| is_part(*letter)).last();
        let end = after.find(|letter| !is_part(letter)).unwrap_or(after.len());
        match start {
            Some((start, _)) if after[..end].trim_end_matches('.').contains('.') => {
                out.push_str(&before[..start]);
                out.push_str(ADDRESS);
                // A full stop behind the address ends the sentence.
                let own = after[..end].trim_end_matches('.').len();
                rest = &after[own..];
            }
            _ => {
                out.push_str(&rest[..=at]);
                rest = after;
            }
        }
    }
    out + rest
}

fn numbers(line: &str, out: &mut String) {
    let letters: Vec<char> = line.chars().collect();
    let mut place = 0;
    while place < letters.len() {
        if !letters[place].is_ascii_digit() {
            out.push(letters[place]);
            place += 1;
            continue;
        }
        let mut end = place;
        while end < letters.len() {
            let joins = |letter: char| matches!(letter, ' ' | '.' | '-' | '\u{a0}');
            let goes_on = letters[end].is_ascii_digit()
                || (joins(letters[end]) && letters.get(end + 1).is_some_and(char::is_ascii_digit));
            if !goes_on {
                break;
            }
            end += 1;
        }
        let run: String = letters[place..end].iter().collect();
        let digits = run.chars().filter(char::is_ascii_digit).count();
        if digits >= DIGITS && !is_money(&run) {
            // The + of a country's number goes with it.
            if out.ends_with('+') {
                out.pop();
            }
            out.push_str(NUMBER);
        } else {
            out.push_str(&run);
        }
        place = end;
    }
}

/// Groups of three after a full stop, as in 1.500.000: no telephone is written so, and none begins without 0.
fn is_money(run: &str) -> bool {
    let mut groups = run.split('.');
    let first = groups.next().unwrap_or_default();
    let whole = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    run.contains('.')
        && (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && whole(first)
        && groups.all(|group| group.len() == 3 && whole(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked_where_people_are_called_by_them_or_a_family_name_begins_one() {
        let said =
            "Sáng nay chị Lan ở quầy 2 nói bác Nguyễn Văn Hùng, số 0912345678, phải chờ. Ông/Bà Trần Thị Hoa đã thấy.";
        assert_eq!(
            masked_with_names(said),
            format!("Sáng nay chị {NAME} ở quầy 2 nói bác {NAME}, số {NUMBER}, phải chờ. Ông/Bà {NAME} đã thấy.")
        );
        let kept = "Phường Cầu Giấy nên đặt thêm ghế. Bà con chờ lâu; chị ấy rất nhiệt tình.";
        assert_eq!(masked_with_names(kept), kept);
    }

    #[test]
    fn telephones_papers_and_addresses_are_masked_and_the_rest_stays() {
        let said = "Gọi 0912 345 678 hoặc +84912345678, CCCD 001-203-004.005, thư lan.tran@example.vn.";
        let masked = masked(said);
        assert_eq!(masked, format!("Gọi {NUMBER} hoặc {NUMBER}, CCCD {NUMBER}, thư {ADDRESS}."));
    }

    #[test]
    fn days_sums_and_numbers_of_cases_stay() {
        let said = "Ngày 12/03/2026 nộp 150.000.000 đồng, phải đến 3 lần @ quầy số 2\nchờ 45 phút";
        assert_eq!(masked(said), said);
    }
}
