//! A new plan: empty, or copied from one that there is, moved on to the time after it.

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Query};

use super::form::{About, Said, draft_of, entry_of, note_faults, page, remarks_of, reshaped};
use super::found::{about_address, fields_of_service, plan_of};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{Db, DbError, PlanChanged, Unit, plan_content};
use crate::error::{Reason, Refusal};
use crate::plan::draft::{Bound, Draft};
use crate::plan::next_year::moved_on;
use crate::plan::{Plan, policy_share, typed};
use crate::web::http::block::block;
use crate::web::http::query::known;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::see_other;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::units::shown::is_open;
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    /// Key of the plan to copy.
    from: Option<String>,
    /// Code of the unit to begin with.
    unit: Option<String>,
}

/// `GET /staff/plans/new`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let about = about(&app, &user).await?;
    let (draft, unit) = match &ask.from {
        None => {
            let mut draft = Draft::default();
            draft.head.set("confidence", "95%");
            draft.targets.push(Draft::fresh_row(crate::plan::draft::Part::Target));
            (draft, first_unit(&user, ask.unit.as_deref())?)
        }
        Some(key) => {
            let Some(stored) = plan_of(&app, &user, key).await? else { return Err(Reason::NotYours.into()) };
            let moved = moved_on(&stored.plan, "");
            (Draft::of(&moved), stored.plan.unit)
        }
    };
    Ok(page(&about, &entry_of(&draft, &unit), &Said::default(), None))
}

/// `POST` of the same: changes rows, checks, or keeps.
pub async fn submit(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let about = about(&app, &user).await?;
    let draft = draft_of(&entry);
    let unit = entry.value("unit").to_owned();
    if let Some((draft, open)) = reshaped(&draft, entry.value("do"), entry.value("calendar_year")) {
        return Ok(page(&about, &entry_of(&draft, &unit), &Said::default(), open));
    }
    let Some(known) = user.unit_of_code(&unit).filter(|unit| is_open(unit, clock::today())) else {
        entry.refuse("unit", "Chọn đơn vị của kế hoạch.");
        return Ok(page(&about, &entry, &Said::default(), None));
    };
    let (db, known, typed_days) = (app.db.clone(), known.clone(), days_of(&draft));
    let bound = block(move || bound(&db, &known, typed_days)).await??;
    let plan = match draft.read(&bound, &about.fields) {
        Ok(plan) if !entry.is_wrong() => plan,
        Ok(_) => return Ok(page(&about, &entry, &Said::default(), None)),
        Err(faults) => {
            note_faults(&mut entry, &faults, &about.fields);
            return Ok(page(&about, &entry, &Said::default(), None));
        }
    };
    if entry.value("do") != "keep" {
        let said = Said { remarks: remarks_of(&plan), sound: true, ..Said::default() };
        return Ok(page(&about, &entry, &said, None));
    }
    if let Some(there) = twin(&app, &plan).await? {
        return Ok(beside(&about, entry, &plan, &there));
    }
    let (address, key, wanted) = (about_address(&plan), plan.key.clone(), plan.clone());
    let db = app.db.noting(user.note(AuditedAction::AddPlan, &unit, key.as_str()));
    let done = block(move || {
        let (hash, content) = plan_content(&plan)?;
        db.change_plan(&plan, &hash, &content, 0, clock::today())
    });
    Ok(match done.await?? {
        PlanChanged::To(_) | PlanChanged::Same => {
            tracing::info!(plan = key, "plan added on a page");
            see_other(&address)
        }
        // Pressed in two windows at once: the other was quicker.
        PlanChanged::Overtaken => {
            if let Some(there) = twin(&app, &wanted).await? {
                return Ok(beside(&about, entry, &wanted, &there));
            }
            let message = "Vừa có người thêm một kế hoạch cho cùng đơn vị và năm. Hãy bấm “Lưu kế hoạch” lần nữa để lưu thành kế hoạch \
                           riêng, hoặc mở kế hoạch kia để sửa.";
            page(&about, &entry, &Said { errors: vec![message.to_owned()], ..Said::default() }, None)
        }
    })
}

/// The plan of the unit that has the name and the days of a new one: nobody could tell the two apart.
async fn twin(app: &App, plan: &Plan) -> Result<Option<Plan>, Refusal> {
    let (db, plan) = (app.db.clone(), plan.clone());
    let found = block(move || {
        let book = db.plan_book()?;
        let same = |other: &&Plan| (&other.title_vi, other.from, other.to) == (&plan.title_vi, plan.from, plan.to);
        Ok::<_, DbError>(book.of_unit(&plan.unit).map(|stored| &stored.plan).find(same).cloned())
    });
    Ok(found.await??)
}

/// Leads to the plan that is there where it says the same: the form was sent twice. Else says that there is one.
fn beside(about: &About, mut entry: Entry, plan: &Plan, there: &Plan) -> HttpResponse {
    // What is counted is handed on from the newest plan, which by now may be this one; the form does not hold it.
    let (counts, ministry_policy_share) = (there.counts.clone(), there.ministry_policy_share);
    if (Plan { key: there.key.clone(), counts, ministry_policy_share, ..plan.clone() }) == *there {
        return see_other(&about_address(there));
    }
    entry.refuse(
        "title_vi",
        "Đơn vị đã có kế hoạch mang tên này cho đúng thời gian này. Mở kế hoạch ấy để sửa, hoặc đặt tên khác nếu đây là một kế hoạch riêng.",
    );
    page(about, &entry, &Said::default(), None)
}

/// First and last year that were typed.
fn days_of(draft: &Draft) -> Option<(String, String)> {
    let year = |key: &str| typed::day(draft.head.get(key)).map(|day| day.format("%Y").to_string());
    let (from, to) = (year("from")?, year("to")?);
    // A year of reports that begins in December is called by the year in which it ends.
    let begins_late = typed::day(draft.head.get("from")).is_some_and(|day| chrono::Datelike::month(&day) == 12);
    let next = from.parse::<i32>().ok().map(|year| (year + 1).to_string());
    let from = if begins_late && next.as_ref().is_some_and(|next| *next <= to) { next? } else { from };
    Some((from, to))
}

/// The unit and the one above it, and a key that no plan has: `cau-giay-2027`.
fn bound(db: &Db, unit: &Unit, years: Option<(String, String)>) -> Result<Bound, DbError> {
    let above = unit.parent.and_then(|above| db.tree().map(|tree| tree.unit(above).cloned()).transpose());
    let above = above.transpose()?;
    let above = above.unwrap_or_else(|| unit.clone());
    let name = ["phuong-", "xa-", "dac-khu-"].iter().find_map(|kind| unit.code.strip_prefix(kind));
    let name = name.unwrap_or(&unit.code);
    let base = match years {
        Some((from, to)) if from == to => format!("{name}-{to}"),
        Some((from, to)) => format!("{name}-{from}-{to}"),
        None => name.to_owned(),
    };
    let book = db.plan_book()?;
    let mut key = base.clone();
    let mut number = 1;
    while book.plan(&key).is_some() || book.damaged().contains_key(&key) {
        number += 1;
        key = format!("{base}-so-{number}");
    }
    // What the unit's plan before counted (complaints, dialogues) is counted on.
    let before = book.of_unit(&unit.code).map(|stored| &stored.plan).max_by_key(|plan| plan.to);
    let counts = before.map(|plan| moved_on(plan, &key).counts).unwrap_or_default();
    let ministry_policy_share = before.map_or_else(policy_share, |plan| plan.ministry_policy_share);
    let (own, above) = ((unit.code.clone(), unit.name_vi.clone()), (above.code, above.name_vi));
    Ok(Bound { key, unit: own, parent: above, counts, ministry_policy_share })
}

/// The ward or commune that a plan most likely binds.
fn first_unit(user: &SignedIn, asked: Option<&str>) -> Result<String, Refusal> {
    use crate::db::UnitKind::{Commune, Ward};
    let today = clock::today();
    let open = || user.units.iter().filter(|unit| is_open(unit, today));
    let asked = known(asked, |code| open().find(|unit| unit.code == code))?;
    let commune = || open().find(|unit| matches!(unit.kind, Ward | Commune));
    Ok(asked.or_else(commune).or_else(|| open().next()).map(|unit| unit.code.clone()).unwrap_or_default())
}

pub(super) async fn about(app: &App, user: &SignedIn) -> Result<About, Refusal> {
    let db = app.db.clone();
    let fields = block(move || fields_of_service(&db)).await??;
    let today = clock::today();
    let units = user.units.iter().filter(|unit| is_open(unit, today));
    Ok(About {
        frame: user.frame(app),
        back: ("Các kế hoạch".to_owned(), "/staff/".to_owned()),
        heading: "Kế hoạch mới".to_owned(),
        action: "/staff/plans/new".to_owned(),
        import: "/staff/plans/new/import".to_owned(),
        template: None,
        units: units.map(|unit| Choice::new(unit.code.clone(), unit.name_vi.clone())).collect(),
        revision: 0,
        fields,
    })
}

/// The plan that a copy was made of is named by the button.
pub(super) fn copy_button(plan: &Plan) -> String {
    let moved = moved_on(plan, "");
    let year = |day: chrono::NaiveDate| day.format("%Y").to_string();
    match chrono::Datelike::year(&moved.to) - chrono::Datelike::year(&moved.from) {
        0 | 1 => format!("Sao chép sang năm {}", year(moved.to)),
        _ => format!("Sao chép sang {}–{}", year(moved.from), year(moved.to)),
    }
}
