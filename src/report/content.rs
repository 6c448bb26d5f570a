//! From an index to what a report says: the one place that decides which figures stand where.
//!
//! The tables are built in `tables.rs`, the words on method in [`super::method`].

use chrono::Datelike;

use super::format::{Language, date, in_a_sentence, long_date};
use super::model::{Block, Heading, Letter, Report};
use super::setting::Setting;
use super::tables::Tables;
use super::{counts, coverage, method, ministry, questionnaires, without_rows, words, work};
use crate::index::lowest::{RANKED_FROM, lowest_criteria};
use crate::index::result::{Basis, IndexReport, Verdict};
use crate::plan::Weights;

/// The report on `index`.
pub fn content(index: &IndexReport, setting: &Setting<'_>) -> Report {
    let language = setting.language;
    let period = words::period(&index.period, index.from, index.to, language);
    let mut tables = Tables::new(index, setting);
    let mut blocks = Vec::new();
    let mut part = 0;
    let mut heading = |blocks: &mut Vec<Block>, vi: &str, en: &str| {
        part += 1;
        let text = language.choose(vi, en).to_owned();
        blocks.push(Block::Heading(Heading { number: roman(part), text }));
    };

    blocks.push(Block::Paragraph(opening(setting)));
    heading(&mut blocks, "Thông tin chung", "About this report");
    blocks.extend(about(index, setting, &period).into_iter().map(Block::Point));
    if let Some(table) = tables.profile() {
        heading(&mut blocks, "Người trả lời", "Who answered");
        blocks.push(Block::Table(table));
    }

    heading(&mut blocks, "Kết quả so với chỉ tiêu", "Results against the targets");
    blocks.push(Block::Paragraph(summary(index, language)));
    if !index.targets.is_empty() {
        blocks.push(Block::Table(tables.targets()));
        blocks.extend(tables.targets_by_field().map(Block::Table));
    }

    if !index.counts.is_empty() {
        let (vi, en) = counts::HEADING;
        heading(&mut blocks, vi, en);
        blocks.push(Block::Paragraph(counts::summary(&index.counts, language)));
        blocks.push(Block::Table(tables.counts()));
    }

    heading(&mut blocks, "Kết quả theo lĩnh vực", "Results by field");
    if index.fields.is_empty() {
        let nothing = if index.questionnaires.is_empty() {
            language.choose("Chưa có số liệu.", "There are no figures yet.")
        } else {
            language.choose(
                "Chưa có phiếu nào tính vào chỉ số; kết quả của các phiếu đã nhận ở phần sau.",
                "No sheet feeds an index yet; what was answered stands in the next part.",
            )
        };
        blocks.push(Block::Paragraph(nothing.to_owned()));
    } else {
        blocks.push(Block::Table(tables.fields()));
        heading(&mut blocks, "Kết quả theo yếu tố", "Results by factor");
        blocks.extend(tables.unit_factors().map(Block::Table));
        blocks.push(Block::Table(tables.factors()));
        heading(&mut blocks, "Kết quả theo tiêu chí", "Results by criterion");
        blocks.extend(tables.criteria().into_iter().map(Block::Table));
    }

    if !(index.units.is_empty() && index.points.is_empty()) {
        heading(&mut blocks, "Kết quả theo đơn vị và điểm phục vụ", "Results by office and service point");
        blocks.extend(tables.places().into_iter().map(Block::Table));
    }

    if let Some(estimate) = &index.ministry {
        let (vi, en) = ministry::HEADING;
        heading(&mut blocks, vi, en);
        blocks.push(Block::Table(tables.ministry(estimate)));
    }

    if !index.questionnaires.is_empty() {
        let (vi, en) = questionnaires::HEADING;
        heading(&mut blocks, vi, en);
        blocks.extend(tables.questionnaires());
    }

    if let Some(coverage) = &index.coverage {
        heading(&mut blocks, "Mức độ bao phủ", "Coverage");
        blocks.extend(tables.coverage(coverage).into_iter().map(Block::Table));
    }

    if !setting.outside.is_empty() {
        heading(&mut blocks, "Số liệu trước đây và chính thức", "Earlier and official figures");
        blocks.push(Block::Table(tables.outside(setting.outside, (index.from, index.to))));
    }

    heading(&mut blocks, "Tiêu chí cần ưu tiên khắc phục", "Criteria to mend first");
    match tables.weak() {
        Some((lead, table)) => blocks.extend([Block::Paragraph(lead), Block::Table(table)]),
        None if !lowest_criteria(index).is_empty() => blocks.push(Block::Paragraph(language.choose(
            format!("Không tiêu chí nào từ {RANKED_FROM} người trả lời trở lên thấp hơn chỉ tiêu giao."),
            format!("No criterion with {RANKED_FROM} respondents falls short of its target."),
        ))),
        None => blocks.push(Block::Paragraph(language.choose(
            format!("Chưa có tiêu chí nào từ {RANKED_FROM} người trả lời trở lên để xếp hạng."),
            format!("No criterion has {RANKED_FROM} respondents yet, so none is ranked."),
        ))),
    }

    if !index.remedies.is_empty() {
        let (vi, en) = work::REMEDIES;
        heading(&mut blocks, vi, en);
        blocks.push(Block::Table(tables.remedies()));
    }
    if !index.tasks.is_empty() {
        let (vi, en) = work::TASKS;
        heading(&mut blocks, vi, en);
        blocks.push(Block::Paragraph(tables.task_summary()));
        blocks.push(Block::Table(tables.tasks()));
    }

    heading(&mut blocks, "Phương pháp", "Method");
    blocks.extend(method::paragraphs(index, language).into_iter().map(Block::Point));
    blocks.extend(coverage::weights(index, setting).map(Block::Point));
    blocks.extend(setting.audit_head.map(|head| Block::Point(method::audit_head(head, language))));

    let blocks = without_rows::left_out(blocks, language);
    let about_whom = match index.basis {
        Basis::Volunteers => language.choose(
            "Kết quả khảo sát tự nguyện về mức độ hài lòng của người dân, tổ chức",
            "Results of the voluntary survey on the satisfaction of people and organisations",
        ),
        Basis::Sample => language.choose(
            "Kết quả đo lường sự hài lòng của người dân, tổ chức theo mẫu điều tra",
            "Satisfaction of people and organisations measured by a survey sample",
        ),
    };
    Report {
        language,
        letter: letter(index, setting),
        title: language.choose("BÁO CÁO", "REPORT").to_owned(),
        subject: language.choose(format!("{about_whom} {period}"), format!("{about_whom}, {period}")),
        banners: banners(index, setting),
        blocks,
        annexes: Vec::new(),
    }
}

/// Lines that must catch the eye: demonstration data, drafts, answers not yet released.
pub fn banners(index: &IndexReport, setting: &Setting<'_>) -> Vec<String> {
    let language = setting.language;
    let mut banners = Vec::new();
    if setting.demonstration {
        banners.push(words::demonstration(language).to_owned());
    }
    banners.extend(words::not_final(index, setting.as_of, language));
    if index.volumes.is_some() && index.weights != Weights::Volumes {
        banners.extend(coverage::weights(index, setting));
    }
    if index.live {
        banners.push(
            language
                .choose(
                    "DÙNG NỘI BỘ: gồm cả câu trả lời chưa được công bố",
                    "FOR INTERNAL USE: counts answers not yet released",
                )
                .to_owned(),
        );
    }
    banners
}

/// How many targets are met, not met, open: one sentence.
pub fn summary(index: &IndexReport, language: Language) -> String {
    if index.targets.is_empty() {
        return language
            .choose(
                "Kế hoạch không đặt chỉ tiêu hài lòng nào cho kỳ này.",
                "The plan sets no satisfaction target for this period.",
            )
            .to_owned();
    }
    let of = |verdict| index.targets.iter().filter(|target| target.verdict == verdict).count();
    let (met, not_met, open) = (of(Verdict::Met), of(Verdict::NotMet), of(Verdict::CannotSay));
    let all = index.targets.len();
    let text = language.choose(
        format!("Trong {all} chỉ tiêu: {met} đạt, {not_met} chưa đạt, {open} chưa đủ căn cứ kết luận"),
        format!("Of {all} targets, {met} met, {not_met} not met, {open} cannot be judged yet"),
    );
    let end = if index.so_far { language.choose(" (tạm tính).", " (so far).") } else { "." };
    format!("{text}{end}")
}

fn opening(setting: &Setting<'_>) -> String {
    let Setting { plan, language, .. } = *setting;
    let title = language.choose(&plan.title_vi, &plan.title_en);
    let document = [
        plan.number.as_ref().map(|number| language.choose(format!("số {number}"), format!("No. {number}"))),
        plan.dated.map(|day| language.choose(format!("ngày {}", date(day)), format!("of {}", date(day)))),
    ];
    let document = document.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let document = if document.is_empty() { document } else { format!(" ({document})") };
    let issuer = in_a_sentence(&plan.unit_name);
    language.choose(
        format!(
            "Thực hiện {title}{document}, Ủy ban nhân dân {issuer} báo cáo kết quả khảo sát mức độ hài lòng của \
             người dân, tổ chức như sau:"
        ),
        format!("Under the plan “{title}”{document}, the People's Committee of {issuer} reports as follows:"),
    )
}

fn about(index: &IndexReport, setting: &Setting<'_>, period: &str) -> Vec<String> {
    let language = setting.language;
    let (from, to) = (date(index.from), date(index.to));
    let mut points = vec![
        language.choose(
            format!("Đơn vị được đo lường: {}.", setting.names.unit()),
            format!("Unit measured: {}.", setting.names.unit()),
        ),
        language.choose(
            format!("Kỳ báo cáo: {period}; số liệu từ ngày {from} đến hết ngày {to} (giờ Việt Nam)."),
            format!("Period: {period}; data from {from} to {to}, both included (Vietnam time)."),
        ),
    ];
    if let Some(due) = index.due.map(date) {
        points.push(language.choose(format!("Hạn gửi báo cáo: {due}."), format!("Report due: {due}.")));
    }
    if index.assumed {
        points.push(method::assumed(language).to_owned());
    }
    if let (Some(version), Some(reason)) = (index.version, setting.corrects) {
        points.push(language.choose(
            format!("Phiên bản {version}, thay phiên bản trước. Lý do: {}.", reason.trim_end_matches('.')),
            format!("Version {version}, in the place of the one before. Reason: {}.", reason.trim_end_matches('.')),
        ));
    }
    points.extend(words::waiting(index, language));
    points.extend(words::beyond(index, language));
    if index.unit != setting.plan.unit && index.version.is_none() {
        points.push(words::offices_as_of(index, language));
    }
    points.push(language.choose(
        format!(
            "Số liệu {}, thu qua {}. {}",
            words::basis(index.basis, language),
            words::series(index.series, language),
            words::disclaimer(index.basis, language)
        ),
        format!(
            "Basis: {}, collected through {}. {}",
            words::basis(index.basis, language),
            words::series(index.series, language),
            words::disclaimer(index.basis, language)
        ),
    ));
    points
}

fn letter(index: &IndexReport, setting: &Setting<'_>) -> Letter {
    let Setting { plan, language, .. } = *setting;
    let committee = language.choose("ỦY BAN NHÂN DÂN", "PEOPLE'S COMMITTEE");
    let number = setting.number.unwrap_or("             ");
    let dated = if let Some(day) = setting.dated {
        long_date(day, language)
    } else {
        let year = index.due.unwrap_or(index.to).year();
        language.choose(format!("ngày …… tháng …… năm {year}"), format!("…… {year}"))
    };
    let unit = plan.unit_name.clone();
    Letter {
        agency: vec![committee.to_owned(), unit.to_uppercase()],
        number: language.choose(format!("Số: {number}/BC-UBND"), format!("No. {number}/BC-UBND")),
        place_and_date: format!("{}, {dated}", place_of(&unit)),
        signer: language
            .choose(["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"], ["FOR THE PEOPLE'S COMMITTEE", "CHAIRMAN"])
            .map(str::to_owned)
            .to_vec(),
        signer_name: String::new(),
        recipients: language
            .choose(
                [
                    format!("UBND {}", plan.parent_name),
                    format!("Sở Nội vụ {}", plan.parent_name),
                    "Lưu: VT, VHXH.".to_owned(),
                ],
                [
                    format!("People's Committee of {}", plan.parent_name),
                    format!("Department of Home Affairs of {}", plan.parent_name),
                    "Files.".to_owned(),
                ],
            )
            .to_vec(),
    }
}

/// The place of the date line: the unit's name without its kind.
fn place_of(unit: &str) -> &str {
    let kinds = ["phường ", "Phường ", "xã ", "Xã ", "đặc khu ", "Đặc khu "];
    kinds.iter().find_map(|kind| unit.strip_prefix(kind)).unwrap_or(unit)
}

/// Roman numerals for the handful of headings of a report.
fn roman(number: usize) -> &'static str {
    ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"]
        .get(number)
        .copied()
        .unwrap_or("–")
}
