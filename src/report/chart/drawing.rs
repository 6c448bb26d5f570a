//! A drawing: marks in the order in which they are laid over one another, in units of a pixel of a narrow page, y downwards. It knows nothing of what it
//! shows, and whoever writes it out (SVG, EMF, PDF) nothing either.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::report::markup::escape;

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colour(pub u8, pub u8, pub u8);

/// Words, axes, what is exact.
pub const INK: Colour = Colour(0x12, 0x29, 0x3d);
/// The figures: 5:1 against all grounds, grey print included.
pub const MEASURE: Colour = Colour(0x1f, 0x5a, 0x8c);
/// Intervals, where they are areas.
pub const BAND: Colour = Colour(0xcf, 0xde, 0xeb);
/// Frames and ticks.
pub const EDGE: Colour = Colour(0x6b, 0x82, 0x99);
/// Lines that help the eye across.
pub const GRID: Colour = Colour(0xe1, 0xe8, 0xee);
/// The target: dark brown beside blue, which the colour-blind tell apart, and dashed besides.
pub const TARGET: Colour = Colour(0x8c, 0x3a, 0x12);
/// The ground.
pub const PAPER: Colour = Colour(0xff, 0xff, 0xff);

impl Colour {
    /// As in `#12293d`.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// On which side of its place a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Anchor {
    /// Begins there.
    Start,
    /// Is centred there.
    Middle,
    /// Ends there.
    End,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// A rectangle: left, top, width, height.
    Bar(f64, f64, f64, f64),
    /// Straight lines from place to place.
    Line(Vec<(f64, f64)>),
    /// What straight lines enclose.
    Area(Vec<(f64, f64)>),
    /// A circle: centre and radius.
    Dot(f64, f64, f64),
    /// Words at the left end, middle or right end of their base line, in this size.
    Words(f64, f64, Anchor, f64, String),
}

/// A shape with its paint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// What it stands for; in SVG a class, `mark-…`. Not kept where a drawing is.
    #[serde(skip, default = "kept")]
    pub class: &'static str,
    /// What is drawn.
    pub shape: Shape,
    /// Its inside, or its letters.
    pub fill: Option<Colour>,
    /// Its line: colour and width.
    pub stroke: Option<(Colour, f64)>,
    /// Whether the line is dashed.
    pub dashed: bool,
    /// Whether letters are bold.
    pub bold: bool,
}

impl Mark {
    /// A bar of one colour.
    pub fn bar(class: &'static str, (x, y): (f64, f64), (width, height): (f64, f64), fill: Colour) -> Self {
        Self { fill: Some(fill), ..Self::plain(class, Shape::Bar(x, y, width.max(0.0), height.max(0.0))) }
    }

    /// A line through places.
    pub fn line(class: &'static str, places: Vec<(f64, f64)>, colour: Colour, width: f64) -> Self {
        Self { stroke: Some((colour, width)), ..Self::plain(class, Shape::Line(places)) }
    }

    /// An area within places.
    pub fn area(class: &'static str, places: Vec<(f64, f64)>, fill: Colour) -> Self {
        Self { fill: Some(fill), ..Self::plain(class, Shape::Area(places)) }
    }

    /// A dot with a light rim.
    pub fn dot(class: &'static str, (x, y): (f64, f64), radius: f64, fill: Colour) -> Self {
        Self { fill: Some(fill), stroke: Some((PAPER, 1.5)), ..Self::plain(class, Shape::Dot(x, y, radius)) }
    }

    /// An open dot: a figure that still moves.
    pub fn ring(class: &'static str, (x, y): (f64, f64), radius: f64, colour: Colour) -> Self {
        Self { fill: Some(PAPER), stroke: Some((colour, 2.0)), ..Self::plain(class, Shape::Dot(x, y, radius)) }
    }

    pub fn words(class: &'static str, (x, y): (f64, f64), anchor: Anchor, size: f64, text: impl Into<String>) -> Self {
        Self { fill: Some(INK), ..Self::plain(class, Shape::Words(x, y, anchor, size, text.into())) }
    }

    fn plain(class: &'static str, shape: Shape) -> Self {
        Self { class, shape, fill: None, stroke: None, dashed: false, bold: false }
    }

    /// The same, dashed.
    #[must_use]
    pub fn dashed(self) -> Self {
        Self { dashed: true, ..self }
    }

    /// The same, bold.
    #[must_use]
    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// The same with another inside.
    #[must_use]
    pub fn filled(self, fill: Colour) -> Self {
        Self { fill: Some(fill), ..self }
    }

    /// The same with an edge.
    #[must_use]
    pub fn edged(self, colour: Colour) -> Self {
        Self { stroke: Some((colour, 1.0)), ..self }
    }
}

/// A chart as marks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    /// Kind of chart, as a class of the SVG. Not kept.
    #[serde(skip, default = "kept")]
    pub class: &'static str,
    /// What is shown.
    pub title: String,
    /// The figures in words, for people who do not see the drawing.
    pub description: String,
    /// Units across.
    pub width: f64,
    /// Units down.
    pub height: f64,
    /// In the order in which they are drawn.
    pub marks: Vec<Mark>,
}

/// Letters of names of rows, and the height of a line of them.
const NAME: f64 = 13.0;
const NAME_LINE: f64 = 15.0;

impl Drawing {
    /// An empty drawing.
    pub fn new(class: &'static str, title: &str, (width, height): (f64, f64)) -> Self {
        let ground = Mark::bar("ground", (0.0, 0.0), (width, height), PAPER);
        Self { class, title: title.to_owned(), description: String::new(), width, height, marks: vec![ground] }
    }

    /// Lays a mark over the others.
    pub fn add(&mut self, mark: Mark) {
        self.marks.push(mark);
    }

    /// Lays words over the others on paper of their own, so that no line runs through the letters.
    pub fn add_on_paper(&mut self, words: Mark) {
        if let Shape::Words(x, y, anchor, size, text) = &words.shape {
            let width = width_of(text, *size) + 8.0;
            let left = match anchor {
                Anchor::Start => x - 4.0,
                Anchor::Middle => x - width / 2.0,
                Anchor::End => x - width + 4.0,
            };
            let (left, right) = (left.max(0.0), (left + width).min(self.width));
            let (top, bottom) = ((y - size * 0.95).max(0.0), (y + size * 0.3).min(self.height));
            self.add(Mark::bar("paper", (left, top), (right - left, bottom - top), PAPER));
        }
        self.add(words);
    }

    /// The name of a row in two lines at most: left of a place, around its height, or above it, upwards from there.
    pub fn add_name(&mut self, name: &str, (x, y): (f64, f64), room: f64, above: bool) {
        let lines = wrapped(name, NAME, room, 2);
        let more = lines.len() as f64 - 1.0;
        let first = if above { y - NAME_LINE * more } else { y + 4.5 - NAME_LINE / 2.0 * more };
        for (number, line) in lines.into_iter().enumerate() {
            let at = (x, first + NAME_LINE * number as f64);
            if above {
                self.add_on_paper(Mark::words("name", at, Anchor::Start, NAME, line));
            } else {
                self.add(Mark::words("name", at, Anchor::End, NAME, line));
            }
        }
    }

    /// What is shown in words; where that is nothing, what the picture says of it.
    pub fn describe(&mut self, said: impl IntoIterator<Item = String>) {
        let said: Vec<String> = said.into_iter().collect();
        let nothing = || {
            let words = |mark: &Mark| match &mark.shape {
                Shape::Words(.., text) if mark.class == "nothing" => Some(text.clone()),
                _ => None,
            };
            self.marks.iter().find_map(words).unwrap_or_default()
        };
        let said = if said.is_empty() { nothing() } else { said.join("; ") };
        self.description = said + ".";
    }

    /// As SVG. `id` is unique on the page: letters, digits and hyphens.
    pub fn svg(&self, id: &str) -> String {
        let id: String = id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
        let (width, height) = (self.width, self.height);
        let mut svg = format!(
            "<svg class=\"chart {}\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\" font-family=\"system-ui, Arimo, Arial, sans-serif\"><title \
             id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>",
            self.class,
            escape(&self.title),
            escape(&self.description)
        );
        for mark in &self.marks {
            mark.write(&mut svg);
        }
        svg.push_str("</svg>");
        svg
    }
}

impl Mark {
    fn write(&self, svg: &mut String) {
        let mut paint = format!(" class=\"mark-{}\"", self.class);
        // Writing to a String cannot fail, here and below.
        let _ = write!(paint, " fill=\"{}\"", self.fill.map_or_else(|| "none".to_owned(), Colour::hex));
        if let Some((colour, width)) = self.stroke {
            let _ = write!(paint, " stroke=\"{}\" stroke-width=\"{width}\"", colour.hex());
        }
        if self.dashed {
            paint.push_str(" stroke-dasharray=\"6 4\"");
        }
        let _ = match &self.shape {
            Shape::Bar(x, y, width, height) => {
                write!(svg, "<rect{paint} x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>")
            }
            Shape::Line(places) => write!(svg, "<path{paint} d=\"{}\"/>", path(places)),
            Shape::Area(places) => write!(svg, "<path{paint} d=\"{}Z\"/>", path(places)),
            Shape::Dot(x, y, radius) => write!(svg, "<circle{paint} cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/>"),
            Shape::Words(x, y, anchor, size, text) => {
                let anchor = match anchor {
                    Anchor::Start => "start",
                    Anchor::Middle => "middle",
                    Anchor::End => "end",
                };
                let bold = if self.bold { " font-weight=\"700\"" } else { "" };
                let text = escape(text);
                write!(
                    svg,
                    "<text{paint} x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\"{bold}>{text}</text>"
                )
            }
        };
    }
}

/// The class of what was kept and read again.
fn kept() -> &'static str {
    "kept"
}

fn path(places: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (number, (x, y)) in places.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(path, "{}{x:.1} {y:.1}", if number == 0 { 'M' } else { 'L' });
    }
    path
}

/// About how wide a text is: letters of a sans serif are a little over half as wide as they are high.
pub fn width_of(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.54
}

/// A text in as many lines as it needs at a width, no more than `most`. Of what does not fit the last words stay, an ellipsis before them:
/// the names of offices often differ in their last words alone.
pub fn wrapped(text: &str, size: f64, width: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().map(std::mem::take).unwrap_or_default();
        let longer = if last.is_empty() { word.to_owned() } else { format!("{last} {word}") };
        let fits = last.is_empty() || width_of(&longer, size) <= width;
        match lines.last_mut() {
            Some(place) if fits => *place = longer,
            Some(place) => {
                *place = last;
                lines.push(word.to_owned());
            }
            None => {}
        }
    }
    if lines.len() > most.max(1) {
        lines.truncate(most.max(1));
        let kept: usize = lines.iter().map(|line| line.split(' ').count()).sum();
        if let Some(last) = lines.last_mut() {
            let room = (width / (size * 0.54)) as usize;
            let end = last_words(text, kept, room * 2 / 5);
            let head = room.saturating_sub(end.chars().count() + 1);
            *last = format!("{}…{end}", cut(last, head));
        }
    }
    lines
}

/// As many of the last words of a text as have room, each with the blank before it, none of the first `after`.
fn last_words(text: &str, after: usize, room: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().skip(after).collect();
    let mut end = String::new();
    for word in words.into_iter().rev() {
        if end.chars().count() + word.chars().count() + 1 > room {
            break;
        }
        end = format!(" {word}{end}");
    }
    end
}

/// A text of `most` letters at most, cut between words where there is one to cut behind.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_name_that_is_too_long_the_end_stays() {
        // 20 letters a line: 10.8 units each at size 20.
        let lines = |text: &str| wrapped(text, 20.0, 216.0, 2);
        assert_eq!(lines("Trạm y tế"), ["Trạm y tế"]);
        let long = "Bộ phận Tiếp nhận và Trả kết quả giải quyết thủ tục hành chính số";
        assert_eq!(lines(&format!("{long} 3")), ["Bộ phận Tiếp nhận và", "Trả kết quả… số 3"]);
        assert_eq!(lines(&format!("{long} 14")), ["Bộ phận Tiếp nhận và", "Trả kết quả… số 14"]);
        assert_eq!(lines("Một Hai Ba Bốn Năm Sáu Bảy Tám Chín Mười"), ["Một Hai Ba Bốn Năm", "Sáu Bảy Tám… Mười"]);
    }
}
