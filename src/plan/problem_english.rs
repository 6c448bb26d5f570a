//! What is wrong with a plan file, in English for its author: `file:line: what was found; what is allowed`. Lower case,
//! without a final dot.

use std::fmt::{self, Display, Formatter};

use super::problem::{Found, Named, Problem, Reason, Shape, Table};

impl std::error::Error for Problem {}

impl Display for Problem {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Self { file, line, reason } = self;
        write!(out, "{file}:{line}: ")?;
        match reason {
            Reason::Syntax(error) => write!(out, "not valid TOML: {}", error.message().replace('\n', ", ")),
            Reason::Lacks { table, key, shape } => {
                write!(out, "{} lacks `{key}`; write {}", table_name(*table), to_write(shape))
            }
            Reason::KeyUnknown { table, key, allowed } => {
                write!(out, "unknown key `{key}` in {}; allowed are {}", table_name(*table), allowed.join(", "))
            }
            Reason::NotA { key, found, shape } => {
                write!(out, "`{key}` is {}; {}", found_words(found, shape), allowed(shape))
            }
            Reason::NotACode { key, found, example } => write!(
                out,
                "`{key}` is `{found}`; allowed are lower-case letters a-z and digits in groups joined by - or _, as in \
                 `{example}`"
            ),
            Reason::Empty { key } => {
                write!(out, "`{key}` is empty; write it, or leave the key out where the plan says nothing")
            }
            Reason::Confidence { found } => {
                write!(out, "`confidence` is {found}; allowed is 0.5 or more and below 1, as in 0.95")
            }
            Reason::Twice { what, name, first_line } => {
                let what = match what {
                    Named::Field => "field",
                    Named::FieldId => "field id",
                    Named::TargetId => "target id",
                    Named::PeriodKey => "period key",
                    Named::Serves => "a task that serves",
                };
                write!(out, "{what} `{name}` stands twice, first on line {first_line}; allowed is once")
            }
            Reason::FieldIdKept => out.write_str("field id `all` is kept for all fields; choose another word"),
            Reason::NoFields => out.write_str("`fields` is an empty list; name the fields, or write [\"all\"]"),
            Reason::AllBesideOthers => {
                out.write_str("`fields` names `all` beside others; allowed is [\"all\"] alone, or fields without it")
            }
            Reason::FieldUnknown { field, known } => {
                write!(out, "field `{field}` is unknown; allowed are all, {} (see fields.toml)", known.join(", "))
            }
            Reason::ToBeforeFrom { from, to } => {
                write!(out, "`to` {to} is before `from` {from}; allowed is that day or a later one")
            }
            Reason::DueBeforeCutOff { due, to } => {
                write!(out, "`due` {due} is before the cut-off `to` {to}; allowed is that day or a later one")
            }
            Reason::DueWithoutDeadline => {
                out.write_str("`due` stands without `deadline`; write beside it how the plan words the deadline")
            }
            Reason::PartOfUnknown { wider, others } => {
                write!(out, "`part_of` names `{wider}`, which is no target of this plan; ")?;
                if others.is_empty() {
                    out.write_str("there is no other, leave the key out")
                } else {
                    write!(out, "allowed are {}", others.join(", "))
                }
            }
            Reason::PartOfCircle { way } => {
                write!(out, "`part_of` goes round in a circle, {}; allowed is a wider target", way.join(" → "))
            }
            Reason::PeriodKey { key } => write!(
                out,
                "period key `{key}` is unknown; allowed are YYYY-q1 to YYYY-q4, YYYY-h1, YYYY-9m and YYYY-year, as in 2026-q1"
            ),
            Reason::PeriodYear { key, year, to } => write!(
                out,
                "period key `{key}` has year {year}, but the period ends on {to}; allowed is the year of `to`"
            ),
            Reason::PeriodOutside { key, days: (from, to), plan: (first, last) } => {
                write!(out, "period `{key}` runs {from} to {to}; allowed are the plan's own days, {first} to {last}")
            }
            Reason::PeriodOrder { key, above } => {
                write!(out, "period `{key}` ends before `{above}` above it; allowed is the order of the last days")
            }
            Reason::TargetOutside { id, days: (from, to), plan: (first, last) } => write!(
                out,
                "target `{id}` binds {from} to {to}; allowed is a phase that meets the plan's days, {first} to {last}"
            ),
            Reason::FileName { key, file } => {
                write!(out, "`key` is `{key}`, the file is named `{file}`; allowed is the name `{key}.toml`")
            }
        }
    }
}

fn table_name(table: Table) -> &'static str {
    match table {
        Table::Plan => "the plan",
        Table::Fields => "the file",
        Table::Target => "[[target]]",
        Table::Count => "[[count]]",
        Table::Period => "[[period]]",
        Table::Task => "[[task]]",
        Table::Field => "[[field]]",
    }
}

/// What to write under a key that is not there.
fn to_write(shape: &Shape) -> String {
    match shape {
        Shape::Text => "a text in quotes".to_owned(),
        Shape::Day => "a day without quotes, as in 2026-03-14".to_owned(),
        Shape::Share => "a share, as in 0.9 for 90 %".to_owned(),
        Shape::Number { least, most } => format!("a whole number from {least} to {most}"),
        Shape::Flag => "true or false".to_owned(),
        Shape::OneOf(words) => format!("one of {}", words.join(", ")),
        Shape::Texts => "a list of texts, as in [\"…\", \"…\"]".to_owned(),
        Shape::Fields => "a list of fields, or [\"all\"]".to_owned(),
        Shape::Tables(table) => format!("at least one {}", table_name(*table)),
    }
}

/// What is allowed in place of what was found.
fn allowed(shape: &Shape) -> String {
    match shape {
        Shape::Text => "allowed is a text in quotes".to_owned(),
        Shape::Day => "allowed is a day of the years 2000 to 2100 without quotes, as in 2026-03-14".to_owned(),
        Shape::Share => "allowed is a share above 0 and at most 1, as in 0.9 for 90 %".to_owned(),
        Shape::Number { least, most } => format!("allowed is a whole number from {least} to {most}"),
        Shape::Flag => "allowed are true and false".to_owned(),
        Shape::OneOf(words) => format!("allowed are {}", words.join(", ")),
        Shape::Texts | Shape::Fields => "allowed is a list of texts, as in [\"…\", \"…\"]".to_owned(),
        Shape::Tables(table) => format!("allowed are tables, each headed {}", table_name(*table)),
    }
}

/// A value in full, or by its kind where something of another kind belongs.
fn found_words(found: &Found, shape: &Shape) -> String {
    let by_kind = matches!(shape, Shape::Texts | Shape::Fields | Shape::Tables(_));
    match found {
        Found::Text(_) if by_kind => "a text".to_owned(),
        Found::Text(text) => format!("the text `{text}`"),
        Found::Number(_) if by_kind => "a number".to_owned(),
        Found::Flag(_) if by_kind => "true or false".to_owned(),
        Found::Flag(flag) => flag.to_string(),
        Found::Moment(_) if by_kind => "a date or time".to_owned(),
        Found::Number(written) | Found::Moment(written) => written.clone(),
        Found::List => "a list".to_owned(),
        Found::Table => "a table".to_owned(),
    }
}
