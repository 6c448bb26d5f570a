//! What a designed survey says of the known totals that its weights were calibrated to.

use super::format::{self, Language};
use super::model::{Cell, Table, TableKind};
use super::tables::{body, figures_column, words_column};
use crate::sampling::totals::{Adjusted, Named, Way};
use crate::sampling::weights::TRIM_ABOVE;

/// What weights were calibrated to beside the frame.
pub(super) fn table(adjusted: &Adjusted, language: Language) -> Table {
    let columns = vec![
        words_column(language.choose("Câu hỏi", "Question"), 30),
        words_column(language.choose("Mức", "Level"), 40),
        figures_column(language.choose("Tổng đã biết", "Known total"), 16),
        figures_column(language.choose("Tỷ trọng", "Share"), 12),
    ];
    let name = |named: &Named| language.choose(named.vi.clone(), named.en.clone());
    let mut rows = Vec::new();
    for used in &adjusted.questions {
        let all: u64 = used.levels.iter().map(|(_, known)| known).sum();
        for (options, known) in &used.levels {
            let share = *known as f64 / all as f64;
            rows.push(body(vec![
                Cell::Text(name(&used.question)),
                Cell::Text(options.iter().map(name).collect::<Vec<_>>().join(" + ")),
                Cell::Count(*known, format::count(*known, language)),
                Cell::Share(share, format::share(share, &[], language)),
            ]));
        }
    }
    let caption = language
        .choose("Tổng đã biết mà trọng số được hiệu chỉnh theo", "Known totals that weights were calibrated to");
    let note = language
            .choose(
                "Chỉ dùng tỷ trọng. Mức có dưới 10 phiếu được ghép với mức bên cạnh. Phiếu để trống câu hỏi giữ tỷ trọng như trong mẫu; tỷ trọng ấy được coi là đã \
                 biết dù cũng lấy từ mẫu, nên câu có nhiều phiếu để trống làm khoảng tin cậy hẹp hơn thực tế. Bảng trọng số ở trên là khi chưa theo các tổng này, để không \
                 suy ra được ai trong ô trả lời gì về bản thân.",
                "Only proportions are used. A level of fewer than ten sheets is put together with its neighbour. Sheets that left the question blank keep their share in the \
                 sample; it is taken as known though the sample gave it, so that where many left a question blank intervals are narrower than they should be. The weights above \
                 are those without these totals, so that nobody can tell what the people of a cell said of themselves.",
            )
            .to_owned();
    Table {
        kind: TableKind::DesignedTotals,
        field: None,
        number: None,
        caption: caption.to_owned(),
        columns,
        rows,
        notes: vec![note],
    }
}

/// How weights were calibrated to known totals, in a sentence or two.
pub(super) fn sentence(adjusted: &Adjusted, language: Language) -> String {
    let names = |all: &mut dyn Iterator<Item = &Named>| {
        all.map(|named| language.choose(named.vi.as_str(), named.en.as_str())).collect::<Vec<_>>().join("; ")
    };
    let used = names(&mut adjusted.questions.iter().map(|used| &used.question));
    let factor = |value: f64| format::mean(value, language);
    let way = match adjusted.way {
        Way::Raking => language.choose("raking".to_owned(), "by raking".to_owned()),
        Way::Bounded { low, high } => language.choose(
            format!("tuyến tính, hệ số từ {} đến {}", factor(low), factor(high)),
            format!("linearly, by factors from {} to {}", factor(low), factor(high)),
        ),
    };
    let left_out = match adjusted.left_out.as_slice() {
        [] => String::new(),
        left => {
            let left = names(&mut left.iter());
            language.choose(
                format!(
                    " Không dùng được: {left} (quá ít phiếu ở các mức, hoặc không khớp cùng lúc với các tổng khác)."
                ),
                format!(" Not used: {left} (too few sheets in its levels, or not to be met together with the others)."),
            )
        }
    };
    let cut = if adjusted.trimmed {
        language.choose(
            format!(" Trọng số vượt {TRIM_ABOVE} lần trung vị được cắt, nên các tổng chỉ còn gần đúng."),
            format!(" Weights above {TRIM_ABOVE} times the median were cut, so that totals are met only nearly."),
        )
    } else {
        String::new()
    };
    let (before, after) = (factor(adjusted.effect_before), factor(adjusted.effect_after));
    language.choose(
        format!(
            "Kết quả dùng trọng số của từng phiếu, hiệu chỉnh từ trọng số ban đầu (nghịch đảo xác suất, bù người không trả lời) cho khớp cùng lúc với khung mẫu và với tổng đã \
             biết về: {used} ({way}).{cut} Mức không đều của trọng số (1 + cv²): {before} trước mọi hiệu chỉnh, {after} sau hiệu chỉnh; phương sai lớn lên chừng ấy \
             lần nếu trọng số không liên quan đến câu trả lời.{left_out}"
        ),
        format!(
            "Figures use a weight of each sheet, calibrated from its first one (the inverse of its probability, with a share of those who did not answer) to the frame and to what \
             is known of: {used} ({way}), all at once.{cut} How unequal weights are (1 + cv²): {before} before any calibration, {after} after it; so many times the \
             variance is larger where weights have nothing to do with the answers.{left_out}"
        ),
    )
}
