//! What a plan's parts are called on pages, in files and in letters: what an index measures, whose answers count, how fields are weighed,
//! periods, the state of a closing. A plan itself holds no word for a reader but those that its document brought along.
//!
//! These are the names by which a plan is set up and read; beside a figure the phrases of [`super`] stand.

use crate::plan::closing::State;
use crate::plan::{
    Channel, FieldOfService, IndexKind, Measure, Period, PeriodKind, Respondents, Serves, Target, Weights,
    field_name_en, field_name_vi,
};
use crate::report::format::{Language, date};
use crate::sheet::tally::Series;

/// What has a name for readers in both languages.
pub trait PlanWords {
    /// The name: one of a few, or one made of a day or a year.
    type Name;

    /// Its name in a language.
    fn name(&self, language: Language) -> Self::Name;

    /// Its Vietnamese name.
    fn name_vi(&self) -> Self::Name {
        self.name(Language::Vi)
    }
}

impl PlanWords for IndexKind {
    type Name = &'static str;

    fn name(&self, language: Language) -> &'static str {
        match self {
            Self::Sipas => language
                .choose("Sự phục vụ của cơ quan hành chính (SIPAS)", "Service of the administrative agencies (SIPAS)"),
            Self::Procedures => {
                language.choose("Giải quyết thủ tục hành chính", "Handling of administrative procedures")
            }
            Self::PublicServices => language.choose("Dịch vụ công", "Public services"),
            Self::Policy => language.choose("Chính sách", "Policy"),
        }
    }
}

impl PlanWords for Channel {
    type Name = &'static str;

    fn name(&self, language: Language) -> &'static str {
        match self {
            Self::Counter => language.choose("trực tiếp", "at the counter"),
            Self::Online => language.choose("trực tuyến", "online"),
        }
    }
}

impl PlanWords for Measure {
    type Name = &'static str;

    fn name(&self, language: Language) -> &'static str {
        match self {
            Self::Answers => language.choose("tỷ lệ câu trả lời hài lòng", "share of satisfied answers"),
            Self::People => language.choose("tỷ lệ người hài lòng", "share of satisfied people"),
        }
    }
}

impl PlanWords for Respondents {
    type Name = &'static str;

    fn name(&self, language: Language) -> &'static str {
        match self {
            Self::All => language.choose("người dân, doanh nghiệp, tổ chức", "people, businesses and organisations"),
            Self::Person => language.choose("người dân", "people"),
            Self::Organisation => language.choose("doanh nghiệp, tổ chức", "businesses and organisations"),
        }
    }
}

impl PlanWords for Weights {
    type Name = &'static str;

    fn name(&self, language: Language) -> &'static str {
        match self {
            Self::Volumes => language.choose("theo số hồ sơ đã giải quyết", "by cases handled"),
            Self::Equal => language.choose("các lĩnh vực như nhau", "every field alike"),
            Self::Respondents => language.choose("theo số người trả lời", "by respondents"),
        }
    }
}

impl PlanWords for Serves {
    type Name = &'static str;

    fn name(&self, language: Language) -> &'static str {
        match self {
            Self::Complaints => language.choose(
                "nơi chủ trì tiếp nhận phản ánh, kiến nghị",
                "who leads it receives complaints and suggestions",
            ),
        }
    }
}

impl PlanWords for State {
    type Name = &'static str;

    fn name(&self, language: Language) -> &'static str {
        match self {
            Self::Draft => language.choose("Bản nháp", "Draft"),
            Self::Checked => language.choose("Đã kiểm tra", "Checked"),
            Self::Approved => language.choose("Đã duyệt", "Approved"),
            Self::Published => language.choose("Đã công bố", "Published"),
            Self::Returned => language.choose("Bị trả lại", "Returned"),
            Self::Reopened => language.choose("Đã mở lại", "Opened anew"),
        }
    }
}

impl PlanWords for PeriodKind {
    type Name = String;

    /// As in `Quý I/2026`, `Quarter I/2026`.
    fn name(&self, language: Language) -> String {
        match *self {
            Self::Quarter { year, quarter } => {
                let quarter = roman(quarter);
                language.choose(format!("Quý {quarter}/{year}"), format!("Quarter {quarter}/{year}"))
            }
            Self::HalfYear { year } => {
                language.choose(format!("6 tháng đầu năm {year}"), format!("First 6 months of {year}"))
            }
            Self::NineMonths { year } => {
                language.choose(format!("9 tháng đầu năm {year}"), format!("First 9 months of {year}"))
            }
            Self::Year { year } => language.choose(format!("Năm {year}"), format!("Year {year}")),
            Self::Month { year, month } => {
                language.choose(format!("Tháng {month}/{year}"), format!("Month {month}/{year}"))
            }
            Self::AdHoc { from, to } => {
                language.choose(format!("Từ {} đến {}", date(from), date(to)), format!("{from} to {to}"))
            }
        }
    }
}

impl PlanWords for Period {
    type Name = String;

    fn name(&self, language: Language) -> String {
        period_name(&self.key, language)
    }
}

/// The name of a period by its key: plans of wards share the names of quarters and years. A key of another form, which a checked plan
/// does not have, is its own name.
pub fn period_name(key: &str, language: Language) -> String {
    PeriodKind::of_key(key).map_or_else(|| key.to_owned(), |kind| kind.name(language))
}

/// Series in the order of a plan's preference.
pub fn series(series: &[Series], language: Language) -> String {
    let names = series.iter().map(|one| super::series(*one, language));
    names.collect::<Vec<_>>().join(language.choose(", không đủ thì ", ", else "))
}

/// Names of a target's fields, in the order of the plan.
pub fn fields(target: &Target, known: &[FieldOfService], language: Language) -> String {
    if target.fields.is_empty() {
        return language.choose("tất cả lĩnh vực", "all fields").to_owned();
    }
    let names = target.fields.iter().map(|id| match language {
        Language::Vi => field_name_vi(known, id),
        Language::En => field_name_en(known, id),
    });
    names.collect::<Vec<_>>().join(", ")
}

/// A clause as a reader quotes it: `annex I.6` is `phụ lục I.6` to a Vietnamese one.
pub fn clause(clause: &str, language: Language) -> String {
    match language {
        Language::Vi => clause.replace("annex", "phụ lục"),
        Language::En => clause.to_owned(),
    }
}

fn roman(quarter: u8) -> &'static str {
    match quarter {
        1 => "I",
        2 => "II",
        3 => "III",
        _ => "IV",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::draft::{Draft, Row};
    use crate::plan::tests::{fields as known_fields, plan};

    #[test]
    fn a_period_is_called_as_vietnamese_reports_call_it() {
        let names = [
            ("2026-q1", "Quý I/2026", "Quarter I/2026"),
            ("2026-q2", "Quý II/2026", "Quarter II/2026"),
            ("2026-q3", "Quý III/2026", "Quarter III/2026"),
            ("2026-q4", "Quý IV/2026", "Quarter IV/2026"),
            ("2026-h1", "6 tháng đầu năm 2026", "First 6 months of 2026"),
            ("2026-year", "Năm 2026", "Year 2026"),
            ("2026-9m", "9 tháng đầu năm 2026", "First 9 months of 2026"),
            ("2026-m04", "Tháng 4/2026", "Month 4/2026"),
            ("adhoc-2026-01-05-2026-02-15", "Từ 05/01/2026 đến 15/02/2026", "2026-01-05 to 2026-02-15"),
        ];
        for (key, vietnamese, english) in names {
            let kind = PeriodKind::of_key(key).expect("a known form");
            assert_eq!(kind.name_vi(), vietnamese);
            assert_eq!(kind.name(Language::En), english);
        }
        let period = plan("cau-giay-2026").period("2026-h1").expect("a period");
        assert_eq!(period.name_vi(), "6 tháng đầu năm 2026");
        assert_eq!(period.name(Language::En), "First 6 months of 2026");
        assert_eq!(period_name("kỳ đặc biệt", Language::En), "kỳ đặc biệt");
    }

    #[test]
    fn clauses_series_and_fields_are_quoted_in_the_language_of_the_reader() {
        assert_eq!(clause("annex I.6", Language::Vi), "phụ lục I.6");
        assert_eq!(clause("annex I.6", Language::En), "annex I.6");
        assert_eq!(clause("II.1.1", Language::Vi), "II.1.1");
        let both = [Series::Sample, Series::Open];
        assert_eq!(series(&both, Language::Vi), "phiếu điều tra theo mẫu, không đủ thì phiếu tự nguyện");
        assert_eq!(series(&both, Language::En), "survey sample, else volunteers");
        let plan = plan("cau-giay-2026");
        assert_eq!(fields(&plan.targets[0], &known_fields(), Language::Vi), "tất cả lĩnh vực");
        let two = Target { fields: vec!["land".to_owned(), "moon".to_owned()], ..plan.targets[0].clone() };
        assert_eq!(fields(&two, &known_fields(), Language::Vi), "Đất đai, moon");
        assert_eq!(fields(&two, &known_fields(), Language::En), "Land, moon");
    }

    /// Who copies a name from a page into a workbook is understood: every name that is shown is a spelling that a draft reads.
    #[test]
    fn a_draft_reads_what_a_page_calls_a_choice() {
        fn choices<T: PlanWords<Name = &'static str>>(
            words: &[(&'static str, T)],
        ) -> Vec<(&'static str, &'static str)> {
            words.iter().map(|(word, choice)| (*word, choice.name_vi())).collect()
        }
        let row = |key: &str, name: &str| {
            let mut row = Row::default();
            row.set(key, name);
            row
        };
        for (key, choices) in [
            ("index", choices(&IndexKind::WORDS)),
            ("respondents", choices(&Respondents::WORDS)),
            ("channel", choices(&Channel::WORDS)),
            ("measure", choices(&Measure::WORDS)),
        ] {
            for (word, name) in choices {
                let mut draft = Draft { targets: vec![row(key, name)], ..Draft::default() };
                draft.take_names(&[]);
                assert_eq!(draft.targets[0].get(key), word, "{name}");
            }
        }
        for (word, name) in choices(&Weights::WORDS) {
            let mut draft = Draft { head: row("weights", name), ..Draft::default() };
            draft.take_names(&[]);
            assert_eq!(draft.head.get("weights"), word, "{name}");
        }
    }
}
