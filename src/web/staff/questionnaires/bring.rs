//! A questionnaire brought as a file or pasted: what can be taken becomes a draft, what cannot is told with the draft.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::begin::{page, start_new, start_of};
use super::editor::{peek, with_unix_line_ends};
use super::{import_words, words};
use crate::error::Refusal;
use crate::exchange::import::{ward_form, xlsform};
use crate::survey::{Questionnaire, parse};
use crate::table::Table;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::imports::words as file_words;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::upload;
use crate::web::state::App;

/// `POST /staff/forms/import`.
pub async fn take(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let (entry, file) = upload::read(&request, &body);
    let (name, bytes) = match file {
        Some(file) => file,
        None if !entry.value("pasted").trim().is_empty() => {
            let table = ward_form::pasted(entry.value("pasted"));
            return begun(&app, &user, entry, taken(&table)).await;
        }
        None => return page(&app, &user, entry, vec!["Chọn một tệp, hoặc dán nội dung phiếu.".to_owned()]).await,
    };
    if std::path::Path::new(&name).extension().is_some_and(|end| end.eq_ignore_ascii_case("toml")) {
        let text = with_unix_line_ends(&String::from_utf8_lossy(&bytes));
        let db = app.db.clone();
        let known: Vec<String> = block(move || db.fields()).await??.into_iter().map(|field| field.code).collect();
        let name = format!("{}.toml", peek(&text, "id").unwrap_or_default());
        return match parse(&name, &text, &known) {
            Ok(content) => start_of(&app, &user, content, Vec::new()).await,
            Err(problems) => {
                let said = problems.iter().map(|problem| {
                    format!("Dòng {}: {}", problem.line, words::problem(problem, &text).replace('`', ""))
                });
                page(&app, &user, entry, said.collect()).await
            }
        };
    }
    match block(move || Table::read_document(&bytes).map(|table| taken(&table))).await? {
        Err(fault) => page(&app, &user, entry, vec![file_words::file(&fault)]).await,
        Ok(taken) => begun(&app, &user, entry, taken).await,
    }
}

async fn begun(app: &App, user: &SignedIn, entry: Entry, taken: Taken) -> Result<HttpResponse, Refusal> {
    let Taken { questionnaire, own, remarks } = taken;
    if questionnaire.sections.is_empty() && questionnaire.demographics.is_empty() {
        let sentence = "Không tìm thấy câu hỏi nào. Mỗi câu cần số thứ tự ở đầu dòng hoặc ở cột đầu của bảng.";
        return page(app, user, entry, vec![sentence.to_owned()]).await;
    }
    // A file that this program wrote goes on as the same questionnaire.
    if own {
        start_of(app, user, questionnaire, remarks).await
    } else {
        start_new(app, user, questionnaire, remarks).await
    }
}

struct Taken {
    questionnaire: Questionnaire,
    own: bool,
    remarks: Vec<String>,
}

fn taken(table: &Table) -> Taken {
    if xlsform::is_xlsform(table) {
        let read = xlsform::read(table);
        let remarks = read.remarks.iter().map(import_words::xlsform).collect();
        return Taken { questionnaire: read.questionnaire, own: read.own, remarks };
    }
    let read = ward_form::read(table);
    let remarks = read.left_out.iter().map(import_words::line).collect();
    Taken { questionnaire: read.questionnaire, own: false, remarks }
}
