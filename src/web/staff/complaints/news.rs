//! The letter that tells a citizen who asked for it that a case has news: that there is some and where, never what.

use chrono::Days;

use super::opened::Opened;
use crate::cases::CaseAction;
use crate::clock;
use crate::db::{DbError, NewLetter, news_key};
use crate::error::Refusal;
use crate::report::format;
use crate::web::http::block::block;
use crate::web::state::App;

/// Writes the letter, where there is something to tell and somebody to tell it to.
pub(super) async fn write(app: &App, opened: &Opened, deed: CaseAction) -> Result<(), Refusal> {
    let tells = matches!(
        deed,
        CaseAction::Approve
            | CaseAction::Publish
            | CaseAction::Forward
            | CaseAction::Merge
            | CaseAction::Refuse
            | CaseAction::Ask
            | CaseAction::Extend
    );
    if !tells || app.mailer.is_off() {
        return Ok(());
    }
    let (db, key, now) = (app.db.clone(), opened.case.key, clock::now());
    let (unit, day, public) =
        (opened.ward.name_vi.clone(), format::date(opened.case.key.day), app.config.public_url.clone());
    block(move || {
        let contact = db.complaint_contact(key)?.unwrap_or_default();
        if contact.news.is_empty() {
            return Ok::<_, DbError>(());
        }
        let number = db.complaint_steps(key)?.len();
        let letter = NewLetter {
            key: format!("{}{number}", news_key(key)),
            recipient: contact.news,
            subject: format!("{unit}: phản ánh của Ông/Bà có tin mới"),
            body: format!(
                "Phản ánh Ông/Bà gửi {unit} ngày {day} có tin mới. Mời Ông/Bà xem bằng mã tra cứu tại {public}/complaints\n\n\
                 Thư này gửi tự động vì Ông/Bà đã để lại địa chỉ nhận tin ở trang tra cứu. Muốn thôi nhận: bấm “Xóa cách liên hệ \
                 của tôi” ở trang đó.\n\n\
                 There is news of the complaint you sent. Please look it up with your reference at {public}/complaints?lang=en"
            ),
            until: now + Days::new(7),
        };
        db.write_letter(&letter, now).map(drop)
    })
    .await??;
    Ok(())
}
