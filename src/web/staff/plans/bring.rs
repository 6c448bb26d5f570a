//! A plan brought as a file or pasted: it fills the form and keeps nothing, so that people look at it before they save.

use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::form::{About, Said, entry_of, page};
use super::found::plan_of;
use super::{begin, edit, file_words};
use crate::error::{Reason, Refusal};
use crate::exchange::import::plan::read;
use crate::plan::draft::{Draft, Part};
use crate::plan::parse;
use crate::table::Table;
use crate::web::http::block::block;
use crate::web::http::multipart::{parts, text_of};
use crate::web::staff::imports::words as import_words;
use crate::web::staff::questionnaires::editor::{peek, with_unix_line_ends};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// `POST /staff/plans/new/import`.
pub async fn into_new(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let about = begin::about(&app, &user).await?;
    into(about, Draft::default(), None, request, body).await
}

/// `POST /staff/plans/{plan}/import`.
pub async fn into_known(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let Some(stored) = plan_of(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let about = edit::about(&app, &user, &stored, stored.revision).await?;
    into(about, Draft::of(&stored.plan), Some(stored.plan.unit), request, body).await
}

async fn into(
    about: About,
    mut draft: Draft,
    unit: Option<String>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let parts = parts(crate::web::http::multipart::content_type(&request), &body).unwrap_or_default();
    let pasted = with_unix_line_ends(text_of(&parts, "pasted"));
    let unit = unit.unwrap_or_else(|| text_of(&parts, "unit").to_owned());
    let file = parts.iter().find(|part| part.name == "file" && !part.bytes.is_empty());
    let (name, bytes) = match file {
        Some(file) => (file.file_name.clone().unwrap_or_default(), file.bytes.to_vec()),
        None => (String::new(), pasted.into_bytes()),
    };
    let mut said = Said::default();
    let is_toml = std::path::Path::new(&name).extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"));
    if is_toml {
        let text = with_unix_line_ends(&String::from_utf8_lossy(&bytes));
        let key = peek(&text, "key").unwrap_or_default();
        match parse(&format!("{key}.toml"), &text, &about.fields) {
            Ok(plan) => {
                draft = Draft::of(&plan);
                said.notes.push(format!("Đã đọc tệp “{name}” vào biểu mẫu."));
            }
            Err(problems) => said.errors.extend(problems.iter().map(|problem| {
                format!("Dòng {}: {}", problem.line, file_words::problem(problem, &text).replace('`', ""))
            })),
        }
        return Ok(page(&about, &entry_of(&draft, &unit), &said, None));
    }
    match block(move || Table::read(&bytes)).await? {
        Err(fault) => said.errors.push(import_words::file(&fault)),
        Ok(table) => {
            let mut found = read(&table);
            found.draft.keep_marks(&draft);
            for (row, name) in found.draft.take_names(&about.fields) {
                said.errors.push(format!("Chỉ tiêu số {}: không có lĩnh vực “{name}”; hãy chọn lại ở dưới.", row + 1));
            }
            for refused in &found.refused {
                let (what, todo) = import_words::refused(&refused.reason);
                said.errors.push(format!("{}: {what}. {todo}", import_words::place(&refused.place)));
            }
            for part in found.parts {
                if part == Part::Head {
                    draft.head = found.draft.head.clone();
                } else if part == Part::Target {
                    draft.replace_targets(found.draft.rows(part).to_vec());
                } else if let Some(rows) = draft.rows_mut(part) {
                    *rows = found.draft.rows(part).to_vec();
                }
            }
            let (read, left_out) = import_words::notes(&found.notes);
            said.notes.extend(read);
            said.notes.extend(left_out);
        }
    }
    Ok(page(&about, &entry_of(&draft, &unit), &said, None))
}
