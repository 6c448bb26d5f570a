//! Early warning: judged once a night from released answers, kept, and told with its names. A share is neither kept nor told.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use crate::cases::warning::{About, Way};
use crate::clock::date_of;
use crate::db::{Db, DbError, Form, TallyFilter, Unit, UnitKind, WarningKept, WatchKept};
use crate::index::warnings::{self as index, Judged, Presence, Seen, Subject, judge};
use crate::report::words::warnings::{Subject as Named, Warning};
use crate::sheet::tally::{Feed, Series, Tally, TallyKey};

/// So many days are looked at: habits are learnt from a year.
const DAYS_READ: u64 = 400;
/// What was seen longer ago is no early warning any more; the first night of an old installation tells no history.
const NEW_DAYS: u64 = 35;
/// A warning of the same thing within so many days is the same warning: the answers of a week come in for weeks.
const SAME_DAYS: i64 = 28;

/// Judges every ward that was not judged today, for as long as `go_on` says. A ward with a row that cannot be read is passed over, and
/// said at the end.
pub fn judge_all(db: &Db, today: NaiveDate, go_on: &dyn Fn() -> bool) -> Result<(), DbError> {
    let mut damaged = Ok(());
    for unit in db.tree()?.all() {
        if !go_on() {
            break;
        }
        let is_ward = matches!(unit.kind, UnitKind::Ward | UnitKind::Commune);
        let is_open = unit.valid_to.is_none_or(|last| last >= today);
        if is_ward && is_open && db.warning_watch(unit.id)?.is_none_or(|watch| watch.judged < today) {
            match judge_ward(db, unit, today) {
                Err(error @ DbError::Damaged(_)) => {
                    tracing::error!(ward = unit.id, %error, "a ward cannot be judged");
                    damaged = Err(error);
                }
                judged => judged?,
            }
        }
    }
    damaged
}

/// Judges a ward and keeps what is new.
pub fn judge_ward(db: &Db, ward: &Unit, today: NaiveDate) -> Result<(), DbError> {
    let judged = judged(db, ward, today)?;
    let known = db.warnings(&[ward.id])?;
    let first = today - Days::new(NEW_DAYS);
    let mut new: Vec<WarningKept> = Vec::new();
    for found in judged.warnings.iter().filter(|found| found.seen >= first) {
        let kept = kept(found, ward.id, today);
        let same = |other: &WarningKept| {
            let near = (other.seen - kept.seen).num_days().abs() < SAME_DAYS;
            other.about == kept.about && other.way == kept.way && (other.read.is_none() || near)
        };
        if !known.iter().chain(&new).any(same) {
            new.push(kept);
        }
    }
    let whole = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let watch = WatchKept {
        judged: today,
        watched: whole(judged.watched),
        days_between: judged.weeks_between.map(|weeks| days_of(7.0 * weeks)),
    };
    if !new.is_empty() {
        tracing::info!(ward = ward.id, warnings = new.len(), "early warnings raised");
    }
    db.keep_warnings(ward.id, watch, new)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above, and not negative")]
fn days_of(days: f64) -> u32 {
    days.clamp(1.0, 36_500.0).round() as u32
}

fn kept(found: &index::Warning, ward: i32, today: NaiveDate) -> WarningKept {
    WarningKept {
        unit: ward,
        number: 0,
        about: match &found.subject {
            Subject::Field(field) => About::Field(field.to_string()),
            Subject::Criterion(field, item) => About::Criterion(field.to_string(), item.to_string()),
            Subject::Point(unit, point) => About::Point(*unit, *point),
        },
        way: match found.way {
            index::Way::Down => Way::Down,
            index::Way::Up => Way::Up,
            index::Way::Silent => Way::Silent,
        },
        since: found.since,
        seen: found.seen,
        raised: today,
        people: found.people,
        read: None,
    }
}

/// What the answers of a ward say as of `today`. Shares are those of released answers; of one that waits nothing is used but that its
/// point had an answer on its day, as the page of silent points tells.
fn judged(db: &Db, ward: &Unit, today: NaiveDate) -> Result<Judged, DbError> {
    let units = db.subtree(&ward.code)?;
    let days = (today - Days::new(DAYS_READ), today - Days::new(1));
    let filter = TallyFilter { units: Some(units.clone()), from: days.0, to: days.1, live: true };
    let open = db.points(Some(&units))?.into_iter().filter(|point| point.retired_on.is_none_or(|on| on > today));
    let mut points: BTreeMap<(i32, i32), Presence> = open
        .map(|point| {
            let place = (point.unit, point.point);
            (place, Presence { point: place, opened_on: point.opened_on, days: BTreeSet::new() })
        })
        .collect();
    let fields: HashMap<i16, Arc<str>> =
        db.fields()?.into_iter().map(|field| (field.id, Arc::from(field.code.as_str()))).collect();
    let mut forms: HashMap<i32, Words> = HashMap::new();
    let mut seen = Vec::new();
    for (key, release, tally) in db.tallies_of_releases(&filter)? {
        if key.series == Series::Sample {
            continue;
        }
        if let Some(point) = points.get_mut(&(key.unit, key.point)) {
            point.days.insert(date_of(key.day));
        }
        if release == 0 || key.suspect {
            continue;
        }
        let Some(field) = fields.get(&key.field) else { continue };
        let words = match forms.entry(key.form) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => {
                let form = db.form_by_id(key.form)?;
                place.insert(Words::of(&form))
            }
        };
        seen.extend(seen_of(&key, field, words, &tally));
    }
    Ok(judge(&seen, &points.into_values().collect::<Vec<_>>(), today))
}

/// The rated items of a questionnaire that feed an index: place, identifier, wording; and the places of their sections.
struct Words {
    sections: Vec<usize>,
    items: Vec<(usize, Arc<str>, Arc<str>)>,
}

impl Words {
    fn of(form: &Form) -> Self {
        let (mut sections, mut items, mut at) = (Vec::new(), Vec::new(), 0);
        for (place, section) in form.questionnaire.sections.iter().enumerate() {
            let feeds = Feed::ALL.iter().any(|feed| form.layout.feeds(place, *feed));
            if feeds {
                sections.push(place);
            }
            for item in &section.items {
                if feeds {
                    items.push((at, Arc::from(item.id.as_str()), Arc::from(item.text.in_language("vi"))));
                }
                at += 1;
            }
        }
        Self { sections, items }
    }
}

fn seen_of(key: &TallyKey, field: &Arc<str>, words: &Words, tally: &Tally) -> Option<Seen> {
    let exact = |number: u64| number as f64;
    let sections = || words.sections.iter().copied();
    let sum = |part: usize| sections().map(|section| exact(tally.sums[3 * section + part])).sum::<f64>();
    let product = |one: usize, other: usize| {
        sections()
            .flat_map(|a| sections().map(move |b| (a, b)))
            .map(|(a, b)| exact(tally.product(3 * a + one, 3 * b + other)))
            .sum::<f64>()
    };
    let answers = sum(1);
    (answers > 0.0).then(|| Seen {
        point: (key.unit, key.point),
        field: Arc::clone(field),
        day: date_of(key.day),
        people: tally.sheets,
        sums: [sum(0), answers, product(0, 0), product(0, 1), product(1, 1)],
        items: words
            .items
            .iter()
            .filter_map(|(at, item, wording)| {
                let levels = &tally.levels[*at];
                let all: u64 = levels[1..=5].iter().sum();
                (all > 0).then(|| (Arc::clone(item), Arc::clone(wording), exact(levels[4] + levels[5]), exact(all)))
            })
            .collect(),
    })
}

/// The names that warnings need, read once.
pub struct WarningNames {
    fields: HashMap<String, String>,
    items: HashMap<String, String>,
    points: HashMap<(i32, i32), String>,
}

impl WarningNames {
    /// Those that some warnings need.
    pub fn of<'a>(db: &Db, warnings: impl IntoIterator<Item = &'a WarningKept>) -> Result<Self, DbError> {
        let unit = |warning: &WarningKept| match warning.about {
            About::Point(unit, _) => Some(unit),
            About::Field(_) | About::Criterion(..) => None,
        };
        Self::with_points(db, Some(&warnings.into_iter().filter_map(unit).collect::<Vec<_>>()))
    }

    /// Of everything in the database, for whoever words the warnings of many wards.
    pub fn read(db: &Db) -> Result<Self, DbError> {
        Self::with_points(db, None)
    }

    fn with_points(db: &Db, units: Option<&[i32]>) -> Result<Self, DbError> {
        let fields = db.fields()?.into_iter().map(|field| (field.code, field.name_vi)).collect();
        let mut items = HashMap::new();
        let mut forms = db.all_forms()?;
        forms.sort_by_key(|form| form.questionnaire.version);
        for form in forms {
            for item in form.questionnaire.items() {
                items.insert(item.id.clone(), item.text.in_language("vi").to_owned());
            }
        }
        Ok(Self { fields, items, points: db.point_names(units)? })
    }

    /// A warning with its names, for whoever words it.
    pub fn named(&self, warning: &WarningKept) -> Warning {
        let field = |id: &str| self.fields.get(id).map_or(id, String::as_str).to_owned();
        Warning {
            subject: match &warning.about {
                About::Field(id) => Named::Field(field(id)),
                About::Criterion(of, id) => {
                    Named::Criterion { field: field(of), item: self.items.get(id).unwrap_or(id).clone() }
                }
                About::Point(unit, point) => Named::Point(self.points.get(&(*unit, *point)).cloned()),
            },
            way: match warning.way {
                Way::Down => index::Way::Down,
                Way::Up => index::Way::Up,
                Way::Silent => index::Way::Silent,
            },
            since: warning.since,
            seen: warning.seen,
            people: warning.people,
        }
    }
}
