//! How a plan typed in Vietnamese spells its choices: what a draft reads, and what the workbook to fill in offers to choose from.
//!
//! These are words of files. A page may come to call a choice otherwise; workbooks that were filled in with these spellings are
//! brought back for years, so a spelling that was offered once stays readable.

use super::{Channel, IndexKind, Measure, Respondents, Serves, Weights};

impl IndexKind {
    /// Its spelling in a plan typed in Vietnamese.
    pub fn spelled_vi(self) -> &'static str {
        match self {
            Self::Sipas => "Sự phục vụ của cơ quan hành chính (SIPAS)",
            Self::Procedures => "Giải quyết thủ tục hành chính",
            Self::PublicServices => "Dịch vụ công",
            Self::Policy => "Chính sách",
        }
    }
}

impl Channel {
    /// Its spelling in a plan typed in Vietnamese.
    pub fn spelled_vi(self) -> &'static str {
        match self {
            Self::Counter => "trực tiếp",
            Self::Online => "trực tuyến",
        }
    }
}

impl Measure {
    /// Its spelling in a plan typed in Vietnamese.
    pub fn spelled_vi(self) -> &'static str {
        match self {
            Self::Answers => "tỷ lệ câu trả lời hài lòng",
            Self::People => "tỷ lệ người hài lòng",
        }
    }
}

impl Respondents {
    /// Its spelling in a plan typed in Vietnamese.
    pub fn spelled_vi(self) -> &'static str {
        match self {
            Self::All => "người dân, doanh nghiệp, tổ chức",
            Self::Person => "người dân",
            Self::Organisation => "doanh nghiệp, tổ chức",
        }
    }
}

impl Weights {
    /// Its spelling in a plan typed in Vietnamese.
    pub fn spelled_vi(self) -> &'static str {
        match self {
            Self::Volumes => "theo số hồ sơ đã giải quyết",
            Self::Equal => "các lĩnh vực như nhau",
            Self::Respondents => "theo số người trả lời",
        }
    }
}

impl Serves {
    /// Its spelling in a plan typed in Vietnamese: the column has the name, and says yes to it.
    pub fn spelled_vi(self) -> &'static str {
        match self {
            Self::Complaints => "có",
        }
    }
}
