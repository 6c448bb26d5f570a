//! A table as Parquet (parquet.apache.org/docs/file-format), row group after row group in flat memory. Codes stay codes, levels are numbers,
//! "not used" is 9 as in the file for SPSS, blank is null, days are dates. What columns and values mean stands in the file as JSON under
//! the key `sipas.columns`.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use serde_json::{Map, Value, json};

use super::sav::{Code, Kind, Variable};
use super::{Cell, Table, TableError};
use crate::clock;

/// Rows in a group, which is what stands in memory: of a wide questionnaire some ten megabytes.
const ROWS_PER_GROUP: usize = 20_000;

/// The file.
pub struct ParquetTable<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: Vec<Column>,
    rows: usize,
}

/// A column and what waits for its group; `there` has 1 for a row with a value and 0 for one without.
struct Column {
    kind: Kind,
    values: Values,
    there: Vec<i16>,
}

enum Values {
    Small(Vec<i32>),
    Large(Vec<i64>),
    Text(Vec<ByteArray>),
}

impl<W: Write + Send> ParquetTable<W> {
    /// Begins a file with these columns.
    pub fn new(out: W, variables: Vec<Variable>) -> Result<Self, TableError> {
        let fields = variables.iter().map(|variable| field(variable).map(Arc::new)).collect::<Result<_, _>>()?;
        let schema = Type::group_type_builder("answers").with_fields(fields).build().map_err(TableError::of)?;
        let meanings: Map<String, Value> =
            variables.iter().map(|variable| (variable.name.clone(), meaning(variable))).collect();
        let known = KeyValue::new("sipas.columns".to_owned(), Value::Object(meanings).to_string());
        let properties = WriterProperties::builder()
            .set_created_by(format!("sipas {}", env!("CARGO_PKG_VERSION")))
            .set_key_value_metadata(Some(vec![known]))
            .build();
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties)).map_err(TableError::of)?;
        let column = |Variable { kind, .. }: Variable| Column { values: Values::of(&kind), kind, there: Vec::new() };
        Ok(Self { writer, columns: variables.into_iter().map(column).collect(), rows: 0 })
    }

    /// Writes what waits as a group of its own.
    fn write_group(&mut self) -> Result<(), TableError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(TableError::of)?;
        for column in &mut self.columns {
            if let Some(into) = group.next_column().map_err(TableError::of)? {
                column.write(into).map_err(TableError::of)?;
            }
        }
        group.close().map_err(TableError::of)?;
        self.rows = 0;
        Ok(())
    }
}

impl<W: Write + Send> Table for ParquetTable<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), TableError> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.take(cell);
        }
        self.rows += 1;
        if self.rows == ROWS_PER_GROUP { self.write_group() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> Result<(), TableError> {
        self.write_group()?;
        self.writer.close().map_err(TableError::of)?;
        Ok(())
    }
}

impl Values {
    fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Number => Self::Large(Vec::new()),
            Kind::Day => Self::Small(Vec::new()),
            Kind::Codes(codes) if are_numbers(codes) => Self::Small(Vec::new()),
            Kind::Text(_) | Kind::Codes(_) => Self::Text(Vec::new()),
        }
    }
}

impl Column {
    fn take(&mut self, cell: &Cell<'_>) {
        let there = match &mut self.values {
            Values::Text(values) => match cell {
                Cell::Text(text) => values.push_some(Some(ByteArray::from(*text))),
                _ => false,
            },
            Values::Large(values) => values.push_some(match cell {
                Cell::Whole(number) => i64::try_from(*number).ok(),
                _ => None,
            }),
            Values::Small(values) => values.push_some(match (cell, &self.kind) {
                (Cell::Day(day), _) => Some(clock::day_number(*day)),
                (Cell::Truth(yes), _) => Some(i32::from(*yes)),
                (Cell::Whole(number), _) => i32::try_from(*number).ok(),
                (Cell::Text(code), Kind::Codes(codes)) => number_of(codes, code),
                _ => None,
            }),
        };
        self.there.push(i16::from(there));
    }

    fn write(&mut self, mut into: SerializedColumnWriter<'_>) -> Result<(), parquet::errors::ParquetError> {
        match &mut self.values {
            Values::Small(values) => {
                into.typed::<Int32Type>().write_batch(values, Some(&self.there), None)?;
                values.clear();
            }
            Values::Large(values) => {
                into.typed::<Int64Type>().write_batch(values, Some(&self.there), None)?;
                values.clear();
            }
            Values::Text(values) => {
                into.typed::<ByteArrayType>().write_batch(values, Some(&self.there), None)?;
                values.clear();
            }
        }
        self.there.clear();
        into.close()
    }
}

/// A list that takes what is there.
trait PushSome<T> {
    /// Takes a value; whether there was one.
    fn push_some(&mut self, value: Option<T>) -> bool;
}

impl<T> PushSome<T> for Vec<T> {
    fn push_some(&mut self, value: Option<T>) -> bool {
        let there = value.is_some();
        self.extend(value);
        there
    }
}

/// Whether codes are whole numbers as they are written, but for one that counts as missing.
fn are_numbers(codes: &[Code]) -> bool {
    codes.iter().all(|code| code.missing || code.own_number().is_some())
}

/// The number of a code: the one that is written, never its place among the others; what counts as missing has one given to it.
fn number_of(codes: &[Code], written: &str) -> Option<i32> {
    let code = codes.iter().find(|code| code.written == written)?;
    if code.missing { format!("{:.0}", code.number).parse().ok() } else { code.own_number() }
}

fn field(variable: &Variable) -> Result<Type, TableError> {
    let (physical, logical) = match (&variable.kind, Values::of(&variable.kind)) {
        (Kind::Day, _) => (Physical::INT32, Some(LogicalType::Date)),
        (_, Values::Small(_)) => (Physical::INT32, None),
        (_, Values::Large(_)) => (Physical::INT64, None),
        (_, Values::Text(_)) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let named = Type::primitive_type_builder(&variable.name, physical).with_repetition(Repetition::OPTIONAL);
    named.with_logical_type(logical).build().map_err(TableError::of)
}

/// What a column and its values mean.
fn meaning(variable: &Variable) -> Value {
    let mut meaning = json!({"label": variable.label});
    if let Kind::Codes(codes) = &variable.kind {
        let numbers = are_numbers(codes);
        let number = |code: &Code| number_of(codes, &code.written).filter(|_| numbers);
        let written = |code: &Code| number(code).map_or_else(|| code.written.clone(), |number| number.to_string());
        let values: Map<String, Value> = codes.iter().map(|code| (written(code), json!(code.label))).collect();
        let missing: Vec<String> = codes.iter().filter(|code| code.missing).map(written).collect();
        meaning["values"] = Value::Object(values);
        if !missing.is_empty() {
            meaning["missing"] = json!(missing);
        }
    }
    meaning
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    fn variable(name: &str, kind: Kind) -> Variable {
        Variable { name: name.to_owned(), label: format!("Nhãn của {name}"), kind }
    }

    fn code(written: &str, number: f64, missing: bool) -> Code {
        Code { written: written.to_owned(), number, label: format!("nghĩa {written}"), missing }
    }

    #[test]
    fn rows_come_back_group_by_group_with_what_columns_mean() {
        let path = std::env::temp_dir().join(format!("sipas_parquet_{}", std::process::id()));
        let levels = vec![code("1", 1.0, false), code("5", 5.0, false), code("na", 9.0, true)];
        let variables = vec![
            variable("unit", Kind::Text(64)),
            variable("day", Kind::Day),
            variable("series", Kind::Codes(vec![code("open", 1.0, false), code("ticket", 2.0, false)])),
            variable("q.item", Kind::Codes(levels)),
            variable("q.number", Kind::Number),
            // Codes that somebody numbered from 0, and codes that a number would lose a digit of.
            variable("q.from_0", Kind::Codes(vec![code("0", 1.0, false), code("1", 2.0, false)])),
            variable("q.digits", Kind::Codes(vec![code("01", 1.0, false), code("02", 2.0, false)])),
        ];
        let day = NaiveDate::from_ymd_opt(2026, 3, 14).expect("a date");
        let file = std::fs::File::create(&path).expect("a file");
        let mut table = Box::new(ParquetTable::new(file, variables).expect("a table"));
        let rows = ROWS_PER_GROUP + 3;
        for number in 0..rows {
            let item = [Cell::Whole(5), Cell::Text("na"), Cell::Empty][number % 3];
            let cells = [
                Cell::Text("xã"),
                Cell::Day(day),
                Cell::Text("ticket"),
                item,
                if number == 0 { Cell::Empty } else { Cell::Whole(3_000_000_000) },
                Cell::Text("0"),
                Cell::Text("02"),
            ];
            table.row(&cells).expect("a row");
        }
        table.finish().expect("an end");
        let reader = SerializedFileReader::new(std::fs::File::open(&path).expect("the file")).expect("Parquet");
        std::fs::remove_file(&path).expect("removed");
        let metadata = reader.metadata();
        assert_eq!((metadata.num_row_groups(), metadata.row_group(1).num_rows()), (2, 3));
        let known = metadata.file_metadata().key_value_metadata().expect("metadata");
        let known = known.iter().find(|pair| pair.key == "sipas.columns").and_then(|pair| pair.value.clone());
        let meaning: Value = serde_json::from_str(&known.expect("a value")).expect("JSON");
        assert_eq!(meaning["q.item"]["label"], "Nhãn của q.item");
        assert_eq!(
            (&meaning["q.item"]["values"]["9"], &meaning["q.item"]["missing"]),
            (&"nghĩa na".into(), &json!(["9"]))
        );
        assert_eq!(meaning["series"]["values"]["ticket"], "nghĩa ticket");
        assert_eq!(meaning["q.from_0"]["values"], json!({"0": "nghĩa 0", "1": "nghĩa 1"}));
        assert_eq!(meaning["q.digits"]["values"], json!({"01": "nghĩa 01", "02": "nghĩa 02"}));
        let mut number = 0;
        for row in reader.get_row_iter(None).expect("rows") {
            let row = row.expect("a row");
            let fields: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
            // 14 March 2026 is 20 526 days after 1970-01-01 (date -d 2026-03-14 +%s, by 86 400).
            assert_eq!(fields[..3], [&Field::Str("xã".into()), &Field::Date(20_526), &Field::Str("ticket".into())]);
            assert_eq!(*fields[3], [Field::Int(5), Field::Int(9), Field::Null][number % 3]);
            assert_eq!(*fields[4], if number == 0 { Field::Null } else { Field::Long(3_000_000_000) });
            assert_eq!(fields[5..], [&Field::Int(0), &Field::Str("02".into())]);
            number += 1;
        }
        assert_eq!(number, rows);
    }
}
