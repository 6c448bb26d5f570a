//! A report made up by hand, for tests: every figure is invented, none was computed.

use chrono::NaiveDate;

use super::format::Language;
use super::names::Names;
use super::setting::Setting;
use crate::index::result::{
    Basis, CriterionResult, Estimate, FactorResult, FieldResult, FieldVerdict, HiddenNode, IndexReport, Node, Reason,
    Suspects, TargetResult, Verdict,
};
use crate::plan::closing::State;
use crate::plan::{Channel, FieldOfService, IndexKind, Measure, Plan, Respondents, Target, Weights};
use crate::sheet::tally::{Mode, Series};
use crate::stats::RateMethod;
use crate::survey::{Factor, Feed, Item, Questionnaire, Section, Text};

/// A name that would do harm if it were printed as it is.
pub(crate) const HOSTILE: &str = "Đất đai <script>alert(1)</script> & \"nhà\" 'ở'\u{0}\u{b}";

pub(crate) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

pub(crate) fn estimate(value: f64, low: f64, high: f64, respondents: u64) -> Estimate {
    Estimate {
        value,
        low,
        high,
        confidence: 0.95,
        method: if respondents < 100 { RateMethod::RespondentWilson } else { RateMethod::ClusterWilson },
        respondents,
        answers: respondents * 9,
        clusters: respondents / 6,
        design_effect: Some(4.8),
        modes: vec![Mode::Phone, Mode::Paper],
    }
}

fn bilingual(vi: &str, en: &str) -> Text {
    Text([("vi".to_owned(), vi.to_owned()), ("en".to_owned(), en.to_owned())].into())
}

fn hidden(field: Option<&str>, factor: Option<&str>, item: Option<&str>) -> HiddenNode {
    let owned = |id: Option<&str>| id.map(str::to_owned);
    HiddenNode { field: owned(field), factor: owned(factor), item: owned(item), hidden: true }
}

fn target(id: &str, clause: &str, index: IndexKind, fields: &[&str], minimum: f64) -> TargetResult {
    TargetResult {
        target: id.to_owned(),
        clause: clause.to_owned(),
        index,
        fields: fields.iter().map(|&field| field.to_owned()).collect(),
        channel: None,
        respondents: Respondents::All,
        measure: Measure::Answers,
        other_measure: None,
        minimum,
        part_of: None,
        estimate: None,
        verdict: Verdict::CannotSay,
        reason: None,
        point_reached: None,
        respondents_to_settle: None,
        outlook: None,
        low_points: Vec::new(),
        missing_fields: vec![],
        missing: vec![],
        collapsed_fields: vec![],
        declared_empty: vec![],
        respondents_left: None,
        other_fields: None,
        by_field: vec![],
    }
}

fn criterion(item: &str, estimate: Estimate, levels: [u64; 5]) -> Node<CriterionResult> {
    let respondents = estimate.respondents;
    Node::Shown(CriterionResult { item: item.to_owned(), estimate, respondents, levels, not_used: 7, blank: 3 })
}

/// Two shown fields, one hidden; a hidden factor, a hidden criterion; four targets with every verdict.
pub(crate) fn index() -> IndexReport {
    let mut short = target("sipas", "I.2.1", IndexKind::Sipas, &["all"], 0.90);
    short.estimate = Some(estimate(0.8996, 0.8871, 0.9109, 1234));
    short.point_reached = Some(false);
    short.respondents_to_settle = Some(2100);
    short.reason = Some(Reason::Incomplete);
    short.missing_fields = vec!["labour".to_owned()];
    let mut met = target("public", "I.2.1", IndexKind::PublicServices, &["health", "education"], 0.87);
    met.part_of = Some("sipas".to_owned());
    met.estimate = Some(estimate(0.912, 0.8995, 0.9231, 934));
    met.verdict = Verdict::Met;
    met.point_reached = Some(true);
    met.by_field = vec![
        Node::Shown(FieldVerdict {
            field: "health".to_owned(),
            estimate: estimate(0.8512, 0.8301, 0.8694, 880),
            verdict: Verdict::NotMet,
            reason: None,
            point_reached: false,
            weight: Some(0.5),
        }),
        Node::Hidden(hidden(Some("education"), None, None)),
    ];
    let mut not_met = target("land", "I.2.2", IndexKind::Procedures, &["land"], 0.95);
    not_met.estimate = Some(estimate(0.7654, 0.6789, 0.8342, 54));
    not_met.verdict = Verdict::NotMet;
    not_met.point_reached = Some(false);
    let mut small = target("online", "I.2.1", IndexKind::Procedures, &["all"], 0.95);
    small.channel = Some(Channel::Online);
    small.reason = Some(Reason::SmallCell);

    let health = FieldResult {
        field: "health".to_owned(),
        estimate: estimate(0.8512, 0.8301, 0.8694, 880),
        reason: None,
        waiting: vec![],
        mean_score: 4.31,
        factors: vec![
            Node::Shown(FactorResult {
                factor: "access".to_owned(),
                estimate: estimate(0.8123, 0.7811, 0.8402, 870),
                mean_score: 4.1,
                criteria: vec![
                    criterion("access_signs", estimate(0.8234, 0.7912, 0.8516, 868), [9, 20, 124, 400, 315]),
                    criterion("access_times", estimate(0.7033, 0.6610, 0.7424, 512), [12, 40, 100, 210, 150]),
                    Node::Hidden(hidden(None, None, Some("access_online"))),
                ],
            }),
            Node::Shown(FactorResult {
                factor: "medicine".to_owned(),
                estimate: estimate(0.9020, 0.8700, 0.9270, 640),
                mean_score: 4.42,
                criteria: vec![criterion(
                    "medicine_stock",
                    estimate(0.7102, 0.6712, 0.7421, 640),
                    [10, 22, 154, 300, 154],
                )],
            }),
            Node::Hidden(hidden(None, Some("feedback"), None)),
        ],
    };
    let land = FieldResult {
        field: "land".to_owned(),
        estimate: Estimate { modes: vec![Mode::Kiosk], ..estimate(0.7654, 0.6789, 0.8342, 54) },
        reason: None,
        waiting: vec!["dat-dai".to_owned()],
        mean_score: 3.9,
        factors: vec![Node::Shown(FactorResult {
            factor: "procedures".to_owned(),
            estimate: estimate(0.7654, 0.6789, 0.8342, 54),
            mean_score: 3.9,
            criteria: vec![
                criterion("procedures_time", estimate(0.6415, 0.5071, 0.7568, 53), [4, 6, 9, 20, 14]),
                criterion("procedures_fee", estimate(0.8276, 0.6535, 0.9240, 29), [0, 1, 4, 14, 10]),
            ],
        })],
    };
    IndexReport {
        plan: "o-dien-2026-2030".to_owned(),
        period: "2026-h1".to_owned(),
        from: day(2026, 1, 1),
        to: day(2026, 5, 31),
        due: Some(day(2026, 6, 10)),
        assumed: true,
        so_far: false,
        unit: "xa-o-dien".to_owned(),
        series: Series::Open,
        basis: Basis::Volunteers,
        weights: Weights::Equal,
        volumes: None,
        suspects: Suspects::In,
        live: false,
        frozen: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned()),
        state: State::Published,
        version: Some(1),
        targets: vec![short, met, not_met, small],
        counts: Vec::new(),
        remedies: Vec::new(),
        tasks: Vec::new(),
        coverage: None,
        fields: vec![Node::Shown(health), Node::Hidden(hidden(Some("education"), None, None)), Node::Shown(land)],
        factors: vec![],
        other_fields: None,
        units: vec![],
        offices_as_of: None,
        points: vec![],
        ministry: None,
        waiting: None,
        days: None,
        beyond: None,
        questionnaires: vec![],
        profile: vec![],
    }
}

/// The plan that sets the targets of [`index`].
pub(crate) fn plan() -> Plan {
    let target = |id: &str, vi: &str, en: &str| Target {
        id: id.to_owned(),
        clause: "I.2.1".to_owned(),
        index: IndexKind::Sipas,
        fields: vec![],
        respondents: Respondents::All,
        channel: None,
        measure: Measure::Answers,
        from: day(2026, 1, 1),
        to: day(2027, 12, 31),
        minimum: 0.9,
        part_of: None,
        title_vi: vi.to_owned(),
        title_en: en.to_owned(),
    };
    Plan {
        key: "o-dien-2026-2030".to_owned(),
        number: Some("12/QĐ-UBND".to_owned()),
        title_vi: "Chương trình cải cách hành chính giai đoạn 2026–2030".to_owned(),
        title_en: "Administrative reform programme 2026–2030".to_owned(),
        unit: "xa-o-dien".to_owned(),
        unit_name: "xã Ô Diên".to_owned(),
        parent_unit: "ha-noi".to_owned(),
        parent_name: "thành phố Hà Nội".to_owned(),
        dated: Some(day(2026, 6, 5)),
        from: day(2026, 1, 1),
        to: day(2030, 12, 31),
        weights: Weights::Equal,
        confidence: 0.95,
        series: vec![Series::Open],
        ministry_policy_share: 32.0 / 51.0,
        targets: vec![
            target("sipas", "Hài lòng về sự phục vụ của cơ quan hành chính", "Satisfaction with the agencies"),
            target("public", "Hài lòng về dịch vụ công, nhất là y tế, giáo dục", "Satisfaction with public services"),
            target("online", "Hài lòng khi dùng dịch vụ công trực tuyến", "Satisfaction with online services"),
        ],
        counts: Vec::new(),
        periods: vec![],
        tasks: vec![],
    }
}

/// The names of everything in [`index`].
pub(crate) fn names() -> Names {
    let field = |id: &str, vi: &str, en: &str| FieldOfService {
        id: id.to_owned(),
        name_vi: vi.to_owned(),
        name_en: en.to_owned(),
    };
    let fields = [
        field("health", "Y tế công lập", "Public health"),
        field("education", "Giáo dục công lập", "Public education"),
        field("land", HOSTILE, HOSTILE),
        field("labour", "Lao động, người có công, xã hội", "Labour and social affairs"),
    ];
    let mut names = Names::new("xã Ô Diên", &fields);
    names.add(&questionnaire());
    names
}

/// A questionnaire with the items of [`index`].
pub(crate) fn questionnaire() -> Questionnaire {
    let item = |id: &str, vi: &str, en: &str| Item {
        id: id.to_owned(),
        text: bilingual(vi, en),
        help: Text::default(),
        source: None,
        required: false,
        audio: Text::default(),
    };
    let section = |id: &str, factor, vi: &str, en: &str, items| Section {
        id: id.to_owned(),
        factor,
        feeds: vec![Feed::Sipas],
        title: bilingual(vi, en),
        items,
        optional: false,
        ..Section::default()
    };
    Questionnaire {
        id: "tram-y-te".to_owned(),
        version: 1,
        fields: vec!["health".to_owned(), "land".to_owned()],
        languages: vec!["vi".to_owned(), "en".to_owned()],
        title: bilingual("Ông/Bà hài lòng đến đâu?", "How satisfied are you?"),
        intro: bilingual("Xin chấm từng điều dưới đây.", "Please rate each point below."),
        estimated_seconds: 80,
        levels: super::words::levels(Language::Vi).map(|level| bilingual(level, level)),
        not_used: bilingual("Không sử dụng, không có ý kiến", "Not used, no opinion"),
        sections: vec![
            section(
                "access",
                Some(Factor::Access),
                "Đến trạm và tìm thông tin",
                "Reaching the station",
                vec![
                    item("access_signs", "Biển chỉ đường, biển tên trạm rõ ràng, dễ thấy", "Signs are easy to see"),
                    item(
                        "access_times",
                        "Dễ hỏi, dễ biết lịch khám và dịch vụ của trạm",
                        "Opening hours are easy to find",
                    ),
                    item("access_online", "Đặt lịch khám trực tuyến thuận tiện", "Booking online is convenient"),
                ],
            ),
            section(
                "medicine",
                None,
                "Thuốc và vật tư",
                "Medicines",
                vec![item("medicine_stock", "Thuốc bảo hiểm y tế đầy đủ theo đơn", "Insured medicines are in stock")],
            ),
            section(
                "procedures",
                Some(Factor::Procedures),
                "Hồ sơ và lệ phí",
                "Papers and fees",
                vec![
                    item("procedures_time", "Thời gian chờ giải quyết đúng hẹn", "Done by the promised day"),
                    item("procedures_fee", "Phí, lệ phí đúng mức đã công khai", "Fees as published"),
                ],
            ),
        ],
        demographics: vec![],
        comment: None,
        unreviewed: Vec::new(),
    }
}

/// The setting in `language` of the report on [`index`].
pub(crate) fn setting<'a>(plan: &'a Plan, names: &'a Names, language: Language) -> Setting<'a> {
    Setting {
        plan,
        names,
        language,
        as_of: day(2026, 6, 2),
        dated: None,
        number: None,
        audit_head: None,
        corrects: None,
        outside: &[],
        demonstration: false,
    }
}
