//! A questionnaire on paper: a box for every answer to every item, numbered as the staff who key it need it.
//!
//! The same questions, levels and order as on the phone. A code leads to the same questionnaire for those who would
//! rather answer there.

use std::ops::RangeInclusive;

use super::pdf::{A4, ACCENT, Align, Face, GREY, INK, Pdf, PdfError, Role, Ruler, Sheet, Style, TINT, height, mm};
use super::qr::{Qr, scan_url, typed_url};
use crate::plan::round::printed;
use crate::survey::Questionnaire;

/// What stands on a paper questionnaire besides the questions.
#[derive(Debug, Clone, Copy)]
pub struct Paper<'a> {
    /// Who asks.
    pub office: &'a str,
    /// The point's name.
    pub point: &'a str,
    /// The address of the server.
    pub public_url: &'a str,
    /// The point's code.
    pub code: &'a str,
    /// The questions.
    pub questionnaire: &'a Questionnaire,
    /// Language of the questions; where it lacks a text, Vietnamese stands.
    pub language: &'a str,
    /// Names of the fields to choose from, where the point serves several.
    pub fields: &'a [String],
}

const EDGE: f32 = mm(11.0);
const WIDTH: f32 = A4.0 - 2.0 * EDGE;
/// One column of boxes.
const COLUMN: f32 = mm(12.0);
/// The column of "not used / no opinion", whose name is long.
const LAST_COLUMN: f32 = mm(18.0);
/// Five levels, and "not used / no opinion".
const COLUMNS: usize = 6;
const TEXT_WIDTH: f32 = WIDTH - COLUMN * (COLUMNS - 1) as f32 - LAST_COLUMN;

/// How wide a column of boxes is.
fn column(place: usize) -> f32 {
    if place + 1 == COLUMNS { LAST_COLUMN } else { COLUMN }
}
/// A box that a pen hits without care.
const BOX: f32 = mm(5.2);
const FOOT: f32 = mm(8.0);
const HEAD_MIN: f32 = mm(34.0);
const OPTION_ROW: f32 = mm(6.6);
/// The code is scanned with the sheet in hand.
const SYMBOL: f32 = mm(20.0);
/// Lines to write on: at least two; as many more as the page has room for, six at most.
const LINE: f32 = mm(8.0);
const LINES: (usize, usize) = (2, 6);

/// A piece of the form that is not parted over two pages.
enum Piece {
    /// Names of the columns.
    Columns,
    /// A section's heading.
    Section(String),
    /// An item with its boxes.
    Item(String),
    /// A question with a box for every option.
    Choice(String, Vec<String>),
    /// A line to fill in.
    Blank(String),
    /// A question with lines to write on.
    Comment(String),
}

/// The paper questionnaire as PDF, A4.
pub fn paper(paper: &Paper<'_>) -> Result<Vec<u8>, PdfError> {
    let words = Words::of(paper.language);
    let questionnaire = paper.questionnaire;
    let title = questionnaire.title.in_language(paper.language);
    let qr = Qr::of(&scan_url(paper.public_url, paper.code))?;
    let mut pdf = Pdf::new(&format!("{title} ({})", questionnaire.reference()), paper.language)?;
    let form = Form { paper, words, corner: Corner::Code(qr) };
    let pages = form.pages(pdf.ruler());
    form.write(&mut pdf, &pages)?;
    pdf.finish()
}

/// The sheets of a survey round with these numbers, out of so many. They show no code: who was chosen answers on this sheet.
pub fn numbered(paper: &Paper<'_>, numbers: RangeInclusive<u32>, of: u32) -> Result<Vec<u8>, PdfError> {
    let words = Words::of(paper.language);
    let questionnaire = paper.questionnaire;
    let title = questionnaire.title.in_language(paper.language);
    let mut pdf = Pdf::new(&format!("{title} ({})", questionnaire.reference()), paper.language)?;
    let mut form = Form { paper, words, corner: Corner::Number(String::new()) };
    // The words of all sheets stand at the same places.
    let pages = form.pages(pdf.ruler());
    for number in numbers {
        form.corner = Corner::Number(format!("{}/{}", printed(number), printed(of)));
        form.write(&mut pdf, &pages)?;
    }
    pdf.finish()
}

struct Form<'a> {
    paper: &'a Paper<'a>,
    words: Words,
    corner: Corner,
}

/// What stands at the right of the head.
enum Corner {
    /// The code that opens the questionnaire on a phone.
    Code(Qr),
    /// The number of the sheet in its round.
    Number(String),
}

impl<'a> Form<'a> {
    fn style(&self, face: Face, size: f32) -> Style<'a> {
        Style { face, size, colour: INK, align: Align::Left, language: self.paper.language }
    }

    fn write(&self, pdf: &mut Pdf, pages: &[Vec<Piece>]) -> Result<(), PdfError> {
        for (place, pieces) in pages.iter().enumerate() {
            let page = format!("{} {}", self.words.page, place + 1);
            let entry = match &self.corner {
                Corner::Code(_) => page,
                Corner::Number(number) => format!("{} {number}, {page}", self.words.number),
            };
            pdf.page(A4, &entry, |sheet| {
                let mut y = EDGE;
                if place == 0 {
                    y += self.head(sheet, y);
                }
                for piece in pieces {
                    y += self.draw(sheet, piece, y);
                }
                self.foot(sheet, place + 1, pages.len());
            })?;
        }
        Ok(())
    }

    /// All pieces in order.
    fn pieces(&self) -> Vec<Piece> {
        let Paper { questionnaire, language, fields, .. } = *self.paper;
        let text = |text: &crate::survey::Text| text.in_language(language).to_owned();
        let help = |help: &crate::survey::Text| match help.in_language(language) {
            "" => String::new(),
            words => format!(" ({words})"),
        };
        let mut pieces = vec![
            Piece::Blank(self.words.day.to_owned()),
            Piece::Choice(self.words.respondent.to_owned(), self.words.respondents.map(str::to_owned).to_vec()),
        ];
        if fields.len() > 1 {
            pieces.push(Piece::Choice(self.words.field.to_owned(), fields.to_vec()));
        }
        pieces.push(Piece::Columns);
        let mut numbered = questionnaire.numbered();
        for section in &questionnaire.sections {
            pieces.push(Piece::Section(text(&section.title)));
            for (number, item) in numbered.by_ref().take(section.items.len()) {
                let must = if item.required { " *" } else { "" };
                let number = number.map_or_else(String::new, |number| format!("{number}. "));
                pieces.push(Piece::Item(format!("{number}{}{must}{}", text(&item.text), help(&item.help))));
            }
            for question in &section.questions {
                // Numbered, since what is keyed is the number.
                let options = question.kind.options().iter().enumerate();
                let options: Vec<String> =
                    options.map(|(place, option)| format!("{} {}", place + 1, text(&option.text))).collect();
                let asked = text(&question.text) + &help(&question.help);
                pieces.push(if options.is_empty() { Piece::Blank(asked) } else { Piece::Choice(asked, options) });
            }
            let next = questionnaire.sections.iter().skip_while(|known| known.id != section.id).nth(1);
            if !section.questions.is_empty() && next.is_some_and(|next| !next.items.is_empty()) {
                pieces.push(Piece::Columns);
            }
        }
        for demographic in &questionnaire.demographics {
            let options = demographic.options.iter().map(|option| text(&option.text)).collect();
            pieces.push(Piece::Choice(text(&demographic.text), options));
        }
        if let Some(comment) = &questionnaire.comment {
            pieces.push(Piece::Comment(text(comment)));
        }
        pieces
    }

    /// The pieces dealt out to pages; the columns' names are repeated, and a heading stays with its first item.
    fn pages(&self, ruler: Ruler<'_>) -> Vec<Vec<Piece>> {
        let bottom = A4.1 - EDGE - FOOT;
        let tall = |piece: &Piece| self.height_of(ruler, piece);
        let mut pages = Vec::new();
        let mut page = Vec::new();
        let mut y = EDGE + self.head_height(ruler);
        let mut pieces = self.pieces().into_iter().peekable();
        while let Some(piece) = pieces.next() {
            let mut needed = tall(&piece);
            if matches!(piece, Piece::Section(_) | Piece::Columns) {
                needed += pieces.peek().map_or(0.0, tall) + mm(10.0);
            }
            if y + needed > bottom {
                pages.push(std::mem::take(&mut page));
                y = EDGE;
                if matches!(piece, Piece::Item(_) | Piece::Section(_)) {
                    y += tall(&Piece::Columns);
                    page.push(Piece::Columns);
                }
            }
            y += tall(&piece);
            page.push(piece);
        }
        pages.push(page);
        pages
    }

    fn item_style(&self) -> Style<'a> {
        self.style(Face::Sans, 11.0)
    }

    /// As large as lets the longest word of the columns' names stand unbroken.
    fn column_style(&self, ruler: Ruler<'_>) -> Style<'a> {
        let mut style = Style { align: Align::Centre, ..self.style(Face::SansBold, 9.0) };
        let names = self.column_names();
        while style.size > 7.0
            && names
                .iter()
                .enumerate()
                .any(|(place, name)| name.split(' ').any(|word| ruler.width(style, word) > column(place) - 3.0))
        {
            style.size -= 0.1;
        }
        style
    }

    fn question_style(&self) -> Style<'a> {
        self.style(Face::SansBold, 11.0)
    }

    fn column_names(&self) -> Vec<String> {
        let Paper { questionnaire, language, .. } = *self.paper;
        let levels = questionnaire.levels.iter().chain([&questionnaire.not_used]);
        levels.map(|name| name.in_language(language).to_owned()).collect()
    }

    fn height_of(&self, ruler: Ruler<'_>, piece: &Piece) -> f32 {
        match piece {
            Piece::Columns => {
                let style = self.column_style(ruler);
                let names = self.column_names().into_iter().enumerate();
                let heights = names.map(|(place, name)| ruler.height(style, column(place) - 3.0, &name));
                heights.fold(0.0, f32::max) + mm(4.0)
            }
            Piece::Section(text) => ruler.height(self.question_style(), WIDTH - mm(4.0), text) + mm(1.6),
            Piece::Item(text) => {
                (ruler.height(self.item_style(), TEXT_WIDTH - mm(3.0), text) + mm(1.8)).max(BOX + mm(2.4))
            }
            Piece::Choice(question, options) => {
                let rows = self.options(ruler, question, options).last().map_or(0, |place| place.row) + 1;
                OPTION_ROW * rows as f32 + mm(1.4)
            }
            Piece::Blank(_) => mm(8.0),
            Piece::Comment(text) => mm(2.0) + ruler.height(self.question_style(), WIDTH, text) + LINE * LINES.0 as f32,
        }
    }

    /// Where the options of a question stand: behind it in rows, as far as the line goes.
    fn options(&self, ruler: Ruler<'_>, question: &str, options: &[String]) -> Vec<OptionPlace> {
        let style = self.item_style();
        let mut x = ruler.width(self.question_style(), question) + mm(4.0);
        let mut row = 0;
        // A question that takes the line for itself (or more than a line) sends its options below.
        if x > WIDTH * 0.6 {
            row = ruler.lines(self.question_style(), WIDTH, question).len();
            x = 0.0;
        }
        let mut places = Vec::new();
        for option in options {
            let width = (BOX + mm(1.8) + ruler.width(style, option)).min(WIDTH);
            if x + width > WIDTH && x > 0.0 {
                row += 1;
                x = 0.0;
            }
            places.push(OptionPlace { x, row });
            x += width + mm(4.5);
        }
        places
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>, piece: &Piece, y: f32) -> f32 {
        let ruler = sheet.ruler();
        let tall = self.height_of(ruler, piece);
        match piece {
            Piece::Columns => {
                let style = self.column_style(ruler);
                for (place, name) in self.column_names().iter().enumerate() {
                    let name_height = ruler.height(style, column(place) - 3.0, name);
                    let x = EDGE + TEXT_WIDTH + COLUMN * place as f32 + 1.5;
                    sheet.text(
                        Role::Paragraph,
                        style,
                        (x, y + tall - mm(1.6) - name_height),
                        column(place) - 3.0,
                        name,
                    );
                }
                sheet.rule((EDGE, y + tall), (EDGE + WIDTH, y + tall), 1.2, ACCENT);
            }
            Piece::Section(text) => {
                sheet.ground((EDGE, y + 0.6), (WIDTH, tall - 0.6), 0.0, TINT);
                sheet.text(
                    Role::Subheading,
                    self.question_style(),
                    (EDGE + mm(2.0), y + mm(0.9)),
                    WIDTH - mm(4.0),
                    text,
                );
            }
            Piece::Item(text) => {
                let style = self.item_style();
                let top = y + (tall - ruler.height(style, TEXT_WIDTH - mm(3.0), text)) / 2.0;
                sheet.text(Role::Paragraph, style, (EDGE + mm(1.0), top), TEXT_WIDTH - mm(3.0), text);
                for place in 0..COLUMNS {
                    let x = EDGE + TEXT_WIDTH + COLUMN * place as f32 + column(place) / 2.0 - BOX / 2.0;
                    self.answer_box(sheet, (x, y + (tall - BOX) / 2.0), place);
                }
                sheet.rule((EDGE, y + tall), (EDGE + WIDTH, y + tall), 0.4, (0xb8, 0xc4, 0xce));
            }
            Piece::Choice(question, options) => {
                let top = y + mm(0.9);
                let question_style = self.question_style();
                let lift = (OPTION_ROW - height(question_style, 1)) / 2.0;
                sheet.text(Role::Paragraph, question_style, (EDGE, top + lift), WIDTH, question);
                for (place, option) in self.options(ruler, question, options).iter().zip(options) {
                    let (x, row) = (EDGE + place.x, top + OPTION_ROW * place.row as f32);
                    sheet.outline((x, row + (OPTION_ROW - BOX) / 2.0), (BOX, BOX), 1.5, 1.0, INK);
                    let room = EDGE + WIDTH - x - BOX - mm(1.8);
                    let style = ruler.fitted(self.item_style(), 6.0, room, 1, option);
                    let lift = (OPTION_ROW - height(style, 1)) / 2.0;
                    sheet.text(Role::Paragraph, style, (x + BOX + mm(1.8), row + lift), room, option);
                }
            }
            Piece::Blank(text) => {
                let style = self.question_style();
                let text_width = ruler.width(style, text);
                sheet.text(Role::Paragraph, style, (EDGE, y + mm(2.4)), WIDTH, text);
                let start = EDGE + text_width + mm(3.0);
                sheet.rule((start, y + mm(6.6)), (start + mm(50.0), y + mm(6.6)), 0.6, GREY);
            }
            Piece::Comment(text) => {
                let asked = sheet.text(Role::Paragraph, self.question_style(), (EDGE, y + mm(2.0)), WIDTH, text);
                let top = y + mm(2.0) + asked;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a page has some thirty lines"
                )]
                let room = ((A4.1 - EDGE - FOOT - top) / LINE) as usize;
                for line in 1..=room.clamp(LINES.0, LINES.1) {
                    let at = top + LINE * line as f32;
                    sheet.rule((EDGE, at), (EDGE + WIDTH, at), 0.4, GREY);
                }
            }
        }
        tall
    }

    /// A box with the level in it, pale enough to be crossed; none for "not used", which has a dash.
    fn answer_box(&self, sheet: &mut Sheet<'_, '_>, (x, y): (f32, f32), place: usize) {
        sheet.outline((x, y), (BOX, BOX), 1.5, 1.0, INK);
        let level = if place < 5 { (place + 1).to_string() } else { "–".to_owned() };
        let style = Style { colour: (0x8a, 0x98, 0xa5), align: Align::Centre, ..self.style(Face::Sans, 8.5) };
        sheet.text(Role::Artifact, style, (x, y + (BOX - height(style, 1)) / 2.0), BOX, &level);
    }

    fn head_styles(&self) -> [Style<'a>; 4] {
        [
            self.style(Face::SansBold, 9.5),
            Style { colour: ACCENT, ..self.style(Face::SansBold, 17.0) },
            self.style(Face::Sans, 11.0),
            Style { colour: GREY, ..self.style(Face::Sans, 9.5) },
        ]
    }

    fn head_texts(&self) -> [String; 4] {
        let Paper { questionnaire, language, office, point, .. } = *self.paper;
        let required = questionnaire.items().any(|item| item.required);
        [
            format!("{} · {point}", office.to_uppercase()),
            questionnaire.title.in_language(language).to_owned(),
            questionnaire.intro.in_language(language).to_owned(),
            format!("{}{}", self.words.how, if required { self.words.required } else { "" }),
        ]
    }

    /// The code stands at the right of the head; the texts keep clear of it.
    fn head_width() -> f32 {
        WIDTH - mm(34.0)
    }

    fn head_height(&self, ruler: Ruler<'_>) -> f32 {
        let texts = self.head_texts();
        let styles = self.head_styles();
        let heights = texts.iter().zip(styles).map(|(text, style)| ruler.height(style, Self::head_width(), text));
        (heights.sum::<f32>() + mm(6.0)).max(HEAD_MIN)
    }

    fn head(&self, sheet: &mut Sheet<'_, '_>, top: f32) -> f32 {
        let roles = [Role::Paragraph, Role::Heading, Role::Paragraph, Role::Paragraph];
        let mut y = top;
        for ((text, style), role) in self.head_texts().iter().zip(self.head_styles()).zip(roles) {
            y += sheet.text(role, style, (EDGE, y), Self::head_width(), text) + mm(1.0);
        }
        let qr = match &self.corner {
            Corner::Code(qr) => qr,
            Corner::Number(number) => {
                let (x, width) = (EDGE + WIDTH - mm(36.0), mm(36.0));
                let small = Style { align: Align::Centre, colour: GREY, ..self.style(Face::Sans, 9.0) };
                let large = Style { align: Align::Centre, ..self.style(Face::SansBold, 17.0) };
                sheet.outline((x, top), (width, mm(16.0)), 1.5, 1.0, INK);
                let line = sheet.text(Role::Paragraph, small, (x, top + mm(1.6)), width, self.words.number);
                sheet.text(Role::Paragraph, large, (x, top + mm(2.0) + line), width, number);
                return (y - top + mm(2.0)).max(HEAD_MIN);
            }
        };
        let margin = SYMBOL / qr.side() as f32 * super::qr::MARGIN as f32;
        let whole = SYMBOL + 2.0 * margin;
        let x = EDGE + WIDTH - whole + margin;
        let typed = typed_url(self.paper.public_url, self.paper.code);
        sheet.code(qr, (x, top - margin), SYMBOL, &format!("{} {typed}", self.words.by_phone));
        let style = Style { align: Align::Centre, colour: GREY, ..self.style(Face::Sans, 8.0) };
        let below = top - margin + whole;
        let caption =
            sheet.text(Role::Paragraph, style, (x - mm(3.0), below - mm(1.0)), whole + mm(3.0), self.words.by_phone);
        (y - top + mm(2.0)).max(below + caption - top).max(HEAD_MIN)
    }

    fn foot(&self, sheet: &mut Sheet<'_, '_>, page: usize, pages: usize) {
        let y = A4.1 - EDGE - FOOT + mm(3.0);
        let style = Style { colour: GREY, ..self.style(Face::Sans, 8.5) };
        sheet.rule((EDGE, y - mm(1.5)), (EDGE + WIDTH, y - mm(1.5)), 0.4, GREY);
        let drop = sheet.ruler().fitted(style, 6.0, WIDTH * 0.66, 1, self.words.drop);
        sheet.text(Role::Artifact, drop, (EDGE, y), WIDTH, self.words.drop);
        let reference = self.paper.questionnaire.reference();
        let name = match &self.corner {
            Corner::Code(_) => self.paper.code.to_owned(),
            Corner::Number(number) => format!("{} {number}", self.words.number),
        };
        let text = format!("{reference} · {name} · {} {page}/{pages}", self.words.page);
        let right = sheet.ruler().fitted(Style { align: Align::Right, ..style }, 6.0, WIDTH * 0.33, 1, &text);
        sheet.text(Role::Artifact, right, (EDGE, y), WIDTH, &text);
    }
}

/// Where the box of an option stands, from the left edge, and in which row.
struct OptionPlace {
    x: f32,
    row: usize,
}

/// The words of the form that are not the questionnaire's: Vietnamese, else English.
#[derive(Clone, Copy)]
struct Words {
    how: &'static str,
    required: &'static str,
    day: &'static str,
    respondent: &'static str,
    respondents: [&'static str; 2],
    field: &'static str,
    by_phone: &'static str,
    drop: &'static str,
    page: &'static str,
    number: &'static str,
}

impl Words {
    fn of(language: &str) -> Self {
        if language == "vi" {
            Self {
                how: "Trả lời hay không là tùy Ông/Bà; phiếu không hỏi tên. Mỗi dòng đánh dấu X vào một ô. Chọn nhầm thì tô kín ô đó rồi đánh dấu ô khác.",
                required: " Dòng có dấu * xin đừng bỏ trống.",
                day: "Ngày trả lời:",
                respondent: "Ông/Bà trả lời cho ai?",
                respondents: ["Cho bản thân, gia đình", "Cho doanh nghiệp, tổ chức"],
                field: "Ông/Bà làm thủ tục về việc gì?",
                by_phone: "Hoặc trả lời trên điện thoại",
                drop: "Xin đừng ghi tên, số điện thoại. Gấp phiếu và bỏ vào hòm phiếu.",
                page: "Trang",
                number: "Phiếu số",
            }
        } else {
            Self {
                how: "Answering is up to you; no name is asked. Cross one box on every line. To correct a mistake, fill the wrong box and cross another.",
                required: " Please leave no line with * blank.",
                day: "Date:",
                respondent: "You answer for:",
                respondents: ["Myself or my family", "A business or organisation"],
                field: "What your visit was about:",
                by_phone: "Or answer on your phone",
                drop: "Please do not write your name or telephone number. Fold the sheet and drop it into the box.",
                page: "Page",
                number: "Sheet",
            }
        }
    }
}
