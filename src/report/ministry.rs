//! The estimate by the ministry's way, with what must stand beside it so that nobody takes it for a published SIPAS.

use super::format;
use super::model::{Cell, Table, TableKind};
use super::tables::{Tables, body, figures_column, words_column};
use crate::index::result::{MinistryEstimate, PartEstimate};

/// The heading, in Vietnamese and in English.
pub(super) const HEADING: (&str, &str) = (
    "Ước tính theo cách tính của Bộ, không phải SIPAS công bố",
    "Estimate by the ministry's way, not a published SIPAS",
);

impl Tables<'_> {
    /// The estimate and its parts.
    pub(super) fn ministry(&mut self, estimate: &MinistryEstimate) -> Table {
        let language = self.language;
        let share = |value: f64| Cell::Share(value, format::share(value, &self.minima, language));
        let interval =
            |low: f64, high: f64| Cell::Interval(low, high, format::interval(low, high, &self.minima, language));
        let part = |name: &str, part: &PartEstimate| {
            let (below, above) = part.reach;
            let (low, high) = ((part.value - below).max(0.0), (part.value + above).min(1.0));
            body(vec![
                Cell::Text(name.to_owned()),
                share(part.value),
                interval(low, high),
                Cell::Count(part.respondents, format::count(part.respondents, language)),
                Cell::Count(part.criteria, format::count(part.criteria, language)),
            ])
        };
        let mut rows = vec![body(vec![
            Cell::Text(language.choose("Ước tính chung", "Together").to_owned()),
            share(estimate.value),
            interval(estimate.low, estimate.high),
        ])];
        let named = [
            (language.choose("Phần chính sách", "Policy part"), &estimate.policy),
            (language.choose("Phần cung ứng dịch vụ", "Service part"), &estimate.service),
        ];
        rows.extend(named.into_iter().filter_map(|(name, known)| Some(part(name, known.as_ref()?))));
        for row in &mut rows {
            row.cells.resize(5, Cell::Empty);
        }
        let columns = vec![
            words_column(language.choose("Cách tính của Bộ", "The ministry's way"), 42),
            figures_column(language.choose("Tỷ lệ hài lòng", "Share satisfied"), 14),
            figures_column(language.choose("Khoảng tin cậy (gần đúng)", "Interval (approximate)"), 24),
            figures_column("n", 10),
            figures_column(language.choose("Số tiêu chí", "Criteria"), 12),
        ];
        let weight = format::share(estimate.policy_share, &[], language);
        let mut notes = vec![language.choose(
            "Từ cùng các phiếu của kỳ này, nhưng mọi tiêu chí tính bằng nhau. Bộ chọn mẫu, phiếu hỏi và người trả lời khác (người từ 18 tuổi), \
             nên con số này không thay cho SIPAS được công bố.",
            "From the same sheets of this period, but with every criterion alike. The ministry draws its own sample, asks its own \
             questions and asks adults only, so this is no substitute for the published SIPAS.",
        )
        .to_owned()];
        notes.push(match (&estimate.policy, &estimate.service) {
            (Some(_), Some(_)) => language.choose(
                format!("Phần chính sách chiếm {weight} (theo các số Bộ đã công bố), phần cung ứng dịch vụ là phần còn lại."),
                format!("The policy part weighs {weight} (what the ministry's published figures fit), the service part the rest."),
            ),
            (None, _) => language
                .choose(
                    "Kỳ này chưa có đủ phiếu về chính sách, nên chỉ có phần cung ứng dịch vụ.",
                    "Too few were asked about policies in this period: this is the service part alone.",
                )
                .to_owned(),
            (_, None) => language
                .choose(
                    "Kỳ này chưa có đủ phiếu về dịch vụ, nên chỉ có phần chính sách.",
                    "Too few were asked about services in this period: this is the policy part alone.",
                )
                .to_owned(),
        });
        let (vi, en) = HEADING;
        self.table(TableKind::Ministry, language.choose(vi, en), columns, rows, notes)
    }
}
