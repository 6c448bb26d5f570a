//! Every kind of chart with nothing, one, few, many, hidden and extreme values, on one page as the pages of the workroom show them: on a phone,
//! at a desk, in print, in forced colours. Nothing overflows, no words lie over others, and all words can be read.
//! What the browser showed is kept in the build folder, to be looked at.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};
use sipas::index::{Estimate, Reason, Verdict};
use sipas::report::Language;
use sipas::report::chart::bars::{Bar, Bars, bars, narrow_bars};
use sipas::report::chart::changes::{self, Changes, changes, narrow_changes};
use sipas::report::chart::dots::{self, Dots, dots, narrow_dots};
use sipas::report::chart::funnel::{Place, Plot, funnel, narrow_funnel};
use sipas::report::chart::heat::{self, Grid, heat, narrow_heat};
use sipas::report::chart::levels::{self, levels, narrow_levels};
use sipas::report::chart::quadrant::{Placed, narrow_quadrant, quadrant};
use sipas::report::chart::spark::spark;
use sipas::report::chart::trend::{Event, Moment, Trend, narrow_trend, trend};
use sipas::report::chart::{Bullet, Drawing, Figure, Scale, bullet};
use sipas::stats::RateMethod;
use sipas::stats::funnel::{Compared, Funnel};
use thirtyfour::WebDriver;

use crate::browser::{Browser, Outcome, axe, chromium, screenshot};

const VI: Language = Language::Vi;

fn figure(value: f64, half: f64, respondents: u64) -> Figure {
    Figure { value, low: (value - half).max(0.0), high: (value + half).min(1.0), respondents }
}

/// What is drawn: its name, and a series of figures.
fn series() -> Vec<(&'static str, Vec<Option<Figure>>)> {
    vec![
        ("không có", vec![]),
        ("một", vec![Some(figure(0.87, 0.03, 120))]),
        ("ít", vec![Some(figure(0.87, 0.03, 120)), Some(figure(0.91, 0.02, 340)), None, Some(figure(0.9, 0.05, 30))]),
        (
            "nhiều",
            (0..60_u32)
                .map(|at| Some(figure(0.75 + f64::from(at * 7 % 60) / 250.0, 0.02, u64::from(at) * 40 + 35)))
                .collect(),
        ),
        ("không hiển thị", vec![None, None, None]),
        ("cùng cực", vec![Some(figure(0.0, 0.0, 10)), Some(figure(1.0, 0.0, 1_234_567)), Some(figure(0.5, 0.5, 10))]),
    ]
}

/// A name as long as offices' names are.
fn name(at: usize) -> String {
    format!("Bộ phận Tiếp nhận và Trả kết quả giải quyết thủ tục hành chính số {at}")
}

fn event(at: f64, name: &str) -> Event {
    Event { at, name: name.to_owned() }
}

fn trend_of(figures: &[Option<Figure>]) -> [Drawing; 2] {
    let moment = |(at, figure): (usize, &Option<Figure>)| Moment {
        label: format!("Q{}/{:02}", at % 4 + 1, 12 + at / 4),
        figure: *figure,
        so_far: at + 1 == figures.len(),
        events: if at == 1 {
            vec![event(0.0, "phiếu mới bản 2"), event(1.0, "chốt 14/03"), event(0.6, "xong biện pháp")]
        } else {
            Vec::new()
        },
    };
    let moments: Vec<Moment> = figures.iter().enumerate().map(moment).collect();
    let minima: Vec<Option<f64>> = (0..figures.len()).map(|at| (at != 1).then_some(0.9)).collect();
    let chart = Trend { title: "Hài lòng chung", moments: &moments, minima: &minima, near: &[0.9], language: VI };
    [trend(&chart), narrow_trend(&chart)]
}

fn dots_of(figures: &[Option<Figure>]) -> [Drawing; 2] {
    let lines = figures.iter().enumerate().map(|(at, figure)| dots::Line { name: name(at), figure: *figure });
    let lines = dots::sorted(lines.collect());
    let chart =
        Dots {
            title: "Các đơn vị", lines: &lines, minimum: Some(0.9), minima: &[0.9], hidden: None, language: VI
        };
    [dots(&chart), narrow_dots(&chart)]
}

fn funnel_of(figures: &[Option<Figure>]) -> [Drawing; 2] {
    let shown: Vec<Figure> = figures.iter().flatten().copied().collect();
    let place = |(at, figure): (usize, &Figure)| Place {
        key: (at + 1).to_string(),
        name: name(at),
        value: figure.value,
        respondents: figure.respondents,
    };
    let places: Vec<Place> = shown.iter().enumerate().map(place).collect();
    let compared = |figure: &Figure| Compared {
        value: figure.value,
        size: figure.respondents as f64,
        standard_error: (figure.high - figure.low) / 4.0,
    };
    let units: Vec<Compared> = shown.iter().map(compared).collect();
    let limits = Funnel::new(&units);
    let plot =
        Plot { title: "Các đơn vị", places: &places, funnel: limits.as_ref(), minima: &[0.9], language: VI };
    [funnel(&plot), narrow_funnel(&plot)]
}

fn heat_of(figures: &[Option<Figure>]) -> [Drawing; 2] {
    let columns = [
        "Tiếp cận dịch vụ",
        "Thủ tục hành chính",
        "Công chức",
        "Kết quả",
        "Tiếp nhận, xử lý ý kiến góp ý, phản ánh, kiến nghị",
    ];
    let columns = columns.map(str::to_owned);
    let cell = |figure: &Option<Figure>, less: f64| match figure {
        Some(figure) => heat::Cell::Share((figure.value - less).max(0.0)),
        None => heat::Cell::Hidden,
    };
    let line = |(at, figure): (usize, &Option<Figure>)| heat::Line {
        name: name(at),
        cells: vec![cell(figure, 0.0), cell(figure, 0.1), cell(figure, 0.3), heat::Cell::Empty, cell(figure, 0.6)],
    };
    let lines: Vec<heat::Line> = figures.iter().enumerate().map(line).collect();
    let grid = Grid {
        title: "Lĩnh vực và yếu tố",
        columns: &columns,
        lines: &lines,
        minimum: Some(0.9),
        language: VI,
        minima: &[0.9],
    };
    [heat(&grid), narrow_heat(&grid)]
}

fn levels_of(figures: &[Option<Figure>]) -> [Drawing; 2] {
    let counted = |at: u64, figure: &Figure| {
        [at % 3, figure.respondents / 50, figure.respondents / 9, figure.respondents / 3, figure.respondents]
    };
    let line = |(at, figure): (usize, &Option<Figure>)| levels::Line {
        name: name(at),
        levels: figure.as_ref().map(|figure| counted(at as u64, figure)),
    };
    let lines: Vec<levels::Line> = figures.iter().enumerate().map(line).collect();
    [levels("Mức độ", &lines, VI), narrow_levels("Mức độ", &lines, VI)]
}

fn quadrant_of(figures: &[Option<Figure>]) -> [Drawing; 2] {
    let place = |(at, figure): (usize, &Figure)| Placed {
        number: at + 1,
        name: name(at),
        performance: figure.value,
        importance: (figure.value * 7.0).fract() / 2.0,
    };
    // A questionnaire has some thirty criteria at most.
    let placed: Vec<Placed> = figures.iter().flatten().take(30).enumerate().map(place).collect();
    let title = "Tác động và mức hài lòng";
    [quadrant(title, &placed, VI), narrow_quadrant(title, &placed, VI)]
}

fn bars_of(figures: &[Option<Figure>]) -> [Drawing; 2] {
    let bar = |(at, figure): (usize, &Option<Figure>)| Bar {
        label: format!("{:02}/{:02}", at % 28 + 1, at / 28 + 1),
        count: figure.map(|figure| figure.respondents),
    };
    let counts: Vec<Bar> = figures.iter().enumerate().map(bar).collect();
    let limits: Vec<Option<u64>> = counts.iter().map(|bar| bar.count.map(|count| count / 2)).collect();
    let chart = Bars {
        title: "Phiếu theo ngày",
        counts: &counts,
        usual: Some(170.0),
        limits: &limits,
        limit_name: "nhiều nhất",
        language: VI,
    };
    [bars(&chart), narrow_bars(&chart)]
}

fn changes_of(figures: &[Option<Figure>]) -> [Drawing; 2] {
    let line = |(at, figure): (usize, &Figure)| changes::Line {
        name: name(at),
        value: figure.value - 0.85,
        low: figure.low - 0.85,
        high: figure.high - 0.85,
        holds: at % 2 == 0,
    };
    let lines: Vec<changes::Line> = figures.iter().flatten().enumerate().map(line).collect();
    let chart = Changes { title: "Hai bên", lines: &lines, language: VI };
    [changes(&chart), narrow_changes(&chart)]
}

fn bullet_of(id: &str, figure: Option<Figure>, scale: Scale) -> String {
    let estimate = figure.map(|figure| Estimate {
        value: figure.value,
        low: figure.low,
        high: figure.high,
        confidence: 0.95,
        method: RateMethod::ALL[0],
        respondents: figure.respondents,
        answers: figure.respondents * 8,
        clusters: 12,
        design_effect: None,
        modes: Vec::new(),
    });
    let chart = Bullet {
        id,
        label: "Hài lòng chung",
        estimate: estimate.as_ref(),
        minimum: 0.9,
        minima: &[0.9],
        verdict: if estimate.is_some() { Verdict::Met } else { Verdict::CannotSay },
        reason: estimate.is_none().then_some(Reason::NoData),
        scale,
        headline: true,
    };
    bullet(&chart, VI)
}

/// The page, as a file: with the workroom's style sheet and the charts in the elements in which its pages have them.
fn gallery() -> PathBuf {
    let mut body = String::new();
    let mut add = |heading: &str, chart: &str, wrap: (&str, &str)| {
        // Writing to a String cannot fail.
        let _ = write!(body, "<section><h2>{heading}</h2>{}{chart}{}</section>", wrap.0, wrap.1);
    };
    let mut number = 0;
    for (what, figures) in series() {
        let kinds: [(&str, [Drawing; 2]); 8] = [
            ("Xu hướng", trend_of(&figures)),
            ("So sánh", dots_of(&figures)),
            ("Phễu", funnel_of(&figures)),
            ("Bảng nhiệt", heat_of(&figures)),
            ("Mức độ", levels_of(&figures)),
            ("Tác động", quadrant_of(&figures)),
            ("Thu thập", bars_of(&figures)),
            ("Hai bên", changes_of(&figures)),
        ];
        for (kind, [wide, narrow]) in kinds {
            number += 1;
            let wrap = format!(
                "<figure class=\"card chart-card\"><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Hình {number}\">"
            );
            let (wide, narrow) = (wide.svg(&format!("c{number}")), narrow.svg(&format!("c{number}-narrow")));
            let both = format!("<div class=\"on-page\">{wide}</div><div class=\"on-phone\">{narrow}</div>");
            add(&format!("{kind}: {what}"), &both, (&wrap, "</div></figure>"));
        }
        number += 1;
        let shares: Vec<Option<f64>> = figures.iter().map(|figure| figure.map(|figure| figure.value)).collect();
        let small = spark("Xu hướng", &shares, (Some(0.9), &[0.9]), VI).svg(&format!("c{number}"));
        add(&format!("Đường nhỏ: {what}"), &small, ("<div class=\"way\">", "</div>"));
        for (scale, of) in [(Scale::Whole, "từ 0"), (Scale::around(&[0.8]), "từ 70")] {
            number += 1;
            let chart = bullet_of(&format!("c{number}"), figures.last().copied().flatten(), scale);
            add(&format!("Chỉ tiêu, {of}: {what}"), &chart, ("<div class=\"card target\">", "</div>"));
        }
    }
    let style = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/staff.css")).expect("the style");
    let page = format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>Các loại hình</title><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><style>{style}</style></head><body><main><h1>Các loại hình</h1>{body}</main></body></html>"
    );
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("gallery.html");
    std::fs::write(&file, page).expect("written");
    file
}

/// How the page is looked at: a name, its width in CSS pixels, medium, whether colours are forced (on a black ground, as high contrast is), and
/// the eyes it is looked at with.
const LOOKS: [(&str, u32, &str, bool, &str); 6] = [
    ("phone", 360, "screen", false, "none"),
    ("desk", 1280, "screen", false, "none"),
    // A4 between margins of 20 mm, at 96 pixels an inch.
    ("print", 642, "print", false, "none"),
    ("forced", 1280, "screen", true, "none"),
    ("forced-phone", 360, "screen", true, "none"),
    ("deuteranopia", 1280, "screen", false, "deuteranopia"),
];

#[test]
fn every_kind_of_chart_is_whole_and_readable_on_a_phone_at_a_desk_in_print_and_in_forced_colours() {
    let address = format!("file://{}", gallery().display());
    let faults = Browser::desk().visit(async |page| {
        let mut faults = Vec::new();
        for (name, width, medium, forced, eyes) in LOOKS {
            look(&page, (width, 900), medium, forced, eyes).await?;
            page.goto(&address).await?;
            let found = page.execute(MEASURE, vec![json!(width)]).await?;
            let Value::Array(found) = found.json().clone() else { return Err("no measures".into()) };
            faults.extend(found.iter().map(|fault| format!("{name}: {}", fault.as_str().unwrap_or_default())));
            if name == "desk" || name == "phone" {
                faults.extend(axe(&page).await?.into_iter().map(|fault| format!("{name}: {fault}")));
            }
            let height = page.execute("return document.documentElement.scrollHeight", vec![]).await?.json().as_u64();
            look(&page, (width, u32::try_from(height.ok_or("a height")?)?.min(16_000)), medium, forced, eyes).await?;
            screenshot(&page, &format!("gallery-{name}")).await?;
        }
        Ok(faults)
    });
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

async fn look(page: &WebDriver, size: (u32, u32), medium: &str, forced: bool, eyes: &str) -> Outcome<()> {
    let metrics = json!({"width": size.0, "height": size.1, "deviceScaleFactor": 1, "mobile": size.0 < 600});
    chromium(page, "Emulation.setDeviceMetricsOverride", metrics).await?;
    let [colours, scheme] = if forced { ["active", "dark"] } else { ["none", "light"] };
    let features =
        json!([{"name": "forced-colors", "value": colours}, {"name": "prefers-color-scheme", "value": scheme}]);
    chromium(page, "Emulation.setEmulatedMedia", json!({"media": medium, "features": features})).await?;
    chromium(page, "Emulation.setEmulatedVisionDeficiency", json!({"type": eyes})).await?;
    Ok(())
}

/// What is wrong with the charts shown: wider than the page or its frame, words outside the drawing, over other words, too small, or too pale
/// for the mark that lies under them (WCAG 1.4.3: 4.5 to 1).
const MEASURE: &str = r#"
    const width = arguments[0], faults = [];
    if (document.documentElement.scrollWidth > width) faults.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    const rgb = colour => { const found = colour.match(/[\d.]+/g); return found && found.length >= 3 ? found.slice(0, 3).map(Number) : null; };
    const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
    const canvas = rgb(getComputedStyle(document.body).backgroundColor) || [255, 255, 255];
    for (const svg of document.querySelectorAll("svg")) {
        const where = svg.closest("section").querySelector("h2").textContent, frame = svg.getBoundingClientRect();
        // Of two drawings the page shows the one that has room.
        if (frame.width === 0) continue;
        const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim());
        const shapes = [...svg.querySelectorAll("rect, path, circle")];
        const box = svg.closest(".scroll") || svg.parentElement;
        if (!svg.closest(".scroll") && frame.width > box.getBoundingClientRect().width + 30) faults.push(`${where}: wider than its frame`);
        const scale = frame.width / svg.viewBox.baseVal.width;
        const boxes = texts.map(text => text.getBoundingClientRect());
        texts.forEach((text, at) => {
            const said = `${where}: “${text.textContent.trim().slice(0, 40)}”`, place = boxes[at], style = getComputedStyle(text);
            if (place.left < frame.left - 1 || place.right > frame.right + 1 || place.top < frame.top - 2 || place.bottom > frame.bottom + 2)
                faults.push(`${said} leaves the drawing by ${Math.max(frame.left - place.left, place.right - frame.right, frame.top - place.top, place.bottom - frame.bottom).toFixed(1)} px`);
            const size = parseFloat(style.fontSize) * scale;
            if (size < 9.5) faults.push(`${said} is ${size.toFixed(1)} px high`);
            for (let other = at + 1; other < texts.length; other++) {
                const two = boxes[other], across = Math.min(place.right, two.right) - Math.max(place.left, two.left);
                const down = Math.min(place.bottom, two.bottom) - Math.max(place.top, two.top);
                // A line of letters has room above and below them.
                if (across > 1.5 && down > 0.35 * Math.min(place.height, two.height)) faults.push(`${said} lies over “${texts[other].textContent.trim().slice(0, 40)}”`);
            }
            const own = text.getBBox(), point = svg.createSVGPoint(), paper = getComputedStyle(svg).backgroundColor;
            let ground = paper.endsWith(", 0)") ? canvas : rgb(paper);
            for (const [dx, dy] of [[0.5, 0.55]]) {
                point.x = own.x + own.width * dx; point.y = own.y + own.height * dy;
                for (const shape of shapes) {
                    if (text.compareDocumentPosition(shape) & Node.DOCUMENT_POSITION_FOLLOWING) continue;
                    const paint = getComputedStyle(shape);
                    if (paint.fill !== "none" && shape.isPointInFill(point)) ground = rgb(paint.fill) || ground;
                }
            }
            const ink = rgb(style.fill);
            if (ink && contrast(ink, ground) < 4.5) faults.push(`${said} stands ${contrast(ink, ground).toFixed(1)}:1 against ${ground}`);
        });
    }
    return faults;
"#;
