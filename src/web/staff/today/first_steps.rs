//! `/staff/first-steps`: from an empty database to a code that works, step by step; each can be passed over, and what is done is seen.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;

use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::UnitKind;
use crate::error::Refusal;
use crate::service::first_steps::{FirstSteps, Standing, Step, first_steps, say};
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/today/first_steps.html")]
struct FirstStepsPage {
    frame: Frame,
    new: bool,
    behind: usize,
    lines: Vec<Line>,
    /// The point whose code is tried: name and code.
    trial: Option<(String, String)>,
    over: bool,
}

/// A step on the page.
struct Line {
    word: &'static str,
    heading: &'static str,
    why: String,
    standing: Standing,
    /// Whether it is the next one.
    is_next: bool,
    is_said: bool,
    scans: bool,
    /// Where it is taken: address and word.
    deeds: Vec<(String, &'static str)>,
}

impl Line {
    fn is_done(&self) -> bool {
        self.standing == Standing::Done
    }

    fn is_skipped(&self) -> bool {
        self.standing == Standing::Skipped
    }
}

/// How the first steps of the user's places do.
pub(super) async fn of(app: &App, user: &SignedIn) -> Result<FirstSteps, Refusal> {
    let (db, own, units) = (app.db.clone(), user.unit, user.units.clone());
    Ok(block(move || first_steps(&db, own, &units, clock::today())).await??)
}

/// `GET /staff/first-steps`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let found = of(&app, &user).await?;
    let next = found.next();
    let ward = user.units.iter().find(|unit| matches!(unit.kind, UnitKind::Ward | UnitKind::Commune));
    let ward = ward.or_else(|| user.own_unit());
    let (name, code) = ward.map_or(("", ""), |unit| (unit.name_vi.as_str(), unit.code.as_str()));
    let lines = found.steps.iter().map(|(step, standing)| Line {
        is_next: next == Some(*step),
        scans: *step == Step::Scan,
        ..line(*step, *standing, &user, &found, name, code)
    });
    let page = FirstStepsPage {
        new: ask.done.as_deref() == Some("set-up"),
        behind: found.behind(),
        lines: lines.collect(),
        trial: found.points.first().map(|point| (point.name_vi.clone(), point.code.clone())),
        over: next.is_none(),
        frame: user.frame(&app),
    };
    Ok(send(StatusCode::OK, &page))
}

/// `POST /staff/first-steps`: says that a step is done, passed over, or to be taken after all.
pub async fn submit(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let entry = Entry::sent(&body);
    let Some(step) = Step::of_word(entry.value("step")) else { return Ok(see_other("/staff/first-steps")) };
    let how = match entry.value("how") {
        "done" if step.is_said() => Some("done"),
        "skip" => Some("skipped"),
        "again" => None,
        _ => return Ok(see_other("/staff/first-steps")),
    };
    let note = user.note(AuditedAction::MarkFirstStep, user.code_of_unit(user.unit), step.word());
    let (db, unit) = (app.db.noting(note), user.unit);
    block(move || say(&db, unit, step, how)).await??;
    Ok(see_other("/staff/first-steps"))
}

fn line(step: Step, standing: Standing, user: &SignedIn, found: &FirstSteps, ward: &str, code: &str) -> Line {
    let to = |address: &str, word| (address.to_owned(), word);
    let form = found.points.first().map(|point| format!("/staff/forms/{}", point.form));
    let (heading, why, deeds) = match step {
        Step::Ward => ("Phường, xã của bạn", ward.to_owned(), vec![to("/staff/units", "Xem các đơn vị")]),
        Step::Offices => (
            "Bộ phận và đơn vị trực thuộc",
            "Bộ phận một cửa, trạm y tế, trường học: mỗi nơi có số liệu riêng.".to_owned(),
            vec![
                to("/staff/units/paste", "Thêm nhiều đơn vị từ bảng"),
                (format!("/staff/units/new?parent={code}"), "Thêm đơn vị"),
            ],
        ),
        Step::Points => (
            "Điểm phục vụ",
            "Mỗi quầy, mỗi phòng, mỗi trường là một điểm với mã QR riêng. Có danh sách trong Excel thì dán một lần."
                .to_owned(),
            vec![to("/staff/points/paste", "Thêm nhiều điểm từ bảng"), to("/staff/points/new", "Thêm điểm")],
        ),
        Step::Form => (
            "Phiếu hỏi",
            "Xem phiếu người dân sẽ trả lời ở điểm của bạn; phiếu có sẵn, sửa được.".to_owned(),
            vec![(form.unwrap_or_else(|| "/staff/forms".to_owned()), "Xem phiếu hỏi")],
        ),
        Step::Plan => (
            "Kế hoạch",
            "Chỉ tiêu và kỳ báo cáo theo văn bản của địa phương. Chưa có thì bỏ qua: vẫn thu được phiếu.".to_owned(),
            if user.may(Action::ChangePlans) { vec![to("/staff/plans/new", "Thêm kế hoạch")] } else { Vec::new() },
        ),
        Step::Poster => (
            "Áp phích có mã QR",
            "In khổ A4 và dán ở nơi người dân chờ.".to_owned(),
            vec![to("/staff/points/posters", "In áp phích")],
        ),
        Step::Scan => (
            "Quét thử",
            "Quét mã bên dưới bằng điện thoại: trang mở ra ghi “Mã đã hoạt động”. Quét thử không tính vào số liệu."
                .to_owned(),
            Vec::new(),
        ),
    };
    Line { word: step.word(), heading, why, standing, is_next: false, is_said: step.is_said(), scans: false, deeds }
}
