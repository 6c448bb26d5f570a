//! Files that would run, fetch or take in something where they are opened, that are broken, or that are made to keep a server busy.

use super::super::problem::{Forbidden, Place, Reason, XmlFault};
use super::super::{BYTES_UNPACKED_MAX, Filling, fill};
use super::{OFFICE, Parts, W, check, docx, filled, p, parts, problems, relations, row, table, zip};
use crate::plan::closing::State;
use crate::report::{Language, content, sample};
use crate::unzip::UnzipError;

/// An ordinary file with a part changed.
fn with(name: &'static str, content: &str) -> Parts {
    let mut parts = parts(&p("{{ky}}"), "");
    parts.insert(name, content.as_bytes().to_vec());
    parts
}

/// The same with one more relation of the body.
fn related(kind: &str, target: &str, external: bool) -> Parts {
    let mode = if external { " TargetMode=\"External\"" } else { "" };
    let relation = format!("<Relationship Id=\"rId7\" Type=\"{kind}\" Target=\"{target}\"{mode}/>");
    let mut parts = parts(&p("{{ky}}"), "");
    parts.insert("word/_rels/document.xml.rels", relations(&relation));
    parts
}

fn reasons(parts: &Parts) -> Vec<Reason> {
    check(&zip(parts)).into_iter().map(|problem| problem.reason).collect()
}

fn body(text: &str) -> Vec<Reason> {
    check(&docx(text, "")).into_iter().map(|problem| problem.reason).collect()
}

#[test]
fn what_word_would_run_or_fetch_is_refused_with_the_part_and_what_to_do() {
    let office = |kind: &str| format!("{OFFICE}/{kind}");
    for (kind, target, external, forbidden) in [
        (office("attachedTemplate"), "http://evil.example/x.dotm", true, Forbidden::AttachedTemplate),
        (office("attachedTemplate"), "file:///C:/Users/a/Mau.dotx", true, Forbidden::AttachedTemplate),
        (office("oleObject"), "embeddings/a.bin", false, Forbidden::Object),
        (office("package"), "b.xlsx", false, Forbidden::Object),
        (office("control"), "c.xml", false, Forbidden::Control),
        (office("aFChunk"), "d.xhtml", false, Forbidden::Chunk),
        (office("subDocument"), "e.docx", true, Forbidden::Chunk),
        (office("chart"), "charts/chart1.xml", false, Forbidden::Drawing),
        (office("image"), "https://evil.example/a.png", true, Forbidden::External),
        (office("image"), "\\\\evil\\a.png", true, Forbidden::External),
        (office("header"), "https://evil.example/h.xml", true, Forbidden::External),
        (office("hyperlink"), "file://evil/a.exe", true, Forbidden::Link),
        (office("hyperlink"), "javascript:alert(1)", true, Forbidden::Link),
        (
            "http://schemas.microsoft.com/office/2006/relationships/vbaProject".to_owned(),
            "a.bin",
            false,
            Forbidden::Macro,
        ),
        ("urn:new".to_owned(), "https://evil.example/", true, Forbidden::External),
    ] {
        let found = check(&zip(&related(&kind, target, external)));
        assert_eq!(found.len(), 1, "{kind}: {found:?}");
        assert_eq!(found[0].reason, Reason::Forbidden(forbidden), "{kind}");
        assert_eq!(found[0].place, Place::Part("word/_rels/document.xml.rels".to_owned()));
        assert!(found[0].to_string().contains("hãy "), "{}", found[0]);
    }
    // Also where nothing leads to them.
    for (name, forbidden) in [
        ("word/vbaProject.bin", Forbidden::Macro),
        ("WORD/VBAPROJECT.BIN", Forbidden::Macro),
        ("word/embeddings/oleObject1.bin", Forbidden::Object),
        ("word/activeX/activeX1.xml", Forbidden::Control),
        ("word/afchunk.mht", Forbidden::Chunk),
    ] {
        let found = check(&zip(&with(name, "x")));
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert_eq!(found[0].reason, Reason::Forbidden(forbidden), "{name}");
        assert_eq!(found[0].place, Place::Part(name.to_owned()));
    }
    let macros = "<Types><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/></Types>";
    assert_eq!(reasons(&with("[Content_Types].xml", macros)), [Reason::Forbidden(Forbidden::Macro)]);
}

#[test]
fn the_text_itself_fetches_and_runs_nothing() {
    let field = |code: &str| {
        let run = |inner: &str| format!("<w:r>{inner}</w:r>");
        let kind = |kind: &str| run(&format!("<w:fldChar w:fldCharType=\"{kind}\"/>"));
        let (half, rest) = code.split_at(code.len() / 2);
        let code = [half, rest].map(|code| run(&format!("<w:instrText>{code}</w:instrText>"))).concat();
        format!("<w:p>{}{code}{}{}</w:p>", kind("begin"), kind("separate"), kind("end"))
    };
    assert_eq!(body(&field(" PAGE ")), []);
    assert_eq!(body(&field("DDEAUTO a b")), [Reason::FieldCode("DDEAUTO a b".to_owned())]);
    assert_eq!(
        body("<w:p><w:fldSimple w:instr=\"INCLUDETEXT a\"/></w:p>"),
        [Reason::FieldCode("INCLUDETEXT a".to_owned())]
    );
    let open = "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText>LINK a</w:instrText></w:r></w:p>";
    assert_eq!(body(open), [Reason::FieldCode("LINK a".to_owned())]);
    let picture =
        "<w:p><w:r><w:pict><v:imagedata xmlns:v=\"urn:v\" src=\"http://evil.example/a\"/></w:pict></w:r></w:p>";
    assert_eq!(body(picture), [Reason::Forbidden(Forbidden::External)]);
    // The namespace of Word under another prefix would pass by every look at names.
    let hidden = "<x:p xmlns:x=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"/>";
    assert_eq!(body(hidden), [Reason::NotWord]);
    let mut merge = related(&format!("{OFFICE}/settings"), "settings.xml", false);
    let settings = format!("<w:settings {W}><w:mailMerge><w:connectString w:val=\"a\"/></w:mailMerge></w:settings>");
    merge.insert("word/settings.xml", settings.into_bytes());
    assert_eq!(reasons(&merge), [Reason::Forbidden(Forbidden::MailMerge)]);
}

#[test]
fn a_part_left_out_that_the_text_shows_is_refused() {
    let shows = "<w:p><w:r><w:drawing><c:x xmlns:c=\"urn:c\" r:id=\"rId7\"/></w:drawing></w:r></w:p>";
    let mut parts = parts(shows, "");
    for (kind, target) in [(format!("{OFFICE}/image"), "media/gone.png"), ("urn:new".to_owned(), "media/arms.png")] {
        let relation = format!("<Relationship Id=\"rId7\" Type=\"{kind}\" Target=\"{target}\"/>");
        parts.insert("word/_rels/document.xml.rels", relations(&relation));
        assert_eq!(reasons(&parts), [Reason::Unknown("rId7".to_owned())]);
    }
    assert_eq!(reasons(&related("urn:new", "media/arms.png", false)), [], "nobody sees that it is gone");
    assert_eq!(reasons(&with("word/media/arms.png", "<svg/>")), [Reason::Image]);
}

#[test]
fn what_is_no_sound_file_of_word_is_refused() {
    let xml = |content: &str| reasons(&with("word/document.xml", content));
    assert!(matches!(xml("no XML")[..], [Reason::Xml(XmlFault::IllFormed { .. })]));
    assert!(matches!(
        xml(&format!("<w:document {W}><w:body><w:p></w:body></w:document>"))[..],
        [Reason::Xml(XmlFault::IllFormed { .. })]
    ));
    let doctype = format!(
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><w:document {W}><w:body>&b;</w:body></w:document>"
    );
    assert_eq!(xml(&doctype), [Reason::Xml(XmlFault::Doctype)]);
    assert_eq!(
        xml(&format!("<?xml version=\"1.0\" encoding=\"windows-1258\"?><w:document {W}/>")),
        [Reason::Xml(XmlFault::NotUtf8)]
    );
    assert!(xml("<html/>").contains(&Reason::NotWord));
    assert!(xml("<w:document><w:body></w:body></w:document>").contains(&Reason::NotWord), "no namespace");
    assert!(matches!(reasons(&with("word/header1.xml", "<w:hdr>"))[..], [Reason::Xml(_)]), "headers too");
    assert!(matches!(reasons(&with("[Content_Types].xml", "<Types"))[..], [Reason::Xml(_)]), "and the ties");
    let mut parts = parts("", "");
    parts.remove("[Content_Types].xml");
    assert_eq!(reasons(&parts), [Reason::NotWord]);
    assert_eq!(check(b"\xd0\xcf\x11\xe0 an old file")[0].reason, Reason::OldOrLocked);
    assert_eq!(
        check(&zip(&with("word/../../evil", "x")))[0].reason,
        Reason::Zip(UnzipError::Name("word/../../evil".into()))
    );
}

#[test]
fn a_file_that_unpacks_to_more_than_its_bound_is_refused() {
    let mut parts = parts(&p("{{ky}}"), "");
    let names = ["word/media/a", "word/media/b", "word/media/c", "word/media/d"];
    parts.extend(names.map(|name| (name, vec![0_u8; 13 * 1024 * 1024])));
    let bytes = zip(&parts);
    assert!(bytes.len() < 200_000, "{} bytes packed", bytes.len());
    assert_eq!(check(&bytes)[0].reason, Reason::Zip(UnzipError::TooLarge(BYTES_UNPACKED_MAX)));
}

/// Sizes at which work in squares would take the time of a holiday.
#[test]
fn the_work_grows_with_the_file_and_not_with_its_square() {
    let many = 40_000;
    let unclosed = format!("<w:p><w:r>{}</w:r></w:p>", "<w:t>a".repeat(many));
    assert!(matches!(body(&unclosed)[..], [Reason::Xml(_)]));
    let runs = format!("<w:p>{}</w:p>", "<w:r><w:t>{{k</w:t></w:r><w:r><w:t>y}}</w:t></w:r>".repeat(many));
    assert_eq!(filled(&sample::index(), &docx(&runs, "")).matches("Quý I/2026").count(), many);
    let long = format!("<w:p>{}</w:p>", "<w:r><w:t>{{</w:t></w:r>".repeat(many));
    assert_eq!(body(&long), [Reason::LoneBraces]);
    let lists = table(&vec![row(&["{{#ds_chi_tieu}}{{tt}}{{/ds_chi_tieu}}"]); 4_000]);
    let index = sample::index();
    let text = filled(&index, &docx(&lists, ""));
    assert_eq!(text.matches("<w:tr ").count(), 4_000 * index.targets.len());
    let unended = table(&vec![row(&["{{#ds_chi_tieu}}"]); 4_000]);
    assert_eq!(body(&unended).len(), 51, "fifty are told, and that there are more");
    let nested = "<w:tbl><w:tr><w:tc>".repeat(60)
        + "<w:tr/>".repeat(many).as_str()
        + "</w:tc></w:tr></w:tbl>".repeat(60).as_str();
    assert_eq!(body(&nested), []);
}

#[test]
fn a_template_that_grows_beyond_all_measure_when_filled_is_refused() {
    let bytes = docx(&p(&"{{phuong_phap}}".repeat(400_000)), "");
    assert_eq!(check(&bytes), []);
    let (index, plan, names) = (sample::index(), sample::plan(), sample::names());
    let report = content(&index, &sample::setting(&plan, &names, Language::Vi));
    let filling = Filling { report: &report, index: &index, unit: "u", plan: "p", period: "k" };
    let found = fill(&bytes, &filling).expect_err("refused");
    assert!(matches!(found[0].reason, Reason::FilledTooLarge { .. }), "{found:?}");
}

#[test]
fn no_template_hides_that_a_period_is_a_draft() {
    let mut draft = sample::index();
    draft.state = State::Draft;
    for text in [
        // Repeated no times, or on no page.
        table(&[row(&["{{#ds_khac_phuc}}{{canh_bao}}{{/ds_khac_phuc}}"])]),
        "<!-- {{canh_bao}} -->".to_owned(),
    ] {
        let shown = filled(&draft, &docx(&text, ""));
        let top = shown.split("<w:body>").nth(1).expect("a body");
        assert!(top.starts_with("<w:p><w:pPr><w:jc w:val=\"center\"/>") && top.contains("BẢN NHÁP"), "{shown}");
    }
    let in_header = docx(&p("{{ky}}"), &p("{{canh_bao}}"));
    assert_eq!(filled(&draft, &in_header).matches("BẢN NHÁP").count(), 2, "a header may be on no page");
}

#[test]
fn two_lists_in_one_row_are_refused() {
    let rows = [row(&["{{#ds_chi_tieu}}{{ten}}{{/ds_chi_tieu}}", "{{#ds_linh_vuc}}{{ten}}{{/ds_linh_vuc}}"])];
    assert!(problems(&table(&rows))[0].contains("nằm chung hàng"), "{:?}", problems(&table(&rows)));
    let inner = table(&[row(&["{{#ds_linh_vuc}}{{ten}}{{/ds_linh_vuc}}"])]);
    let around =
        format!("<w:tbl><w:tr><w:tc>{}{inner}</w:tc></w:tr></w:tbl>", p("{{#ds_chi_tieu}}{{ten}}{{/ds_chi_tieu}}"));
    assert!(problems(&around)[0].contains("nằm chung hàng"), "{:?}", problems(&around));
}
