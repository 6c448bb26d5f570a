//! Service points: the list with their codes, adding one, ending one, replacing a code, posters to print.
//! Many at once come through `bulk_add.rs`; which are silent tells `inactive.rs`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query, block};
use askama::Template;
use chrono::NaiveDate;

use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::{Db, DbError, Field, NewPoint, PointListed, PointRefused, Refused, Unit};
use crate::error::{Reason, Refusal};
use crate::exchange::import::plain;
use crate::exchange::import::points::opened;
use crate::plan::Channel;
use crate::print::qr;
use crate::report::format;
use crate::report::words::plan::PlanWords as _;
use crate::survey::{Questionnaire, code};
use crate::vitals::Tablet;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, percent_encode, see_other, send};
use crate::web::staff::pages::Pages;
use crate::web::staff::questionnaires::further::asked;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::units::shown::{is_open, kind_name, open_units};
use crate::web::state::App;

/// Units with points on one page of the list.
const UNITS_ON_A_PAGE: usize = 40;

/// What stands behind the `?` of the addresses of these pages.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    unit: Option<String>,
    form: Option<String>,
    code: Option<String>,
    done: Option<String>,
    count: Option<usize>,
    batch: Option<i32>,
    q: Option<String>,
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "staff/points/list.html")]
struct ListPage {
    frame: Frame,
    done: Option<String>,
    posters: Option<String>,
    can_set_up: bool,
    can_see_silence: bool,
    units: Vec<Choice>,
    unit: String,
    q: String,
    batch: Option<i32>,
    groups: Vec<Group>,
    /// Number, address, whether it is this one.
    pages: Vec<(usize, String, bool)>,
}

struct Group {
    name: String,
    kind: &'static str,
    points: Vec<Line>,
    retired: Vec<Line>,
}

struct Line {
    code: String,
    name_vi: String,
    name_en: String,
    form: String,
    version: String,
    fields: String,
    field_count: usize,
    channel: &'static str,
    opened: String,
    retired: String,
    /// What came in the last seven days, in words.
    status: &'static str,
    quiet: bool,
    /// What is known of its tablet, where it has one, and whether somebody should look at it.
    tablet: Option<(String, bool)>,
}

/// What the pages of points show, read once: the points of the user's units, titles and fields.
pub(in crate::web::staff) struct Book {
    /// Points of the user's units, retired ones included.
    pub points: Vec<PointListed>,
    /// Every field.
    pub fields: Vec<Field>,
    /// The newest version of every published questionnaire, by identifier.
    pub forms: Vec<Questionnaire>,
}

impl Book {
    pub(in crate::web::staff) fn read(db: &Db, units: &[Unit]) -> Result<Self, DbError> {
        let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
        Ok(Self {
            points: db.points(Some(&ids))?,
            fields: db.fields()?,
            forms: db.newest_forms()?.iter().map(|form| form.questionnaire.clone()).collect(),
        })
    }

    /// The book as `user` may see it.
    pub(in crate::web::staff) async fn of(app: &App, user: &SignedIn) -> Result<Self, Refusal> {
        Self::of_units(app, &user.units).await
    }

    /// The book of some units.
    async fn of_units(app: &App, units: &Arc<Vec<Unit>>) -> Result<Self, Refusal> {
        let (db, units) = (app.db.clone(), Arc::clone(units));
        Ok(block(move || Self::read(&db, &units)).await??)
    }

    pub(in crate::web::staff) fn form(&self, id: &str) -> Option<&Questionnaire> {
        self.forms.iter().find(|form| form.id == id)
    }

    /// The fields that a questionnaire serves, of those known, in the questionnaire's order.
    pub(in crate::web::staff) fn fields_of(&self, form: &Questionnaire) -> Vec<&Field> {
        form.fields.iter().filter_map(|code| self.fields.iter().find(|field| field.code == *code)).collect()
    }

    /// The point in use under this code.
    fn point(&self, typed: &str) -> Option<&PointListed> {
        let code = code::normalise(typed)?;
        self.points.iter().find(|point| point.code == code)
    }

    fn field_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.fields.iter().find(|field| field.code == code).map_or(code, |field| &field.name_vi)
    }

    fn line(&self, point: &PointListed) -> Line {
        let fields: Vec<&str> = point.field_codes.iter().map(|code| self.field_name(code)).collect();
        let title = self.form(&point.form).map(|form| form.title.in_language("vi").to_owned());
        Line {
            code: point.code.clone(),
            name_vi: point.name_vi.clone(),
            name_en: point.name_en.clone(),
            form: title.unwrap_or_else(|| point.form.clone()),
            version: format!("bản {}", point.form_version),
            field_count: fields.len(),
            fields: fields.join(", "),
            channel: point.channel.name_vi(),
            status: "",
            quiet: false,
            tablet: None,
            opened: format::date(point.opened_on),
            retired: point.retired_on.map(format::date).unwrap_or_default(),
        }
    }
}

/// Whether a questionnaire asks about online services alone.
pub(in crate::web::staff) fn is_online(form: &Questionnaire) -> bool {
    !form.fields.is_empty() && form.fields.iter().all(|field| field == "online")
}

fn is_retired(point: &PointListed, today: NaiveDate) -> bool {
    point.retired_on.is_some_and(|day| day <= today)
}

/// `GET /staff/points`.
pub async fn list(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let Some(shown) = shown_units(&user, ask.unit.as_deref()) else { return Err(Reason::NotYours.into()) };
    let wanted = plain(ask.q.as_deref().unwrap_or_default());
    let query = [("unit", ask.unit.as_deref()), ("q", ask.q.as_deref())];
    let (db, of, words) = (app.db.clone(), Arc::clone(&shown), wanted.clone());
    // A nation has 60,000 points: they are gone through on a thread that answers nobody else.
    let found = app.costly.run(move || if words.is_empty() { with_points(&db, &of) } else { search(&db, &of, &words) });
    let Pages { shown, links } = Pages::of(found.await??, ask.page, UNITS_ON_A_PAGE, "/staff/points", &query);
    let book = Book::of_units(&app, &Arc::new(shown.clone())).await?;
    let today = clock::today();
    let (db, ids) = (app.db.clone(), shown.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let last = block(move || db.last_days(&ids, today)).await??;
    let last: HashMap<(i32, i32), NaiveDate> =
        last.into_iter().map(|(unit, point, day)| ((unit, point), day)).collect();
    let mut groups: Vec<Group> = shown.iter().map(|unit| group(&app, &book, unit, today, &wanted, &last)).collect();
    groups.retain(|group| !group.points.is_empty() || !group.retired.is_empty());
    let suffix = ask.unit.as_deref().filter(|unit| !unit.is_empty()).map(|unit| format!("?unit={unit}"));
    let any = groups.iter().any(|group| !group.points.is_empty());
    let page = ListPage {
        frame: user.frame(&app),
        done: done(&ask, &book),
        posters: any.then(|| format!("/staff/points/posters{}", suffix.unwrap_or_default())),
        can_set_up: user.may(Action::SetUp),
        can_see_silence: user.may(Action::SeeFigures),
        units: user.units.iter().map(|unit| Choice::new(unit.code.clone(), unit.name_vi.clone())).collect(),
        unit: ask.unit.clone().unwrap_or_default(),
        q: ask.q.clone().unwrap_or_default(),
        batch: ask.batch.filter(|_| ask.done.as_deref() == Some("pasted") && user.may(Action::SetUp)),
        groups,
        pages: links,
    };
    Ok(send(StatusCode::OK, &page))
}

/// Those of some units that have points; all where they fit on a page.
fn with_points(db: &Db, units: &[Unit]) -> Result<Vec<Unit>, DbError> {
    if units.len() <= UNITS_ON_A_PAGE {
        return Ok(units.to_vec());
    }
    let counted = db.units_with_points(&units.iter().map(|unit| unit.id).collect::<Vec<_>>())?;
    Ok(units.iter().filter(|unit| counted.contains(&unit.id)).cloned().collect())
}

/// Those of some units with a point that is meant by what was typed: a search is for points, so each is looked at once.
fn search(db: &Db, units: &[Unit], wanted: &str) -> Result<Vec<Unit>, DbError> {
    let book = Book::read(db, units)?;
    let by_id: HashMap<i32, &Unit> = units.iter().map(|unit| (unit.id, unit)).collect();
    let meant = book
        .points
        .iter()
        .filter(|point| by_id.get(&point.unit).is_some_and(|unit| is_meant(&book, unit, point, wanted)));
    let meant: HashSet<i32> = meant.map(|point| point.unit).collect();
    Ok(units.iter().filter(|unit| meant.contains(&unit.id)).cloned().collect())
}

/// The user's units, or those of the one asked for and below it; none when that one is not theirs.
fn shown_units(user: &SignedIn, asked: Option<&str>) -> Option<Arc<Vec<Unit>>> {
    let Some(code) = asked.filter(|code| !code.is_empty()) else { return Some(Arc::clone(&user.units)) };
    user.unit_of_code(code).map(|unit| user.tree.covered(unit.id))
}

/// Whether a point is meant by what was typed into the box: its name, code, unit, questionnaire or a field.
fn is_meant(book: &Book, unit: &Unit, point: &PointListed, wanted: &str) -> bool {
    let line = book.line(point);
    let all = [&line.name_vi, &line.name_en, &line.code, &line.form, &line.fields, &unit.name_vi];
    let text = all.map(|text| plain(text)).join(" ");
    wanted.split(' ').all(|word| text.contains(word))
}

/// What is said of the last seven days. Only what figures show by now is known, so that nobody sees one answer come.
fn status(point: &PointListed, last: Option<NaiveDate>, today: NaiveDate) -> (&'static str, bool) {
    const WEEK: i64 = 7;
    match last {
        Some(day) if (today - day).num_days() <= WEEK => ("có phiếu trong 7 ngày qua", false),
        _ if (today - point.opened_on).num_days() < WEEK => ("mới mở", false),
        Some(_) => ("không có phiếu trong 7 ngày qua", true),
        None => ("chưa có phiếu", true),
    }
}

/// What is known of a tablet in words, and whether somebody should look at it.
fn tablet(known: Tablet) -> (String, bool) {
    match known {
        Tablet::On => ("Máy tính bảng: đang hoạt động".to_owned(), false),
        Tablet::SilentSince(last) => (format!("Máy tính bảng: không thấy từ {}", clock::date_and_time(last)), true),
        Tablet::NotSeen => ("Máy tính bảng: chưa thấy từ khi máy chủ khởi động".to_owned(), true),
    }
}

fn group(
    app: &App,
    book: &Book,
    unit: &Unit,
    today: NaiveDate,
    wanted: &str,
    last: &HashMap<(i32, i32), NaiveDate>,
) -> Group {
    let of_unit = book.points.iter().filter(|point| point.unit == unit.id);
    let of_unit = of_unit.filter(|point| wanted.is_empty() || is_meant(book, unit, point, wanted));
    let (retired, points): (Vec<_>, Vec<_>) = of_unit.partition(|point| is_retired(point, today));
    Group {
        name: unit.name_vi.clone(),
        kind: kind_name(unit.kind),
        points: points
            .into_iter()
            .map(|point| {
                let (status, quiet) = status(point, last.get(&(point.unit, point.point)).copied(), today);
                let tablet = point.kiosk.then(|| tablet(app.tablets.of(&point.code, clock::now())));
                Line { status, quiet, tablet, ..book.line(point) }
            })
            .collect(),
        retired: retired.into_iter().map(|point| book.line(point)).collect(),
    }
}

/// What was done just now, in one of a few fixed sentences.
fn done(ask: &Params, book: &Book) -> Option<String> {
    let name = || ask.code.as_deref().and_then(|code| book.point(code)).map(|point| point.name_vi.clone());
    Some(match ask.done.as_deref()? {
        "added" => format!("Đã thêm điểm “{}”. Mã dùng được ngay.", name()?),
        "pasted" => format!("Đã thêm {} điểm.", ask.count?),
        "taken-back" => {
            format!("Đã hoàn tác: {} điểm vừa thêm không dùng nữa, tên của chúng dùng lại được.", ask.count?)
        }
        "answered" => "Chưa hoàn tác: đã có người trả lời ở một trong các điểm này. Hãy ngừng từng điểm.".to_owned(),
        "retired" => "Điểm đã ngừng. Ai quét mã cũ sẽ được báo là mã không còn dùng.".to_owned(),
        "replaced" => format!("“{}” có mã mới. Hãy in lại áp phích; mã cũ dẫn người quét sang mã mới.", name()?),
        "kiosk" => {
            let code = book.point(ask.code.as_deref()?)?.code.as_str();
            format!("Máy tính bảng của “{}” mở địa chỉ /s/{code}?kiosk ở chế độ toàn màn hình.", name()?)
        }
        "no-kiosk" => format!("“{}” không nhận phiếu từ máy tính bảng nữa.", name()?),
        _ => return None,
    })
}

#[derive(Template)]
#[template(path = "staff/points/new.html")]
struct NewPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    units: Vec<Choice>,
    forms: Vec<Choice>,
    form: Option<String>,
    reference: String,
    fields: Vec<Choice>,
    channels: Vec<Choice>,
}

/// `GET /staff/points/new`: which questionnaire; then, with `?form=`, everything else.
pub async fn new_form(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let book = Book::of(&app, &user).await?;
    let unit = ask.unit.as_deref().unwrap_or_default();
    let mut entry = Entry::fresh(&[("unit", unit)]);
    let form = ask.form.as_deref().filter(|form| !form.is_empty());
    if let Some(form) = form {
        entry.add("form", form);
        match book.form(form) {
            Some(form) => {
                for field in book.fields_of(form) {
                    entry.add("fields", &field.code);
                }
                entry.add("channel", word(if is_online(form) { Channel::Online } else { Channel::Counter }));
            }
            None => entry.refuse("form", "Chọn một phiếu hỏi trong danh sách."),
        }
    }
    Ok(new_page(&app, &user, &book, &entry))
}

/// `POST /staff/points/new`.
pub async fn add(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let book = Book::of(&app, &user).await?;
    let mut entry = Entry::sent(&body);
    let new = new_point(&mut entry, &user, &book);
    let Some(new) = new.filter(|_| !entry.is_wrong()) else { return Ok(new_page(&app, &user, &book, &entry)) };
    let db = app.db.noting(user.note(AuditedAction::AddPoint, &new.unit, new.name_vi.as_str()));
    match block(move || db.add_points(&[new])).await? {
        Ok(added) => {
            let code = added.codes.first().cloned().unwrap_or_default();
            tracing::info!(user = user.id, code, "point added");
            Ok(see_other(&format!("/staff/points?done=added&code={code}")))
        }
        Err(DbError::Exists { .. }) => {
            entry.refuse("name_vi", "Đơn vị này đã có điểm cùng tên; hãy đặt tên khác, như Quầy số 2.");
            Ok(new_page(&app, &user, &book, &entry))
        }
        Err(error) => Err(error.into()),
    }
}

fn new_point(entry: &mut Entry, user: &SignedIn, book: &Book) -> Option<NewPoint> {
    let today = clock::today();
    let unit = user.unit_of_code(entry.value("unit")).filter(|unit| is_open(unit, today)).map(|unit| unit.code.clone());
    if unit.is_none() {
        entry.refuse("unit", "Chọn một đơn vị trong danh sách.");
    }
    let form = book.form(entry.value("form"));
    if form.is_none() {
        entry.refuse("form", "Chọn một phiếu hỏi trong danh sách.");
    }
    let name_vi = entry.required_line("name_vi", "Nhập tên điểm, như Quầy số 1.");
    let name_en = entry.line("name_en");
    let served: Vec<String> =
        form.map(|form| book.fields_of(form).iter().map(|field| field.code.clone()).collect()).unwrap_or_default();
    let chosen: Vec<String> = entry.values("fields").map(str::to_owned).collect();
    if chosen.is_empty() {
        entry.refuse("fields", "Chọn ít nhất một lĩnh vực.");
    } else if chosen.iter().any(|field| !served.contains(field)) {
        entry.refuse("fields", "Chỉ chọn những lĩnh vực mà phiếu này hỏi.");
    }
    let channel = channel(entry.value("channel"));
    if channel.is_none() {
        entry.refuse("channel", "Chọn trực tiếp hoặc trực tuyến.");
    }
    let opened_on = opened(entry.value("opened"), today);
    if opened_on.is_none() {
        entry.refuse("opened", "Ghi một ngày đã qua, như 01/07/2025, hoặc để trống.");
    }
    Some(NewPoint {
        unit: unit?,
        name_en: if name_en.is_empty() { name_vi.clone() } else { name_en },
        name_vi,
        form: form?.id.clone(),
        // In the questionnaire's order, each once.
        fields: served.into_iter().filter(|field| chosen.contains(field)).collect(),
        channel: channel?,
        opened_on: opened_on?,
    })
}

/// The word of a channel as forms send it.
fn word(channel: Channel) -> &'static str {
    Channel::WORDS.iter().find(|(_, known)| *known == channel).map_or("", |(word, _)| word)
}

/// The channel of a word as forms send it.
fn channel(word: &str) -> Option<Channel> {
    Channel::WORDS.iter().find(|(known, _)| *known == word).map(|(_, channel)| *channel)
}

fn new_page(app: &App, user: &SignedIn, book: &Book, entry: &Entry) -> HttpResponse {
    let today = clock::today();
    let form = book.form(entry.value("form"));
    let fields = form.map(|form| book.fields_of(form)).unwrap_or_default();
    let form_choice = |form: &Questionnaire| {
        Choice::new(form.id.clone(), form.title.in_language("vi")).with_note(format!("{} câu", asked(form)))
    };
    let page = NewPage {
        frame: user.frame(app),
        entry,
        units: open_units(user, today),
        forms: book.forms.iter().map(form_choice).collect(),
        form: form.map(|form| form.title.in_language("vi").to_owned()),
        reference: form.map(|form| form.id.clone()).unwrap_or_default(),
        fields: fields.into_iter().map(|field| Choice::new(field.code.clone(), field.name_vi.clone())).collect(),
        channels: vec![
            Choice::new(word(Channel::Counter), "Trực tiếp").with_note("người dân đến nơi"),
            Choice::new(word(Channel::Online), "Trực tuyến").with_note("hồ sơ nộp trên mạng"),
        ],
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

#[derive(Template)]
#[template(path = "staff/points/change.html")]
struct ChangePage {
    frame: Frame,
    heading: &'static str,
    point: Line,
    unit: String,
    sentences: &'static [&'static str],
    action: String,
    button: &'static str,
}

/// What is asked before something that cannot be taken back.
struct Change {
    heading: &'static str,
    sentences: &'static [&'static str],
    button: &'static str,
    path: &'static str,
}

const RETIRE: Change = Change {
    heading: "Ngừng điểm phục vụ",
    sentences: &[
        "Từ lúc này không ai gửi được ý kiến qua mã của điểm. Ai quét mã sẽ đọc được rằng điểm đã ngừng.",
        "Ý kiến đã nhận vẫn được tính. Việc này không quay lại được: muốn mở lại thì thêm điểm mới.",
    ],
    button: "Ngừng điểm này",
    path: "retire",
};

const REPLACE: Change = Change {
    heading: "Đổi mã của điểm phục vụ",
    sentences: &[
        "Dùng khi áp phích bị lấy mất, mã bị chia sẻ ra ngoài hoặc có dấu hiệu gửi phiếu hàng loạt.",
        "Điểm nhận một mã mới ngay bây giờ. Ai quét mã cũ sẽ đọc được rằng mã đã đổi, kèm liên kết sang mã mới. Áp phích phải in lại.",
    ],
    button: "Đổi mã",
    path: "replace",
};

/// `GET /staff/points/{code}/retire`.
pub async fn retire_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    change_form(&app, &user, &path, &RETIRE).await
}

/// `POST /staff/points/{code}/retire`.
pub async fn retire(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let (_, point) = point_to_change(&app, &user, &path).await?;
    let note = user.note(AuditedAction::RetirePoint, &point.unit_code, point.code.as_str());
    let (db, code) = (app.db.noting(note), point.code.clone());
    block(move || db.retire_point(&code, clock::today())).await??;
    tracing::info!(user = user.id, code = point.code, "point retired");
    Ok(see_other("/staff/points?done=retired"))
}

const KIOSK_ON: Change = Change {
    heading: "Cho trả lời trên máy tính bảng",
    sentences: &[
        "Máy tính bảng đặt tại quầy mở địa chỉ của điểm, thêm ?kiosk ở cuối. Máy hỏi từng câu, tự xoá sau mỗi người, không lưu gì và không mở trang nào khác.",
        "Phiếu từ máy này được ghi riêng là “máy tính bảng” trong số liệu. Chỉ bật ở điểm thật sự có máy; đặt máy sao cho cán bộ không nhìn thấy màn hình.",
    ],
    button: "Bật máy tính bảng",
    path: "kiosk?on=1",
};

const KIOSK_OFF: Change = Change {
    heading: "Thôi trả lời trên máy tính bảng",
    sentences: &["Trang ?kiosk của điểm sẽ không mở nữa. Phiếu đã nhận vẫn được tính."],
    button: "Tắt máy tính bảng",
    path: "kiosk?on=0",
};

/// Whether the tablet is to be on.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Switch {
    on: Option<String>,
}

/// `GET /staff/points/{code}/kiosk`.
pub async fn kiosk_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let (db, code) = (app.db.clone(), path.to_uppercase());
    let on = block(move || db.point(&code)).await??.is_some_and(|point| point.kiosk);
    change_form(&app, &user, &path, if on { &KIOSK_OFF } else { &KIOSK_ON }).await
}

/// `POST /staff/points/{code}/kiosk?on=1`.
pub async fn kiosk(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    switch: Query<Switch>,
) -> Result<HttpResponse, Refusal> {
    let (_, point) = point_to_change(&app, &user, &path).await?;
    let on = match switch.on.as_deref() {
        Some("1") => true,
        Some("0") => false,
        _ => return Err(Reason::BadQuery.into()),
    };
    let db = app.db.noting(user.note(AuditedAction::SetKiosk, &point.unit_code, point.code.as_str()));
    let code = point.code.clone();
    block(move || db.set_kiosk(&code, on)).await??;
    tracing::info!(user = user.id, code = point.code, on, "kiosk switched");
    let done = if on { "kiosk" } else { "no-kiosk" };
    Ok(see_other(&format!("/staff/points?done={done}&code={}", point.code)))
}

/// `GET /staff/points/{code}/replace`.
pub async fn replace_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    change_form(&app, &user, &path, &REPLACE).await
}

/// `POST /staff/points/{code}/replace`.
pub async fn replace(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let (_, point) = point_to_change(&app, &user, &path).await?;
    let note = user.note(AuditedAction::ReplaceCode, &point.unit_code, point.code.as_str());
    let (db, code) = (app.db.noting(note), point.code.clone());
    match block(move || db.replace_code(&code, clock::today())).await? {
        Ok(new) => {
            tracing::info!(user = user.id, code = point.code, new, "code replaced");
            Ok(see_other(&format!("/staff/points?done=replaced&code={new}")))
        }
        // Somebody else was quicker: the list shows the code that holds now.
        Err(DbError::Refused(Refused::Point(PointRefused::CodeReplaced(_)))) => Ok(see_other("/staff/points")),
        Err(error) => Err(error.into()),
    }
}

async fn change_form(app: &App, user: &SignedIn, typed: &str, change: &Change) -> Result<HttpResponse, Refusal> {
    let (book, point) = point_to_change(app, user, typed).await?;
    let page = ChangePage {
        frame: user.frame(app),
        heading: change.heading,
        unit: user.unit_of_code(&point.unit_code).map(|unit| unit.name_vi.clone()).unwrap_or_default(),
        action: format!("/staff/points/{}/{}", point.code, change.path),
        point: book.line(&point),
        sentences: change.sentences,
        button: change.button,
    };
    Ok(send(StatusCode::OK, &page))
}

/// The point of a code that the user may change and that still answers, or the answer to give instead.
async fn point_to_change(app: &App, user: &SignedIn, typed: &str) -> Result<(Book, PointListed), Refusal> {
    let book = Book::of(app, user).await?;
    let point = book.point(typed).filter(|point| !is_retired(point, clock::today())).cloned();
    Ok((book, point.ok_or(Reason::NotYours)?))
}

#[derive(Template)]
#[template(path = "staff/points/posters.html")]
struct PostersPage {
    frame: Frame,
    print: String,
    paper: Option<String>,
    posters: Vec<Poster>,
}

struct Poster {
    unit: String,
    unit_en: String,
    point: String,
    point_en: String,
    code: String,
    address: String,
}

/// `GET /staff/points/posters`: a sheet of paper a point, printed by the browser.
pub async fn posters(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let Some(shown) = shown_units(&user, ask.unit.as_deref()) else { return Err(Reason::NotYours.into()) };
    let book = Book::of(&app, &user).await?;
    let today = clock::today();
    let units: HashMap<i32, &Unit> = shown.iter().map(|unit| (unit.id, unit)).collect();
    let wanted = match ask.code.as_deref() {
        None => None,
        Some(typed) => match book.point(typed) {
            Some(point) => Some(point.code.clone()),
            None => return Err(Reason::NotYours.into()),
        },
    };
    let posters = book.points.iter().filter(|point| !is_retired(point, today)).filter_map(|point| {
        let unit = units.get(&point.unit)?;
        wanted.as_ref().is_none_or(|code| *code == point.code).then(|| Poster {
            unit: unit.name_vi.clone(),
            unit_en: unit.name_en.clone(),
            point: point.name_vi.clone(),
            point_en: point.name_en.clone(),
            code: point.code.clone(),
            address: qr::typed_url(&app.config.public_url, &point.code),
        })
    });
    let posters: Vec<Poster> = posters.collect();
    let print = match (&wanted, ask.unit.as_deref()) {
        (Some(code), _) => format!("/staff/points/print.pdf?code={code}"),
        (None, Some(unit)) => format!("/staff/points/print.pdf?unit={}", percent_encode(unit)),
        (None, None) => "/staff/points/print.pdf?unit=".to_owned(),
    };
    let paper = wanted.is_some().then(|| format!("{print}&what=paper"));
    Ok(send(StatusCode::OK, &PostersPage { frame: user.frame(&app), print, paper, posters }))
}
