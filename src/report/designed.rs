//! What a designed survey says, and how it was made: estimates by the design, its weights, what became of the numbers drawn, volunteers
//! beside it, and the section on method, which writes itself.

use super::designed_totals;
use super::format::{self, Language};
use super::model::{Block, Cell, Heading, Report, Table, TableKind};
use super::tables::{body, figures_column, words_column};
use super::words;
use crate::index::Verdict;
use crate::sampling::draw::Method;
use crate::sampling::estimate::{Figure, Figures};
use crate::sampling::outcome::Outcome;
use crate::sampling::result::Concluded;
use crate::sampling::weights::{Calibration, Known, TRIM_ABOVE};

/// The name of a method of selection.
pub fn method(method: Method, language: Language) -> &'static str {
    match method {
        Method::Proportional => language.choose(
            "ngẫu nhiên theo tầng, phân bổ tỷ lệ với quy mô tầng",
            "at random in each stratum, in proportion to its size",
        ),
        Method::Equal => {
            language.choose("ngẫu nhiên theo tầng, mỗi tầng bằng nhau", "at random in each stratum, as many in each")
        }
        Method::Neyman => language.choose(
            "ngẫu nhiên theo tầng, phân bổ Neyman (theo quy mô và độ phân tán)",
            "at random in each stratum, by Neyman's allocation (size and spread)",
        ),
        Method::Systematic => {
            language.choose("hệ thống: cách đều theo danh sách", "systematic: at equal steps through the list")
        }
        Method::BySize => {
            language.choose("hệ thống, xác suất tỷ lệ với quy mô (PPS)", "systematic, proportional to size (PPS)")
        }
        Method::Clusters => language.choose(
            "nhiều giai đoạn: chọn cụm với xác suất tỷ lệ với quy mô, rồi chọn ngẫu nhiên trong cụm",
            "in several stages: clusters proportional to size, then at random in each",
        ),
        Method::PointDays => language.choose(
            "điểm và ngày: chọn ngày của từng điểm với xác suất tỷ lệ với số lượt, rồi hỏi cách đều những người đến",
            "point-days: days of points proportional to their cases, then people who come at equal steps",
        ),
    }
}

/// The name of an outcome.
pub fn outcome(outcome: Outcome, language: Language) -> &'static str {
    match outcome {
        Outcome::Complete => language.choose("Trả lời đầy đủ", "Complete"),
        Outcome::Partial => language.choose("Trả lời một phần", "Partial"),
        Outcome::Refused => language.choose("Từ chối hoặc bỏ dở", "Refused or broken off"),
        Outcome::NotReached => language.choose("Không gặp được", "Not reached"),
        Outcome::Other => language.choose("Không hỏi được vì lý do khác", "Not asked for another reason"),
        Outcome::UnknownAddress => {
            language.choose("Không rõ có ai để hỏi không", "Unknown whether there is anybody to ask")
        }
        Outcome::UnknownOther => language.choose("Không rõ có thuộc diện hỏi không", "Unknown whether eligible"),
        Outcome::NotEligible => language.choose("Không thuộc diện hỏi", "Not eligible"),
    }
}

/// Puts what a designed survey says before the first heading of the plain figures. `field_name` names a field by its code.
pub fn told(mut report: Report, found: &Concluded, field_name: &dyn Fn(&str) -> String) -> Report {
    let language = report.language;
    let first = report.blocks.iter().position(|block| matches!(block, Block::Heading(_)));
    let at = first.unwrap_or(report.blocks.len());
    let heading = |number: &'static str, text: &str| Block::Heading(Heading { number, text: text.to_owned() });
    let mut blocks = vec![
        heading("A", language.choose("Ước lượng cho cả khung mẫu", "Estimates for the whole frame")),
        Block::Table(estimates(found, field_name, language)),
    ];
    if !found.targets.is_empty() {
        blocks.push(Block::Table(targets(found, language)));
    }
    if !found.volunteers.is_empty() {
        blocks.push(Block::Table(volunteers(found, field_name, language)));
    }
    blocks.push(heading("B", language.choose("Phương pháp chọn mẫu và ước lượng", "How it was drawn and estimated")));
    blocks.extend(paragraphs(found, language).into_iter().map(Block::Paragraph));
    blocks.push(Block::Table(outcomes(found, language)));
    blocks.push(Block::Table(weights(found, language)));
    blocks.extend(found.adjusted.as_ref().map(|adjusted| Block::Table(designed_totals::table(adjusted, language))));
    blocks.push(Block::Paragraph(
        language
            .choose(
                "Các mục sau đếm mọi phiếu như nhau, không trọng số, để xem từng tiêu chí; kết luận về cả khung mẫu đọc ở mục A.",
                "What follows counts every sheet alike, without weights, criterion by criterion; what is said of the whole frame stands in A.",
            )
            .to_owned(),
    ));
    report.blocks.splice(at..at, blocks);
    report
}

fn table(kind: TableKind, caption: &str, columns: Vec<super::model::Column>, rows: Vec<super::model::Row>) -> Table {
    Table { kind, field: None, number: None, caption: caption.to_owned(), columns, rows, notes: Vec::new() }
}

fn shown(figure: Option<&Figure>, minima: &[f64], language: Language) -> [Cell; 4] {
    let Some(figure) = figure else {
        let hidden = || Cell::Hidden(words::small_cell(language));
        return [hidden(), Cell::Empty, Cell::Empty, Cell::Empty];
    };
    let effect = figure.design_effect.map_or(Cell::Empty, |effect| Cell::Mean(effect, format::mean(effect, language)));
    [
        Cell::Share(figure.value, format::share(figure.value, minima, language)),
        Cell::Interval(figure.low, figure.high, format::interval(figure.low, figure.high, minima, language)),
        Cell::Count(figure.respondents.into(), format::count(figure.respondents.into(), language)),
        effect,
    ]
}

fn named(codes: &str, field_name: &dyn Fn(&str) -> String) -> String {
    codes.split(',').map(field_name).collect::<Vec<_>>().join("; ")
}

fn label(known: &Known, language: Language) -> String {
    let joined =
        known.labels.iter().filter(|label| !label.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" + ");
    if joined.is_empty() { language.choose("cả khung mẫu", "the whole frame").to_owned() } else { joined }
}

fn estimates(found: &Concluded, field_name: &dyn Fn(&str) -> String, language: Language) -> Table {
    let columns = vec![
        words_column(language.choose("Nhóm", "Of whom"), 34),
        words_column(language.choose("Tỷ lệ của", "Share of"), 22),
        figures_column(language.choose("Tỷ lệ hài lòng", "Share satisfied"), 14),
        figures_column(language.choose("Khoảng tin cậy 95%", "95% interval"), 20),
        figures_column("n", 9),
        figures_column(language.choose("Hệ số thiết kế", "Design effect"), 11),
    ];
    let mut rows = Vec::new();
    let mut add = |name: &str, figures: &Figures| {
        let measures = [
            (language.choose("câu trả lời", "answers"), figures.answers.as_ref()),
            (language.choose("số người", "people"), figures.people.as_ref()),
        ];
        for (at, (measure, figure)) in measures.into_iter().enumerate() {
            if at == 0 || figure.is_some() {
                let [share, interval, n, effect] = shown(figure, &[], language);
                rows.push(body(vec![
                    Cell::Text(name.to_owned()),
                    Cell::Text(measure.to_owned()),
                    share,
                    interval,
                    n,
                    effect,
                ]));
            }
        }
    };
    add(language.choose("Cả khung mẫu", "The whole frame"), &found.whole);
    if found.fields.len() > 1 {
        for (codes, figures) in &found.fields {
            add(&named(codes, field_name), figures);
        }
    }
    if found.strata.len() > 1 {
        for (known, figures) in found.weighting.strata.iter().zip(&found.strata) {
            let name = label(known, language);
            add(&language.choose(format!("Tầng {name}"), format!("Stratum {name}")), figures);
        }
    }
    let mut table = table(
        TableKind::Designed,
        language.choose("Tỷ lệ hài lòng ước lượng theo thiết kế mẫu", "Share satisfied, estimated by the design"),
        columns,
        rows,
    );
    table.notes.push(
        language
            .choose(
                "n là số phiếu. Mỗi phiếu có trọng số; khoảng tin cậy tính theo tầng, cụm và trọng số (Korn – Graubard).",
                "n counts sheets. Each has a weight; intervals follow strata, clusters and weights (Korn and Graubard).",
            )
            .to_owned(),
    );
    table
}

fn targets(found: &Concluded, language: Language) -> Table {
    let columns = vec![
        words_column(language.choose("Mục", "Clause"), 12),
        words_column(language.choose("Chỉ tiêu", "Target"), 36),
        figures_column(language.choose("Chỉ tiêu giao", "Minimum"), 12),
        figures_column(language.choose("Tỷ lệ hài lòng", "Share satisfied"), 14),
        figures_column(language.choose("Khoảng tin cậy 95%", "95% interval"), 20),
        words_column(language.choose("Kết luận", "Verdict"), 18),
    ];
    let row = |target: &crate::sampling::result::TargetFigure| {
        let [share, interval, ..] = shown(target.figure.as_ref(), &[target.minimum], language);
        let verdict = target
            .figure
            .as_ref()
            .map_or(Verdict::CannotSay, |figure| Verdict::of((figure.low, figure.high), target.minimum));
        body(vec![
            Cell::Text(target.clause.clone()),
            Cell::Text(target.title.clone()),
            Cell::Share(target.minimum, format::minimum(target.minimum, language)),
            share,
            interval,
            Cell::Verdict(verdict, words::verdict(verdict, language).to_owned()),
        ])
    };
    let rows = found.targets.iter().map(row).collect();
    let caption = language.choose("Chỉ tiêu theo ước lượng của mẫu", "Targets by the sample's estimate");
    table(TableKind::DesignedTargets, caption, columns, rows)
}

fn volunteers(found: &Concluded, field_name: &dyn Fn(&str) -> String, language: Language) -> Table {
    let columns = vec![
        words_column(language.choose("Lĩnh vực", "Field"), 24),
        figures_column(language.choose("Mẫu chọn", "Sample"), 13),
        figures_column(language.choose("Khoảng tin cậy", "Interval"), 19),
        figures_column(language.choose("Tự nguyện", "Volunteers"), 13),
        figures_column(language.choose("Khoảng tin cậy", "Interval"), 19),
        figures_column(language.choose("n tự nguyện", "n volunteers"), 11),
        figures_column(language.choose("Kết hợp", "Composite"), 13),
        figures_column(language.choose("Sai số", "Error"), 10),
        figures_column(language.choose("Trọng số của mẫu", "Weight of the sample"), 13),
    ];
    let row = |beside: &crate::sampling::result::Beside| {
        let own = found.fields.iter().find(|(code, _)| *code == beside.field);
        let [share, interval, ..] = shown(own.and_then(|(_, figures)| figures.answers.as_ref()), &[], language);
        let percent = |value: f64| Cell::Share(value, format::share(value, &[], language));
        let composite = beside.composite.as_ref();
        let of = |value: fn(&crate::stats::composite::Composite) -> f64| {
            composite.map_or(Cell::Empty, |composite| percent(value(composite)))
        };
        body(vec![
            Cell::Text(field_name(&beside.field)),
            share,
            interval,
            percent(beside.value),
            Cell::Interval(beside.low, beside.high, format::interval(beside.low, beside.high, &[], language)),
            Cell::Count(beside.respondents, format::count(beside.respondents, language)),
            of(|composite| composite.value),
            of(|composite| composite.error),
            of(|composite| composite.sample_weight),
        ])
    };
    let rows = found.volunteers.iter().map(row).collect();
    let caption = language.choose(
        "Mẫu chọn và phiếu tự nguyện trong cùng những ngày ấy",
        "The sample, and volunteers of the same days beside it",
    );
    let mut table = table(TableKind::DesignedVolunteers, caption, columns, rows);
    table.notes.push(
        language
            .choose(
                "Hai nguồn không cộng gộp. Cột “Kết hợp” theo Elliott và Haviland (2007): coi mẫu là không chệch, lấy chênh lệch giữa hai nguồn làm \
                 độ chệch của phiếu tự nguyện; chênh lệch càng lớn thì phiếu tự nguyện càng ít trọng số. Sai số là căn của sai số bình phương trung bình.",
                "The two are never pooled. The composite follows Elliott and Haviland (2007): the sample is taken as unbiased and the difference \
                 as the volunteers' bias, so that the larger it is the less they count. The error is the root of the mean squared error.",
            )
            .to_owned(),
    );
    table
}

fn outcomes(found: &Concluded, language: Language) -> Table {
    let columns = vec![
        words_column(language.choose("Mã AAPOR", "AAPOR code"), 12),
        words_column(language.choose("Kết quả tiếp cận", "Disposition"), 50),
        figures_column(language.choose("Số người", "Numbers"), 14),
    ];
    let count = |count: u32| Cell::Count(count.into(), format::count(count.into(), language));
    let mut rows: Vec<_> = found
        .outcomes
        .iter()
        .map(|(known, numbers)| {
            body(vec![
                Cell::Text(known.code().to_owned()),
                Cell::Text(outcome(*known, language).to_owned()),
                count(*numbers),
            ])
        })
        .collect();
    if found.unresolved > 0 {
        let text = language.choose("Chưa ghi kết quả (tính như 3.2)", "No outcome entered (counted as 3.2)");
        rows.push(body(vec![Cell::Empty, Cell::Text(text.to_owned()), count(found.unresolved)]));
    }
    let caption = language.choose("Kết quả tiếp cận những người được chọn", "What became of the numbers drawn");
    let mut table = table(TableKind::DesignedOutcomes, caption, columns, rows);
    table.notes.push(rates(found, language));
    table
}

/// Response rates by AAPOR's formulas, with what divides what.
pub fn rates(found: &Concluded, language: Language) -> String {
    let rates = found.rates();
    let told = rates.response.iter().enumerate().map(|(at, rate)| {
        let rate = rate.map_or_else(|| "–".to_owned(), |rate| format::share(rate, &[], language));
        format!("RR{} {rate}", at + 1)
    });
    let told = told.collect::<Vec<_>>().join("; ");
    let share = rates.eligible_share.map_or_else(|| "–".to_owned(), |share| format::share(share, &[], language));
    language.choose(
        format!(
            "Tỷ lệ phản hồi theo AAPOR (Standard Definitions, bản 10, 2023): {told}. RR1, RR3, RR5 chỉ tính phiếu đầy đủ; RR2, RR4, RR6 tính cả phiếu một \
             phần; RR3 và RR4 coi {share} số người chưa rõ là thuộc diện hỏi; RR5 và RR6 bỏ hết số ấy."
        ),
        format!(
            "Response rates by AAPOR (Standard Definitions, 10th edition, 2023): {told}. RR1, RR3 and RR5 count complete sheets, RR2, RR4 and RR6 partial \
             ones too; RR3 and RR4 take {share} of those unknown as eligible, RR5 and RR6 none."
        ),
    )
}

fn weights(found: &Concluded, language: Language) -> Table {
    let columns = vec![
        words_column(language.choose("Ô mẫu", "Cell"), 34),
        figures_column(language.choose("Được chọn", "Drawn"), 11),
        figures_column(language.choose("Phiếu", "Sheets"), 10),
        figures_column(language.choose("Thiết kế (1/π)", "Design (1/π)"), 13),
        figures_column(language.choose("Không trả lời", "Non-response"), 13),
        figures_column(language.choose("Hiệu chỉnh", "Calibration"), 12),
        figures_column(language.choose("Trọng số", "Weight"), 12),
    ];
    let number = |value: f64| Cell::Mean(value, format::mean(value, language));
    let count = |count: u32| Cell::Count(count.into(), format::count(count.into(), language));
    let row = |(at, weighted): (usize, &crate::sampling::weights::WeightedCell)| {
        let cell = &weighted.cell;
        let labels = [&cell.strata, &cell.groups, &cell.clusters].map(|labels| labels.join(" + "));
        let told: Vec<&str> = labels.iter().map(String::as_str).filter(|label| !label.is_empty()).collect();
        let name = format!(
            "{}. {}",
            at + 1,
            if told.is_empty() { language.choose("cả khung mẫu", "the whole frame") } else { "" }
        );
        body(vec![
            Cell::Text(format!("{name}{}", told.join(", "))),
            count(cell.drawn),
            count(weighted.stored),
            number(weighted.design),
            number(weighted.nonresponse),
            number(weighted.calibration),
            number(weighted.weight),
        ])
    };
    let rows = found.weighting.cells.iter().enumerate().map(row).collect();
    let caption = language.choose("Trọng số của phiếu theo ô mẫu", "Weights of sheets by cell");
    let mut table = table(TableKind::DesignedWeights, caption, columns, rows);
    table.notes.push(
        language
            .choose(
                "Trọng số là tích của ba cột trước. Ô mẫu là tất cả những gì phần mềm biết về người trả lời một phiếu; mỗi ô từ 10 phiếu trở lên, ô ít hơn được \
                 ghép với ô bên cạnh.",
                "A weight is the product of the three columns before it. The cell is all that is known of those who gave answers; each has ten sheets or more, \
                 smaller ones are put together with their neighbour.",
            )
            .to_owned(),
    );
    table
}

/// The section on method.
fn paragraphs(found: &Concluded, language: Language) -> Vec<String> {
    let count = |number: u32| format::count(number.into(), language);
    let outcomes = found.counted();
    let main: u32 = found.weighting.cells.iter().map(|cell| cell.cell.drawn).sum();
    let answered = u32::try_from(outcomes.complete + outcomes.partial).unwrap_or(u32::MAX);
    let how = method(found.selection.method, language);
    let seed = found.selection.seed;
    let substitutes = match found.substitutes {
        0 => language.choose("Không gọi người thay thế.", "No substitute was called in.").to_owned(),
        called => language.choose(
            format!(
                "Gọi {} người thay thế, theo thứ tự đã bốc sẵn trong cùng tầng hoặc cụm; người được thay vẫn tính là không trả lời.",
                count(called)
            ),
            format!(
                "{} substitutes were called in, in the order drawn within the same stratum or cluster; those they stand for still count as silent.",
                count(called)
            ),
        ),
    };
    let per_cluster = match found.selection.method {
        Method::Clusters => language.choose(
            format!(" Mỗi cụm chọn {} người.", found.selection.per_cluster),
            format!(" {} people in each cluster.", found.selection.per_cluster),
        ),
        Method::PointDays => {
            let people = count(found.weighting.strata.iter().map(|known| known.rows).sum());
            language.choose(
                format!(
                    " Mỗi dòng là một điểm trong một ngày, cả khung dự kiến {people} lượt; mỗi ngày được chọn hỏi khoảng {} người, bắt đầu từ một người ngẫu nhiên. Ai \
                     đến nhiều lần có nhiều cơ hội được hỏi: kết quả là của lượt, không phải của người.",
                    found.selection.per_cluster
                ),
                format!(
                    " Each row is a point on a day, {people} visits expected in all; about {} people are asked on each day drawn, from a random one on. Who comes \
                     more often is asked more likely: figures are of visits, not of people.",
                    found.selection.per_cluster
                ),
            )
        }
        _ => String::new(),
    };
    let joined = found.weighting.strata.iter().filter(|known| known.labels.len() > 1);
    let joined = joined.map(|known| label(known, language)).collect::<Vec<_>>().join("; ");
    let joined = if joined.is_empty() {
        String::new()
    } else {
        language.choose(
            format!(" Các tầng ít phiếu được ghép: {joined}."),
            format!(" Strata put together for few sheets: {joined}."),
        )
    };
    let calibrated = match found.weighting.calibration {
        Calibration::StrataAndGroups => {
            language.choose("số dòng của từng tầng và từng nhóm", "the rows of each stratum and each group")
        }
        Calibration::Strata => language.choose("số dòng của từng tầng", "the rows of each stratum"),
    };
    let trimmed = match found.weighting.trimmed {
        0 => language.choose("Không trọng số nào phải cắt.", "No weight had to be cut.").to_owned(),
        cut => language.choose(
            format!("Trọng số của {} phiếu vượt {TRIM_ABOVE} lần trung vị nên được cắt về mức ấy, phần cắt chia cho các phiếu khác.", count(cut)),
            format!("The weight of {} sheets was above {TRIM_ABOVE} times the median and cut to it, the rest spread over the others.", count(cut)),
        ),
    };
    let (rows, drawn, given, sheets) = (count(found.frame_rows), count(main), count(answered), count(found.sheets));
    let mut told = vec![
        language.choose(
            format!(
                "Khung mẫu có {rows} dòng, chỉ gồm mã số riêng của khung, không có họ tên. Chọn {drawn} người: {how}.{per_cluster} Số khởi tạo {seed}: cùng khung \
                 mẫu và cùng số này luôn chọn ra đúng những người ấy. {given} người trả lời, {sheets} phiếu vào ước lượng. {substitutes}"
            ),
            format!(
                "The frame has {rows} rows, numbers of its own without names. {drawn} were drawn: {how}.{per_cluster} Seed {seed}: the same frame and \
                 seed always draw the same people. {given} answered, {sheets} sheets are behind the estimates. {substitutes}"
            ),
        ),
        language.choose(
            format!(
                "Trọng số = nghịch đảo xác suất được chọn × hệ số không trả lời trong ô × hiệu chỉnh theo {calibrated} trong khung (raking). {trimmed}{joined} \
                 Khoảng tin cậy theo tuyến tính hóa, có tính phần dư của hiệu chỉnh, không trừ phần đã chọn trong khung. Điều không ai biết về những người im lặng \
                 thì trọng số không sửa được."
            ),
            format!(
                "Weight = 1/probability of being drawn × non-response within the cell × calibration to {calibrated} of the frame (raking). {trimmed}{joined} \
                 Intervals by linearisation with the residuals of the calibration, without correction for the finite frame. What nobody knows of the silent \
                 ones, no weight mends."
            ),
        ),
    ];
    told.extend(found.adjusted.as_ref().map(|adjusted| designed_totals::sentence(adjusted, language)));
    told
}
