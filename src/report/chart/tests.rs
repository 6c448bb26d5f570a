//! Every kind of chart with nothing, one, few, many, hidden and extreme values: well-formed, within its frame, and with every figure in words.

use super::bars::{Bar, bars};
use super::dots::{self, Dots, dots};
use super::drawing::{Drawing, Shape};
use super::emf::emf;
use super::figure::Figure;
use super::funnel::{Place, Plot, funnel};
use super::heat::{self, Grid, heat};
use super::levels::{self, levels};
use super::spark::spark;
use super::trend::{Moment, Trend, trend};
use crate::report::Language;
use crate::stats::funnel::{Compared, Funnel};

const VI: Language = Language::Vi;

fn figure(value: f64, half: f64, respondents: u64) -> Figure {
    Figure { value, low: (value - half).max(0.0), high: (value + half).min(1.0), respondents }
}

/// Nothing, one, few, many, hidden, extreme.
fn series() -> Vec<Vec<Option<Figure>>> {
    vec![
        vec![],
        vec![Some(figure(0.87, 0.03, 120))],
        vec![Some(figure(0.87, 0.03, 120)), Some(figure(0.91, 0.02, 340)), None, Some(figure(0.9, 0.05, 30))],
        (0..60).map(|at| Some(figure(0.8 + f64::from(at) / 400.0, 0.02, 1_234_567))).collect(),
        vec![None, None, None],
        vec![Some(figure(0.0, 0.0, 10)), Some(figure(1.0, 0.0, u64::MAX / 4)), Some(figure(0.5, 0.5, 10))],
    ]
}

fn moments(figures: &[Option<Figure>]) -> Vec<Moment> {
    let last = figures.len().saturating_sub(1);
    let moment = |(at, figure): (usize, &Option<Figure>)| Moment {
        label: format!("Q{}/{:02}", at % 4 + 1, at / 4),
        figure: *figure,
        so_far: at == last,
        mark: (at == 1).then(|| "phiếu mới <bản 2>".to_owned()),
    };
    figures.iter().enumerate().map(moment).collect()
}

/// Every kind of chart of every series.
fn drawings() -> Vec<Drawing> {
    let mut drawings = Vec::new();
    for figures in series() {
        let moments = moments(&figures);
        let minima: Vec<Option<f64>> = (0..figures.len()).map(|at| (at != 1).then_some(0.9)).collect();
        drawings.push(trend(&Trend {
            title: "Hài lòng & <tất cả>", moments: &moments, minima: &minima, language: VI
        }));
        let names = (0..figures.len())
            .map(|at| format!("Bộ phận Tiếp nhận và Trả kết quả giải quyết thủ tục hành chính số {at}"));
        let lines: Vec<dots::Line> =
            names.clone().zip(&figures).map(|(name, figure)| dots::Line { name, figure: *figure }).collect();
        let lines = dots::sorted(lines);
        let chart = Dots { title: "Đơn vị", lines: &lines, minimum: Some(0.9), minima: &[0.9], language: VI };
        drawings.extend([dots(&chart), dots::narrow_dots(&chart)]);
        let shown: Vec<Figure> = figures.iter().flatten().copied().collect();
        let places: Vec<Place> = shown
            .iter()
            .zip(names.clone())
            .map(|(figure, name)| Place {
                key: "1".to_owned(),
                name,
                value: figure.value,
                respondents: figure.respondents,
            })
            .collect();
        let units: Vec<Compared> = shown
            .iter()
            .map(|figure| Compared {
                value: figure.value,
                size: figure.respondents as f64,
                standard_error: (figure.high - figure.low) / 4.0,
            })
            .collect();
        let limits = Funnel::new(&units);
        drawings.push(funnel(&Plot { title: "Phễu", places: &places, funnel: limits.as_ref(), language: VI }));
        let counts: Vec<Option<[u64; 5]>> =
            figures.iter().map(|figure| figure.map(|figure| [1, 0, 2, 3, figure.respondents % 1000])).collect();
        let lines: Vec<levels::Line> =
            names.clone().zip(counts).map(|(name, levels)| levels::Line { name, levels }).collect();
        drawings.push(levels("Mức độ", &lines, VI));
        let cells = |figure: &Option<Figure>| match figure {
            Some(figure) => heat::Cell::Share(figure.value),
            None => heat::Cell::Hidden,
        };
        let lines: Vec<heat::Line> = names
            .zip(&figures)
            .map(|(name, figure)| heat::Line { name, cells: vec![cells(figure), heat::Cell::Empty] })
            .collect();
        let columns = ["Tiếp cận dịch vụ".to_owned(), "Tiếp nhận, xử lý ý kiến góp ý, phản ánh, kiến nghị".to_owned()];
        drawings.push(heat(&Grid {
            title: "Bảng nhiệt",
            columns: &columns,
            lines: &lines,
            minimum: Some(0.9),
            language: VI,
        }));
        let shares: Vec<Option<f64>> = figures.iter().map(|figure| figure.map(|figure| figure.value)).collect();
        drawings.push(spark("Xu hướng", &shares, Some(0.9), VI));
        let counts: Vec<Bar> = figures
            .iter()
            .map(|figure| Bar { label: "01/02".to_owned(), count: figure.map_or(0, |figure| figure.respondents) })
            .collect();
        drawings.push(bars("Phiếu", &counts, Some(17.0), VI));
    }
    drawings
}

#[test]
fn every_mark_is_a_number_within_the_frame() {
    for drawing in drawings() {
        let place = |x: f64, y: f64| {
            let inside = (-1.0..=drawing.width + 1.0).contains(&x) && (-1.0..=drawing.height + 1.0).contains(&y);
            assert!(
                inside,
                "{} {}: {x} {y} of {} × {}",
                drawing.class, drawing.description, drawing.width, drawing.height
            );
        };
        for mark in &drawing.marks {
            match &mark.shape {
                Shape::Bar(x, y, width, height) => {
                    place(*x, *y);
                    place(x + width, y + height);
                }
                Shape::Line(places) | Shape::Area(places) => places.iter().for_each(|(x, y)| place(*x, *y)),
                Shape::Dot(x, y, _) => place(*x, *y),
                Shape::Words(x, y, _, size, _) => {
                    place(*x, *y);
                    assert!(*size >= 12.0, "{} is too small to read", drawing.class);
                }
            }
        }
    }
}

#[test]
fn every_picture_is_well_formed_and_says_its_figures() {
    for drawing in drawings() {
        let svg = drawing.svg("x");
        let mut reader = quick_xml::Reader::from_str(&svg);
        loop {
            match reader.read_event() {
                Ok(quick_xml::events::Event::Eof) => break,
                Ok(_) => {}
                Err(error) => panic!("{error}: {svg}"),
            }
        }
        assert!(svg.contains("role=\"img\"") && !svg.contains("style=") && !svg.contains("NaN"), "{svg}");
        assert!(!drawing.description.is_empty());
    }
    let moments = moments(&series()[2]);
    let chart = Trend { title: "T", moments: &moments, minima: &[Some(0.9); 4], language: VI };
    let said = trend(&chart).description;
    assert_eq!(
        said,
        "Q1/00: 87,0% (84,0–90,0%); Q2/00: 91,0% (89,0–93,0%); Q3/00: không hiển thị; Q4/00: 90,0% (85,0–95,0%); chỉ tiêu 90%."
    );
}

#[test]
fn a_hidden_figure_leaves_a_gap_and_no_number() {
    let moments = moments(&series()[2]);
    let drawing = trend(&Trend { title: "T", moments: &moments, minima: &[None; 4], language: VI });
    let lines = drawing.marks.iter().filter(|mark| mark.class == "value" && matches!(mark.shape, Shape::Line(_)));
    assert_eq!(lines.count(), 2, "a line before the gap and one after it");
    assert!(drawing.marks.iter().any(|mark| mark.class == "hidden"));
    // A period that still runs is told by its shape.
    let rings = drawing.marks.iter().filter(|mark| mark.class == "value" && mark.fill == Some(super::drawing::PAPER));
    assert_eq!(rings.count(), 1);
}

#[test]
fn the_levels_are_balanced_on_the_middle_of_level_3() {
    // 12 + 40 + 100/2 of 512 lie left of the line, 100/2 + 210 + 150 right of it.
    let lines = [levels::Line { name: "Lịch khám".to_owned(), levels: Some([12, 40, 100, 210, 150]) }];
    let drawing = levels("Mức độ", &lines, VI);
    let bars: Vec<(f64, f64)> = drawing
        .marks
        .iter()
        .filter_map(|mark| match mark.shape {
            Shape::Bar(x, _, width, _) if mark.class == "level" => Some((x, width)),
            _ => None,
        })
        .collect();
    let middle = drawing
        .marks
        .iter()
        .find_map(|mark| match &mark.shape {
            Shape::Line(places) if mark.class == "middle" => Some(places[0].0),
            _ => None,
        })
        .expect("a line");
    let (left, right) = (middle - bars[0].0, bars[4].0 + bars[4].1 - middle);
    assert!((left / right - 102.0 / 410.0).abs() < 1e-9, "{left} {right}");
    assert!(drawing.description.contains("rất hài lòng 29,3%"), "{}", drawing.description);
}

#[test]
fn a_metafile_is_made_of_whole_records_and_names_its_length() {
    for drawing in drawings() {
        let file = emf(&drawing);
        let word = |at: usize| u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize;
        assert_eq!((word(0), word(40), word(48)), (1, 0x464d_4520, file.len()));
        let (mut at, mut records) = (0, 0);
        while at < file.len() {
            assert!(word(at + 4) >= 8 && word(at + 4) % 4 == 0);
            at += word(at + 4);
            records += 1;
        }
        assert_eq!((at, records), (file.len(), word(52)));
    }
}
