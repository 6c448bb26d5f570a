//! Units and people that were added as one table, whole or not at all, and taken back as one while nothing hangs on them. What was
//! added last is remembered for each who adds.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, TextExpressionMethods,
};

use crate::db::audit::append_if;
use crate::db::engine::conn::Conn;
use crate::db::engine::meta;
use crate::db::engine::schema::{self, audit, plan, single_sign_on, staff_user, unit};
use crate::db::people::one_time_links::{Invitation, insert_invitation};
use crate::db::people::users::insert_user;
use crate::db::reference::marks::{UNITS, mark_changed};
use crate::db::reference::units::insert_unit;
use crate::db::refused::Refused;
use crate::db::{Db, DbError, NewUnit, Noted};
use crate::secrets::password;

/// What is added as a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    Units,
    /// People.
    Users,
}

impl Together {
    /// Key in the facts of the installation of what a user added last.
    fn key(self, by: i32) -> String {
        match self {
            Self::Units => format!("units-together/{by}"),
            Self::Users => format!("users-together/{by}"),
        }
    }
}

/// Columns in which the numbers of units or people stand: a row in one of those that hang keeps them, one in those that go goes with
/// them. A test asks both engines whether the lists are whole.
macro_rules! columns {
    ($list:ident $hangs:ident $takes:ident: hang $($table:ident.$column:ident)* ; go $($own:ident.$owner:ident)*) => {
        const $list: &[(&str, &str)] = &[
            $((stringify!($table), stringify!($column)),)*
            $((stringify!($own), stringify!($owner)),)*
        ];

        fn $hangs(conn: &mut Conn, ids: &[i32]) -> Result<bool, DbError> {
            $(
                let rows = schema::$table::table.filter(schema::$table::$column.eq_any(ids.to_vec()));
                if rows.count().get_result::<i64>(conn)? > 0 {
                    return Ok(true);
                }
            )*
            Ok(false)
        }

        fn $takes(conn: &mut Conn, ids: &[i32]) -> Result<(), DbError> {
            $(diesel::delete(schema::$own::table.filter(schema::$own::$owner.eq_any(ids.to_vec()))).execute(conn)?;)*
            Ok(())
        }
    };
}

columns! {
    OF_UNITS hangs_on_units take_with_units:
    hang
        service_point.unit_id staff_user.unit_id api_token.unit_id webhook.unit_id webhook_event.unit_id form_draft.unit_id
        service_point.successor_unit_id point_field.unit_id point_code.unit_id sheet.unit_id comment.unit_id attempt.unit_id
        ticket.unit_id tally.unit_id day_sum.unit_id kept_share.unit_id kept_share.root_id voiding.unit_id
        voiding_release.unit_id entry_batch.unit_id survey_round.unit_id survey_round_office.unit_id survey_cell.unit_id
        volume.unit_id outside_figure.unit_id declared_field.unit_id complaint.unit_id complaint.about_unit_id
        complaint.desk_unit_id complaint.lead_unit_id complaint_contact.unit_id complaint_step.unit_id complaint_helper.unit_id
        complaint_helper.helper_unit_id complaint_rule.unit_id theme_list.unit_id remedy.unit_id remedy.office_id
        dialogue.unit_id warning.unit_id telling.unit_id telling_version.unit_id;
    // Its names of before, and what was reckoned about it.
    go unit_name.unit_id kept_figure.unit_id warning_watch.unit_id order_done.unit_id
}

columns! {
    OF_USERS hangs_on_users take_with_users:
    hang
        session.user_id recovery_code.user_id saved_view.user_id entry_batch.first_by entry_batch.second_by closing_step.user_id
        issued_report.user_id;
    // Their invitation, and what an administrator has chosen for them.
    go one_time_link.user_id letter_choice.user_id single_sign_on.user_id
}

impl Together {
    /// Every column of other rows in which these numbers stand, as `table.column`. Only for tests.
    #[doc(hidden)]
    pub fn referring(self) -> Vec<String> {
        let (others, own): (_, &[_]) = match self {
            Self::Units => (OF_UNITS, &[("unit", "parent_id"), ("unit", "successor_id")]),
            Self::Users => (OF_USERS, &[("staff_user", "successor_id")]),
        };
        others.iter().chain(own).map(|(table, column)| format!("{table}.{column}")).collect()
    }
}

impl Db {
    /// Numbers of what a user added last as one table, as far as it can be taken back; empty where something hangs on one of them.
    pub fn added_together(&self, what: Together, by: i32) -> Result<Vec<i32>, DbError> {
        self.read(move |conn| {
            let of = remembered(conn, what, by)?;
            Ok(if is_free(conn, what, &of)? { of.ids } else { Vec::new() })
        })
    }
}

impl Noted {
    /// Adds every unit or none; the units above stand before those below. Their numbers.
    pub fn add_units(&self, new: &[NewUnit], by: i32) -> Result<Vec<i32>, DbError> {
        let new = new.to_vec();
        self.write_reference(move |conn| {
            let ids = new.iter().map(|new| insert_unit(conn, new)).collect::<Result<Vec<_>, _>>()?;
            remember(conn, Together::Units, by, &ids)?;
            Ok(ids)
        })
    }

    /// Adds and invites every person or none. Their numbers.
    pub fn invite_users(&self, new: &[Invitation], by: i32) -> Result<Vec<i32>, DbError> {
        let (new, note) = (new.to_vec(), self.note.clone());
        self.db.write(move |conn| {
            let ids = new.iter().map(|new| insert_user(conn, &new.user)).collect::<Result<Vec<_>, _>>()?;
            remember(conn, Together::Users, by, &ids)?;
            append_if(conn, note.as_ref())?;
            ids.iter().zip(&new).try_for_each(|(id, new)| insert_invitation(conn, *id, new))?;
            Ok(ids)
        })
    }

    /// Takes back what a user added last as one table; how many there were. Refused where something hangs on one of them, and where
    /// there is nothing to take back.
    pub fn take_together_back(&self, what: Together, by: i32) -> Result<usize, DbError> {
        self.write_reference(move |conn| {
            let of = remembered(conn, what, by)?;
            if of.ids.is_empty() || !is_free(conn, what, &of)? {
                return Err(DbError::Refused(Refused::TogetherInUse));
            }
            let ids = of.ids;
            match what {
                Together::Units => take_with_units(conn, &ids)?,
                Together::Users => take_with_users(conn, &ids)?,
            }
            // Units above stand before those below.
            for id in ids.iter().rev() {
                match what {
                    Together::Units => diesel::delete(unit::table.find(id)).execute(conn)?,
                    Together::Users => diesel::delete(staff_user::table.find(id)).execute(conn)?,
                };
            }
            if what == Together::Units {
                mark_changed(conn, UNITS)?;
            }
            meta::keep(conn, &what.key(by), "")?;
            Ok(ids.len())
        })
    }
}

fn remember(conn: &mut Conn, what: Together, by: i32, ids: &[i32]) -> Result<(), DbError> {
    let ids: Vec<String> = ids.iter().map(i32::to_string).collect();
    // How long the audit log was then: what people of this table did can only stand behind it.
    let head: Option<i64> = audit::table.select(diesel::dsl::max(audit::number)).first(conn)?;
    meta::keep(conn, &what.key(by), &format!("{} {AUDIT_LOG}{}", ids.join(" "), head.unwrap_or_default()))
}

/// Stands before the number of the audit log's newest row among what is remembered.
const AUDIT_LOG: char = '@';

/// What was added as one table: its numbers, and the newest row of the audit log before it.
struct Remembered {
    ids: Vec<i32>,
    audit_head: i64,
}

fn remembered(conn: &mut Conn, what: Together, by: i32) -> Result<Remembered, DbError> {
    let kept = meta::find(conn, &what.key(by))?.unwrap_or_default();
    let audit_head = kept.split(' ').find_map(|word| word.strip_prefix(AUDIT_LOG)?.parse().ok()).unwrap_or_default();
    Ok(Remembered { ids: kept.split(' ').filter_map(|id| id.parse().ok()).collect(), audit_head })
}

/// Whether nothing hangs on any of these.
fn is_free(conn: &mut Conn, what: Together, of: &Remembered) -> Result<bool, DbError> {
    let ids = of.ids.as_slice();
    if ids.is_empty() {
        return Ok(true);
    }
    Ok(match what {
        Together::Units => !hangs_on_units(conn, ids)? && !is_unit_in_use(conn, ids)?,
        Together::Users => !has_anybody_entered(conn, of)? && !hangs_on_users(conn, ids)?,
    })
}

/// Whether another unit hangs on one of these, one of them was ended, or a plan names one.
fn is_unit_in_use(conn: &mut Conn, ids: &[i32]) -> Result<bool, DbError> {
    let others = unit::table.filter(unit::id.ne_all(ids.to_vec()));
    let below = others.filter(unit::parent_id.eq_any(ids.to_vec()).or(unit::successor_id.eq_any(ids.to_vec())));
    let ended = unit::table.filter(unit::id.eq_any(ids.to_vec()).and(unit::valid_to.is_not_null()));
    if below.count().get_result::<i64>(conn)? + ended.count().get_result::<i64>(conn)? > 0 {
        return Ok(true);
    }
    let these = unit::table.filter(unit::id.eq_any(ids.to_vec()));
    for code in these.order(unit::id).select(unit::code).load::<String>(conn)? {
        // A plan is kept as JSON, and names its unit by the code.
        let naming = plan::table.filter(plan::content.like(format!("%\"{code}\"%")));
        if naming.count().get_result::<i64>(conn)? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether one of these has a password or an account of a provider, was ended, follows somebody, or did anything.
fn has_anybody_entered(conn: &mut Conn, of: &Remembered) -> Result<bool, DbError> {
    let ids = of.ids.as_slice();
    let these = || staff_user::table.filter(staff_user::id.eq_any(ids.to_vec()));
    let entered =
        these().filter(staff_user::password_hash.ne(password::nobody()).or(staff_user::retired_ms.is_not_null()));
    let successors = staff_user::table.filter(staff_user::successor_id.eq_any(ids.to_vec()));
    let bound = single_sign_on::table
        .filter(single_sign_on::user_id.eq_any(ids.to_vec()))
        .filter(single_sign_on::bound_ms.is_not_null().or(single_sign_on::closed_ms.is_not_null()));
    let known = entered.count().get_result::<i64>(conn)?
        + successors.count().get_result::<i64>(conn)?
        + bound.count().get_result::<i64>(conn)?;
    if known > 0 {
        return Ok(true);
    }
    // Also who came by an account that was taken off since: what they did stands under their name.
    let names: Vec<String> = these().order(staff_user::id).select(staff_user::name).load(conn)?;
    let deeds = audit::table.filter(audit::number.gt(of.audit_head).and(audit::actor.eq_any(names)));
    Ok(deeds.select(audit::number).order(audit::number).first::<i64>(conn).optional()?.is_some())
}
