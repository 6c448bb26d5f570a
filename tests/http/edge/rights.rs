//! Every address of the staff pages, tried by every role on things of its own unit, of a unit under it, of the unit above
//! and of another one. Generated from the table of rows.

use sipas::access::{Role, may};
use sipas::cases::check;
use sipas::clock;
use sipas::db::{NewFormDraft, NewPaperBatch, complaint_key};
use sipas::service::complaints::arrival;
use sipas::web::routes::rows;
use sipas::web::row::{Need, Owned, Row, Verb};

use crate::support::{Backend, fresh_db};
use crate::town::Town;

/// Where a thing belongs, seen from the user's unit, phường Cầu Giấy.
const PLACES: [(&str, &str, bool); 4] = [
    ("own", "phuong-cau-giay", true),
    ("under", "cau-giay-tyt", true),
    ("above", "thanh-pho-ha-noi", false),
    ("other", "xa-o-dien", false),
];

/// Things to put into paths.
pub struct Things<'a> {
    pub town: &'a Town,
    pub made: std::cell::Cell<u32>,
}

impl Things<'_> {
    /// A thing of the kind that a route names, fresh, of a unit: what stands in the path for it.
    pub fn fresh(&self, owned: Owned, unit: &str) -> String {
        let number = self.made.get() + 1;
        self.made.set(number);
        match owned {
            Owned::Nothing => String::new(),
            Owned::Unit => unit.to_owned(),
            Owned::Plan if unit == "xa-o-dien" => "o-dien-2026-2030".to_owned(),
            Owned::Plan => "cau-giay-2026".to_owned(),
            Owned::Point => self.town.add_point(unit, &format!("Điểm {number}")),
            Owned::User => {
                let name = format!("thing{number}");
                self.town.add_user(&name, Role::Viewer, unit);
                name
            }
            Owned::Batch => {
                let code = self.town.add_point(unit, &format!("Điểm {number}"));
                let found = self.town.db.point(&code).expect("asked").expect("a point");
                let by = self.town.db.user_by_name("minh").expect("asked").expect("known").id;
                let new =
                    NewPaperBatch { unit: found.unit, point: found.point, form: found.form.id, by, at: clock::now() };
                self.town.db.by_nobody().begin_entry_batch(new).expect("a batch").to_string()
            }
            Owned::Draft => {
                let unit = self.town.db.unit_by_code(unit).expect("asked").expect("a unit");
                let form = self.town.db.newest_form("thu-tuc-hanh-chinh-ngan").expect("asked").expect("published");
                let new = NewFormDraft {
                    unit: unit.id,
                    based_on: 3,
                    content: form.questionnaire.clone(),
                    is_named: true,
                    remarks: Vec::new(),
                    by: "lan".to_owned(),
                    at: clock::now(),
                };
                self.town.db.by_nobody().begin_form_draft(new).expect("a draft").to_string()
            }
            Owned::Case => {
                let unit = self.town.db.unit_by_code(unit).expect("asked").expect("a unit");
                let (mut once, today) = ([9; 16], clock::today());
                once[..4].copy_from_slice(&number.to_be_bytes());
                let written = check("complaint", "Phải chờ quá lâu.", "0912 345 678").expect("words");
                let arrival = arrival(&self.town.db, &unit, today).expect("an arrival");
                self.town.db.add_complaint(unit.id, &once, &written, &arrival, today).expect("stored");
                complaint_key(unit.id, &once, today).number()
            }
        }
    }
}

/// The address of a row, with `thing` in it.
pub fn path(route: &Row, thing: &str) -> String {
    let mut path = route.path.to_owned();
    let name = match route.owned {
        // Citizens' pages and those of a point belong to everybody.
        Owned::Nothing | Owned::Point | Owned::Unit => "{code}",
        Owned::User => "{name}",
        Owned::Batch => "{batch}",
        Owned::Plan => "{plan}",
        Owned::Case => "{case}",
        Owned::Draft => "{draft}",
    };
    // A card's address: the code of a point and that of the card.
    path = path.replace("{codes}", &format!("{thing}{}", sipas::survey::code::ticket_from_random(7)));
    path = path.replace(name, thing);
    for (name, value) in [
        ("{id}", "thu-tuc-hanh-chinh-ngan"),
        ("{version}", "3"),
        ("{period}", "2026-q1"),
        ("{plan}", "cau-giay-2026"),
        ("{secret}", "00"),
        ("{page}", "tai-quay"),
        ("{tab}", "trend"),
        ("{format}", "csv"),
        ("{name}", "nobody"),
        ("{reference}", "2345-6789-AB"),
        ("{round}", "1"),
        ("{issue}", "1"),
        ("{field}", "land"),
    ] {
        path = path.replace(name, value);
    }
    assert!(!path.contains('{'), "{path} has a part that no test fills");
    path
}

#[test]
fn every_role_gets_what_the_table_gives_it_in_its_unit_and_below_and_nothing_else() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    town.plan_runs_on();
    // The round of the addresses that name one.
    crate::rounds::begin(&town, &town.sign_in("lan"), "drawn");
    let things = Things { town: &town, made: std::cell::Cell::new(0) };
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let session = town.sign_in(role.name());
        for route in rows() {
            let Need::May(action) = route.need else { continue };
            for (place, unit, covered) in PLACES {
                let once = route.owned == Owned::Nothing;
                let no_plan = route.owned == Owned::Plan && matches!(place, "under" | "above");
                if (once && place != "own") || no_plan {
                    continue;
                }
                let path = path(route, &things.fresh(route.owned, unit));
                let status = match route.verb {
                    Verb::Get => town.get_as(&session, &path).status(),
                    // The notice is the one page that asks for a unit in the body.
                    Verb::Post => town.post_as(&session, &path, &[("unit", "phuong-cau-giay")]).status(),
                };
                let status = status.as_u16();
                // Nobody ends or moves the unit that they stand in, and a field belongs to all: who stands at the top renames it.
                let ends = route.path.ends_with("/retire") || route.path.ends_with("/move");
                let own_end = route.owned == Owned::Unit && place == "own" && ends;
                let covered = covered && !own_end && !route.path.contains("{field}");
                let right = match (may(role, action), covered) {
                    (false, _) => status == 403,
                    (true, false) => status == 404,
                    // A switch that says neither on nor off is a value that its page does not know.
                    (true, true) => {
                        matches!(status, 200 | 303 | 400 | 409 | 422)
                            || ((route.path.ends_with("answer.docx") || route.path.ends_with("apology.docx")) && status == 404)
                            // Programs send JSON, and no form.
                            || (route.path.starts_with("/api/") && route.verb == Verb::Post && status == 415)
                            // No document has gone out.
                            || (route.path.contains("{issue}") && status == 404)
                    }
                };
                if !right {
                    wrong.push(format!("{} {:?} {path} ({place}): {status}", role.name(), route.verb));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nobody_gets_anything_without_a_session() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let things = Things { town: &town, made: std::cell::Cell::new(0) };
    for route in rows().filter(|route| route.need != Need::Anyone) {
        let path = path(route, &things.fresh(route.owned, "phuong-cau-giay"));
        let answer = match route.verb {
            Verb::Get => town.get(&path),
            Verb::Post => town.post_as("", &path, &[]),
        };
        let leads =
            answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let status = answer.status().as_u16();
        let shut = status == 401 || (status == 303 && leads.starts_with("/staff/sign-in?next="));
        assert!(shut, "{:?} {path}: {status} {leads}", route.verb);
    }
}
