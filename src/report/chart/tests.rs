//! Every kind of chart with nothing, one, few, many, hidden and extreme values: well-formed, within its frame, and with every figure in words.

use super::bars::{Bar, Bars, bars, narrow_bars};
use super::changes::{self, Changes, changes, narrow_changes};
use super::dots::{self, Dots, dots};
use super::drawing::{Drawing, Shape};
use super::emf::emf;
use super::figure::Figure;
use super::funnel::{Place, Plot, funnel, narrow_funnel};
use super::heat::{self, Grid, heat, narrow_heat};
use super::levels::{self, levels, narrow_levels};
use super::quadrant::{Placed, narrow_quadrant, quadrant};
use super::spark::spark;
use super::trend::{Event, Moment, Trend, narrow_trend, trend};
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

fn event(at: f64, name: &str) -> Event {
    Event { at, name: name.to_owned() }
}

fn moments(figures: &[Option<Figure>]) -> Vec<Moment> {
    let last = figures.len().saturating_sub(1);
    let moment = |(at, figure): (usize, &Option<Figure>)| Moment {
        label: format!("Q{}/{:02}", at % 4 + 1, at / 4),
        figure: *figure,
        so_far: at == last,
        events: if at == 1 {
            vec![event(0.0, "phiếu mới <bản 2>"), event(1.0, "chốt 31/03")]
        } else {
            Vec::new()
        },
    };
    figures.iter().enumerate().map(moment).collect()
}

/// Every kind of chart of every series.
fn drawings() -> Vec<Drawing> {
    let mut drawings = Vec::new();
    for figures in series() {
        let moments = moments(&figures);
        let minima: Vec<Option<f64>> = (0..figures.len()).map(|at| (at != 1).then_some(0.9)).collect();
        let chart =
            Trend {
                title: "Hài lòng & <tất cả>", moments: &moments, minima: &minima, near: &[0.9], language: VI
            };
        drawings.extend([trend(&chart), narrow_trend(&chart)]);
        let names = (0..figures.len())
            .map(|at| format!("Bộ phận Tiếp nhận và Trả kết quả giải quyết thủ tục hành chính số {at}"));
        let lines: Vec<dots::Line> =
            names.clone().zip(&figures).map(|(name, figure)| dots::Line { name, figure: *figure }).collect();
        let lines = dots::sorted(lines);
        let chart =
            Dots { title: "Đơn vị", lines: &lines, minimum: Some(0.9), minima: &[0.9], hidden: None, language: VI };
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
        let plot = Plot { title: "Phễu", places: &places, funnel: limits.as_ref(), minima: &[0.9], language: VI };
        drawings.extend([funnel(&plot), narrow_funnel(&plot)]);
        let counts: Vec<Option<[u64; 5]>> =
            figures.iter().map(|figure| figure.map(|figure| [1, 0, 2, 3, figure.respondents % 1000])).collect();
        let lines: Vec<levels::Line> =
            names.clone().zip(counts).map(|(name, levels)| levels::Line { name, levels }).collect();
        drawings.extend([levels("Mức độ", &lines, VI), narrow_levels("Mức độ", &lines, VI)]);
        let cells = |figure: &Option<Figure>| match figure {
            Some(figure) => heat::Cell::Share(figure.value),
            None => heat::Cell::Hidden,
        };
        let lines: Vec<heat::Line> = names
            .clone()
            .zip(&figures)
            .map(|(name, figure)| heat::Line { name, cells: vec![cells(figure), heat::Cell::Empty] })
            .collect();
        let columns = ["Tiếp cận dịch vụ".to_owned(), "Tiếp nhận, xử lý ý kiến góp ý, phản ánh, kiến nghị".to_owned()];
        let grid = Grid {
            title: "Bảng nhiệt",
            columns: &columns,
            lines: &lines,
            minimum: Some(0.9),
            minima: &[0.9],
            language: VI,
        };
        drawings.extend([heat(&grid), narrow_heat(&grid)]);
        let lines: Vec<changes::Line> = names
            .zip(&shown)
            .map(|(name, figure)| changes::Line {
                name,
                value: figure.value - 0.5,
                low: figure.low - 0.5,
                high: figure.high - 0.5,
                holds: figure.respondents > 100,
            })
            .collect();
        let chart = Changes { title: "Hai bên", lines: &lines, language: VI };
        drawings.extend([changes(&chart), narrow_changes(&chart)]);
        let placed: Vec<Placed> = shown
            .iter()
            .zip(1..)
            .map(|(figure, number)| Placed {
                number,
                name: format!("Tiêu chí {number}"),
                performance: figure.value,
                importance: figure.value / 3.0,
            })
            .collect();
        drawings.extend([quadrant("Tác động", &placed, VI), narrow_quadrant("Tác động", &placed, VI)]);
        let shares: Vec<Option<f64>> = figures.iter().map(|figure| figure.map(|figure| figure.value)).collect();
        drawings.push(spark("Xu hướng", &shares, (Some(0.9), &[0.9]), VI));
        let counts: Vec<Bar> = figures
            .iter()
            .map(|figure| Bar { label: "01/02".to_owned(), count: figure.map(|figure| figure.respondents) })
            .collect();
        let limits: Vec<Option<u64>> = counts.iter().map(|bar| bar.count.map(|count| count / 2)).collect();
        let chart = Bars {
            title: "Phiếu",
            counts: &counts,
            usual: Some(17.0),
            limits: &limits,
            limit_name: "nhiều nhất",
            language: VI,
        };
        drawings.extend([bars(&chart), narrow_bars(&chart)]);
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
        // A line without figures says as much beside its row.
        let says = drawing.description.chars().any(char::is_alphanumeric);
        assert!(says || drawing.class == "spark", "{}", drawing.class);
    }
    let moments = moments(&series()[2]);
    let chart = Trend { title: "T", moments: &moments, minima: &[Some(0.9); 4], near: &[0.9], language: VI };
    let said = trend(&chart).description;
    assert_eq!(
        said,
        "Q1/00: 87,0% (84,0–90,0%); Q2/00: 91,0% (89,0–93,0%), phiếu mới <bản 2>, chốt 31/03; Q3/00: không hiển thị; Q4/00: 90,0% (85,0–95,0%); chỉ tiêu 90%."
    );
}

#[test]
fn a_hidden_figure_leaves_a_gap_and_no_number() {
    let moments = moments(&series()[2]);
    let drawing = trend(&Trend { title: "T", moments: &moments, minima: &[None; 4], near: &[], language: VI });
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

/// The words of a class with the places of their middles, and the lines of a class with the first of their places.
fn words_of(drawing: &Drawing, class: &str) -> Vec<(f64, f64, String)> {
    let words = drawing.marks.iter().filter(|mark| mark.class == class);
    words
        .filter_map(|mark| match &mark.shape {
            Shape::Words(x, y, _, _, text) => Some((*x, *y, text.clone())),
            _ => None,
        })
        .collect()
}

#[test]
fn an_event_stands_at_its_day_and_no_name_lies_over_another() {
    let figures = vec![Some(figure(0.87, 0.03, 120)); 13];
    let mut moments = moments(&figures);
    for moment in &mut moments {
        moment.events = vec![event(1.0, "chốt 31/03"), event(1.0, "xong 2 biện pháp")];
    }
    let chart = Trend { title: "T", moments: &moments, minima: &[None; 13], near: &[], language: VI };
    for drawing in [trend(&chart), narrow_trend(&chart)] {
        let names = words_of(&drawing, "name");
        let lines: Vec<f64> = drawing
            .marks
            .iter()
            .filter(|mark| mark.class == "mark")
            .filter_map(|mark| match &mark.shape {
                Shape::Line(places) => places.first().map(|place| place.0),
                _ => None,
            })
            .collect();
        // What ends a period stands right of its middle: the last of them right of the last name.
        let last = names.last().expect("a name").0;
        assert!(lines.last().is_some_and(|line| *line > last), "{lines:?} {last}");
        let flags = words_of(&drawing, "mark-name");
        assert_eq!(flags.len(), lines.len());
        for (at, (x, y, text)) in flags.iter().enumerate() {
            let half = super::drawing::width_of(text, 12.0) / 2.0;
            for (other_x, other_y, other) in &flags[at + 1..] {
                let apart = half + super::drawing::width_of(other, 12.0) / 2.0;
                assert!((y - other_y).abs() > 0.5 || (x - other_x).abs() >= apart, "{text} over {other}");
            }
        }
    }
}

#[test]
fn no_figure_stands_on_the_line_of_the_target_nor_on_its_name() {
    let figures: Vec<_> = [0.874, 0.859].into_iter().map(|value| Some(figure(value, 0.05, 120))).collect();
    let moments = moments(&figures);
    let chart = Trend { title: "T", moments: &moments, minima: &[Some(0.89); 2], near: &[0.89], language: VI };
    for drawing in [trend(&chart), narrow_trend(&chart)] {
        let line = drawing.marks.iter().find_map(|mark| match &mark.shape {
            Shape::Line(places) if mark.class == "target" => places.first().map(|place| place.1),
            _ => None,
        });
        let line = line.expect("the target");
        let (_, name, _) = words_of(&drawing, "target-name")[0].clone();
        assert!(name < line, "the name stands over the line, under which the figures are");
        for (_, y, text) in words_of(&drawing, "figure") {
            // Letters of 13 reach 11 over their line and 3 under it.
            assert!(y - 11.0 > line || y + 3.0 < line, "{text} at {y}, the line at {line}");
        }
    }
}

#[test]
fn a_telephone_shows_the_newest_moments_in_letters_that_can_be_read() {
    let figures: Vec<_> = (0..13).map(|at| Some(figure(0.8 + f64::from(at) / 100.0, 0.02, 120))).collect();
    let moments = moments(&figures);
    let chart = Trend { title: "T", moments: &moments, minima: &[Some(0.9); 13], near: &[0.9], language: VI };
    let drawing = narrow_trend(&chart);
    assert!(drawing.width <= 340.0);
    let newest = &moments.last().expect("some").label;
    assert!(words_of(&drawing, "name").last().is_some_and(|(_, _, name)| name == newest));
    assert!(words_of(&drawing, "figure").iter().any(|(_, _, text)| text == "92,0%"), "the figure of the newest");
    assert_eq!(drawing.description, trend(&chart).description, "read aloud it is whole");
}

#[test]
fn on_a_telephone_nothing_is_wider_than_it_and_words_say_as_much() {
    let mut narrow = 0;
    for pair in drawings().windows(2).filter(|pair| pair[0].class == pair[1].class && pair[1].width < pair[0].width) {
        assert!((300.0..=340.0).contains(&pair[1].width), "{}", pair[1].class);
        assert_eq!(pair[0].description, pair[1].description, "{}", pair[1].class);
        for (x, _, text) in pair[1].marks.iter().filter_map(words) {
            assert!(x >= -1.0 && x + super::drawing::width_of(&text, 12.0) * 0.9 <= 341.0, "{}: {text}", pair[1].class);
        }
        narrow += 1;
    }
    assert_eq!(narrow, series().len() * 8, "of every kind but the small one");
}

/// Words with their left end.
fn words(mark: &super::drawing::Mark) -> Option<(f64, f64, String)> {
    use super::drawing::{Anchor, width_of};
    let Shape::Words(x, y, anchor, size, text) = &mark.shape else { return None };
    let width = width_of(text, *size);
    let left = match anchor {
        Anchor::Start => *x,
        Anchor::Middle => x - width / 2.0,
        Anchor::End => x - width,
    };
    Some((left, *y, text.clone()))
}

#[test]
fn names_that_have_no_room_over_narrow_columns_are_told_above_them() {
    let columns = ["Tiếp cận dịch vụ".to_owned(), "Thủ tục hành chính".to_owned()];
    let lines = [heat::Line { name: "Tư pháp".to_owned(), cells: vec![heat::Cell::Share(0.8); 2] }];
    let grid = Grid { title: "T", columns: &columns, lines: &lines, minimum: None, minima: &[], language: VI };
    let drawing = narrow_heat(&grid);
    let texts = |class| words_of(&drawing, class).into_iter().map(|(_, _, text)| text).collect::<Vec<_>>();
    assert_eq!(texts("key"), ["1. Tiếp cận dịch vụ", "2. Thủ tục hành chính"]);
    assert_eq!(texts("column"), ["1", "2"]);
    assert_eq!(texts("figure"), ["80,0%", "80,0%"]);
    // Numbers of columns are told in the table already.
    let columns: Vec<String> = (1..=8).map(|number| number.to_string()).collect();
    let lines = [heat::Line { name: "Tư pháp".to_owned(), cells: vec![heat::Cell::Share(0.8); 8] }];
    let grid = Grid { title: "T", columns: &columns, lines: &lines, minimum: None, minima: &[], language: VI };
    let drawing = narrow_heat(&grid);
    assert!(words_of(&drawing, "key").is_empty());
    assert_eq!(words_of(&drawing, "figure").len(), 8);
    assert!(words_of(&drawing, "figure").iter().all(|(_, _, text)| text == "80,0"), "narrow cells go without the sign");
    let units = words_of(&drawing, "unit");
    assert_eq!(units.len(), 1, "which is said once");
    assert!(units[0].2.contains("(%)"), "{units:?}");
}

#[test]
fn the_cells_of_a_grid_all_have_their_sign_on_a_telephone_or_none_has() {
    // The grid of fields and factors has six columns. A figure has as many digits as keep it below its minimum: 0.89996 is 89,996%, not 90,0% or 90,00%.
    let columns: Vec<String> = (1..=6).map(|number| format!("Yếu tố {number}")).collect();
    let texts_of = |shares: [f64; 6]| {
        let cells = shares.map(heat::Cell::Share).to_vec();
        let lines = [heat::Line { name: "Tư pháp".to_owned(), cells }];
        let minima = [0.87, 0.9];
        let minimum = Some(0.9);
        let grid = Grid { title: "T", columns: &columns, lines: &lines, minimum, minima: &minima, language: VI };
        let drawing = narrow_heat(&grid);
        let of = |class| words_of(&drawing, class).into_iter().map(|(_, _, text)| text).collect::<Vec<_>>();
        (of("figure"), of("unit"))
    };
    // Two decimals beside one: as the heat map of a ward had them.
    let (figures, unit) = texts_of([0.8696, 0.91, 0.8, 0.885, 0.6, 0.95]);
    assert_eq!(figures, ["86,96%", "91,0%", "80,0%", "88,5%", "60,0%", "95,0%"]);
    assert!(unit.is_empty());
    // One that does not fit takes the sign from all, and what they are is said.
    let (figures, unit) = texts_of([0.89996, 0.91, 0.8, 0.885, 0.6, 0.95]);
    assert_eq!(figures, ["89,996", "91,0", "80,0", "88,5", "60,0", "95,0"]);
    assert_eq!(unit, ["Số trong các ô là phần trăm (%)."]);
}

#[test]
fn a_limit_is_a_step_over_its_bar_with_a_gap_where_something_is_hidden() {
    let bar = |count| Bar { label: "1".to_owned(), count };
    let (counts, limits) = ([Some(40), None, Some(20)].map(bar), [Some(10), None, Some(20)]);
    let chart =
        Bars { title: "T", counts: &counts, usual: None, limits: &limits, limit_name: "nhiều nhất", language: VI };
    let drawing = bars(&chart);
    let steps = drawing.marks.iter().filter(|mark| mark.class == "limit").count();
    assert_eq!(steps, 2);
    assert_eq!(words_of(&drawing, "hidden").len(), 1);
    assert_eq!(drawing.description, "1: 40 (nhiều nhất 10); 1: không hiển thị; 1: 20 (nhiều nhất 20).");
}
