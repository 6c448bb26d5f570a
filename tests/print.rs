//! Posters and paper questionnaires as a printer and a phone see them: rendered by poppler, read by an independent decoder.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels are few and not negative")]

use std::io::Write;
use std::process::{Command, Stdio};

use sipas::print::paper::{Paper, paper};
use sipas::print::poster::{Format, Poster, posters};
use sipas::print::ticket::{Cards, tickets};
use sipas::survey::code::{ticket_from_random, ticket_in_groups};
use sipas::survey::{ChoiceOption, Demographic, Factor, Feed, Item, Questionnaire, Section, Text};

const URL: &str = "https://khaosat.caugiay.hanoi.gov.vn";
const SCANNED: &str = "HTTPS://KHAOSAT.CAUGIAY.HANOI.GOV.VN/S/2A3B4C5";

fn poster<'a>(point: &'a str, code: &'a str) -> Poster<'a> {
    Poster {
        office: "Ủy ban nhân dân phường Cầu Giấy",
        point,
        public_url: URL,
        code,
        seconds: 60,
        hotline: Some("024 3833 0000"),
    }
}

/// Runs a program of poppler-utils on `pdf`.
fn poppler(program: &str, arguments: &[&str], pdf: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Poppler warns of an entry that PDF/UA-1 asks for.
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} of poppler-utils is needed (./dev installs it): {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let pdf = pdf.to_vec();
    let feed = std::thread::spawn(move || stdin.write_all(&pdf).unwrap());
    let output = child.wait_with_output().unwrap();
    feed.join().unwrap();
    assert!(output.status.success(), "{program} refuses the PDF");
    output.stdout
}

fn text_of(pdf: &[u8]) -> String {
    let text = String::from_utf8(poppler("pdftotext", &["-layout", "-", "-"], pdf)).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A page in grey, 0 black.
struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    /// All pages at `dpi`.
    fn of(pdf: &[u8], dpi: u32) -> Vec<Self> {
        let bytes = poppler("pdftoppm", &["-gray", "-r", &dpi.to_string(), "-"], pdf);
        let mut rest = bytes.as_slice();
        let mut pages = Vec::new();
        while !rest.is_empty() {
            // "P5\n<width> <height>\n255\n" and the pixels.
            let mut words = Vec::new();
            while words.len() < 4 {
                let end = rest.iter().position(u8::is_ascii_whitespace).unwrap();
                words.push(String::from_utf8(rest[..end].to_vec()).unwrap());
                rest = &rest[end + 1..];
            }
            assert_eq!((words[0].as_str(), words[3].as_str()), ("P5", "255"));
            let (width, height): (usize, usize) = (words[1].parse().unwrap(), words[2].parse().unwrap());
            let (pixels, after) = rest.split_at(width * height);
            pages.push(Self { width, height, pixels: pixels.to_vec() });
            rest = after;
        }
        pages
    }

    fn at(&self, x: f64, y: f64) -> f64 {
        if x < 0.0 || y < 0.0 || x >= self.width as f64 || y >= self.height as f64 {
            return 255.0;
        }
        f64::from(self.pixels[y as usize * self.width + x as usize])
    }

    /// As a cheap phone sees it: tilted, blurred over three pixels, grey instead of black.
    fn badly_seen(&self, degrees: f64) -> Self {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let side = ((self.width.pow(2) + self.height.pow(2)) as f64).sqrt().ceil() as usize;
        let middle = side as f64 / 2.0;
        let seen = |x: usize, y: usize| {
            let (x, y) = (x as f64 - middle, y as f64 - middle);
            let (x, y) =
                (x * cosine + y * sine + self.width as f64 / 2.0, y * cosine - x * sine + self.height as f64 / 2.0);
            let around = [-1.0, 0.0, 1.0];
            let sum: f64 = around.iter().flat_map(|dx| around.map(|dy| self.at(x + dx, y + dy))).sum();
            // 60 % of the contrast, on grey paper.
            (sum / 9.0 * 0.6 + 40.0) as u8
        };
        let pixels = (0..side * side).map(|place| seen(place % side, place / side)).collect();
        Self { width: side, height: side, pixels }
    }

    /// The page cut into cards, two beside each other: a phone, too, sees one card at a time.
    fn cards(&self, rows: usize) -> Vec<Self> {
        let (width, height) = (self.width / 2, self.height / rows);
        let cut = |place: usize| {
            let (left, top) = (place % 2 * width, place / 2 * height);
            let rows = (top..top + height).map(|y| &self.pixels[y * self.width + left..][..width]);
            Self { width, height, pixels: rows.collect::<Vec<_>>().concat() }
        };
        (0..2 * rows).map(cut).collect()
    }

    /// The texts in all codes on the page.
    fn codes(&self) -> Vec<String> {
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, |x, y| {
            self.pixels[y * self.width + x]
        });
        image.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
    }

    /// Side in pixels of the first code's symbol.
    fn symbol(&self) -> f64 {
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, |x, y| {
            self.pixels[y * self.width + x]
        });
        let [first, second, ..] = image.detect_grids()[0].bounds;
        f64::from((second.x - first.x).abs().max((second.y - first.y).abs()))
    }
}

#[test]
fn the_code_on_every_poster_opens_the_point() {
    for (format, codes) in [(Format::A4, 1), (Format::A5, 1), (Format::Card, 4)] {
        let pdf = posters(&[poster("Quầy 3: Tư pháp – Hộ tịch", "2A3B4C5")], format).unwrap();
        let pages = Picture::of(&pdf, 100);
        assert_eq!(pages.len(), 1);
        let quarters = if codes == 4 { pages[0].cards(2) } else { pages };
        assert_eq!(quarters.iter().flat_map(Picture::codes).collect::<Vec<_>>(), vec![SCANNED; codes], "{format:?}");
    }
}

#[test]
fn the_code_is_read_from_a_tilted_blurred_and_pale_print() {
    // 50 dpi: A4 fills 413 × 585 pixels of the phone's picture.
    for (format, dpi) in [(Format::A4, 50), (Format::A5, 72)] {
        let pdf = posters(&[poster("Quầy 3: Tư pháp – Hộ tịch", "2A3B4C5")], format).unwrap();
        let seen = Picture::of(&pdf, dpi)[0].badly_seen(15.0);
        assert_eq!(seen.codes(), [SCANNED], "{format:?}");
    }
}

#[test]
fn the_symbol_is_a_tenth_of_the_reading_distance() {
    // At least 100 mm on A4 for one metre, 60 mm on A5, 45 mm on a card; one pixel is lost at each end.
    for (format, least) in [(Format::A4, 100.0), (Format::A5, 60.0), (Format::Card, 45.0)] {
        let pdf = posters(&[poster("Quầy 3", "2A3B4C5")], format).unwrap();
        let side = Picture::of(&pdf, 100)[0].symbol() / 100.0 * 25.4;
        assert!(side >= least, "{format:?}: {side} mm");
    }
}

#[test]
fn a_poster_says_who_asks_where_to_type_and_what_happens_in_two_languages() {
    let pdf = posters(&[poster("Quầy 3: Tư pháp – Hộ tịch", "2A3B4C5")], Format::A4).unwrap();
    let text = text_of(&pdf);
    for said in [
        "ỦY BAN NHÂN DÂN PHƯỜNG CẦU GIẤY",
        "Quầy 3: Tư pháp – Hộ tịch",
        "khaosat.caugiay.hanoi.gov.vn/s/2A3B4C5",
        "Không cần đăng nhập, không thu phí, khoảng 1 phút",
        "No sign-in, no charge, about 1 minute",
        "Phiếu không hỏi tên",
        "The form neither asks nor records who you are.",
        "024 3833 0000",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    let about = String::from_utf8(poppler("pdfinfo", &["-"], &pdf)).unwrap();
    assert!(about.contains("Tagged:          yes") && about.contains("PDF version:     1.7"), "{about}");
    let fonts = String::from_utf8(poppler("pdffonts", &["-"], &pdf)).unwrap();
    assert!(fonts.contains("Arimo"), "{fonts}");
    assert!(fonts.lines().skip(2).all(|font| font.contains(" yes yes yes")), "embedded, subset, with Unicode: {fonts}");
}

#[test]
fn posters_in_bulk_have_a_page_a_point_and_the_same_bytes_every_time() {
    let some =
        [poster("Quầy 1", "2A3B4C5"), poster("Trạm y tế", "7WXYZ23"), poster("Trường mầm non Họa Mi", "9876543")];
    let pdf = posters(&some, Format::A5).unwrap();
    assert_eq!(pdf, posters(&some, Format::A5).unwrap());
    let codes: Vec<String> = Picture::of(&pdf, 100).iter().flat_map(Picture::codes).collect();
    let expected: Vec<String> = some.iter().map(|poster| format!("{}/S/{}", URL.to_uppercase(), poster.code)).collect();
    assert_eq!(codes, expected);
}

#[test]
fn long_and_odd_names_stay_on_the_page() {
    let long =
        "Điểm tiếp nhận và trả kết quả lưu động của Trung tâm Phục vụ hành chính công tại nhà văn hóa tổ dân phố số 17";
    // Decomposed letters (NFD), as some keyboards and file systems write them, and a letter that the font lacks.
    let odd = "Quâ\u{300}y sô\u{301} 3 \u{4e2d}\u{0}";
    let office = "Ủy ban nhân dân xã Đại Xuyên, Trung tâm Phục vụ hành chính công và Bộ phận tiếp nhận hồ sơ lưu động";
    for (format, height) in [(Format::A4, 841.9), (Format::A5, 595.3), (Format::Card, 841.9)] {
        let pdf = posters(&[Poster { office, ..poster(long, "2A3B4C5") }, poster(odd, "7WXYZ23")], format).unwrap();
        let pages = Picture::of(&pdf, 100);
        assert_eq!(pages.len(), 2);
        assert!(pages.iter().all(|page| !page.codes().is_empty()));
        let boxes = String::from_utf8(poppler("pdftotext", &["-bbox", "-", "-"], &pdf)).unwrap();
        let lowest = boxes.split("yMax=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse::<f64>().unwrap());
        let lowest = lowest.fold(0.0, f64::max);
        // 5 mm are what printers leave white at the edge.
        assert!(lowest < height - 14.0, "{format:?}: text down to {lowest} of {height} pt");
    }
    let text = text_of(&posters(&[poster(odd, "7WXYZ23")], Format::A4).unwrap());
    assert!(text.contains("Quầy số 3 ?"), "{text}");
}

#[test]
fn an_address_too_long_for_a_code_is_refused() {
    let url = format!("https://example.vn/{}", "a".repeat(200));
    let refused = posters(&[Poster { public_url: &url, ..poster("Quầy 1", "2A3B4C5") }], Format::A4);
    assert!(refused.unwrap_err().to_string().contains("use a shorter PUBLIC_URL"));
}

#[test]
fn every_card_has_its_own_code_to_scan_and_to_type_and_says_that_nobody_can_trace_it() {
    let cards = Cards {
        office: "Ủy ban nhân dân phường Cầu Giấy",
        point: "Quầy 3: Tư pháp – Hộ tịch",
        public_url: URL,
        code: "2A3B4C5",
        last_day: chrono::NaiveDate::from_ymd_opt(2026, 4, 13).unwrap(),
    };
    let codes: Vec<String> =
        (1..12_u64).map(|seed| ticket_from_random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 14)).collect();
    let pdf = tickets(&cards, &codes).unwrap();
    let pages = Picture::of(&pdf, 150);
    assert_eq!(pages.len(), 2, "eight on a sheet");
    let read: Vec<String> = pages.iter().flat_map(|page| page.cards(4)).flat_map(|card| card.codes()).collect();
    let wanted: Vec<String> = codes.iter().map(|code| format!("{}{code}", SCANNED.replace("/S/", "/T/"))).collect();
    assert_eq!(read, wanted);
    let close = Picture::of(&pdf, 250).remove(0).cards(4).remove(5);
    assert_eq!(close.badly_seen(7.0).codes(), [wanted[5].as_str()]);
    let text = text_of(&pdf);
    for code in &codes {
        assert!(text.contains(&ticket_in_groups(code)), "{code} in {text}");
    }
    for said in ["13/04/2026", "miễn phí", "không ai biết mã nào đi với phiếu nào", "cannot be traced to your answers"]
    {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert_eq!(pdf, tickets(&cards, &codes).unwrap());
}

#[test]
fn long_names_and_addresses_stay_on_their_card() {
    let cards = Cards {
        office: "Trung tâm Phục vụ hành chính công phường Phú Diễn – Điểm tiếp nhận số 2 (Trụ sở cũ Cổ Nhuế)",
        point: "Bộ phận tiếp nhận hồ sơ lĩnh vực đất đai, xây dựng, đô thị và tài nguyên môi trường",
        public_url: "https://khao-sat-hai-long.phuong-phu-dien.hanoi.gov.vn",
        code: "2A3B4C5",
        last_day: chrono::NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(),
    };
    let codes = vec![ticket_from_random(0x3_ffff_ffff_ffff); 8];
    let pdf = tickets(&cards, &codes).unwrap();
    // White along the edges of every card: nothing runs out of it.
    for card in Picture::of(&pdf, 100).remove(0).cards(4) {
        let edge = 14;
        for x in 4..card.width - 4 {
            for y in (4..edge).chain(card.height - edge..card.height - 4) {
                assert!(card.at(x as f64, y as f64) > 200.0, "ink at {x}, {y}");
            }
        }
    }
}

fn bilingual(vi: &str, en: &str) -> Text {
    Text([("vi".to_owned(), vi.to_owned()), ("en".to_owned(), en.to_owned())].into())
}

fn questionnaire(sections: usize, items: usize) -> Questionnaire {
    let item = |section: usize, item: usize| Item {
        id: format!("item_{section}_{item}"),
        text: bilingual(
            [
                "Cán bộ hướng dẫn dễ hiểu, nghe một lần là làm được",
                "Giấy tờ phải nộp đúng quy định, không bị đòi thêm giấy tờ nào khác",
            ][item % 2],
            "Staff explain clearly: one explanation is enough to complete the file",
        ),
        help: Text::default(),
        source: None,
        required: item == 0,
        audio: Text::default(),
    };
    let section = |number: usize| Section {
        id: format!("section_{number}"),
        factor: Some(Factor::Officials),
        feeds: vec![Feed::Sipas],
        title: bilingual("Cán bộ giải quyết hồ sơ", "Staff who handled your case"),
        items: (0..items).map(|place| item(number, place)).collect(),
        optional: false,
        ..Section::default()
    };
    let options = |names: &[&str]| {
        let option =
            |(place, name): (usize, &&str)| ChoiceOption { id: format!("o{place}"), text: bilingual(name, name) };
        names.iter().enumerate().map(option).collect()
    };
    Questionnaire {
        id: "thu-tuc-hanh-chinh".to_owned(),
        version: 2,
        fields: vec!["land".to_owned(), "judicial".to_owned()],
        languages: vec!["vi".to_owned(), "en".to_owned()],
        title: bilingual("Ông/Bà hài lòng đến đâu khi làm thủ tục?", "How satisfied were you with your procedure?"),
        intro: bilingual(
            "Xin chấm từng điều dưới đây theo lần làm thủ tục gần nhất. Câu nào không muốn trả lời thì bỏ qua.",
            "Please rate each point below for your most recent procedure here. Skip any question you like.",
        ),
        estimated_seconds: 60,
        levels: [
            bilingual("Rất không hài lòng", "Very dissatisfied"),
            bilingual("Không hài lòng", "Dissatisfied"),
            bilingual("Bình thường", "Neutral"),
            bilingual("Hài lòng", "Satisfied"),
            bilingual("Rất hài lòng", "Very satisfied"),
        ],
        not_used: bilingual("Không sử dụng, không có ý kiến", "Not used, no opinion"),
        sections: (0..sections).map(section).collect(),
        demographics: vec![
            Demographic {
                id: "age".to_owned(),
                text: bilingual("Tuổi của Ông/Bà", "Your age"),
                options: options(&["18–24", "25–34", "35–49", "50–60", "Trên 60"]),
            },
            Demographic {
                id: "sex".to_owned(), text: bilingual("Giới tính", "Sex"), options: options(&["Nam", "Nữ"])
            },
        ],
        comment: Some(bilingual("Điều gì nên làm tốt hơn?", "What should we do better?")),
        unreviewed: Vec::new(),
    }
}

#[test]
fn a_paper_questionnaire_has_every_question_and_a_code_to_answer_by_phone() {
    let fields = ["Đất đai", "Tư pháp", "Xây dựng"].map(str::to_owned);
    for (sections, items, language, pages_expected) in [(3, 3, "vi", 1), (5, 4, "en", 2), (5, 16, "vi", 4)] {
        let questionnaire = questionnaire(sections, items);
        let sheet = Paper {
            office: "Ủy ban nhân dân phường Cầu Giấy",
            point: "Quầy 3: Tư pháp – Hộ tịch",
            public_url: URL,
            code: "2A3B4C5",
            questionnaire: &questionnaire,
            language,
            fields: &fields,
        };
        let pdf = paper(&sheet).unwrap();
        let text = text_of(&pdf);
        for number in 1..=sections * items {
            assert!(text.contains(&format!(" {number}. ")), "item {number} in {text}");
        }
        let said = [
            "Đất đai",
            "18–24",
            questionnaire.title.in_language(language),
            questionnaire.comment.as_ref().unwrap().in_language(language),
        ];
        for said in said {
            assert!(text.contains(said), "{said} in {text}");
        }
        assert!(text.contains("thu-tuc-hanh-chinh@2 · 2A3B4C5"));
        let pages = Picture::of(&pdf, 150);
        assert_eq!(pages.len(), pages_expected, "{sections} sections of {items} items");
        assert_eq!(pages[0].codes(), [SCANNED]);
        assert_eq!(pdf, paper(&sheet).unwrap());
    }
}
