//! The user guide, on the pages it speaks of. A ward may put its own words in the place of ours, a page each; a unit
//! without words of its own reads those of the unit above it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use crate::access::{Action, AuditedAction};
use crate::db::{Db, DbError, Unit};
use crate::error::{Reason, Refusal};
use crate::report::markup::escape;
use crate::service::complaints::with_those_above;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::questionnaires::editor::with_unix_line_ends;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

use super::guide_pictures::{self, Shown};

/// The longest page, in characters: three times the longest of ours.
const PAGE_MAX: usize = 20_000;

/// The pages: name in the address, title, our text in Markdown. The first one leads to the others.
const PAGES: [(&str, &str, &str); 9] = [
    ("bat-dau", "Hướng dẫn sử dụng", include_str!("../../../../docs/huong-dan/README.md")),
    ("tai-quay", "Tại quầy", include_str!("../../../../docs/huong-dan/tai-quay.md")),
    ("nhap-phieu", "Nhập phiếu giấy, gọi điện, phỏng vấn", include_str!("../../../../docs/huong-dan/nhap-phieu.md")),
    ("co-quan", "Cơ quan, đơn vị", include_str!("../../../../docs/huong-dan/co-quan.md")),
    ("chu-ke-hoach", "Chủ kế hoạch", include_str!("../../../../docs/huong-dan/chu-ke-hoach.md")),
    ("quan-tri", "Quản trị", include_str!("../../../../docs/huong-dan/quan-tri.md")),
    ("chon-mau", "Điều tra theo mẫu", include_str!("../../../../docs/huong-dan/chon-mau.md")),
    ("van-hanh", "Vận hành", include_str!("../../../../docs/huong-dan/van-hanh.md")),
    ("quyen-rieng-tu", "Thông báo về quyền riêng tư", include_str!("../../../../docs/huong-dan/quyen-rieng-tu.md")),
];

#[derive(Template)]
#[template(path = "staff/help/guide.html")]
struct GuidePage {
    frame: Frame,
    title: &'static str,
    pages: Vec<(String, &'static str, bool)>,
    /// Whose words these are, where they are not ours.
    from: Option<String>,
    /// The text as HTML, see [`html`].
    text: String,
    edit: Option<String>,
    saved: bool,
}

#[derive(Template)]
#[template(path = "staff/help/guide_edit.html")]
struct EditPage {
    frame: Frame,
    title: &'static str,
    page: &'static str,
    unit: String,
    faults: Vec<String>,
    text: String,
}

/// What stands behind the `?` of a page's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct View {
    saved: Option<String>,
}

/// `GET /staff/guide`.
pub async fn first(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    show_page(&app, &user, PAGES[0].0, false).await
}

/// `GET /staff/guide/{page}`.
pub async fn show(app: Data<App>, user: Staff, page: Path<String>, view: Query<View>) -> Result<HttpResponse, Refusal> {
    show_page(&app, &user, &page, view.saved.is_some()).await
}

async fn show_page(app: &App, user: &SignedIn, page: &str, saved: bool) -> Result<HttpResponse, Refusal> {
    let Some((page, title, ours)) = PAGES.into_iter().find(|(name, ..)| *name == page) else {
        return Err(Reason::NotYours.into());
    };
    let Some(unit) = user.own_unit().cloned() else { return Err(Reason::NotYours.into()) };
    let (db, code) = (app.db.clone(), unit.code.clone());
    let kept = block(move || kept(&db, &code, page)).await??;
    let pages = PAGES.iter().map(|(name, title, _)| (format!("/staff/guide/{name}"), *title, *name == page));
    Ok(send(
        StatusCode::OK,
        &GuidePage {
            frame: user.frame(app),
            title,
            pages: pages.collect(),
            from: kept.as_ref().map(|(unit, _)| unit.name_vi.clone()),
            text: html(kept.as_ref().map_or(ours, |(_, text)| text)),
            edit: user.may(Action::ChangeNotice).then(|| format!("/staff/guide/{page}/edit")),
            saved,
        },
    ))
}

/// `GET /staff/guide/{page}/edit`.
pub async fn edit(app: Data<App>, user: Staff, page: Path<String>) -> Result<HttpResponse, Refusal> {
    let (unit, (page, title, ours)) = editable(&user, &page)?;
    let (db, code) = (app.db.clone(), unit.code.clone());
    let text = block(move || kept(&db, &code, page)).await??.map_or(ours.to_owned(), |(_, text)| text);
    let page = EditPage { frame: user.frame(&app), title, page, unit: unit.name_vi, faults: Vec::new(), text };
    Ok(send(StatusCode::OK, &page))
}

/// `POST /staff/guide/{page}/edit`: words of one's own; none bring ours back.
pub async fn keep(app: Data<App>, user: Staff, page: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let (unit, (page, title, ours)) = editable(&user, &page)?;
    let sent = FormBody::parse(&body);
    let text = with_unix_line_ends(sent.get("text").unwrap_or_default()).trim().to_owned();
    let faults = faults(&text);
    if !faults.is_empty() {
        let page = EditPage { frame: user.frame(&app), title, page, unit: unit.name_vi, faults, text };
        return Ok(send(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    // What is ours stays ours, so that later versions of the program may better it.
    let text = if text == ours.trim() { String::new() } else { text };
    let (db, key) = (app.db.noting(user.note(AuditedAction::ChangeGuide, &unit.code, page)), key(&unit.code, page));
    block(move || db.keep_words(&key, &text)).await??;
    tracing::info!(unit = unit.code, page, "guide changed");
    Ok(see_other(&format!("/staff/guide/{}?saved=1", percent_encode(page))))
}

type Editable = (Unit, (&'static str, &'static str, &'static str));

fn editable(user: &SignedIn, page: &str) -> Result<Editable, Refusal> {
    let page = PAGES.into_iter().find(|(name, ..)| *name == page);
    match (user.own_unit().cloned(), page) {
        (Some(unit), Some(page)) => Ok((unit, page)),
        _ => Err(Reason::NotYours.into()),
    }
}

/// The words of a unit or of the nearest unit above it that has its own.
fn kept(db: &Db, unit: &str, page: &str) -> Result<Option<(Unit, String)>, DbError> {
    let tree = db.tree()?;
    for unit in with_those_above(&tree, unit) {
        if let Some(text) = db.meta(&key(&unit.code, page))?.filter(|text| !text.is_empty()) {
            return Ok(Some((unit.clone(), text)));
        }
    }
    Ok(None)
}

fn key(unit: &str, page: &str) -> String {
    format!("guide.{page}.{unit}")
}

/// What is wrong with a text, in words.
fn faults(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let length = text.chars().count();
    if length > PAGE_MAX {
        faults.push(format!("Dài {length} ký tự; tối đa {PAGE_MAX}."));
    }
    if text.chars().any(|c| (c.is_control() && c != '\n' && c != '\t') || c == '\u{fffd}') {
        faults.push("Có ký tự không đọc được; hãy chép lại bằng chữ thường.".to_owned());
    }
    faults
}

/// Markdown as HTML: no HTML of the writer's own, no pictures but [ours](guide_pictures); links to pages of the guide and to
/// `https:` only.
fn html(markdown: &str) -> String {
    let mut dropped = Vec::new();
    // The pictures that the reader is in, one in the words of another too: of ours with its words so far.
    let mut pictures: Vec<Option<(Shown, String)>> = Vec::new();
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Start(Tag::Image { dest_url, .. }) => {
            let outer = pictures.iter().flatten().next().is_some();
            pictures.push(guide_pictures::shown(&dest_url).filter(|_| !outer).map(|picture| (picture, String::new())));
            None
        }
        Event::End(TagEnd::Image) => pictures.pop().flatten().map(|(picture, words)| {
            let Shown { address, width, height } = picture;
            Event::Html(CowStr::from(format!(
                "<img src=\"{address}\" alt=\"{}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\">",
                escape(&words)
            )))
        }),
        // All words up to its end stand for a picture of ours; of one that is not ours they stay.
        event if pictures.iter().flatten().next().is_some() => {
            if let Some((_, words)) = pictures.iter_mut().flatten().next() {
                match event {
                    Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                        *words += &text;
                    }
                    Event::SoftBreak | Event::HardBreak => words.push(' '),
                    _ => {}
                }
            }
            None
        }
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let address = address(&dest_url);
            dropped.push(address.is_none());
            address.map(|address| Event::Start(Tag::Link { link_type, dest_url: CowStr::from(address), title, id }))
        }
        Event::End(TagEnd::Link) if dropped.pop() == Some(true) => None,
        // Alignments would become inline styles, which the pages' policy forbids.
        Event::Start(Tag::Table(columns)) => {
            Some(Event::Start(Tag::Table(vec![pulldown_cmark::Alignment::None; columns.len()])))
        }
        event => Some(event),
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    in_frames(&html)
}

/// Every table in a frame of its own in which it is scrolled, also with the keyboard.
fn in_frames(html: &str) -> String {
    let mut parts = html.split("<table>");
    let mut framed = parts.next().unwrap_or_default().to_owned();
    for (place, part) in parts.enumerate() {
        framed += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Bảng ";
        framed += &(place + 1).to_string();
        framed += "\"><table>";
        framed += &part.replace("</table>", "</table></div>");
    }
    framed
}

/// Where a link of the guide leads; none where it leads out of it.
fn address(written: &str) -> Option<String> {
    if written.starts_with("https://") || written.starts_with('#') {
        return Some(written.to_owned());
    }
    let name = written.strip_suffix(".md")?;
    let name = if name == "README" { PAGES[0].0 } else { name };
    PAGES.iter().any(|(known, ..)| *known == name).then(|| format!("/staff/guide/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_between_pages_lead_to_pages_and_others_are_words() {
        let found = html("[a](tai-quay.md) [b](../operations.md) [c](javascript:alert(1)) [d](https://a.vn)");
        assert_eq!(found, "<p><a href=\"/staff/guide/tai-quay\">a</a> b c <a href=\"https://a.vn\">d</a></p>\n");
    }

    #[test]
    fn html_of_the_writer_is_shown_as_text() {
        let found = html("<script>alert(1)</script>\n\nMột <b onclick=x>hai</b> ![ảnh](x.png)");
        assert!(!found.contains("<script") && !found.contains("<b ") && !found.contains("<img"), "{found}");
        assert!(found.contains("&lt;script&gt;"), "{found}");
    }

    #[test]
    fn all_words_of_a_picture_are_its_own_and_one_without_words_takes_none_of_others() {
        let name = PAGES.iter().find_map(|(_, _, text)| text.split("(hinh/").nth(1)?.split(')').next());
        let name = name.expect("our guide has pictures");
        let picture = |alt: &str| {
            let shown = guide_pictures::shown(&format!("hinh/{name}")).expect("ours");
            let (address, width, height) = (shown.address, shown.width, shown.height);
            format!("<img src=\"{address}\" alt=\"{alt}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\">")
        };
        let found = html(&format!("![Một *hai* `ba`\nvà [bốn](tai-quay.md)](hinh/{name}) sau"));
        assert_eq!(found, format!("<p>{} sau</p>\n", picture("Một hai ba và bốn")));
        let found = html(&format!("![](hinh/{name}) sau *này*"));
        assert_eq!(found, format!("<p>{} sau <em>này</em></p>\n", picture("")));
        let found = html(&format!("![ngoài ![trong](hinh/{name})](hinh/{name})"));
        assert_eq!(found, format!("<p>{}</p>\n", picture("ngoài trong")));
        let found = html("![của *người khác*](x.png) ![](y.png) sau");
        assert_eq!(found, "<p>của <em>người khác</em>  sau</p>\n");
    }

    #[test]
    fn every_page_of_ours_is_whole_and_within_the_limit() {
        for (name, title, text) in PAGES {
            assert!(faults(text).is_empty(), "{name}");
            assert!(text.starts_with(&format!("# {title}\n")), "{name} has the title {title}");
            assert!(!html(text).contains("style="), "{name}");
        }
    }
}
