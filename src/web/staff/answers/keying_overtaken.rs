//! A sheet that was typed while somebody else changed or ended its batch: nothing is kept, and nothing that was typed is lost.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::keying_sheet::{KeyPage, OpenBatch, fields_of};
use crate::clock;
use crate::db::{BatchState, DbError, PaperBatch};
use crate::error::Refusal;
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::send;
use crate::web::staff::signed_in::SignedIn;
use crate::web::state::App;

/// The batch was stored or thrown away.
pub(super) const GONE: &str = "Trong lúc bạn gõ, tập phiếu này đã được đưa vào kết quả hoặc đã bỏ. Điều bạn gõ còn ở dưới; nếu tờ phiếu chưa được \
     tính, hãy bắt đầu một tập mới.";
/// The keying went on to the next one.
pub(super) const ENDED: &str = "Trong lúc bạn gõ, người khác đã kết thúc lần nhập này. Điều bạn gõ còn ở dưới; mở tập phiếu để xem tờ này còn thiếu \
     hay không.";

impl OpenBatch {
    /// What a page of keying was laid out with, for a batch that is no more; none where the page does not tell, or it is not the user's.
    pub(super) async fn of_page(app: &App, user: &SignedIn, sent: &FormBody) -> Result<Option<Self>, Refusal> {
        let (Some(code), Some(form)) = (sent.get("point"), sent.get("form").and_then(|form| form.parse::<i32>().ok()))
        else {
            return Ok(None);
        };
        let (db, units, code, by) = (app.db.clone(), user.units.clone(), code.to_owned(), user.id);
        let found = block(move || {
            let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
            let Some(point) = db.points(Some(&ids))?.into_iter().find(|point| point.code == code) else {
                return Ok(None);
            };
            let Some(form) = db.forms()?.into_iter().find(|known| known.id == form) else { return Ok(None) };
            let form = db.form_by_id(form.id)?;
            let unit_name = units.iter().find(|unit| unit.id == point.unit).map(|unit| unit.name_vi.clone());
            let batch = PaperBatch {
                id: 0,
                unit: point.unit,
                point: point.point,
                form: form.id,
                state: BatchState::First,
                first_by: by,
                second_by: None,
                created_at: clock::now(),
                keyed: [0, 0],
            };
            let fields = fields_of(&db, &point)?;
            Ok::<_, DbError>(Some(Self { batch, point, form, fields, unit_name: unit_name.unwrap_or_default() }))
        });
        Ok(found.await??)
    }
}

/// The page of a sheet that was not kept, with all that was typed.
pub(super) fn page(app: &App, user: &SignedIn, desk: &OpenBatch, sent: &FormBody, why: &str) -> HttpResponse {
    let number = |name: &str| sent.get(name).and_then(|value| value.parse().ok());
    let place = number("place").unwrap_or(1).max(1);
    let mut page = KeyPage::new(app, user, desk, place, &sent.pairs);
    page.pass = number("pass").and_then(|pass| u8::try_from(pass).ok()).unwrap_or(1);
    page.overtaken = true;
    page.mark(vec![("keying".to_owned(), why.to_owned())]);
    send(StatusCode::CONFLICT, &page)
}
