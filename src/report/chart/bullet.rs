//! A target on one line: value, interval, minimum. It has a template of its own, with classes that a style sheet may override. Text is at least 12
//! units high in a drawing 320 units wide, so it reads on a phone of 320 px.

use askama::Template;

use crate::index::result::{Estimate, Reason, Verdict};
use crate::report::format::{self, Language};
use crate::report::package::one_line;
use crate::report::words;

/// Units across: one pixel each on the narrowest phone.
const WIDTH: f64 = 320.0;
/// Where the scale begins and how long it is; the rest is room for the labels at its ends.
const SCALE_LEFT: f64 = 10.0;
const SCALE_LENGTH: f64 = 300.0;
const SCALE_RIGHT: f64 = SCALE_LEFT + SCALE_LENGTH;
/// The bar of a bullet chart: upper edge, middle and lower edge.
const TOP: f64 = 26.0;
const MIDDLE: f64 = 39.0;
const BOTTOM: f64 = 52.0;

/// Dark to light shades of one hue (210°). The measure stands 5:1 against both ranges, grey print included; the two
/// ranges meet at the target's mark.
const INK: &str = "#12293d";
const MEASURE: &str = "#1f5a8c";
const BELOW: &str = "#cfdeeb";
const REACHED: &str = "#eef4f9";
const EDGE: &str = "#6b8299";

/// How much of the scale a bullet chart shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scale {
    /// 0 to 100 %: the value is a bar from zero.
    Whole,
    /// From this share (0–0.9) to 100 %: the value is a point, for a bar that does not begin at zero would mislead. The
    /// axis names its ends.
    From(f64),
}

impl Scale {
    /// The scale that shows `bounds` well: from the ten below the lowest where all of them lie in the upper half.
    pub fn around(bounds: &[f64]) -> Self {
        let lowest = bounds.iter().copied().fold(1.0, f64::min);
        if lowest < 0.5 { Self::Whole } else { Self::From(((lowest * 10.0).floor() / 10.0 - 0.1).max(0.4)) }
    }

    fn from(self) -> f64 {
        match self {
            Self::Whole => 0.0,
            Self::From(from) => from.clamp(0.0, 0.9),
        }
    }

    fn x(self, share: f64) -> f64 {
        let from = self.from();
        SCALE_LEFT + ((share - from) / (1.0 - from)).clamp(0.0, 1.0) * SCALE_LENGTH
    }
}

/// What a bullet chart shows.
#[derive(Debug, Clone, Copy)]
pub struct Bullet<'a> {
    /// Unique on the page, letters, digits and hyphens: the identifiers in the SVG begin with it.
    pub id: &'a str,
    /// What is measured.
    pub label: &'a str,
    /// The figure; none where it is hidden or there is none.
    pub estimate: Option<&'a Estimate>,
    /// The target's minimum.
    pub minimum: f64,
    /// All minima of the report, so that figures are rounded as in its tables.
    pub minima: &'a [f64],
    /// What the interval says.
    pub verdict: Verdict,
    /// Why nothing can be said.
    pub reason: Option<Reason>,
    /// How much of the scale is shown.
    pub scale: Scale,
    /// Whether the figure stands over the drawing; not where the text around it says the same.
    pub headline: bool,
}

#[derive(Template)]
#[template(path = "chart/bullet.svg")]
struct BulletSvg<'a> {
    id: String,
    title: &'a str,
    description: String,
    /// Where the drawing begins, and how high it is.
    begin: f64,
    height: f64,
    headline: Option<Label>,
    bars: Vec<Bar>,
    whisker: Option<String>,
    point: Option<f64>,
    labels: Vec<Label>,
}

struct Bar {
    class: &'static str,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    fill: &'static str,
}

struct Label {
    class: &'static str,
    x: f64,
    y: f64,
    anchor: &'static str,
    size: u32,
    text: String,
}

/// Value, interval and target on one line.
pub fn bullet(chart: &Bullet<'_>, language: Language) -> String {
    let Bullet { id, scale, minimum, .. } = *chart;
    let minimum_text = format::minimum(minimum, language);
    let says = words::verdict(chart.verdict, language);
    let target = scale.x(minimum);
    let (description, headline) = if let Some(estimate) = chart.estimate {
        let value = format::share(estimate.value, chart.minima, language);
        let interval = format::interval(estimate.low, estimate.high, chart.minima, language);
        let n = format::count(estimate.respondents, language);
        let confidence = format::minimum(estimate.confidence, language);
        (
            language.choose(
                format!(
                    "Tỷ lệ hài lòng {value}; khoảng tin cậy {confidence}: {interval}; {n} người trả lời; chỉ tiêu giao \
                     {minimum_text}. Kết luận: {says}."
                ),
                format!(
                    "Share satisfied {value}; {confidence} interval {interval}; {n} respondents; minimum {minimum_text}. \
                     Verdict: {says}."
                ),
            ),
            format!("{value} ({interval}), n = {n}"),
        )
    } else {
        let why = words::reason(chart.reason.unwrap_or(Reason::NoData), language);
        (
            language.choose(
                format!("{why}; chỉ tiêu giao {minimum_text}. Kết luận: {says}."),
                format!("{why}; minimum {minimum_text}. Verdict: {says}."),
            ),
            why,
        )
    };

    let bar = |class, x, width, fill| Bar { class, x, y: TOP, width, height: BOTTOM - TOP, fill };
    let mut bars = vec![
        bar("below", SCALE_LEFT, target - SCALE_LEFT, BELOW),
        bar("reached", target, SCALE_RIGHT - target, REACHED),
    ];
    let mark = Bar { y: TOP - 4.0, height: BOTTOM - TOP + 8.0, ..bar("target", target - 1.5, 3.0, INK) };
    let (mut whisker, mut point) = (None, None);
    if let Some(estimate) = chart.estimate {
        let (value, low, high) = (scale.x(estimate.value), scale.x(estimate.low), scale.x(estimate.high));
        if scale == Scale::Whole {
            let measure = bar("measure", SCALE_LEFT, value - SCALE_LEFT, MEASURE);
            bars.push(Bar { y: MIDDLE - 7.0, height: 14.0, ..measure });
        } else {
            point = Some(value);
        }
        let (top, bottom) = (MIDDLE - 9.0, MIDDLE + 9.0);
        whisker = Some(format!(
            "M{low:.1} {MIDDLE:.1}H{high:.1}M{low:.1} {top:.1}V{bottom:.1}M{high:.1} {top:.1}V{bottom:.1}"
        ));
    }
    bars.push(mark);
    let on_axis = |class, x, anchor, text| Label { class, x, y: BOTTOM + 17.0, anchor, size: 12, text };
    let mut labels = Vec::new();
    let name = language.choose("mức", "target");
    // The target's label is 60 units wide at most; ends of the axis that it would cover are left out.
    let half = 34.0;
    let target_label = target.clamp(half, WIDTH - half);
    if target_label - half > SCALE_LEFT + 24.0 {
        labels.push(on_axis("end", SCALE_LEFT, "start", format::minimum(scale.from(), language)));
    }
    if target_label + half < SCALE_RIGHT - 34.0 {
        labels.push(on_axis("end", SCALE_RIGHT, "end", format::minimum(1.0, language)));
    }
    labels.push(on_axis("target-label", target_label, "middle", format!("{name} {minimum_text}")));
    // Without its figure the drawing begins where the target's mark begins.
    let begin = if chart.headline { 0.0 } else { TOP - 4.0 };
    let headline = chart.headline.then_some(Label {
        class: "figure",
        x: SCALE_LEFT,
        y: 15.0,
        anchor: "start",
        size: 14,
        text: headline,
    });
    let svg = BulletSvg {
        id: identifier(id),
        title: chart.label,
        description,
        begin,
        height: 76.0 - begin,
        headline,
        bars,
        whisker,
        point,
        labels,
    };
    rendered(&svg)
}

fn rendered(svg: &impl Template) -> String {
    // Writing to a String cannot fail.
    one_line(&svg.render().unwrap_or_default())
}

/// What an identifier in the SVG begins with.
fn identifier(id: &str) -> String {
    id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
}
