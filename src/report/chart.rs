//! Charts as SVG: a bullet chart for a target, a diverging stacked bar for the levels of a criterion.
//!
//! No script and no `style` attribute (the pages' content security policy forbids both): colours are presentation
//! attributes, which a style sheet may override by class. Every chart says its figures in words to screen readers,
//! writes them as real text, and stands beside a table with the same figures. Text is at least 12 units high in a
//! drawing 320 units wide, so it reads on a phone of 320 px.

use std::fmt::Write as _;

use super::format::{self, Language};
use super::words;
use crate::index::result::{CriterionResult, Estimate, Reason, Verdict};

/// Units across: one pixel each on the narrowest phone.
const WIDTH: f64 = 320.0;
/// Where the scale begins and how long it is; the rest is room for the labels at its ends.
const SCALE_LEFT: f64 = 10.0;
const SCALE_LENGTH: f64 = 300.0;

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

/// Value, interval and target on one line.
pub fn bullet(chart: &Bullet<'_>, language: Language) -> String {
    let Bullet { id, scale, minimum, .. } = *chart;
    let minimum_text = format::minimum(minimum, language);
    let says = words::verdict(chart.verdict, language);
    let (top, height) = (26.0, 26.0);
    let (middle, bottom) = (top + height / 2.0, top + height);
    let target = scale.x(minimum);
    let mut drawing = String::new();
    let mut draw = |part: String| drawing.push_str(&part);

    let (description, headline) = if let Some(estimate) = chart.estimate {
        let value = format::share(estimate.value, chart.minima, language);
        let interval = format::interval(estimate.low, estimate.high, chart.minima, language);
        let n = format::count(estimate.respondents, language);
        let confidence = format::minimum(estimate.confidence, language);
        (
            language.choose(
                format!(
                    "Tỷ lệ hài lòng {value}; khoảng tin cậy {confidence}: {interval}; {n} người trả lời; mức tối thiểu \
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
                format!("{why}; mức tối thiểu {minimum_text}. Kết luận: {says}."),
                format!("{why}; minimum {minimum_text}. Verdict: {says}."),
            ),
            why,
        )
    };

    // Without its figure the drawing begins where the target's mark begins.
    let begin = if chart.headline { 0.0 } else { top - 4.0 };
    if chart.headline {
        draw(text(SCALE_LEFT, 15.0, "start", "bullet-figure", 14, &headline));
    }
    draw(rectangle("bullet-below", SCALE_LEFT, top, target - SCALE_LEFT, height, BELOW));
    draw(rectangle("bullet-reached", target, top, SCALE_LEFT + SCALE_LENGTH - target, height, REACHED));
    let mark = rectangle("bullet-target", target - 1.5, top - 4.0, 3.0, height + 8.0, INK);
    if let Some(estimate) = chart.estimate {
        let (value, low, high) = (scale.x(estimate.value), scale.x(estimate.low), scale.x(estimate.high));
        if scale == Scale::Whole {
            draw(rectangle("bullet-measure", SCALE_LEFT, middle - 7.0, value - SCALE_LEFT, 14.0, MEASURE));
        }
        draw(mark);
        // The whisker has a light rim, so that it shows on the bar as well as beside it.
        for (class, colour, width) in [("bullet-rim", "#ffffff", 4.0), ("bullet-interval", INK, 2.0)] {
            let (top, bottom) = (middle - 9.0, middle + 9.0);
            draw(format!(
                "<path class=\"{class}\" d=\"M{low:.1} {middle:.1}H{high:.1}M{low:.1} {top:.1}V{bottom:.1}M{high:.1} {top:.1}V{bottom:.1}\" \
                 fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>"
            ));
        }
        if scale != Scale::Whole {
            draw(format!(
                "<circle class=\"bullet-point\" cx=\"{value:.1}\" cy=\"{middle:.1}\" r=\"6\" fill=\"{MEASURE}\" stroke=\"#ffffff\" stroke-width=\"1.5\"/>"
            ));
        }
    } else {
        draw(mark);
    }
    draw(format!(
        "<path class=\"bullet-axis\" d=\"M{SCALE_LEFT} {bottom:.1}H{}\" stroke=\"{EDGE}\" stroke-width=\"1\"/>",
        SCALE_LEFT + SCALE_LENGTH
    ));
    let axis = bottom + 17.0;
    let name = language.choose("mức", "target");
    // The target's label is 60 units wide at most; ends of the axis that it would cover are left out.
    let half = 34.0;
    let target_label = target.clamp(half, WIDTH - half);
    if target_label - half > SCALE_LEFT + 24.0 {
        draw(text(SCALE_LEFT, axis, "start", "bullet-end", 12, &format::minimum(scale.from(), language)));
    }
    if target_label + half < SCALE_LEFT + SCALE_LENGTH - 34.0 {
        draw(text(SCALE_LEFT + SCALE_LENGTH, axis, "end", "bullet-end", 12, &format::minimum(1.0, language)));
    }
    draw(text(target_label, axis, "middle", "bullet-target-label", 12, &format!("{name} {minimum_text}")));
    svg("bullet", id, (begin, 76.0), chart.label, &description, &drawing)
}

/// Shades of the five levels, worst first: brown and blue stay apart for colour-blind readers, and the side of the middle
/// line tells them apart in grey print. Every count is written where it fits and stands in the table beside.
const LEVEL_FILLS: [&str; 5] = ["#8c4a12", "#dba26a", "#e8e8e8", "#7fb0d8", "#1f5a8c"];
const LEVEL_INKS: [&str; 5] = ["#ffffff", INK, INK, INK, "#ffffff"];

/// The five levels of a criterion as one stacked bar around the middle of level 3.
///
/// The two dissatisfied levels lie left of the middle line, the satisfied ones right of it, level 3 on both sides. The
/// scale is the same for all bars: half the width is 100 %.
pub fn levels(id: &str, label: &str, criterion: &CriterionResult, language: Language) -> String {
    let total: u64 = criterion.levels.iter().sum();
    let names = words::levels(language);
    let share = |number: u64| if total == 0 { 0.0 } else { number as f64 / total as f64 };
    let shares = criterion.levels.map(share);
    let parts: Vec<String> = (0..5)
        .map(|level| {
            format!(
                "{}: {} ({})",
                names[level],
                format::count(criterion.levels[level], language),
                format::share(shares[level], &[], language)
            )
        })
        .collect();
    let description = format!("{}.", parts.join("; "));
    let middle = WIDTH / 2.0;
    let half = SCALE_LENGTH / 2.0;
    let mut x = middle - (shares[0] + shares[1] + shares[2] / 2.0) * half;
    let mut drawing = String::new();
    for level in 0..5 {
        let width = shares[level] * half;
        if width > 0.0 {
            let class = format!("level level-{}", level + 1);
            let _ = write!(
                drawing,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"4\" width=\"{width:.1}\" height=\"22\" fill=\"{}\" stroke=\"{EDGE}\"/>",
                LEVEL_FILLS[level]
            );
        }
        // A count needs about 7 units a digit; where it does not fit, the table beside has it.
        let count = format::count(criterion.levels[level], language);
        if width >= 7.0 * count.len() as f64 + 4.0 {
            let _ = write!(
                drawing,
                "<text x=\"{:.1}\" y=\"19.5\" text-anchor=\"middle\" font-size=\"12\" fill=\"{}\">{count}</text>",
                x + width / 2.0,
                LEVEL_INKS[level]
            );
        }
        x += width;
    }
    let _ = write!(
        drawing,
        "<path class=\"level-middle\" d=\"M{middle} 0V4M{middle} 26V30\" stroke=\"{INK}\" stroke-width=\"1\"/>"
    );
    svg("levels", id, (0.0, 30.0), label, &description, &drawing)
}

fn svg(class: &str, id: &str, (top, bottom): (f64, f64), title: &str, description: &str, drawing: &str) -> String {
    let height = bottom - top;
    let id: String = id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    let (title, description) = (escape(title), escape(description));
    format!(
        "<svg class=\"chart {class}\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 {top} {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\" font-family=\"system-ui, Arimo, Arial, sans-serif\">\
         <title id=\"{id}-title\">{title}</title><desc id=\"{id}-desc\">{description}</desc>{drawing}</svg>"
    )
}

fn rectangle(class: &str, x: f64, y: f64, width: f64, height: f64, fill: &str) -> String {
    format!(
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{fill}\"/>"
    )
}

fn text(x: f64, y: f64, anchor: &str, class: &str, size: u32, content: &str) -> String {
    let mut part = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        part,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"{INK}\">{}</text>",
        escape(content)
    );
    part
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}
