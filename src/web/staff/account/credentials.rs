//! Who signs in, as typed into forms: names and new passwords, checked the same wherever a user is made.

use crate::access::{EmailAddress, is_sign_in_name};
use crate::db::{Unit, UnitKind};
use crate::error::Refusal;
use crate::secrets::password::{self, BadPassword, CHARACTERS_MIN};
use crate::web::http::block::block;
use crate::web::staff::form::{Entry, fold};
use crate::web::state::App;

/// What is said of a name by which nobody can sign in.
pub(in crate::web::staff) const NO_NAME: &str =
    "Tên đăng nhập gồm 2 đến 40 ký tự: chữ không dấu, chữ số, . _ - @; như nguyen.lan";

/// What stands beside a field that holds no address.
pub(in crate::web::staff) const NO_ADDRESS: &str =
    "Địa chỉ thư chưa đúng; viết như lan@phuong.gov.vn, không dấu, không khoảng trắng.";

/// The names of a user to be made.
#[derive(Debug)]
pub struct Person {
    /// To sign in with, in small letters.
    pub name: String,
    /// To be shown.
    pub display_name: String,
}

/// The rule that new passwords follow, for the hint at their field.
pub fn password_rule() -> String {
    format!("Ít nhất {CHARACTERS_MIN} ký tự; nên là một câu dễ nhớ. Dùng được mọi ký tự, kể cả dấu cách và chữ có dấu.")
}

/// Reads `name` and `display_name`; errors are noted.
pub fn person(entry: &mut Entry) -> Person {
    let display_name = entry.required_line("display_name", "Nhập họ tên.");
    let name = fold(entry.value("name")).to_lowercase();
    if name.is_empty() {
        entry.refuse("name", "Nhập tên đăng nhập.");
    } else if !is_sign_in_name(&name) {
        entry.refuse("name", NO_NAME);
    }
    Person { name, display_name }
}

/// The address typed, none for an empty field; what is no address is noted.
pub(in crate::web::staff) fn address(entry: &mut Entry, field: &str) -> Option<EmailAddress> {
    let line = entry.line(field);
    if line.is_empty() {
        return None;
    }
    let address = EmailAddress::parse(&line);
    if address.is_none() {
        entry.refuse(field, NO_ADDRESS);
    }
    address
}

/// What a password must not be made of: names of the person, of the units of the person's ward, and of those above it.
async fn office_words(app: &App, entry: &Entry, unit: Option<i32>) -> Result<Vec<String>, Refusal> {
    let db = app.db.clone();
    let tree = block(move || db.tree()).await??;
    let mut words: Vec<String> = vec![fold(entry.value("name"))];
    words.extend(fold(entry.value("display_name")).split(' ').map(str::to_owned));
    let above: Vec<&Unit> = unit.into_iter().flat_map(|unit| tree.above(unit)).collect();
    let ward = above.iter().find(|unit| matches!(unit.kind, UnitKind::Ward | UnitKind::Commune));
    let of_ward = ward.map(|ward| tree.covered(ward.id));
    for unit in above.iter().copied().chain(of_ward.iter().flat_map(|units| units.iter())) {
        // The proper name alone too: `Phường Cầu Giấy` and `Cầu Giấy`.
        let proper = unit.name_vi.split_once(' ').map(|(_, proper)| proper);
        words.extend(proper.into_iter().chain([unit.name_vi.as_str(), unit.code.as_str()]).map(str::to_owned));
    }
    // Longest first, so that no part is left of a longer word.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    Ok(words)
}

/// The hash of the new password, typed twice, of somebody of `unit`; none when it cannot be taken, with the error noted. The password is
/// hashed only when nothing else is wrong, because that takes a core for a while.
pub async fn hashed_password(app: &App, entry: &mut Entry, unit: Option<i32>) -> Result<Option<String>, Refusal> {
    let (typed, again) = (entry.value("password").to_owned(), entry.value("password_again").to_owned());
    if typed.is_empty() {
        entry.refuse("password", "Nhập mật khẩu.");
    } else if typed.chars().count() < CHARACTERS_MIN {
        entry.refuse("password", format!("Mật khẩu cần ít nhất {CHARACTERS_MIN} ký tự; hãy dùng một câu dễ nhớ."));
    } else if password::is_common(
        &typed,
        &office_words(app, entry, unit).await?.iter().map(String::as_str).collect::<Vec<_>>(),
    ) {
        entry.refuse(
            "password",
            "Mật khẩu này dễ đoán: hay gặp, hoặc chỉ gồm tên đơn vị, tên mình và chữ số. Hãy dùng một câu dài dễ nhớ.",
        );
    } else if typed != again {
        entry.refuse("password_again", "Hai lần nhập mật khẩu chưa giống nhau.");
    }
    if entry.is_wrong() {
        return Ok(None);
    }
    match app.hasher.hash(typed).await? {
        Ok(hash) => return Ok(Some(hash)),
        Err(BadPassword::TooShort) => entry.refuse("password", format!("Mật khẩu cần ít nhất {CHARACTERS_MIN} ký tự.")),
        Err(BadPassword::Common) => entry.refuse("password", "Mật khẩu này dễ đoán; hãy dùng một câu."),
        Err(BadPassword::TooLong) => entry.refuse("password", "Mật khẩu quá dài; hãy dùng câu ngắn hơn."),
        Err(BadPassword::NotHashed(cause)) => return Err(Refusal::fault(cause)),
    }
    Ok(None)
}
