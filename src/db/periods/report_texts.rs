//! What an office writes in a period's report, part by part, every revision kept; and the charts that it puts into an annex.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::closings::standing;
use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{report_chart, report_text};
use crate::db::{Db, DbError, Noted, instant};

/// A part of a report as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportText {
    /// The part, as a word.
    pub part: String,
    /// From 1.
    pub revision: u32,
    /// The words, figures as tokens; empty for the program's own sentences again.
    pub body: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The newest words of a part, and of which report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPart {
    /// Key of the plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    /// The words, as in [`ReportText`].
    pub body: String,
}

/// A part to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewText {
    /// The part, as a word.
    pub part: &'static str,
    /// The revision that was on the page; 0 where there was none.
    pub seen: u32,
    /// The words.
    pub body: String,
}

/// Why parts are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextsRefused {
    /// Somebody wrote one of them meanwhile.
    Meanwhile,
    /// The period was approved or published meanwhile.
    Closed,
}

/// Why a chart is not put into an annex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartRefused {
    /// There are as many as may be.
    TooMany,
    /// The version takes none any more.
    Closed,
}

/// A chart in the annex of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportChart {
    /// Of which version of the frozen figures.
    pub version: u32,
    /// Its number in that version.
    pub number: u32,
    /// What it shows.
    pub heading: String,
    /// What is said of it.
    pub sentence: String,
    /// Chart and table, as JSON.
    pub body: String,
    /// Who put it there.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = report_text)]
struct TextRow {
    plan: String,
    period: String,
    part: String,
    revision: i32,
    body: String,
    user_name: String,
    at_ms: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = report_chart)]
struct ChartRow {
    version: i32,
    number: i32,
    heading: String,
    sentence: String,
    body: String,
    user_name: String,
    at_ms: i64,
}

impl Db {
    /// The newest revision of every part of a period's report that somebody wrote.
    pub fn report_texts(&self, plan: &str, period: &str) -> Result<Vec<ReportText>, DbError> {
        let (plan, period) = (plan.to_owned(), period.to_owned());
        self.read(|conn| newest(conn, &plan, &period))
    }

    /// The newest words of one part of every report of these plans, by the keys of plan and period.
    pub fn report_part_of_plans(&self, plans: &[String], part: &str) -> Result<Vec<ReportPart>, DbError> {
        let order = (report_text::plan, report_text::period, report_text::revision);
        let rows: Vec<TextRow> = self.read(|conn| {
            in_parts(plans, |some| {
                let of_plans =
                    report_text::table.filter(report_text::plan.eq_any(some)).filter(report_text::part.eq(part));
                Ok(of_plans.order(order).select(TextRow::as_select()).load(conn)?)
            })
        })?;
        let mut found: Vec<ReportPart> = Vec::new();
        for TextRow { plan, period, body, .. } in rows {
            match found.last_mut().filter(|last| last.plan == plan && last.period == period) {
                Some(last) => last.body = body,
                None => found.push(ReportPart { plan, period, body }),
            }
        }
        Ok(found)
    }

    /// The charts in the annex of a period's report of one version of its figures, in the order in which they were put there.
    pub fn report_charts(&self, plan: &str, period: &str, version: u32) -> Result<Vec<ReportChart>, DbError> {
        let found = report_chart::table
            .filter(report_chart::plan.eq(plan.to_owned()))
            .filter(report_chart::period.eq(period.to_owned()))
            .filter(report_chart::version.eq(number(version)))
            .order(report_chart::number);
        let rows: Vec<ChartRow> = self.read(|conn| Ok(found.select(ChartRow::as_select()).load(conn)?))?;
        let chart = |row: ChartRow| ReportChart {
            version: row.version.unsigned_abs(),
            number: row.number.unsigned_abs(),
            heading: row.heading,
            sentence: row.sentence,
            body: row.body,
            by: row.user_name,
            at: instant::of_ms(row.at_ms),
        };
        Ok(rows.into_iter().map(chart).collect())
    }
}

impl Noted {
    /// Keeps parts, all or none, while the period's words can still be changed.
    pub fn keep_report_texts(
        &self,
        plan: &str,
        period: &str,
        texts: Vec<NewText>,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<Result<(), TextsRefused>, DbError> {
        let (plan, period, by, note) = (plan.to_owned(), period.to_owned(), by.to_owned(), self.note.clone());
        self.db.write(move |conn| {
            if !standing(conn, &plan, &period)?.0.takes_words() {
                return Ok(Err(TextsRefused::Closed));
            }
            let known = newest(conn, &plan, &period)?;
            let last = |part: &str| known.iter().find(|text| text.part == part).map_or(0, |text| text.revision);
            if texts.iter().any(|new| last(new.part) != new.seen) {
                return Ok(Err(TextsRefused::Meanwhile));
            }
            for new in texts {
                let row = TextRow {
                    plan: plan.clone(),
                    period: period.clone(),
                    part: new.part.to_owned(),
                    revision: number(new.seen + 1),
                    body: new.body,
                    user_name: by.clone(),
                    at_ms: at.timestamp_millis(),
                };
                diesel::insert_into(report_text::table).values(row).execute(conn)?;
            }
            crate::db::audit::append_if(conn, note.as_ref())?;
            Ok(Ok(()))
        })
    }

    /// Puts a chart into the annex of a period's report, which takes `most` of them; its number. One that is sent twice is put there once.
    pub fn add_report_chart(
        &self,
        plan: &str,
        period: &str,
        chart: ReportChart,
        most: usize,
    ) -> Result<Result<u32, ChartRefused>, DbError> {
        let (plan, period, note) = (plan.to_owned(), period.to_owned(), self.note.clone());
        self.db.write(move |conn| {
            if !takes_charts(conn, &plan, &period, chart.version)? {
                return Ok(Err(ChartRefused::Closed));
            }
            let there: Vec<ChartRow> = report_chart::table
                .filter(report_chart::plan.eq(&plan))
                .filter(report_chart::period.eq(&period))
                .filter(report_chart::version.eq(number(chart.version)))
                .order(report_chart::number)
                .select(ChartRow::as_select())
                .load(conn)?;
            let last = there.last();
            if let Some(known) = last
                && (&known.heading, &known.sentence, &known.body) == (&chart.heading, &chart.sentence, &chart.body)
            {
                return Ok(Ok(known.number.unsigned_abs()));
            }
            if there.len() >= most {
                return Ok(Err(ChartRefused::TooMany));
            }
            let next = last.map_or(0, |known| known.number) + 1;
            diesel::insert_into(report_chart::table)
                .values((
                    report_chart::plan.eq(plan),
                    report_chart::period.eq(period),
                    report_chart::version.eq(number(chart.version)),
                    report_chart::number.eq(next),
                    report_chart::heading.eq(chart.heading),
                    report_chart::sentence.eq(chart.sentence),
                    report_chart::body.eq(chart.body),
                    report_chart::user_name.eq(chart.by),
                    report_chart::at_ms.eq(chart.at.timestamp_millis()),
                ))
                .execute(conn)?;
            crate::db::audit::append_if(conn, note.as_ref())?;
            Ok(Ok(next.unsigned_abs()))
        })
    }

    /// Takes a chart out of the annex; false where it is not there, or the version's annex changes no more.
    pub fn remove_report_chart(&self, plan: &str, period: &str, version: u32, chart: u32) -> Result<bool, DbError> {
        let (plan, period, note) = (plan.to_owned(), period.to_owned(), self.note.clone());
        self.db.write(move |conn| {
            if !takes_charts(conn, &plan, &period, version)? {
                return Ok(false);
            }
            let found = report_chart::table.find((plan, period, number(version), number(chart)));
            let gone = diesel::delete(found).execute(conn)? > 0;
            if gone {
                crate::db::audit::append_if(conn, note.as_ref())?;
            }
            Ok(gone)
        })
    }
}

fn takes_charts(conn: &mut Conn, plan: &str, period: &str, version: u32) -> Result<bool, DbError> {
    let (state, newest) = standing(conn, plan, period)?;
    Ok(newest == version && state.takes_charts())
}

fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn newest(conn: &mut Conn, plan: &str, period: &str) -> Result<Vec<ReportText>, DbError> {
    let rows: Vec<TextRow> = report_text::table
        .filter(report_text::plan.eq(plan))
        .filter(report_text::period.eq(period))
        .order((report_text::part, report_text::revision))
        .select(TextRow::as_select())
        .load(conn)?;
    let mut found: Vec<ReportText> = Vec::new();
    for TextRow { part, revision, body, user_name: by, at_ms, .. } in rows {
        let text = ReportText { part, revision: revision.unsigned_abs(), body, by, at: instant::of_ms(at_ms) };
        match found.last_mut().filter(|last| last.part == text.part) {
            Some(last) => *last = text,
            None => found.push(text),
        }
    }
    Ok(found)
}
