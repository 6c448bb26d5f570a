//! A report as DOCX in the layout of Decree 30/2020: A4, heading in two columns, Times New Roman, signature block.
//!
//! A DOCX is a zip of XML parts; this writer knows just the few elements a report needs. The same report gives the
//! same bytes: no clock, no random names, a fixed time in the zip.

use std::io::{Cursor, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::model::{Block, Letter, Report, Row, Table};

/// Twentieths of a point; 1 mm is 56.6929 of them.
type Twips = u32;

/// A4 less 30 mm on the left and 15 mm on the right.
const TEXT_WIDTH: Twips = 11_906 - 1_701 - 850;
/// "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in 13 pt bold needs so much.
const RIGHT_OF_HEADING: Twips = 5_855;
/// More columns than this are set smaller.
const COLUMNS_AT_FULL_SIZE: usize = 6;

const NAMESPACE: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

/// The bytes of the DOCX.
///
/// # Errors
/// When the zip cannot be put together; in memory there is no cause for it but a part of 4 GiB.
pub fn docx(report: &Report) -> Result<Vec<u8>, ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // The zip format's own first day: no clock is read.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, part) in [
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELATIONSHIPS.to_owned()),
        ("docProps/core.xml", properties(report)),
        ("word/document.xml", document(report)),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONSHIPS.to_owned()),
        ("word/styles.xml", styles(report)),
        ("word/settings.xml", SETTINGS.to_owned()),
        ("word/first_header.xml", header(report, false)),
        ("word/header.xml", header(report, true)),
    ] {
        zip.start_file(name, options)?;
        zip.write_all(part.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

fn document(report: &Report) -> String {
    let mut body = heading(&report.letter);
    body += &paragraph("Title", &report.title);
    body += &paragraph("Subtitle", &report.subject);
    for banner in &report.banners {
        body += &paragraph("Banner", banner);
    }
    for (place, block) in report.blocks.iter().enumerate() {
        let before = report.blocks.get(place + 1);
        // A sentence stays with the table under it, and the signature does not stand alone on a page.
        let kept = before.is_none_or(|block| matches!(block, Block::Table(_)));
        body += &match block {
            Block::Heading(text) => paragraph("Heading1", text),
            Block::Paragraph(text) => kept_paragraph("BodyText", text, kept),
            Block::Point(text) => kept_paragraph("ListPoint", &format!("- {text}"), kept),
            Block::Table(table) => table_with_notes(table),
        };
    }
    body += &signature(&report.letter, report.language.choose("Nơi nhận:", "To:"));
    format!(
        "{DECLARATION}<w:document {NAMESPACE}><w:body>{body}<w:sectPr>\
         <w:headerReference w:type=\"first\" r:id=\"rId3\"/><w:headerReference w:type=\"default\" r:id=\"rId4\"/>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
         <w:pgMar w:top=\"1134\" w:right=\"850\" w:bottom=\"1134\" w:left=\"1701\" w:header=\"510\" w:footer=\"510\" w:gutter=\"0\"/>\
         <w:pgNumType w:start=\"1\"/><w:titlePg/></w:sectPr></w:body></w:document>"
    )
}

/// Agency on the left, the name of the state and its motto on the right, each with its rule.
fn heading(letter: &Letter) -> String {
    let left_width = TEXT_WIDTH - RIGHT_OF_HEADING;
    let agency: String = letter.agency.iter().map(|line| paragraph("Agency", line)).collect();
    let left = format!("{agency}{}{}", rule(left_width, left_width * 2 / 5), paragraph("Number", &letter.number));
    let right = format!(
        "{}{}{}{}",
        paragraph("State", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        paragraph("Motto", "Độc lập - Tự do - Hạnh phúc"),
        rule(RIGHT_OF_HEADING, 3_330),
        paragraph("PlaceDate", &letter.place_and_date)
    );
    two_columns(&left, left_width, &right)
}

fn signature(letter: &Letter, recipients: &str) -> String {
    let left_width = TEXT_WIDTH / 2;
    let ended = |line: &String| format!("- {line}{}", if line.ends_with('.') { "" } else { ";" });
    let mut left = paragraph("Recipients", recipients);
    left.extend(letter.recipients.iter().map(|line| paragraph("Recipient", &ended(line))));
    let mut right: String = letter.signer.iter().map(|line| paragraph("Signer", line)).collect();
    // Room for the signature and the seal, then for the name.
    right.push_str(&paragraph("Signer", "").repeat(4));
    let block = two_columns(&left, left_width, &right);
    // Word wants a paragraph after a table at the end.
    format!("{}{block}{}", kept_paragraph("BodyText", "", true), paragraph("AfterTable", ""))
}

fn two_columns(left: &str, left_width: Twips, right: &str) -> String {
    let right_width = TEXT_WIDTH - left_width;
    let cell = |width: Twips, text: &str| {
        format!("<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{text}</w:tc>")
    };
    format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{TEXT_WIDTH}\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/>\
         <w:tblCellMar><w:left w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr>\
         <w:tblGrid><w:gridCol w:w=\"{left_width}\"/><w:gridCol w:w=\"{right_width}\"/></w:tblGrid>\
         <w:tr><w:trPr><w:cantSplit/></w:trPr>{}{}</w:tr></w:tbl>",
        cell(left_width, left),
        cell(right_width, right)
    )
}

/// A rule of `length` in the middle of `width`: the upper border of an all but invisible paragraph.
fn rule(width: Twips, length: Twips) -> String {
    let side = (width - length) / 2;
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"Rule\"/><w:pBdr><w:top w:val=\"single\" w:sz=\"6\" w:space=\"1\" w:color=\"000000\"/></w:pBdr>\
         <w:ind w:left=\"{side}\" w:right=\"{side}\"/></w:pPr></w:p>"
    )
}

fn table_with_notes(table: &Table) -> String {
    let small = table.columns.len() > COLUMNS_AT_FULL_SIZE;
    let (words, figures) = if small { ("CellSmall", "FigureSmall") } else { ("Cell", "Figure") };
    let widths = widths(table);
    let grid = widths.iter().map(|width| format!("<w:gridCol w:w=\"{width}\"/>")).collect::<Vec<_>>().concat();
    let headings = table.columns.iter().zip(&widths).enumerate().map(|(place, (column, width))| {
        let style = if small { "CellHeadingSmall" } else { "CellHeading" };
        cell(*width, 1, true, &kept_paragraph(style, &column.heading, place == 0))
    });
    let headings: String = headings.collect();
    let rows = table.rows.iter().enumerate().map(|(place, row)| {
        // The notes stay with the last row.
        let kept = row.group || (place + 1 == table.rows.len() && !table.notes.is_empty());
        table_row(table, row, &widths, if row.group { ("GroupRow", "GroupRow") } else { (words, figures) }, kept)
    });
    let rows: String = rows.collect();
    let notes: String = table.notes.iter().map(|note| paragraph("TableNote", note)).collect();
    format!(
        "{}<w:tbl><w:tblPr><w:tblW w:w=\"{TEXT_WIDTH}\" w:type=\"dxa\"/>{BORDERS}<w:tblLayout w:type=\"fixed\"/>\
         <w:tblCellMar><w:left w:w=\"57\" w:type=\"dxa\"/><w:right w:w=\"57\" w:type=\"dxa\"/></w:tblCellMar>\
         <w:tblLook w:val=\"0020\" w:firstRow=\"1\"/><w:tblCaption w:val=\"{}\"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>\
         <w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{headings}</w:tr>{rows}</w:tbl>{notes}{}",
        paragraph("Caption", &table.caption),
        escape(&table.caption),
        paragraph("AfterTable", ""),
    )
}

/// A row in the styles for words and for figures. What keeps a row with the next is its first paragraph.
fn table_row(table: &Table, row: &Row, widths: &[Twips], (words, figures): (&str, &str), kept: bool) -> String {
    let last = row.cells.len().saturating_sub(1);
    let cells = row.cells.iter().enumerate().map(|(place, content)| {
        let spanned = if place == last { &widths[place..] } else { &widths[place..=place] };
        let spans = spanned.len() > 1;
        let style = if table.columns[place].figures && !spans { figures } else { words };
        cell(spanned.iter().sum(), spanned.len(), false, &kept_paragraph(style, content.text(), kept && place == 0))
    });
    let cells: String = cells.collect();
    format!("<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
}

fn cell(width: Twips, spans: usize, heading: bool, content: &str) -> String {
    let span = if spans > 1 { format!("<w:gridSpan w:val=\"{spans}\"/>") } else { String::new() };
    let shade = if heading { "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"EDEDED\"/>" } else { "" };
    format!(
        "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{span}{shade}<w:vAlign w:val=\"center\"/></w:tcPr>{content}</w:tc>"
    )
}

/// The columns' relative widths scaled to the text width; the last takes what rounding leaves.
fn widths(table: &Table) -> Vec<Twips> {
    let all: u32 = table.columns.iter().map(|column| column.width).sum::<u32>().max(1);
    let mut widths: Vec<Twips> = table.columns.iter().map(|column| TEXT_WIDTH * column.width / all).collect();
    let left_over = TEXT_WIDTH - widths.iter().sum::<Twips>();
    if let Some(last) = widths.last_mut() {
        *last += left_over;
    }
    widths
}

fn paragraph(style: &str, text: &str) -> String {
    kept_paragraph(style, text, false)
}

/// A paragraph that stays, if `kept`, on the page of the next.
fn kept_paragraph(style: &str, text: &str, kept: bool) -> String {
    let keep = if kept { "<w:keepNext/>" } else { "" };
    let run = if text.is_empty() {
        String::new()
    } else {
        format!("<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r>", escape(text))
    };
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{keep}</w:pPr>{run}</w:p>")
}

/// `text` for XML: markup escaped, characters that XML 1.0 forbids dropped.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// The page number in the top margin (not on page 1), and what must catch the eye on every page.
fn header(report: &Report, numbered: bool) -> String {
    let number = "<w:p><w:pPr><w:pStyle w:val=\"PageNumber\"/></w:pPr><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>\
                  <w:r><w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r>\
                  <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>2</w:t></w:r>\
                  <w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>";
    let banners: String = report.banners.iter().map(|banner| paragraph("HeaderBanner", banner)).collect();
    let content = match (numbered, banners.is_empty()) {
        (true, _) => format!("{number}{banners}"),
        // A header part needs a paragraph. Page 1 carries the banners in its body.
        (false, _) => paragraph("PageNumber", ""),
    };
    format!("{DECLARATION}<w:hdr {NAMESPACE}>{content}</w:hdr>")
}

fn properties(report: &Report) -> String {
    format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:creator>{}</dc:creator>\
         <dc:language>{}</dc:language></cp:coreProperties>",
        escape(&report.subject),
        escape(&report.letter.agency.join(" ")),
        report.language.choose("vi-VN", "en-GB"),
    )
}

/// What a paragraph style says beyond Times New Roman: half-points, then properties of paragraph and letters.
struct Style(&'static str, u32, &'static str, &'static str);

const CENTRED: &str = "<w:jc w:val=\"center\"/>";

/// Sizes after Decree 30/2020, annex I; inside a style the elements stand in the order of the schema.
const STYLES: [Style; 27] = [
    Style("Agency", 26, "<w:spacing w:after=\"0\"/><w:jc w:val=\"center\"/>", "<w:b/>"),
    Style("State", 26, "<w:spacing w:after=\"0\"/><w:jc w:val=\"center\"/>", "<w:b/>"),
    Style("Motto", 28, "<w:spacing w:after=\"0\"/><w:jc w:val=\"center\"/>", "<w:b/>"),
    Style("Rule", 4, "<w:spacing w:before=\"20\" w:after=\"60\" w:line=\"40\" w:lineRule=\"exact\"/>", ""),
    Style("Number", 26, "<w:spacing w:before=\"120\" w:after=\"0\"/><w:jc w:val=\"center\"/>", ""),
    Style("PlaceDate", 26, "<w:spacing w:before=\"120\" w:after=\"0\"/><w:jc w:val=\"center\"/>", "<w:i/>"),
    Style("Title", 28, "<w:keepNext/><w:spacing w:before=\"360\" w:after=\"0\"/><w:jc w:val=\"center\"/>", "<w:b/>"),
    Style(
        "Subtitle",
        28,
        "<w:spacing w:after=\"240\"/><w:ind w:left=\"567\" w:right=\"567\"/><w:jc w:val=\"center\"/>",
        "<w:b/>",
    ),
    Style(
        "Banner",
        26,
        "<w:pBdr><w:top w:val=\"single\" w:sz=\"8\" w:space=\"3\" w:color=\"000000\"/><w:left w:val=\"single\" w:sz=\"8\" \
         w:space=\"3\" w:color=\"000000\"/><w:bottom w:val=\"single\" w:sz=\"8\" w:space=\"3\" w:color=\"000000\"/><w:right \
         w:val=\"single\" w:sz=\"8\" w:space=\"3\" w:color=\"000000\"/></w:pBdr><w:spacing w:after=\"240\"/><w:ind \
         w:left=\"567\" w:right=\"567\"/><w:jc w:val=\"center\"/>",
        "<w:b/>",
    ),
    Style(
        "Heading1",
        26,
        "<w:keepNext/><w:spacing w:before=\"240\" w:after=\"120\"/><w:outlineLvl w:val=\"0\"/>",
        "<w:b/>",
    ),
    Style("BodyText", 26, "<w:spacing w:after=\"120\"/><w:ind w:firstLine=\"720\"/><w:jc w:val=\"both\"/>", ""),
    Style("ListPoint", 26, "<w:spacing w:after=\"80\"/><w:ind w:firstLine=\"720\"/><w:jc w:val=\"both\"/>", ""),
    Style("Caption", 26, "<w:keepNext/><w:spacing w:before=\"120\" w:after=\"80\"/><w:jc w:val=\"center\"/>", "<w:b/>"),
    Style(
        "CellHeading",
        22,
        "<w:spacing w:before=\"40\" w:after=\"40\" w:line=\"240\" w:lineRule=\"auto\"/><w:jc w:val=\"center\"/>",
        "<w:b/>",
    ),
    Style(
        "CellHeadingSmall",
        20,
        "<w:spacing w:before=\"40\" w:after=\"40\" w:line=\"240\" w:lineRule=\"auto\"/><w:jc w:val=\"center\"/>",
        "<w:b/>",
    ),
    Style("Cell", 22, "<w:spacing w:before=\"40\" w:after=\"40\" w:line=\"240\" w:lineRule=\"auto\"/>", ""),
    Style("CellSmall", 20, "<w:spacing w:before=\"30\" w:after=\"30\" w:line=\"240\" w:lineRule=\"auto\"/>", ""),
    Style(
        "Figure",
        22,
        "<w:spacing w:before=\"40\" w:after=\"40\" w:line=\"240\" w:lineRule=\"auto\"/><w:jc w:val=\"right\"/>",
        "",
    ),
    Style(
        "FigureSmall",
        20,
        "<w:spacing w:before=\"30\" w:after=\"30\" w:line=\"240\" w:lineRule=\"auto\"/><w:jc w:val=\"right\"/>",
        "",
    ),
    Style(
        "GroupRow",
        22,
        "<w:spacing w:before=\"40\" w:after=\"40\" w:line=\"240\" w:lineRule=\"auto\"/>",
        "<w:b/><w:i/>",
    ),
    Style(
        "TableNote",
        22,
        "<w:spacing w:before=\"20\" w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/><w:jc w:val=\"both\"/>",
        "<w:i/>",
    ),
    Style("AfterTable", 12, "<w:spacing w:after=\"0\"/>", ""),
    Style("Recipients", 24, "<w:spacing w:after=\"0\"/>", "<w:b/><w:i/>"),
    Style("Recipient", 22, "<w:spacing w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/>", ""),
    Style("Signer", 26, "<w:keepNext/><w:spacing w:after=\"0\"/><w:jc w:val=\"center\"/>", "<w:b/>"),
    Style("PageNumber", 26, CENTRED, ""),
    Style(
        "HeaderBanner",
        18,
        "<w:spacing w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/><w:jc w:val=\"center\"/>",
        "<w:b/>",
    ),
];

fn styles(report: &Report) -> String {
    let language = report.language.choose("vi-VN", "en-GB");
    let styles = STYLES.iter().map(|Style(name, size, of_paragraph, of_letters)| {
        format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{name}\"><w:name w:val=\"{}\"/><w:basedOn w:val=\"Normal\"/>\
             <w:pPr>{of_paragraph}</w:pPr><w:rPr>{of_letters}<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr></w:style>",
            match *name {
                "Heading1" => "heading 1",
                "Caption" => "caption",
                "BodyText" => "Body Text",
                name => name,
            }
        )
    });
    let styles: String = styles.collect();
    format!(
        "{DECLARATION}<w:styles {NAMESPACE}><w:docDefaults><w:rPrDefault><w:rPr>\
         <w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"Times New Roman\" w:cs=\"Times New Roman\"/>\
         <w:sz w:val=\"26\"/><w:szCs w:val=\"26\"/><w:lang w:val=\"{language}\" w:eastAsia=\"{language}\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault><w:pPr><w:spacing w:after=\"120\" w:line=\"264\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>{styles}</w:styles>"
    )
}

const BORDERS: &str = "<w:tblBorders><w:top w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>\
    <w:left w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>\
    <w:bottom w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>\
    <w:right w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>\
    <w:insideH w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>\
    <w:insideV w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/></w:tblBorders>";

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/><Override PartName="/word/first_header.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/word/header.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>"#;

const RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#;

const DOCUMENT_RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="first_header.xml"/><Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header.xml"/></Relationships>"#;

/// Word's current layout rules instead of those of 2007.
const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_and_control_characters_are_dropped() {
        assert_eq!(escape("<b>&\"'\u{0}\u{1b}\t\u{ffff}đ"), "&lt;b&gt;&amp;&quot;&apos;đ");
    }
}
