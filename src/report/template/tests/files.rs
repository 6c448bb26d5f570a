//! Files as Word and `LibreOffice` write them: they are taken, and what a report does not need stays behind.

use std::collections::BTreeMap;

use super::{ARMS, OFFICE, OPC, Parts, W, check, filled_file, names, part, relations, text, zip};
use crate::report::format::date;
use crate::report::sample;

/// What Word 365 writes for a plain letter: its namespaces, splits, theme, notes, custom data, thumbnail, comments.
fn by_word() -> Parts {
    let namespaces = format!(
        "{W} xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" \
         xmlns:w14=\"http://schemas.microsoft.com/office/word/2010/wordml\" \
         xmlns:w15=\"http://schemas.microsoft.com/office/word/2012/wordml\" \
         xmlns:w16se=\"http://schemas.microsoft.com/office/word/2015/wordml/symex\" \
         xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
         xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
         xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\" \
         mc:Ignorable=\"w14 w15 w16se\""
    );
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n";
    let document = format!(
        "{head}<w:document {namespaces}><w:body>\
         <w:p w14:paraId=\"1A2B3C4D\" w14:textId=\"77777777\" w:rsidR=\"00F1\" w:rsidRDefault=\"00F1\"><w:pPr><w:jc w:val=\"center\"/></w:pPr>\
         <w:commentRangeStart w:id=\"0\"/><w:r w:rsidRPr=\"00A2\"><w:rPr><w:b/><w:lang w:val=\"vi-VN\"/></w:rPr><w:t>Báo cáo {{{{</w:t></w:r>\
         <w:proofErr w:type=\"spellStart\"/><w:r><w:t>ky</w:t></w:r><w:proofErr w:type=\"spellEnd\"/><w:r><w:t xml:space=\"preserve\">}}}} </w:t></w:r>\
         <w:commentRangeEnd w:id=\"0\"/><w:r><w:rPr><w:rStyle w:val=\"CommentReference\"/></w:rPr><w:commentReference w:id=\"0\"/></w:r>\
         <w:r><w:footnoteReference w:id=\"1\"/></w:r></w:p>\
         <w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">\
         <pic:pic><pic:blipFill><a:blip r:embed=\"rId8\"/><a:srcRect/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>\
         <w:p><w:hyperlink r:id=\"rId9\" w:history=\"1\"><w:r><w:t>cổng thông tin</w:t></w:r></w:hyperlink>\
         <w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> NUMPAGES  \\* MERGEFORMAT </w:instrText></w:r>\
         <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>2</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>\
         <w:sdt><w:sdtPr><w:dataBinding w:xpath=\"/a\" w:storeItemID=\"{{0}}\"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Số</w:t></w:r></w:p></w:sdtContent></w:sdt>\
         <w:sectPr w:rsidR=\"00F1\"><w:headerReference w:type=\"default\" r:id=\"rId10\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/></w:sectPr>\
         </w:body></w:document>"
    );
    let relation = |(id, kind, target): (u32, &str, &str)| {
        let kind = if kind.starts_with("http") { kind.to_owned() } else { format!("{OFFICE}/{kind}") };
        let mode = if target.starts_with("http") { " TargetMode=\"External\"" } else { "" };
        format!("<Relationship Id=\"rId{id}\" Type=\"{kind}\" Target=\"{target}\"{mode}/>")
    };
    let of_document = [
        (1, "customXml", "../customXml/item1.xml"),
        (2, "numbering", "numbering.xml"),
        (3, "styles", "styles.xml"),
        (4, "settings", "settings.xml"),
        (5, "webSettings", "webSettings.xml"),
        (6, "footnotes", "footnotes.xml"),
        (7, "endnotes", "endnotes.xml"),
        (8, "image", "media/image1.png"),
        (9, "hyperlink", "https://dichvucong.gov.vn/"),
        (10, "header", "header1.xml"),
        (11, "fontTable", "fontTable.xml"),
        (12, "theme", "theme/theme1.xml"),
        (13, "comments", "comments.xml"),
        (14, "http://schemas.microsoft.com/office/2011/relationships/commentsExtended", "commentsExtended.xml"),
        (15, "http://schemas.microsoft.com/office/2011/relationships/people", "people.xml"),
        (16, "glossaryDocument", "glossary/document.xml"),
    ];
    let of_file = [
        (1, "officeDocument", "word/document.xml"),
        (
            2,
            "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail",
            "docProps/thumbnail.jpeg",
        ),
        (
            3,
            "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
            "docProps/core.xml",
        ),
        (4, "extended-properties", "docProps/app.xml"),
        (5, "custom-properties", "docProps/custom.xml"),
    ];
    let plain = |root: &str| format!("{head}<{root} {namespaces}/>").into_bytes();
    let notes = |root: &str, id: u32, text: &str| {
        let note = format!("<w:{root} w:id=\"{id}\"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{root}>");
        format!("{head}<w:{root}s {namespaces}>{note}</w:{root}s>").into_bytes()
    };
    Parts::from([
        ("[Content_Types].xml", format!("{head}<Types xmlns=\"{OPC}/content-types\"><Default Extension=\"jpeg\" ContentType=\"image/jpeg\"/></Types>").into_bytes()),
        ("_rels/.rels", relations(&of_file.map(relation).concat())),
        ("word/document.xml", document.into_bytes()),
        ("word/_rels/document.xml.rels", relations(&of_document.map(relation).concat())),
        ("word/header1.xml", format!("{head}<w:hdr {namespaces}><w:p><w:r><w:t>{{{{don_vi}}}}</w:t></w:r></w:p></w:hdr>").into_bytes()),
        ("word/footnotes.xml", notes("footnote", 1, "Số liệu đến {{den_ngay}}")),
        ("word/endnotes.xml", notes("endnote", 1, "")),
        ("word/styles.xml", plain("w:styles")),
        ("word/numbering.xml", plain("w:numbering")),
        ("word/settings.xml", plain("w:settings")),
        ("word/webSettings.xml", plain("w:webSettings")),
        ("word/fontTable.xml", plain("w:fonts")),
        ("word/theme/theme1.xml", b"<a:theme xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" name=\"Office\"/>".to_vec()),
        ("word/media/image1.png", ARMS.to_vec()),
        ("word/comments.xml", notes("comment", 0, "lời bàn riêng")),
        ("word/commentsExtended.xml", plain("w15:commentsEx")),
        ("word/people.xml", plain("w15:people")),
        ("word/glossary/document.xml", plain("w:glossaryDocument")),
        ("customXml/item1.xml", b"<b:Sources xmlns:b=\"urn:b\"/>".to_vec()),
        ("customXml/_rels/item1.xml.rels", relations("")),
        ("docProps/core.xml", b"<c:coreProperties xmlns:c=\"urn:c\"/>".to_vec()),
        ("docProps/app.xml", b"<Properties/>".to_vec()),
        ("docProps/custom.xml", b"<Properties/>".to_vec()),
        ("docProps/thumbnail.jpeg", b"\xff\xd8\xff\xe0".to_vec()),
    ])
}

#[test]
fn a_file_of_word_is_taken_and_only_what_a_report_needs_is_handed_on() {
    let bytes = zip(&by_word());
    assert_eq!(check(&bytes), []);
    let done = filled_file(&sample::index(), &bytes);
    assert_eq!(
        names(&done),
        [
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/app.xml",
            "docProps/core.xml",
            "word/_rels/document.xml.rels",
            "word/document.xml",
            "word/endnotes.xml",
            "word/fontTable.xml",
            "word/footnotes.xml",
            "word/header1.xml",
            "word/media/image1.png",
            "word/numbering.xml",
            "word/settings.xml",
            "word/styles.xml",
            "word/theme/theme1.xml",
            "word/webSettings.xml",
        ]
    );
    let body = text(&done, "word/document.xml");
    assert!(body.contains("Báo cáo Quý I/2026</w:t>") && body.contains("> </w:t>"), "{body}");
    assert!(!body.contains("omment") || !body.contains("<w:comment"), "{body}");
    assert!(body.contains("w14:paraId=\"1A2B3C4D\"") && body.contains("mc:Ignorable"), "all else stays: {body}");
    assert!(text(&done, "word/header1.xml").contains("xã &lt;Ô Diên&gt;"));
    assert!(text(&done, "word/footnotes.xml").contains(&format!("Số liệu đến {}", date(sample::index().to))));
    assert_eq!(part(&done, "word/media/image1.png"), ARMS);
    // Every part has its type, and no relation leads to what stayed behind.
    let types = text(&done, "[Content_Types].xml");
    for name in names(&done).iter().filter(|name| !name.contains("_rels/") && !name.starts_with('[')) {
        assert!(types.contains(&format!("PartName=\"/{name}\"")), "{name} in {types}");
    }
    let ties = text(&done, "word/_rels/document.xml.rels") + text(&done, "_rels/.rels").as_str();
    for left in ["custom", "comments", "people", "glossary", "thumbnail"] {
        assert!(!ties.contains(left) && !types.contains(left), "{left} in {ties}");
    }
    assert!(ties.contains("Target=\"https://dichvucong.gov.vn/\" TargetMode=\"External\"/>"), "{ties}");
    assert_eq!(check(&done), [], "what was filled can be brought as a template again");
}

#[test]
fn the_strict_form_and_absolute_targets_and_other_names_are_taken() {
    let strict = |content: &[u8]| {
        let text = String::from_utf8(content.to_vec()).expect("UTF-8");
        let text = text.replace(OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships");
        let text = text.replace(
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "http://purl.oclc.org/ooxml/wordprocessingml/main",
        );
        text.replace("Target=\"word/document.xml\"", "Target=\"/word/document.xml\"").into_bytes()
    };
    let text_of = |name: &str| !name.contains("media") && !name.contains("jpeg");
    let mut parts: Parts = by_word()
        .into_iter()
        .map(|(name, content)| (name, if text_of(name) { strict(&content) } else { content }))
        .collect();
    assert_eq!(check(&zip(&parts)), []);
    let done = filled_file(&sample::index(), &zip(&parts));
    assert!(text(&done, "word/document.xml").contains("Báo cáo Quý I/2026"));
    // Word in the browser numbers its body, and names need not agree in capitals.
    let body = parts.remove("word/document.xml").expect("a body");
    let ties = parts.remove("word/_rels/document.xml.rels").expect("relations");
    parts.extend(BTreeMap::from([("Word/Document2.xml", body), ("word/_rels/document2.xml.rels", ties)]));
    let of_file = String::from_utf8(parts["_rels/.rels"].clone()).expect("UTF-8");
    parts.insert("_rels/.rels", of_file.replace("/word/document.xml", "/word/document2.xml").into_bytes());
    assert_eq!(check(&zip(&parts)), []);
    let done = filled_file(&sample::index(), &zip(&parts));
    assert!(text(&done, "Word/Document2.xml").contains("Báo cáo Quý I/2026"));
}

/// `libreoffice.docx` was written by `LibreOffice` 7.4: a field half bold, a list, a comment, a note, an image, a link, a header.
#[test]
fn a_file_of_libreoffice_is_taken_and_filled() {
    let bytes = include_bytes!("libreoffice.docx");
    assert_eq!(check(bytes), []);
    let index = sample::index();
    let done = filled_file(&index, bytes);
    let body = text(&done, "word/document.xml");
    assert!(body.contains(">Báo cáo Quý I/2026</w:t>") && !body.contains("commentReference"), "{body}");
    assert_eq!(body.matches("<w:tr>").count(), 1 + index.targets.len());
    assert!(text(&done, "word/header1.xml").contains("xã &lt;Ô Diên&gt;"));
    assert!(!text(&done, "word/footnotes.xml").contains("{{"));
    assert!(names(&done).contains(&"word/media/image1.png".to_owned()));
    assert!(!names(&done).contains(&"word/comments.xml".to_owned()));
    assert_eq!(check(&done), []);
}
