//! The tellings of a ward, what the month still lacks, and a new one from published figures.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::{opened_anew_words, state_words, topic_words};
use crate::access::{Action, AuditedAction};
use crate::cases::telling::Topic;
use crate::clock;
use crate::db::{DbError, Kept, Telling, Told};
use crate::error::{Reason, Refusal};
use crate::report::format;
use crate::service::complaints::counts::month_of;
use crate::service::telling::{Span, draft, facts, opened_anew, spans};
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::ward::{Ward, ward_of};
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/telling/list.html")]
struct ListPage {
    frame: Frame,
    ward: String,
    may_keep: bool,
    done: Option<&'static str>,
    entry: Entry,
    spans: Vec<Choice>,
    topics: Vec<Choice>,
    month: Vec<(&'static str, usize)>,
    lines: Vec<Line>,
    news: String,
    screen: String,
    /// Where the form is sent.
    action: String,
}

struct Line {
    address: String,
    title: String,
    topic: &'static str,
    state: &'static str,
    class: &'static str,
    /// That its figures hold no more.
    warning: Option<String>,
    facts: Vec<(&'static str, String)>,
}

/// `GET /staff/telling`.
pub async fn list(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward,
        Err(choice) => return Ok(choice),
    };
    page(&app, (&user, &ward), Entry::fresh(&[("topic", "results")]), ask.done.as_deref()).await
}

async fn page(
    app: &App,
    (user, ward): (&SignedIn, &Ward),
    entry: Entry,
    done: Option<&str>,
) -> Result<HttpResponse, Refusal> {
    let (db, id, code, today) = (app.db.clone(), ward.id, ward.code.clone(), clock::today());
    let read = block(move || {
        let tellings = db.tellings(id)?;
        let titles = tellings.iter().map(|telling| {
            let versions = db.telling_versions(id, telling.number)?;
            Ok(versions.into_iter().next_back().map(|newest| newest.texts.title).unwrap_or_default())
        });
        let titles = titles.collect::<Result<Vec<String>, DbError>>()?;
        let fallen = opened_anew(&db, &tellings)?;
        Ok::<_, DbError>((tellings, titles, fallen, spans(&db, &code, today)?))
    });
    let (tellings, titles, fallen, spans) = read.await??;
    let (first, last) = month_of(today);
    let in_month = |day: Option<chrono::NaiveDate>| day.is_some_and(|day| (first..=last).contains(&day));
    let number =
        |of: fn(&Telling) -> Option<chrono::NaiveDate>| tellings.iter().filter(|one| in_month(of(one))).count();
    let month = vec![
        ("tin, bài trên trang của phường", number(|one| one.published_on)),
        ("bài phát thanh", number(|one| one.broadcast_on)),
        ("tin, bài gửi trang của Thành phố", number(|one| one.sent_on)),
    ];
    let line = |((telling, title), fallen): ((&Telling, &String), Option<chrono::NaiveDate>)| {
        let (state, class) = state_words(telling.state, telling.out_version.is_some());
        let facts = [
            ("Đăng", telling.published_on),
            ("Phát thanh", telling.broadcast_on),
            ("Gửi Thành phố", telling.sent_on),
            ("Thành phố đăng", telling.accepted_on),
        ];
        Line {
            address: ward.at(&format!("/staff/telling/edit?number={}", telling.number)),
            title: title.clone(),
            topic: topic_words(telling.topic),
            state,
            class,
            warning: fallen.map(|on| opened_anew_words(on, telling.out_version.is_some())),
            facts: facts.into_iter().filter_map(|(name, day)| Some((name, format::date(day?)))).collect(),
        }
    };
    let lines = tellings.iter().zip(&titles).zip(fallen).map(line).collect();
    let status = if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = ListPage {
        frame: user.frame(app),
        may_keep: user.may(Action::KeepWork) && user.covers(&ward.code),
        done: done.map(|done| if done == "kept" { "Đã lưu." } else { "Đã xong." }),
        entry,
        spans: spans.into_iter().map(|(span, name)| Choice::new(span.key(), format::upper_first(&name))).collect(),
        topics: Topic::ALL.map(|topic| Choice::new(topic.name(), topic_words(topic))).to_vec(),
        month,
        lines,
        news: format!("/results/news?unit={}", ward.code),
        screen: format!("/screen/{}", ward.code),
        ward: ward.name_vi.clone(),
        action: ward.at("/staff/telling"),
    };
    Ok(send(status, &page))
}

/// `POST /staff/telling`: a draft from published figures.
pub async fn begin(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward.decided_by(&user)?,
        Err(choice) => return Ok(choice),
    };
    let mut entry = Entry::sent(&body);
    let topic = Topic::named(entry.value("topic"));
    if topic.is_none() {
        entry.refuse("topic", "Chọn nội dung.");
    }
    let span = Span::of_key(entry.value("span"));
    if span.is_none() {
        entry.refuse("span", "Chọn tháng hoặc kỳ báo cáo.");
    }
    let (Some(topic), Some(span)) = (topic, span) else { return page(&app, (&user, &ward), entry, None).await };
    let (db, today, key) = (app.db.clone(), clock::today(), span.key());
    let (url, demo, unit) = (app.config.public_url.clone(), app.demo(), ward.clone());
    let found = app.costly.run(move || facts(&db, &unit, &span, (&url, demo), today)).await?;
    let Some(facts) = found? else {
        entry.refuse("span", "Kỳ này chưa được công bố; chọn kỳ khác.");
        return page(&app, (&user, &ward), entry, None).await;
    };
    let told = Told {
        unit: ward.id,
        seen: (0, 0),
        about: (topic, key.clone()),
        facts: Some(serde_json::to_string(&facts).map_err(Refusal::fault)?),
        texts: draft(topic, &facts),
        by: user.name.clone(),
        on: today,
    };
    let object = format!("{} {key}", topic.name());
    let db = app.db.noting(user.note(AuditedAction::KeepTelling, &ward.code, object));
    let (Kept::As(number) | Kept::Already(number)) = block(move || db.keep_telling(&told)).await?? else {
        return Err(Reason::NotYours.into());
    };
    Ok(see_other(&ward.at(&format!("/staff/telling/edit?number={number}"))))
}
