//! `sipas export`: answer sheets, figures and the codebook as tables. Only here: no page hands out rows of single sheets.

use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;

use super::figures::Which;
use super::files::{self, ReadBy, Unfinished};
use super::{Outcome, Refusal, To, open};
use crate::clock;
use crate::config::Config;
use crate::db::{Db, Form, SheetFilter};
use crate::exchange::export::codebook::{Codebook, Named};
use crate::exchange::export::parquet::ParquetTable;
use crate::exchange::export::responses::{Columns, Row};
use crate::exchange::export::sav::{SavTable, Variable};
use crate::exchange::export::sav_columns::{r_script, variables};
use crate::exchange::export::{Cell, CsvTable, Table, TableError, XlsxTable, figures};
use crate::service::figures::MeasureError;

/// Subcommands of `export`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Answer sheets, a row each, in the order of unit, day and a random key: never in the order in which they came.
    ///
    /// Each row is what one person answered. With the day, the point and the closed questions it may fit one visitor of a
    /// quiet point: give it to nobody who knows who came.
    Responses(Responses),
    /// Indices and verdicts of a plan's period: the figures of `sipas index --json`, a row a node.
    Index(Index),
    /// What every column, level, option and code of the responses means, in Vietnamese and English.
    Codebook(Target),
    /// A script for R that reads a CSV of the responses and labels every column and code.
    Script {
        /// Name of the CSV that the script reads.
        #[arg(long, default_value = "responses.csv")]
        reads: String,
    },
}

/// Where a table goes.
#[derive(Debug, clap::Args)]
pub struct Target {
    /// What to write: csv or xlsx, or of answer sheets only sav for SPSS, and parquet for pandas, Arrow and Power BI.
    #[arg(long, value_parser = ["csv", "xlsx", "sav", "parquet"])]
    format: String,
    /// File to write, readable by its owner only; csv goes to standard output if left out.
    #[arg(long)]
    out: Option<PathBuf>,
    /// What stands between the cells of a csv: with semicolon a spreadsheet program in Vietnamese opens it rightly, numbers with
    /// decimal commas and a byte order mark included.
    #[arg(long, default_value = "comma", value_parser = ["comma", "semicolon"])]
    separator: String,
    /// Begin a csv with a byte order mark, for spreadsheets that read it wrongly otherwise.
    #[arg(long)]
    bom: bool,
}

/// Arguments of `export responses`.
#[derive(Debug, clap::Args)]
pub struct Responses {
    #[command(flatten)]
    target: Target,
    /// Only the days of this plan's period, and the units that the plan binds; with --period.
    #[arg(long, requires = "period", conflicts_with_all = ["from", "to"])]
    plan: Option<String>,
    /// Key of a period of the plan, as in 2026-q1, or adhoc-2026-01-01-2026-01-31; with --plan.
    #[arg(long, requires = "plan")]
    period: Option<String>,
    /// Only sheets of this civil day and later, as in 2026-03-01.
    #[arg(long)]
    from: Option<NaiveDate>,
    /// Only sheets of this civil day and earlier.
    #[arg(long)]
    to: Option<NaiveDate>,
    /// Code of a unit: only its sheets and those of units under it.
    #[arg(long)]
    unit: Option<String>,
    /// Identifier of a questionnaire, as `sipas form list` shows it: only its sheets, of all its versions.
    #[arg(long)]
    form: Option<String>,
    /// Add a column with what citizens wrote.
    #[arg(long)]
    comments: bool,
    /// Also sheets that wait for their release and count in no figure yet.
    #[arg(long)]
    live: bool,
}

/// Arguments of `export index`.
#[derive(Debug, clap::Args)]
pub struct Index {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    target: Target,
}

/// Runs the command.
pub fn run(config: &Config, command: &Command) -> Outcome {
    let db = open(config, To::Read)?;
    say_nothing_of_workbooks();
    write(&db, command)
}

/// A disk without room ends in a panic within the library of workbooks, which becomes an error of the table; its own words would be said
/// beside it.
fn say_nothing_of_workbooks() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("rust_xlsxwriter")) {
            before(panic);
        }
    }));
}

fn write(db: &Db, command: &Command) -> Outcome {
    match command {
        Command::Responses(arguments) => responses(db, arguments),
        Command::Index(Index { which, target }) => {
            let measured = which.measure(db)?;
            let mut table = target.open("index")?;
            table.fill(|rows| figures::write(&measured.report, rows))?;
            table.close()
        }
        Command::Script { reads } => {
            let forms = forms(db, None)?;
            let header = Columns::new(forms.iter().map(|form| (form.id, &form.questionnaire)), false).header();
            super::print(&r_script(&variables(&header, &codebook(db, &forms)?), reads))
        }
        Command::Codebook(target) => {
            let forms = forms(db, None)?;
            let mut table = target.open("codebook")?;
            let codebook = codebook(db, &forms)?;
            table.fill(|rows| codebook.write(rows))?;
            table.close()
        }
    }
}

/// A table under way. Where it is not closed, what was written of it goes.
struct Outgoing {
    rows: Box<dyn Table>,
    /// Behind the rows, which are dropped first: they may still write.
    file: Option<(Unfinished, PathBuf)>,
}

impl Outgoing {
    /// Why a row was not written, with the file that it was for.
    fn refused(&self, error: &TableError) -> Refusal {
        match &self.file {
            Some((_, path)) => files::refused(path, error),
            None => Refusal(format!("standard output: {error}")),
        }
    }

    /// Writes rows.
    fn fill(&mut self, rows: impl FnOnce(&mut dyn Table) -> Result<(), TableError>) -> Outcome {
        rows(self.rows.as_mut()).map_err(|error| self.refused(&error))
    }

    /// Ends the table and gives the file its name.
    fn close(self) -> Outcome {
        let Self { rows, file } = self;
        let place = file.as_ref().map(|(_, path)| path.clone());
        rows.finish().map_err(|error| match &place {
            Some(path) => files::refused(path, &error),
            None => Refusal(format!("standard output: {error}")),
        })?;
        if let Some((file, path)) = file {
            file.finish()?;
            eprintln!("wrote {}", path.display());
        }
        Ok(())
    }
}

impl Target {
    fn open(&self, name: &str) -> Result<Outgoing, Refusal> {
        // Before the file is opened, which empties it.
        if let format @ ("sav" | "parquet") = self.format.as_str() {
            return Err(Refusal(format!("{format} is for answer sheets: `sipas export responses --format {format}`")));
        }
        let Some(path) = self.out.as_deref() else {
            if self.format == "xlsx" {
                return Err(Refusal("--out FILE is needed for an xlsx".to_owned()));
            }
            return Ok(Outgoing { rows: self.csv(Pipe(std::io::stdout().lock()))?, file: None });
        };
        Self::into_file(path, |file| {
            if self.format != "xlsx" {
                return self.csv(file);
            }
            let folder = path.parent().filter(|folder| folder.is_dir()).unwrap_or(Path::new("."));
            Ok(Box::new(XlsxTable::new(BufWriter::new(file), name, folder)?))
        })
    }

    /// A table that `begin` writes into a file for its owner only.
    fn into_file(
        path: &Path,
        begin: impl FnOnce(std::fs::File) -> Result<Box<dyn Table>, TableError>,
    ) -> Result<Outgoing, Refusal> {
        let (unfinished, file) = Unfinished::begin(path, ReadBy::Owner)?;
        let rows = begin(file).map_err(|error| files::refused(path, &error))?;
        Ok(Outgoing { rows, file: Some((unfinished, path.to_owned())) })
    }

    fn csv<W: Write + 'static>(&self, out: W) -> Result<Box<dyn Table>, TableError> {
        let table =
            if self.separator == "semicolon" { CsvTable::with_semicolons(out)? } else { CsvTable::new(out, self.bom)? };
        Ok(Box::new(table))
    }
}

/// Standard output; a closed pipe (`| head`) is no failure.
struct Pipe(std::io::StdoutLock<'static>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            other => other,
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }
}

fn responses(db: &Db, arguments: &Responses) -> Outcome {
    let filter = filter(db, arguments)?;
    let forms = forms(db, arguments.form.as_deref())?;
    let columns = Columns::new(forms.iter().map(|form| (form.id, &form.questionnaire)), arguments.comments);
    let units = db.units()?;
    let unit = |id: i32| units.iter().find(|unit| unit.id == id).map_or("", |unit| unit.code.as_str());
    let listed = db.points(None)?;
    let points: std::collections::HashMap<(i32, i32), (&str, &str)> =
        listed.iter().map(|point| ((point.unit, point.point), (unit(point.unit), point.code.as_str()))).collect();
    let fields = db.fields()?;

    if let Some(first) = db.sheets_kept_from()?.filter(|first| filter.from.is_none_or(|from| from < *first)) {
        eprintln!("sheets are kept from {first} on: those of earlier days are forgotten and not in this file");
    }
    let header = columns.header();
    let mut table = match arguments.target.format.as_str() {
        "sav" => sav(arguments, variables(&header, &codebook(db, &forms)?))?,
        "parquet" => parquet(arguments, variables(&header, &codebook(db, &forms)?))?,
        _ => {
            let mut table = arguments.target.open("responses")?;
            table.fill(|rows| rows.row(&header.iter().map(|name| Cell::Text(name)).collect::<Vec<_>>()))?;
            table
        }
    };
    let (mut rows, mut failed) = (0_u64, None);
    let left_out = db.export_sheets(&filter, arguments.live, arguments.comments, |sheet| {
        let key = &sheet.key;
        let (unit, point) = points.get(&(key.unit, key.point)).copied().unwrap_or_default();
        let row = Row {
            unit,
            point,
            day: clock::date_of(key.day),
            field: fields.iter().find(|field| field.id == key.field).map_or("", |field| field.code.as_str()),
            form: key.form,
            series: key.series,
            mode: key.mode,
            respondent: key.respondent,
            channel: sheet.channel,
            flagged: key.suspect,
            answers: &sheet.answers,
            demographics: &sheet.demographics,
            comment: sheet.comment.as_deref(),
        };
        let mut cells = Vec::with_capacity(header.len());
        if columns.lay_out(&row, &mut cells) {
            rows += 1;
            if let Err(error) = table.rows.row(&cells) {
                failed = Some(error);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })?;
    if let Some(error) = failed {
        return Err(table.refused(&error));
    }
    table.close()?;
    eprintln!("{rows} answer sheets");
    if left_out > 0 {
        eprintln!("{left_out} more wait for their release (--live shows them)");
    }
    Ok(())
}

/// A file for SPSS. What citizens wrote is longer than its texts.
fn sav(arguments: &Responses, variables: Vec<Variable>) -> Result<Outgoing, Refusal> {
    if arguments.comments {
        return Err(Refusal(
            "--comments goes with csv, xlsx and parquet: a text in a sav file ends after 255 bytes".to_owned(),
        ));
    }
    let Some(path) = arguments.target.out.as_deref() else {
        return Err(Refusal("--out FILE is needed for a sav".to_owned()));
    };
    Target::into_file(path, |file| Ok(Box::new(SavTable::new(BufWriter::new(file), variables, clock::today())?)))
}

/// A Parquet file.
fn parquet(arguments: &Responses, variables: Vec<Variable>) -> Result<Outgoing, Refusal> {
    let Some(path) = arguments.target.out.as_deref() else {
        return Err(Refusal("--out FILE is needed for a parquet".to_owned()));
    };
    Target::into_file(path, |file| Ok(Box::new(ParquetTable::new(BufWriter::new(file), variables)?)))
}

fn filter(db: &Db, arguments: &Responses) -> Result<SheetFilter, Refusal> {
    if let (Some(from), Some(to)) = (arguments.from, arguments.to)
        && from > to
    {
        return Err(Refusal(format!("--from {from} lies after --to {to}; no day is in between")));
    }
    let subtree = |code: &str| super::subtree(db, code);
    let of_unit = arguments.unit.as_deref().map(subtree).transpose()?;
    let (Some(plan), Some(period)) = (&arguments.plan, &arguments.period) else {
        return Ok(SheetFilter { units: of_unit, from: arguments.from, to: arguments.to });
    };
    let found = db.plan(plan)?.ok_or_else(|| MeasureError::NoPlan(plan.clone()))?.plan;
    let days = found.period(period).ok_or_else(|| MeasureError::NoPeriod {
        plan: plan.clone(),
        period: period.clone(),
        known: found.periods.iter().map(|period| period.key.as_str()).collect::<Vec<_>>().join(", "),
    })?;
    let mut units = subtree(&found.unit)?;
    units.retain(|unit| of_unit.as_ref().is_none_or(|of_unit| of_unit.contains(unit)));
    Ok(SheetFilter { units: Some(units), from: Some(days.from), to: Some(days.to) })
}

/// Every published version, or those of one questionnaire.
fn forms(db: &Db, code: Option<&str>) -> Result<Vec<Arc<Form>>, Refusal> {
    let listed = db.forms()?;
    if let Some(code) = code.filter(|code| listed.iter().all(|form| form.code != *code)) {
        return Err(Refusal(format!("there is no questionnaire `{code}`; `sipas form list` shows them")));
    }
    let wanted = listed.iter().filter(|form| code.is_none_or(|code| form.code == code));
    wanted.map(|form| Ok(db.form_by_id(form.id)?)).collect()
}

fn codebook<'a>(db: &Db, forms: &'a [Arc<Form>]) -> Result<Codebook<'a>, Refusal> {
    let named = |code: String, vi: String, en: String| Named { code, vi, en };
    Ok(Codebook {
        units: db.units()?.into_iter().map(|unit| named(unit.code, unit.name_vi, unit.name_en)).collect(),
        points: db.points(None)?.into_iter().map(|point| named(point.code, point.name_vi, point.name_en)).collect(),
        fields: db.fields()?.into_iter().map(|field| named(field.code, field.name_vi, field.name_en)).collect(),
        forms: forms.iter().map(|form| &form.questionnaire).collect(),
    })
}
