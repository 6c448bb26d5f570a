//! A questionnaire brought as a file: what can be taken becomes a draft, what cannot is told.

use actix_web::web::{Bytes, Data, block};
use actix_web::{HttpRequest, HttpResponse};

use super::begin::{page, start_of};
use super::editor::{peek, with_unix_line_ends};
use super::words;
use crate::error::Refusal;
use crate::survey::parse;
use crate::web::staff::session::Staff;
use crate::web::staff::upload;
use crate::web::state::App;

/// `POST /staff/forms/import`.
pub async fn take(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let (entry, file) = upload::read(&request, &body);
    let Some((_, bytes)) = file else {
        return page(&app, &user, entry, vec!["Chọn một tệp.".to_owned()]).await;
    };
    let text = with_unix_line_ends(&String::from_utf8_lossy(&bytes));
    let db = app.db.clone();
    let known: Vec<String> = block(move || db.fields()).await??.into_iter().map(|field| field.code).collect();
    let name = format!("{}.toml", peek(&text, "id").unwrap_or_default());
    match parse(&name, &text, &known) {
        Ok(content) => start_of(&app, &user, content, Vec::new()).await,
        Err(problems) => {
            let said = problems
                .iter()
                .map(|problem| format!("Dòng {}: {}", problem.line, words::problem(problem, &text).replace('`', "")));
            page(&app, &user, entry, said.collect()).await
        }
    }
}
