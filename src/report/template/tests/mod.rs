//! Report templates filled and refused. The XML is what Word writes: every run its own `<w:r>`, texts in `<w:t>`.

mod files;
mod refused;

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{FIELDS, Filling, LISTS, check, fill};
use crate::index::IndexReport;
use crate::plan::closing::State;
use crate::report::model::TableKind;
use crate::report::{Language, content, sample};

fn p(text: &str) -> String {
    format!(
        "<w:p w:rsidR=\"00\"><w:pPr><w:jc w:val=\"both\"/></w:pPr><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>"
    )
}

fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| format!("<w:tc><w:tcPr/>{}</w:tc>", p(cell))).collect();
    let cells = cells.concat();
    format!("<w:tr w:rsidR=\"00\"><w:trPr/>{cells}</w:tr>")
}

fn table(rows: &[String]) -> String {
    format!("<w:tbl><w:tblPr/><w:tblGrid/>{}</w:tbl>", rows.concat())
}

/// The parts of a file as Word ties them together: body, header, an image.
fn parts(body: &str, header: &str) -> Parts {
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    Parts::from([
        ("[Content_Types].xml", format!("<Types xmlns=\"{OPC}/content-types\"/>").into_bytes()),
        ("_rels/.rels", relations(&relation("rId1", "officeDocument", "word/document.xml"))),
        (
            "word/document.xml",
            format!("<?xml version=\"1.0\"?><w:document {W}><w:body>{body}<w:sectPr/></w:body></w:document>")
                .into_bytes(),
        ),
        (
            "word/_rels/document.xml.rels",
            relations(
                &(relation("rId1", "header", "header1.xml") + relation("rId2", "image", "media/arms.png").as_str()),
            ),
        ),
        ("word/header1.xml", format!("<w:hdr {W}>{header}</w:hdr>").into_bytes()),
        ("word/media/arms.png", ARMS.to_vec()),
    ])
}

const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
                 xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const OPC: &str = "http://schemas.openxmlformats.org/package/2006";
const ARMS: &[u8] = b"\x89PNG\r\n\x1a\n{{ky}} is no field here";

type Parts = BTreeMap<&'static str, Vec<u8>>;

fn relations(relations: &str) -> Vec<u8> {
    format!("<Relationships xmlns=\"{OPC}/relationships\">{relations}</Relationships>").into_bytes()
}

fn zip(parts: &Parts) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(content).expect("written");
    }
    zip.finish().expect("a zip").into_inner()
}

fn docx(body: &str, header: &str) -> Vec<u8> {
    zip(&parts(body, header))
}

fn part(bytes: &[u8], name: &str) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut content = Vec::new();
    zip.by_name(name).expect("a part").read_to_end(&mut content).expect("read");
    content
}

fn text(bytes: &[u8], name: &str) -> String {
    String::from_utf8(part(bytes, name)).expect("UTF-8")
}

fn names(bytes: &[u8]) -> Vec<String> {
    let zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut names: Vec<String> = zip.file_names().map(|name| name.expect("a name").into_owned()).collect();
    names.sort();
    names
}

/// The file filled with the figures of an index.
fn filled_file(index: &IndexReport, bytes: &[u8]) -> Vec<u8> {
    let (plan, names) = (sample::plan(), sample::names());
    let report = content(index, &sample::setting(&plan, &names, Language::Vi));
    let filling = Filling { report: &report, index, unit: "xã <Ô Diên>", plan: "KH {{ky}}", period: "Quý I/2026" };
    fill(bytes, &filling).expect("a sound report template")
}

/// Body and header of a test's own file.
fn filled(index: &IndexReport, bytes: &[u8]) -> String {
    let done = filled_file(index, bytes);
    assert_eq!(part(&done, "word/media/arms.png"), ARMS);
    text(&done, "word/document.xml") + text(&done, "word/header1.xml").as_str()
}

fn problems(body: &str) -> Vec<String> {
    check(&docx(body, "")).iter().map(ToString::to_string).collect()
}

#[test]
fn fields_and_repeated_rows_take_the_words_of_the_report() {
    let rows = [
        row(&["Chỉ tiêu", "Tỷ lệ", "Kết luận"]),
        row(&["{{#ds_chi_tieu}}{{tt}}. {{ten}} ({{don_vi}})", "{{ty_le}}", "{{ket_luan}}{{/ds_chi_tieu}}"]),
    ];
    let bytes = docx(&[p("Kết quả {{ky}} của {{don_vi}}, {{ke_hoach}}"), table(&rows)].concat(), &p("{{tom_tat}}"));
    let index = sample::index();
    let text = filled(&index, &bytes);
    assert!(text.contains("Kết quả Quý I/2026 của xã &lt;Ô Diên&gt;, KH {{ky}}"), "{text}");
    assert_eq!(text.matches("<w:tr ").count(), 1 + index.targets.len(), "one row a target");
    // The plan is named so: a value is no field.
    assert!(!text.replace("KH {{ky}}", "").contains("{{"), "{text}");
    let (plan, names) = (sample::plan(), sample::names());
    let report = content(&index, &sample::setting(&plan, &names, Language::Vi));
    let shown = report.table(TableKind::Targets).expect("targets");
    for (number, target) in (1..).zip(&shown.rows) {
        let name = target.cells[1].text().replace('<', "&lt;").replace('>', "&gt;");
        assert!(text.contains(&format!("{number}. {name}")), "{name} in {text}");
        assert!(text.contains(&format!(">{}<", target.cells[4].text())), "the share as the report words it");
    }
}

#[test]
fn every_field_of_every_list_has_a_text_and_several_rows_are_repeated_together() {
    for list in LISTS {
        let fields: Vec<String> = list.fields.iter().map(|(name, _)| format!("[{name}={{{{{name}}}}}]")).collect();
        let fields = fields.concat();
        let rows =
            [row(&[&format!("{{{{#{}}}}}", list.name)]), row(&[&fields]), row(&[&format!("{{{{/{}}}}}", list.name)])];
        let text = filled(&sample::index(), &docx(&table(&rows), ""));
        assert!(text.contains("[tt=1]"), "{}: {text}", list.name);
        let entries = text.matches("[tt=").count();
        assert_eq!(text.matches("<w:tr ").count(), 3 * entries, "{}", list.name);
        assert!(!text.contains("[ten=]"), "{}: {text}", list.name);
    }
    let all: String = FIELDS.iter().map(|(name, _)| p(&format!("{name}={{{{{name}}}}}"))).collect();
    let text = filled(&sample::index(), &docx(&all, ""));
    for (name, _) in FIELDS.iter().filter(|(name, _)| *name != "canh_bao") {
        assert!(!text.contains(&format!("{name}=<")), "{name} is empty in {text}");
    }
}

#[test]
fn a_draft_says_so_also_where_the_outline_has_no_place_for_it() {
    let draft = IndexReport { state: State::Draft, frozen: None, version: None, ..sample::index() };
    let silent = docx(&p("{{ky}}"), "");
    assert!(filled(&draft, &silent).contains("BẢN NHÁP"));
    assert!(!filled(&sample::index(), &silent).contains("BẢN NHÁP"));
    let own = docx(&[p("{{ky}}"), p("Lưu ý: {{canh_bao}}")].concat(), "");
    assert_eq!(filled(&draft, &own).matches("BẢN NHÁP").count(), 1);
}

#[test]
fn what_cannot_be_filled_is_refused_with_its_place() {
    let bad = problems(&[p("Xong"), p("Kỳ {{kyy}}")].concat());
    assert_eq!(bad.len(), 1, "{bad:?}");
    assert!(bad[0].starts_with("thân văn bản, đoạn 2 («Kỳ {{kyy}}»): không có trường {{kyy}}"), "{bad:?}");
    assert!(problems(&p("Kỳ {{ky"))[0].contains("lẻ"));
    let no_end = problems(&table(&[row(&["{{#ds_chi_tieu}}{{ten}}"])]));
    assert!(no_end[0].contains("không có {{/ds_chi_tieu}}"), "{no_end:?}");
    assert!(
        problems(&table(&[row(&["{{ten}}{{/ds_chi_tieu}}"])])).concat().contains("không có {{#ds_chi_tieu}} ở trước")
    );
    assert!(problems(&p("{{#ds_chi_tieu}}{{ten}}{{/ds_chi_tieu}}"))[0].contains("trong một hàng của bảng"));
    assert!(problems(&p("{{ten}}"))[0].contains("chỉ dùng trong hàng"));
    assert!(
        problems(&table(&[row(&["{{#ds_chi_tieu}}{{diem}}{{/ds_chi_tieu}}"])]))
            .concat()
            .contains("các trường có: tt, muc")
    );
    assert!(problems(&table(&[row(&["{{#ds_khac}}{{/ds_khac}}"])])).concat().contains("các danh sách có"));
    let two = [table(&[row(&["{{#ds_chi_tieu}}{{ten}}"])]), table(&[row(&["{{/ds_chi_tieu}}"])])].concat();
    assert!(problems(&two)[0].contains("cùng bảng"), "{:?}", problems(&two));
    assert!(check(b"no zip")[0].to_string().contains("không phải tệp Word"));
    assert!(problems(&p("{{ky}} {{tom_tat}}")).is_empty());
}

#[test]
fn the_page_on_outlines_lists_every_field() {
    let page = include_str!("../../../../docs/outlines.md");
    for (name, about) in FIELDS.iter().chain(LISTS.iter().flat_map(|list| list.fields)) {
        assert!(page.contains(&format!("| `{{{{{name}}}}}` | {about} |")), "{name}");
    }
    for list in LISTS {
        assert!(page.contains(&format!("### `{{{{#{}}}}}`: {}", list.name, list.about)), "{}", list.name);
    }
}

#[test]
fn the_outline_to_begin_with_is_sound() {
    let bytes = crate::report::docx::docx(&super::example()).expect("a DOCX");
    assert_eq!(check(&bytes), Vec::new());
    let text = text(&filled_file(&sample::index(), &bytes), "word/document.xml");
    assert!(!text.replace("KH {{ky}}", "").contains("{{"), "{text}");
}

const SPLIT: &str = "<w:p><w:r><w:rPr><w:i/></w:rPr><w:t>Kỳ {</w:t></w:r><w:proofErr w:type=\"spellStart\"/>\
                     <w:r w:rsidR=\"00A1\"><w:rPr><w:b/></w:rPr><w:t>{k</w:t></w:r><w:r><w:t>y</w:t></w:r>\
                     <w:proofErr w:type=\"spellEnd\"/><w:r><w:t>}} của {{don</w:t></w:r><w:r><w:t>_vi}}</w:t></w:r></w:p>";

#[test]
fn a_field_that_word_parted_into_runs_takes_the_look_of_its_first_run() {
    let text = filled(&sample::index(), &docx(SPLIT, ""));
    let runs = "<w:r><w:rPr><w:i/></w:rPr><w:t xml:space=\"preserve\">Kỳ Quý I/2026</w:t></w:r><w:proofErr w:type=\"spellStart\"/>\
                <w:r w:rsidR=\"00A1\"><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\"></w:t></w:r>\
                <w:r><w:t xml:space=\"preserve\"></w:t></w:r><w:proofErr w:type=\"spellEnd\"/>\
                <w:r><w:t xml:space=\"preserve\"> của xã &lt;Ô Diên&gt;</w:t></w:r><w:r><w:t xml:space=\"preserve\"></w:t></w:r>";
    assert!(text.contains(runs), "{text}");
}

#[test]
fn marks_of_lists_parted_into_runs_repeat_their_rows() {
    let cell = |texts: &[&str]| {
        let runs: Vec<String> = texts.iter().map(|text| format!("<w:r><w:t>{text}</w:t></w:r>")).collect();
        format!("<w:tc><w:p>{}</w:p></w:tc>", runs.concat())
    };
    let row = cell(&["{{#ds_", "chi_tieu}}[{", "{tt}}]"]) + cell(&["{{ty_le}}", "{{/ds_chi", "_tieu}}"]).as_str();
    let text = filled(&sample::index(), &docx(&table(&[format!("<w:tr>{row}</w:tr>")]), ""));
    let targets = sample::index().targets.len();
    assert_eq!(text.matches("<w:tr>").count(), targets);
    for number in 1..=targets {
        assert!(text.contains(&format!(">[{number}<")), "{text}");
    }
}

#[test]
fn a_text_box_within_a_paragraph_is_filled_by_itself() {
    let boxed = "<w:p><w:r><w:t>{{ky}} ngoài </w:t></w:r><w:r><w:pict><v:textbox xmlns:v=\"urn:schemas-microsoft-com:vml\"><w:txbxContent>\
                 <w:p><w:r><w:t>trong {{don_</w:t></w:r><w:r><w:t>vi}}</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r>\
                 <w:r><w:t>{{tu_ngay}}</w:t></w:r></w:p>";
    let text = filled(&sample::index(), &docx(boxed, ""));
    assert!(text.contains("Quý I/2026 ngoài ") && text.contains("trong xã &lt;Ô Diên&gt;"), "{text}");
}
