//! Every address of the staff pages, tried by every role on things of its own unit, of a unit under it, of the unit above
//! and of another one. Generated from `access::routes::ROUTES`; an address that the table lacks fails.

use std::collections::BTreeSet;

use sipas::access::routes::{Need, Owned, ROUTES, Route};
use sipas::access::{Role, may};
use sipas::clock;
use sipas::db::NewEntryBatch;

use crate::support::{Backend, fresh_db};
use crate::town::Town;

/// Where a thing belongs, seen from the user's unit, phường Cầu Giấy.
const PLACES: [(&str, &str, bool); 4] = [
    ("own", "phuong-cau-giay", true),
    ("under", "cau-giay-tyt", true),
    ("above", "thanh-pho-ha-noi", false),
    ("other", "xa-o-dien", false),
];

struct Things<'a> {
    town: &'a Town,
    made: std::cell::Cell<u32>,
}

impl Things<'_> {
    /// A thing of the kind that a route names, fresh, of a unit: what stands in the path for it.
    fn fresh(&self, owned: Owned, unit: &str) -> String {
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
                    NewEntryBatch { unit: found.unit, point: found.point, form: found.form.id, by, at: clock::now() };
                self.town.db.begin_entry_batch(new).expect("a batch").to_string()
            }
        }
    }
}

fn path(route: &Route, thing: &str) -> String {
    let mut path = route.path.to_owned();
    let name = match route.owned {
        Owned::Nothing => "",
        Owned::Point | Owned::Unit => "{code}",
        Owned::User => "{name}",
        Owned::Batch => "{batch}",
        Owned::Plan => "{plan}",
    };
    if !name.is_empty() {
        path = path.replace(name, thing);
    }
    for (name, value) in [
        ("{id}", "thu-tuc-hanh-chinh-ngan"),
        ("{version}", "1"),
        ("{period}", "2026-q1"),
        ("{plan}", "cau-giay-2026"),
        ("{secret}", "00"),
        ("{page}", "tai-quay"),
        ("{format}", "csv"),
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
    let things = Things { town: &town, made: std::cell::Cell::new(0) };
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let session = town.sign_in(role.name());
        for route in ROUTES {
            let Need::May(action) = route.need else { continue };
            for (place, unit, covered) in PLACES {
                let once = route.owned == Owned::Nothing;
                let no_plan = route.owned == Owned::Plan && matches!(place, "under" | "above");
                if (once && place != "own") || no_plan {
                    continue;
                }
                let path = path(route, &things.fresh(route.owned, unit));
                let status = match route.method {
                    "GET" => town.get_as(&session, &path).status(),
                    // The notice is the one page that asks for a unit in the body.
                    _ => town.post_as(&session, &path, &[("unit", "phuong-cau-giay")]).status(),
                };
                let status = status.as_u16();
                // Nobody ends the unit that they stand in.
                let covered = covered && !(route.owned == Owned::Unit && place == "own");
                let is_api = path.starts_with("/api/");
                let right = match (may(role, action), covered) {
                    (false, _) => status == if is_api { 401 } else { 403 },
                    (true, false) => status == 404,
                    (true, true) => matches!(status, 200 | 303 | 409 | 422),
                };
                if !right {
                    wrong.push(format!("{} {} {path} ({place}): {status}", role.name(), route.method));
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
    for route in ROUTES.iter().filter(|route| route.need != Need::Anyone) {
        let path = path(route, &things.fresh(route.owned, "phuong-cau-giay"));
        let answer = match route.method {
            "GET" => town.get(&path),
            _ => town.post_as("", &path, &[]),
        };
        let leads =
            answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let status = answer.status().as_u16();
        let shut = status == 401 || (status == 303 && leads.starts_with("/staff/sign-in?next="));
        assert!(shut, "{} {path}: {status} {leads}", route.method);
    }
}

#[test]
fn every_address_of_the_router_stands_in_the_table_once() {
    let text = include_str!("../../src/web/routes.rs");
    let mut routed = BTreeSet::new();
    // From one address to the next: its methods.
    for piece in text.split("\"/").skip(1) {
        let Some((address, behind)) = piece.split_once('"') else { continue };
        if address.starts_with("staff") {
            for (sign, method) in [("get().to(", "GET"), ("post().to(", "POST")] {
                if behind.contains(sign) {
                    routed.insert((method, format!("/{address}")));
                }
            }
        }
    }
    let staff = ROUTES.iter().filter(|route| route.path.starts_with("/staff"));
    let table: Vec<(&str, String)> = staff.map(|route| (route.method, route.path.to_owned())).collect();
    let known: BTreeSet<(&str, String)> = table.iter().cloned().collect();
    assert_eq!(table.len(), known.len(), "an address stands twice");
    assert!(routed.len() > 60, "{routed:?}");
    let missing: Vec<_> = routed.symmetric_difference(&known).collect();
    assert!(missing.is_empty(), "in the router or in access::routes::ROUTES, not in both: {missing:?}");
}
