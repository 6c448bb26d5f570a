//! The service points: counters, desks, schools, the online channel, and what each of them asks.

use chrono::NaiveDate;

use super::calendar::{Rhythm, civil};
use super::communes::Commune;
use super::rates::COMMUNES;
use crate::plan::Channel;
use crate::survey::Questionnaire;

/// A service point to add.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoPoint {
    /// `<unit>/<point>`: names it among the demonstration's points.
    pub key: String,
    /// Code of its unit.
    pub unit: String,
    /// Code of the ward or commune above the unit.
    pub commune: String,
    /// Name: Vietnamese.
    pub name_vi: String,
    /// Name: English.
    pub name_en: String,
    /// Place of its questionnaire in the list given.
    pub questionnaire: usize,
    /// By which channel it serves.
    pub channel: Channel,
    /// Fields it serves, one at least, all served by the questionnaire.
    pub fields: Vec<String>,
    /// First day with answers.
    pub opened: NaiveDate,
    /// Last day with answers, where that is on or before the last day of the demonstration.
    pub last_day: Option<NaiveDate>,
    /// People who come on an ordinary day, relative to other points.
    pub traffic: f64,
    /// How much better (above 0) or worse it truly is than others of its field, on the probit scale.
    pub level: f64,
    /// Column of its commune in the tables of `rates`.
    pub(super) place: usize,
    /// When people come.
    pub(super) rhythm: Rhythm,
}

/// A point as it stands in every commune.
struct Template {
    /// End of the unit's code.
    unit: &'static str,
    key: &'static str,
    /// Vietnamese, English.
    name: (&'static str, &'static str),
    /// Questionnaires it may ask, the best first.
    questionnaires: &'static [&'static str],
    fields: &'static [&'static str],
    traffic: f64,
    rhythm: Rhythm,
}

const fn at(
    unit: &'static str,
    key: &'static str,
    name: (&'static str, &'static str),
    questionnaires: &'static [&'static str],
    fields: &'static [&'static str],
    (traffic, rhythm): (f64, Rhythm),
) -> Template {
    Template { unit, key, name, questionnaires, fields, traffic, rhythm }
}

const SHORT: &[&str] = &["thu-tuc-hanh-chinh-ngan"];

const POINTS: [Template; 17] = [
    at(
        "mot-cua",
        "ho-tich",
        ("Quầy 1 – Tư pháp, hộ tịch", "Counter 1 – Judicial affairs, civil status"),
        SHORT,
        &["judicial"],
        (1.7, Rhythm::Office),
    ),
    at(
        "mot-cua",
        "an-sinh",
        ("Quầy 2 – Lao động, người có công, bảo hiểm xã hội", "Counter 2 – Labour, people of merit, social insurance"),
        SHORT,
        &["labour", "social_insurance"],
        (1.3, Rhythm::Office),
    ),
    at(
        "mot-cua",
        "dat-dai",
        ("Quầy 3 – Đất đai, môi trường", "Counter 3 – Land, environment"),
        SHORT,
        &["land", "environment"],
        (1.2, Rhythm::Office),
    ),
    at(
        "mot-cua",
        "xay-dung",
        ("Quầy 4 – Xây dựng, đầu tư, quy hoạch", "Counter 4 – Construction, investment, planning"),
        SHORT,
        &["construction", "investment", "planning"],
        (1.0, Rhythm::Office),
    ),
    at(
        "mot-cua",
        "an-toan",
        ("Quầy 5 – Phòng cháy, giao thông", "Counter 5 – Fire safety, traffic"),
        SHORT,
        &["fire_safety", "traffic"],
        (0.6, Rhythm::Office),
    ),
    at(
        "mot-cua",
        "tra-ket-qua",
        ("Bàn trả kết quả", "Result desk"),
        &["thu-tuc-hanh-chinh-day-du"],
        &["judicial", "labour", "land"],
        (0.7, Rhythm::Office),
    ),
    at(
        "mot-cua",
        "truc-tuyen",
        ("Nộp hồ sơ trực tuyến", "Online applications"),
        &["dich-vu-cong-truc-tuyen", "thu-tuc-hanh-chinh-ngan"],
        &["online", "judicial", "labour", "social_insurance"],
        (1.0, Rhythm::Online),
    ),
    at("kinh-te", "ho-so-dat-dai", ("Hồ sơ đất đai", "Land files"), &["dat-dai"], &["land"], (0.5, Rhythm::Office)),
    at(
        "kinh-te",
        "ho-so-xay-dung",
        ("Hồ sơ xây dựng, đầu tư", "Construction and investment files"),
        &["xay-dung-dau-tu"],
        &["construction", "investment"],
        (0.4, Rhythm::Office),
    ),
    at(
        "van-hoa-xa-hoi",
        "chinh-sach",
        ("Lấy ý kiến về chính sách", "Opinions on policies"),
        &["chinh-sach"],
        &["general"],
        (0.5, Rhythm::Office),
    ),
    at(
        "van-phong",
        "doi-thoai",
        ("Hội nghị đối thoại với người dân, doanh nghiệp", "Dialogue with people and businesses"),
        &["doi-thoai"],
        &["general"],
        (25.0, Rhythm::Dialogue),
    ),
    at(
        "tram-y-te",
        "tram",
        ("Khám và chăm sóc sức khỏe tại trạm", "Consultations and care at the station"),
        &["tram-y-te"],
        &["health"],
        (1.0, Rhythm::Health),
    ),
    at(
        "tram-y-te",
        "ngoai-tru",
        ("Khám bệnh ngoại trú", "Outpatient consultations"),
        &["kham-ngoai-tru"],
        &["health"],
        (0.5, Rhythm::Health),
    ),
    at(
        "tram-y-te",
        "tiem-chung",
        ("Phòng tiêm chủng", "Vaccination room"),
        &["tiem-chung"],
        &["health"],
        (0.6, Rhythm::Health),
    ),
    at(
        "mam-non",
        "phu-huynh",
        ("Phụ huynh trường mầm non", "Parents of the kindergarten"),
        &["mam-non"],
        &["education"],
        (0.6, Rhythm::School),
    ),
    at(
        "tieu-hoc",
        "phu-huynh",
        ("Phụ huynh trường tiểu học", "Parents of the primary school"),
        &["truong-pho-thong"],
        &["education"],
        (0.8, Rhythm::School),
    ),
    at(
        "thcs",
        "phu-huynh",
        ("Phụ huynh trường trung học cơ sở", "Parents of the lower secondary school"),
        &["truong-pho-thong"],
        &["education"],
        (0.6, Rhythm::School),
    ),
];

/// Stands only at Cầu Giấy and closes: what a retired point received stays.
const MOBILE: Template = at(
    "mot-cua",
    "luu-dong",
    ("Bàn tiếp nhận lưu động tại khu dân cư", "Mobile desk in the neighbourhoods"),
    SHORT,
    &["judicial"],
    (0.5, Rhythm::Office),
);
const MOBILE_AT: &str = "phuong-cau-giay";
const MOBILE_DAYS: [(i32, u32, u32); 2] = [(2026, 1, 5), (2026, 5, 29)];

/// For a questionnaire that no point of the table asks; it lends the point its title and identifier.
const OTHER: Template = at("van-hoa-xa-hoi", "khao-sat", ("", ""), &[], &[], (0.5, Rhythm::Office));

/// Points that truly differ from others of their field: key, then [`DemoPoint::level`] in the order of `COMMUNES`.
const LEVELS: [(&str, [f64; 4]); 9] = [
    ("ho-tich", [0.05, 0.0, 0.0, 0.05]),
    ("dat-dai", [0.0, -0.03, 0.0, 0.0]),
    ("xay-dung", [0.0, 0.0, -0.03, 0.0]),
    ("tra-ket-qua", [0.0, 0.0, 0.0, 0.03]),
    ("ho-so-dat-dai", [-0.03, 0.0, 0.0, 0.0]),
    ("ho-so-xay-dung", [0.0, -0.03, 0.0, 0.0]),
    ("ngoai-tru", [0.0, -0.03, 0.0, -0.03]),
    ("tiem-chung", [0.08, 0.08, 0.08, 0.08]),
    ("luu-dong", [0.10, 0.0, 0.0, 0.0]),
];

/// Every point whose questionnaire is among those given, commune by commune. Points not yet open by the last day
/// measured are left out.
pub(super) fn points(communes: &[Commune<'_>], questionnaires: &[Questionnaire]) -> Vec<DemoPoint> {
    let mut points = Vec::new();
    for commune in communes {
        for template in &POINTS {
            let asked = template.questionnaires.iter().find_map(|id| newest(questionnaires, id));
            points.extend(asked.and_then(|asked| placed(template, commune, questionnaires, asked)));
        }
        if COMMUNES[commune.place] == MOBILE_AT
            && let Some(asked) = newest(questionnaires, SHORT[0])
        {
            let [opened, closes] = MOBILE_DAYS.map(civil);
            points.extend(placed(&MOBILE, commune, questionnaires, asked).and_then(|point| {
                let last_day = (closes <= commune.to).then_some(closes);
                let point = DemoPoint { opened: opened.max(commune.from), last_day, ..point };
                (point.opened <= commune.to.min(closes)).then_some(point)
            }));
        }
        for (asked, questionnaire) in questionnaires.iter().enumerate() {
            let known = POINTS.iter().any(|template| template.questionnaires.contains(&questionnaire.id.as_str()));
            // What nobody compared with the official text yet has its point, and nobody comes: the figures are of what is known.
            let compared = questionnaire.unreviewed.iter().all(|language| language != "vi");
            if known || newest(questionnaires, &questionnaire.id) != Some(asked) {
                continue;
            }
            points.extend(placed(&OTHER, commune, questionnaires, asked).map(|point| DemoPoint {
                key: format!("{}-{}", point.key, questionnaire.id),
                traffic: if compared { point.traffic } else { 0.0 },
                name_vi: questionnaire.title.in_language("vi").to_owned(),
                name_en: questionnaire.title.in_language("en").to_owned(),
                ..point
            }));
        }
    }
    points
}

/// The newest version of a questionnaire among those given.
fn newest(questionnaires: &[Questionnaire], id: &str) -> Option<usize> {
    let versions = questionnaires.iter().enumerate().filter(|(_, questionnaire)| questionnaire.id == id);
    versions.max_by_key(|(_, questionnaire)| questionnaire.version).map(|(place, _)| place)
}

/// The point in a commune, serving those of its fields that the questionnaire serves, or else all of the
/// questionnaire's.
fn placed(
    template: &Template,
    commune: &Commune<'_>,
    questionnaires: &[Questionnaire],
    asked: usize,
) -> Option<DemoPoint> {
    let served = &questionnaires.get(asked)?.fields;
    let wanted = template.fields.iter().map(|field| (*field).to_owned());
    let mut fields: Vec<String> = wanted.filter(|field| served.contains(field)).collect();
    if fields.is_empty() {
        fields.clone_from(served);
    }
    let code = COMMUNES[commune.place];
    let level = LEVELS.iter().find(|(key, _)| *key == template.key).map_or(0.0, |(_, levels)| levels[commune.place]);
    let point = DemoPoint {
        key: format!("{code}-{}/{}", template.unit, template.key),
        unit: format!("{code}-{}", template.unit),
        commune: code.to_owned(),
        name_vi: template.name.0.to_owned(),
        name_en: template.name.1.to_owned(),
        questionnaire: asked,
        channel: if template.rhythm == Rhythm::Online { Channel::Online } else { Channel::Counter },
        fields,
        opened: commune.from,
        last_day: None,
        traffic: template.traffic,
        level,
        place: commune.place,
        rhythm: template.rhythm,
    };
    (!point.fields.is_empty()).then_some(point)
}
