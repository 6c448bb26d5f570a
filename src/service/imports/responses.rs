//! Answer sheets from a file to the sheets of the database. They go in as every answer does: tallied in the same transaction,
//! shown in groups, and none of a period whose report is due already.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::{Blank, Checked, Fate, IntakeError, Payload, Tried, book, counted_on, hash_of};
use crate::db::{Db, Form, ImportKind, Sheet, Unit};
use crate::exchange::import::responses::{self, AskedAt};
use crate::exchange::import::{Refused, Table, template};
use crate::report::{Language, format, words};
use crate::sheet::tally::{Mode, Respondent, Series, TallyKey};
use crate::survey::RespondentKind;

pub(in crate::service::imports) fn check(
    db: &Db,
    table: Table,
    units: &[Unit],
    today: NaiveDate,
) -> Result<Checked, IntakeError> {
    let book = book(db, units)?;
    let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
    let points = db.points(Some(&ids))?;
    let mut forms: HashMap<String, Option<Arc<Form>>> = HashMap::new();
    for point in points.iter().filter(|point| point.retired_on.is_none_or(|retired| retired > today)) {
        if !forms.contains_key(&point.form) {
            forms.insert(point.form.clone(), db.newest_form(&point.form)?);
        }
    }
    let form_of = |code: &str| {
        let point = points.iter().find(|point| point.code == code)?;
        Some((point, forms.get(&point.form)?.as_ref()?))
    };
    let asked: Vec<AskedAt<'_>> = points
        .iter()
        .filter_map(|point| Some(AskedAt { point: &point.code, questionnaire: &form_of(&point.code)?.1.questionnaire }))
        .collect();
    let mut read = responses::read(&table, &book, &asked, today);
    let fields = db.fields()?;
    let mut late_days: HashMap<(i32, NaiveDate), Option<String>> = HashMap::new();
    let (mut lines, mut sheets, mut spelled) = (Vec::new(), Vec::new(), Vec::new());
    for (line, row) in &read.rows {
        let Some((point, form)) = form_of(&row.point) else { continue };
        let Some(field) = fields.iter().find(|field| field.code == row.keyed.field) else { continue };
        let day = row.keyed.day;
        if let std::collections::hash_map::Entry::Vacant(entry) = late_days.entry((point.unit, day)) {
            entry.insert(counted_on(db, point.unit, day, false, today)?.err());
        }
        if let Some(Some(sentence)) = late_days.get(&(point.unit, day)) {
            read.refused.push(Refused::new(*line, "Ngày trả lời", sentence, "Bỏ dòng này và cất phiếu cùng biên bản."));
            continue;
        }
        if day < point.opened_on || point.retired_on.is_some_and(|retired| retired <= day) {
            let what = format!("ngày {} điểm này chưa mở hoặc đã ngừng", format::date(day));
            read.refused.push(Refused::new(*line, "Ngày trả lời", what, "Xem lại ngày hoặc điểm."));
            continue;
        }
        let person = row.keyed.respondent == RespondentKind::Person;
        let key = TallyKey {
            unit: point.unit,
            day: crate::clock::day_number(day),
            point: point.point,
            field: field.id,
            form: form.id,
            series: Series::Open,
            mode: row.mode,
            respondent: if person { Respondent::Person } else { Respondent::Organisation },
            suspect: false,
        };
        let answers: String = row.keyed.answers.iter().map(|answer| sign(*answer)).collect();
        spelled.push(format!(
            "{}\u{1f}{day}\u{1f}{}\u{1f}{:?}\u{1f}{person}\u{1f}{answers}\u{1f}{:?}\u{1f}{:?}",
            row.point, field.code, row.mode, row.keyed.demographics, row.keyed.comment
        ));
        lines.push(Tried {
            line: *line,
            cells: vec![
                point.name_vi.clone(),
                format::date(day),
                mode_name(row.mode),
                field.name_vi.clone(),
                if person { "Người dân".to_owned() } else { "Tổ chức".to_owned() },
                answers,
            ],
            fate: Fate::New,
        });
        sheets.push(Sheet {
            key,
            channel: point.channel,
            answers: row.keyed.answers.clone(),
            demographics: row.keyed.demographics.clone(),
            comment: row.keyed.comment.clone(),
        });
    }
    let hash = hash_of(spelled);
    if let Some(before) = db.import_file(ImportKind::Responses, &hash)?.filter(|_| !lines.is_empty()) {
        let on = format::date(crate::clock::civil_date(before.at));
        let what = format!("đúng các phiếu này đã được nhập ngày {on} (tệp “{}”)", before.name);
        read.refused.push(Refused::new(1, "", what, "Không nhập lần hai."));
    }
    Ok(Checked {
        kind: ImportKind::Responses,
        name: String::new(),
        headings: vec!["Điểm phục vụ", "Ngày trả lời", "Hình thức", "Lĩnh vực", "Người trả lời", "Câu trả lời"],
        lines,
        refused: read.refused,
        before: None,
        table,
        hash,
        payload: Payload::Responses(sheets),
    })
}

/// An answer as keyed: a digit, 0 for "not used", a dot for blank.
fn sign(answer: u8) -> char {
    match answer {
        1..=5 => char::from(b'0' + answer),
        6 => '0',
        _ => '·',
    }
}

fn mode_name(mode: Mode) -> String {
    words::mode(mode, Language::Vi).to_owned()
}

/// Headings of the template, whether each is required, and what to write.
pub(in crate::service::imports) fn template() -> Blank {
    let mut columns = template::headings(responses::COLUMNS);
    columns.extend([("Câu 1", true), ("Câu 2", true), ("Câu 3", true)]);
    let explained = vec![
        ("Điểm phục vụ", "Mã điểm in ở chân phiếu. Mọi điểm trong một tệp phải dùng cùng một phiếu hỏi, bản mới nhất."),
        ("Ngày trả lời", "Ngày ghi trên phiếu, ví dụ 14/03/2026. Phiếu của kỳ đã quá hạn báo cáo không nhận."),
        ("Hình thức", "giấy, điện thoại hoặc phỏng vấn."),
        ("Lĩnh vực", "Tên hoặc mã lĩnh vực; để trống được nếu điểm chỉ phục vụ một lĩnh vực."),
        ("Người trả lời", "người dân hoặc tổ chức; để trống là người dân."),
        (
            "Câu 1, Câu 2, …",
            "Mỗi câu của phiếu một cột, theo thứ tự trên phiếu; thêm cột cho đủ. Ghi 1 đến 5, 0 cho “không sử dụng”, để trống nếu không trả lời. Có thể đặt tên cột bằng nguyên văn câu hỏi.",
        ),
        ("Câu hỏi về người trả lời", "Mỗi câu một cột, tên cột là nguyên văn câu hỏi; không bắt buộc."),
    ];
    Blank { columns, explained }
}
