//! What the words of a plan are called on pages and in texts, Vietnamese first.

use crate::sheet::tally::Series;

use super::{Channel, CountKind, FieldOfService, IndexKind, Measure, Respondents, Target, Weights};

/// Every series, with the word that files and JSON use.
pub(super) const SERIES: [(&str, Series); 3] =
    [("sample", Series::Sample), ("ticket", Series::Ticket), ("open", Series::Open)];

/// Series in the order of a plan's preference, for pages and texts.
pub fn series_vi(series: &[Series]) -> String {
    let name = |series: &Series| match series {
        Series::Sample => "phiếu điều tra theo mẫu",
        Series::Ticket => "phiếu có mã dùng một lần",
        Series::Open => "phiếu tự nguyện",
    };
    series.iter().map(name).collect::<Vec<_>>().join(", không đủ thì ")
}

/// The same in English.
pub fn series_en(series: &[Series]) -> String {
    let name = |series: &Series| match series {
        Series::Sample => "survey sample",
        Series::Ticket => "one-time codes",
        Series::Open => "volunteers",
    };
    series.iter().map(name).collect::<Vec<_>>().join(", else ")
}

impl IndexKind {
    /// Every index, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("sipas", Self::Sipas),
        ("procedures", Self::Procedures),
        ("public_services", Self::PublicServices),
        ("policy", Self::Policy),
    ];

    /// The word that files and JSON use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sipas => "sipas",
            Self::Procedures => "procedures",
            Self::PublicServices => "public_services",
            Self::Policy => "policy",
        }
    }

    /// Vietnamese name.
    pub fn name_vi(self) -> &'static str {
        match self {
            Self::Sipas => "Sự phục vụ của cơ quan hành chính (SIPAS)",
            Self::Procedures => "Giải quyết thủ tục hành chính",
            Self::PublicServices => "Dịch vụ công",
            Self::Policy => "Chính sách",
        }
    }

    /// English name.
    pub fn name_en(self) -> &'static str {
        match self {
            Self::Sipas => "Service of the administrative agencies (SIPAS)",
            Self::Procedures => "Handling of administrative procedures",
            Self::PublicServices => "Public services",
            Self::Policy => "Policy",
        }
    }
}

impl CountKind {
    /// Every kind, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 8] = [
        ("complaints_in_time", Self::ComplaintsInTime),
        ("dialogues", Self::Dialogues),
        ("head_dialogues", Self::HeadDialogues),
        ("office_dialogues", Self::OfficeDialogues),
        ("news_items", Self::NewsItems),
        ("broadcasts", Self::Broadcasts),
        ("city_items", Self::CityItems),
        ("accepted_items", Self::AcceptedItems),
    ];
}

impl Channel {
    /// Every channel, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 2] = [("counter", Self::Counter), ("online", Self::Online)];

    /// Vietnamese name.
    pub fn name_vi(self) -> &'static str {
        match self {
            Self::Counter => "trực tiếp",
            Self::Online => "trực tuyến",
        }
    }

    /// English name.
    pub fn name_en(self) -> &'static str {
        match self {
            Self::Counter => "at the counter",
            Self::Online => "online",
        }
    }
}

impl Measure {
    /// Both, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 2] = [("answers", Self::Answers), ("people", Self::People)];

    /// Whether it is the one that is left out of files.
    pub fn is_of_answers(&self) -> bool {
        *self == Self::Answers
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Answers => Self::People,
            Self::People => Self::Answers,
        }
    }

    /// Vietnamese name.
    pub fn name_vi(self) -> &'static str {
        match self {
            Self::Answers => "tỷ lệ câu trả lời hài lòng",
            Self::People => "tỷ lệ người hài lòng",
        }
    }

    /// English name.
    pub fn name_en(self) -> &'static str {
        match self {
            Self::Answers => "share of satisfied answers",
            Self::People => "share of satisfied people",
        }
    }
}

impl Respondents {
    /// Every choice, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 3] =
        [("all", Self::All), ("person", Self::Person), ("organisation", Self::Organisation)];

    /// Vietnamese name.
    pub fn name_vi(self) -> &'static str {
        match self {
            Self::All => "người dân, doanh nghiệp, tổ chức",
            Self::Person => "người dân",
            Self::Organisation => "doanh nghiệp, tổ chức",
        }
    }

    /// English name.
    pub fn name_en(self) -> &'static str {
        match self {
            Self::All => "people, businesses and organisations",
            Self::Person => "people",
            Self::Organisation => "businesses and organisations",
        }
    }
}

impl Weights {
    /// Every choice, with the word that files and JSON use.
    pub const WORDS: [(&'static str, Self); 3] =
        [("volumes", Self::Volumes), ("equal", Self::Equal), ("respondents", Self::Respondents)];

    /// Vietnamese name.
    pub fn name_vi(self) -> &'static str {
        match self {
            Self::Volumes => "theo số hồ sơ đã giải quyết",
            Self::Equal => "các lĩnh vực như nhau",
            Self::Respondents => "theo số người trả lời",
        }
    }

    /// English name.
    pub fn name_en(self) -> &'static str {
        match self {
            Self::Volumes => "by cases handled",
            Self::Equal => "every field alike",
            Self::Respondents => "by respondents",
        }
    }
}

impl Target {
    /// Names of its fields, Vietnamese, in the order of the plan.
    pub fn fields_vi(&self, fields: &[FieldOfService]) -> String {
        if self.fields.is_empty() {
            return "tất cả lĩnh vực".to_owned();
        }
        let names = self.fields.iter().map(|id| field_name_vi(fields, id));
        names.collect::<Vec<_>>().join(", ")
    }

    /// Names of its fields, English, in the order of the plan.
    pub fn fields_en(&self, fields: &[FieldOfService]) -> String {
        if self.fields.is_empty() {
            return "all fields".to_owned();
        }
        let names = self.fields.iter().map(|id| field_name_en(fields, id));
        names.collect::<Vec<_>>().join(", ")
    }
}

/// Vietnamese name of a field; the identifier itself where the table does not know it.
pub fn field_name_vi<'a>(fields: &'a [FieldOfService], id: &'a str) -> &'a str {
    let known = fields.iter().find(|field| field.id == id);
    known.map_or(id, |field| &field.name_vi)
}

/// English name of a field; the identifier itself where the table does not know it.
pub fn field_name_en<'a>(fields: &'a [FieldOfService], id: &'a str) -> &'a str {
    let known = fields.iter().find(|field| field.id == id);
    known.map_or(id, |field| &field.name_en)
}

/// A clause as a Vietnamese reader quotes it: `annex I.6` is `phụ lục I.6`.
pub fn clause_vi(clause: &str) -> String {
    clause.replace("annex", "phụ lục")
}
