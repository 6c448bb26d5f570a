//! What kinds are called in exported tables: one word each, explained in the codebook.

use crate::plan::Channel;
use crate::sheet::tally::{Mode, Respondent, Series};

/// A kind as exported: its word, and what that means in Vietnamese and English.
pub(super) type Word = (&'static str, &'static str, &'static str);

pub(super) fn series(series: Series) -> Word {
    match series {
        Series::Sample => ("sample", "Theo mẫu", "Drawn by a sampling plan"),
        Series::Ticket => ("ticket", "Có mã dùng một lần", "Entitled by a one-time code"),
        Series::Open => ("open", "Tự nguyện", "Volunteers"),
    }
}

pub(super) fn mode(mode: Mode) -> Word {
    match mode {
        Mode::Phone => ("phone", "Trên điện thoại của người dân", "On the citizen's own phone"),
        Mode::Kiosk => ("kiosk", "Trên máy tính bảng tại quầy", "On a tablet at the counter"),
        Mode::Paper => ("paper", "Phiếu giấy", "On paper"),
        Mode::Telephone => ("telephone", "Qua điện thoại", "By telephone"),
        Mode::Interview => ("interview", "Phỏng vấn trực tiếp", "By an interviewer"),
    }
}

pub(super) fn respondent(respondent: Respondent) -> Word {
    match respondent {
        Respondent::Person => ("person", "Người dân", "A citizen"),
        Respondent::Organisation => ("organisation", "Tổ chức, doanh nghiệp", "A business or another organisation"),
    }
}

pub(super) fn channel(channel: Channel) -> Word {
    match channel {
        Channel::Counter => ("counter", "Tại quầy, trường, trạm y tế", "At a counter, a school, a health station"),
        Channel::Online => ("online", "Dịch vụ công trực tuyến", "Online public services"),
    }
}

pub(super) const SERIES: [Series; 3] = [Series::Sample, Series::Ticket, Series::Open];
pub(super) const MODES: [Mode; 5] = [Mode::Phone, Mode::Kiosk, Mode::Paper, Mode::Telephone, Mode::Interview];
pub(super) const RESPONDENTS: [Respondent; 2] = [Respondent::Person, Respondent::Organisation];
pub(super) const CHANNELS: [Channel; 2] = [Channel::Counter, Channel::Online];
