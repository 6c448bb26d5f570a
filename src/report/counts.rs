//! Counted targets in the report: complaints answered in time, dialogues held.

use super::format::{self, Language};
use super::model::{Cell, Column, Row, Table, TableKind};
use super::tables::Tables;
use super::words;
use super::words::plan::clause;
use crate::index::result::CountResult;
use crate::index::result::Verdict;
use crate::plan::{CountKind, CountTarget, Plan};

/// The part's heading.
pub(super) const HEADING: (&str, &str) = ("Chỉ tiêu đếm theo việc", "Counted targets");

/// The name of a counted target, as the plan has it.
pub fn name(plan: &Plan, count: &CountResult, language: Language) -> String {
    let known = |target: &&CountTarget| target.kind == count.kind && target.clause == count.clause;
    plan.counts.iter().find(known).map_or_else(
        || words::count_kind(count.kind, language).to_owned(),
        |target| language.choose(&target.title_vi, &target.title_en).clone(),
    )
}

/// The verdict: where nothing came there is nothing to judge, and what is open says until when, because it may be read later.
pub fn verdict(count: &CountResult, language: Language) -> String {
    if count.verdict != Verdict::CannotSay {
        return words::verdict(count.verdict, language).to_owned();
    }
    if count.kind == CountKind::ComplaintsInTime {
        let words = if count.wanted == 0 {
            language.choose("Không phát sinh", "None came")
        } else {
            language.choose("Chưa kết luận, còn phản ánh trong hạn", "Open, complaints are under way")
        };
        return words.to_owned();
    }
    count.open_until.map_or_else(
        || language.choose("Chưa kết luận, còn thời gian", "Open, there is time left").to_owned(),
        |last| {
            let last = format::date(last);
            language.choose(format!("Chưa kết luận, còn đến {last}"), format!("Open until {last}"))
        },
    )
}

/// What there is, in words.
pub fn said(count: &CountResult, language: Language) -> String {
    let number = |value: u64| format::count(value, language);
    if count.kind == CountKind::ComplaintsInTime {
        if count.wanted == 0 {
            return language
                .choose("Không có phản ánh, kiến nghị nào trong kỳ.", "No complaint came in the period.")
                .to_owned();
        }
        let (all, done, late, open, published) = (
            number(count.wanted),
            number(count.reached),
            number(count.late),
            number(count.open),
            number(count.published),
        );
        return language.choose(
            format!("{all} phản ánh: {done} giải quyết đúng hạn, {late} chậm, {open} còn trong hạn; {published} đã công khai trả lời."),
            format!("{all} complaints: {done} answered in time, {late} late, {open} under way and in time; {published} answered in public."),
        );
    }
    let (wanted, reached) = (number(count.wanted), number(count.reached));
    let mut said = match count.kind {
        CountKind::HeadDialogues => language.choose(
            format!("{reached} trên {wanted} nửa năm đã có đối thoại do người đứng đầu chủ trì."),
            format!("The head led a dialogue in {reached} of {wanted} half-years."),
        ),
        CountKind::OfficeDialogues => language.choose(
            format!("{reached} trên {wanted} đơn vị đã tổ chức."),
            format!("{reached} of {wanted} offices held one."),
        ),
        CountKind::NewsItems | CountKind::Broadcasts | CountKind::CityItems => language.choose(
            format!("{reached} trên {wanted} tháng đủ số bài."),
            format!("Enough in {reached} of {wanted} months."),
        ),
        CountKind::AcceptedItems => language.choose(
            format!("{reached} trên {wanted} tin, bài được đăng."),
            format!("{reached} of {wanted} items accepted."),
        ),
        _ => {
            language.choose(format!("{reached} cuộc trên {wanted} cuộc."), format!("{reached} of {wanted} dialogues."))
        }
    };
    if !count.missing.is_empty() {
        let names = count.missing.iter().map(|name| words::part_of_year(name, language)).collect::<Vec<_>>().join("; ");
        said.push_str(&language.choose(format!(" Còn thiếu: {names}."), format!(" Missing: {names}.")));
    }
    said
}

/// How many of the counted targets are met, not met, open: one sentence.
pub(super) fn summary(counts: &[CountResult], language: Language) -> String {
    let of = |verdict| counts.iter().filter(|count| count.verdict == verdict).count();
    let (met, not_met, open, all) = (of(Verdict::Met), of(Verdict::NotMet), of(Verdict::CannotSay), counts.len());
    language.choose(
        format!("Trong {all} chỉ tiêu đếm theo việc: {met} đạt, {not_met} chưa đạt, {open} chưa kết luận được."),
        format!("Of {all} counted targets, {met} met, {not_met} not met, {open} cannot be judged yet."),
    )
}

impl Tables<'_> {
    /// Every counted target with its verdict.
    pub(super) fn counts(&mut self) -> Table {
        let language = self.language;
        let column =
            |vi: &str, en: &str, width| Column { heading: language.choose(vi, en).to_owned(), figures: false, width };
        let columns = vec![
            column("Mục", "Clause", 14),
            column("Chỉ tiêu", "Target", 32),
            column("Kết quả", "Result", 38),
            column("Kết luận", "Verdict", 16),
        ];
        let rows = self.index.counts.iter().map(|count| Row {
            group: false,
            cells: vec![
                Cell::Text(clause(&count.clause, language)),
                Cell::Text(name(self.setting.plan, count, language)),
                Cell::Text(said(count, language)),
                Cell::Verdict(count.verdict, verdict(count, language)),
            ],
        });
        let rows = rows.collect();
        let caption = language.choose("Các chỉ tiêu đếm theo việc", "Counted targets");
        let note = language.choose(
            "Phản ánh đếm theo ngày nhận. Một việc chậm là chưa đạt 100%. Chờ người dân bổ sung thì thời hạn tạm dừng; trả lời riêng \
             được tính là đã trả lời, không tính là đã công khai.",
            "Complaints by the day they came. One late answer is not 100 %. The clock stands while the citizen is asked; a private \
             answer counts as answered, not as published.",
        );
        self.table(TableKind::Counts, caption, columns, rows, vec![note.to_owned()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_says_until_when_it_can_be_met() {
        let said = |open_until: Option<&str>, kind, wanted| {
            let count = CountResult {
                kind,
                clause: "II.1".to_owned(),
                wanted,
                reached: 0,
                late: 0,
                open: wanted,
                published: 0,
                missing: Vec::new(),
                verdict: Verdict::CannotSay,
                open_until: open_until.map(|day| day.parse().expect("a day")),
            };
            verdict(&count, Language::Vi)
        };
        assert_eq!(said(Some("2026-06-30"), CountKind::HeadDialogues, 2), "Chưa kết luận, còn đến 30/06/2026");
        // Of a period closed before the day was kept.
        assert_eq!(said(None, CountKind::HeadDialogues, 2), "Chưa kết luận, còn thời gian");
        assert_eq!(said(None, CountKind::ComplaintsInTime, 0), "Không phát sinh");
        assert_eq!(said(None, CountKind::ComplaintsInTime, 1), "Chưa kết luận, còn phản ánh trong hạn");
    }
}
