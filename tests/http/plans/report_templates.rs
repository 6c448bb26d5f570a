//! An office's own outline, the sheet for the city's system, the progress of a unit.

use std::io::{Cursor, Read as _};
use std::process::Command;

use calamine::{Data, Reader as _, Xlsx};
use reqwest::blocking::Response;
use sipas::access::Role;

use crate::closing::{a_town, publish};
use crate::documents::docx_xml;
use crate::on_both;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{Town, location, page, texts};

const PAGE: &str = "/staff/plans/cau-giay-2026/outline";
const Q1: &str = "/staff/plans/cau-giay-2026/2026-q1";

/// Sends a file as a browser does.
fn send(town: &Town, session: &str, bytes: &[u8], deed: &str) -> Response {
    let mut body = Vec::new();
    let head = "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"mau.docx\"\r\n\
                Content-Type: application/octet-stream\r\n\r\n";
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    let tail = format!("\r\n--limit\r\nContent-Disposition: form-data; name=\"do\"\r\n\r\n{deed}\r\n--limit--\r\n");
    body.extend_from_slice(tail.as_bytes());
    let request = town.client.post(format!("{}{PAGE}", town.address)).header("cookie", session);
    let request = request.header("sec-fetch-site", "same-origin");
    request.header("content-type", "multipart/form-data; boundary=limit").body(body).send().expect("an answer")
}

fn taken(town: &Town, session: &str, path: &str) -> Vec<u8> {
    let answer = town.get_as(session, path);
    assert_eq!(answer.status(), 200, "{path}");
    answer.bytes().expect("a file").to_vec()
}

/// The same document with another text in it.
pub fn with(docx: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(Cursor::new(docx)).expect("a zip");
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..zip.len() {
        let mut file = zip.by_index(place).expect("a part");
        let mut content = String::new();
        file.read_to_string(&mut content).expect("text");
        let name = file.name().expect("a name").into_owned();
        out.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        std::io::Write::write_all(&mut out, content.replace(from, to).as_bytes()).expect("written");
    }
    out.finish().expect("a zip").into_inner()
}

fn sipas(fresh: &FreshDb, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
    let said = command.env("SIPAS_DATABASE_URL", fresh.address()).args(arguments).output().expect("the program runs");
    let words = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    (said.status.code().expect("a status"), words)
}

on_both! {
    fn an_outline_of_the_office_is_checked_filled_and_kept_with_the_period(fresh) {
        let town = a_town(fresh);
        let lan = town.sign_in("lan");
        let path = format!("{Q1}/outline.docx");
        assert_eq!(location(&town.get_as(&lan, &path)), PAGE, "there is none yet");
        let example = taken(&town, &lan, &format!("{PAGE}/example.docx"));
        let bad = with(&example, "{{tom_tat}}", "{{tom_tats}}");
        let (status, shown) = page(send(&town, &lan, &bad, "keep"));
        assert_eq!(status, 422);
        let problem = texts(&shown, "ul.problems li").concat();
        assert!(problem.contains("đoạn ") && problem.contains("không có trường {{tom_tats}}"), "{problem}");
        assert_eq!(send(&town, &lan, b"no file of Word", "keep").status(), 422);
        assert_eq!(location(&send(&town, &lan, &example, "keep")), format!("{PAGE}?done=kept"));
        assert_eq!(taken(&town, &lan, &format!("{PAGE}/current.docx")), example);

        // Word parts a field where somebody corrected it.
        let parted = with(&example, "{{tom_tat}}", "{{tom</w:t></w:r><w:proofErr w:type=\"spellEnd\"/><w:r><w:t>_tat}}");
        assert_eq!(location(&send(&town, &lan, &parted, "keep")), format!("{PAGE}?done=kept"));
        assert!(docx_xml(&taken(&town, &lan, &path)).contains("Trong 1 chỉ tiêu: "));
        let outside = with(&example, "Target=\"settings.xml\"/>", "Target=\"settings.xml\"/><Relationship Id=\"rId9\" \
            Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate\" \
            Target=\"https://other.example/x.dotm\" TargetMode=\"External\"/>");
        let (status, shown) = page(send(&town, &lan, &outside, "keep"));
        assert_eq!(status, 422);
        let problem = texts(&shown, "ul.problems li").concat();
        assert!(problem.contains("word/_rels/document.xml.rels") && problem.contains("attached template"), "{problem}");
        assert_eq!(location(&send(&town, &lan, &example, "keep")), format!("{PAGE}?done=kept"));

        let draft = docx_xml(&taken(&town, &lan, &path));
        assert!(draft.contains("BẢN NHÁP") && draft.contains("Tư pháp") && draft.contains("70,0%"), "{draft}");
        assert!(!draft.contains("{{"), "{draft}");
        publish(&town);
        let kept = taken(&town, &lan, &path);
        assert!(!docx_xml(&kept).contains("BẢN NHÁP"));
        let removed = send(&town, &lan, b"", "remove");
        assert_eq!(location(&removed), format!("{PAGE}?done=removed"));
        assert_eq!(taken(&town, &lan, &path), kept, "what went out stays");
        let viewer = town.sign_in("viewer");
        assert_eq!(town.get_as(&viewer, &path).status(), 403);
        assert_eq!(send(&town, &viewer, &example, "keep").status(), 403);
    }

    fn the_sheet_for_the_city_has_a_row_a_target_with_the_figures_of_the_page(fresh) {
        let town = a_town(fresh);
        let lan = town.sign_in("lan");
        let (_, shown) = page(town.get_as(&lan, Q1));
        let share = texts(&shown, "#targets tbody tr td").into_iter().find(|cell| cell.ends_with('%') && cell.contains(',')).expect("a share");
        let book = taken(&town, &lan, &format!("{Q1}/sheet.xlsx"));
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book)).expect("a workbook");
        let rows: Vec<Vec<Data>> = book
            .sheet_names()
            .iter()
            .flat_map(|name| book.worksheet_range(name).expect("a sheet").rows().map(<[Data]>::to_vec).collect::<Vec<_>>())
            .collect();
        let has = |text: &str| rows.iter().any(|row| row.iter().any(|cell| cell.to_string().contains(text)));
        assert!(has("Quý I/2026") && has("II.1.1") && has("Khoảng tin cậy 95%"), "{rows:?}");
        let csv = String::from_utf8(taken(&town, &lan, &format!("{Q1}/sheet.csv"))).expect("UTF-8");
        assert_eq!(
            csv.lines().count(),
            7,
            "a heading, the one target, the four things that the plan counts and what the plan of communication counts of these days: {csv}"
        );
        assert!(csv.contains(&share) && csv.contains("14/03/2026"), "{share} in {csv}");
        assert_eq!(town.get_as(&lan, &format!("{Q1}/sheet.docx")).status(), 404);
        let (status, said) = sipas(fresh, &["report", "--plan", "cau-giay-2026", "--period", "2026-q1", "--format", "csv", "--city"]);
        assert_eq!((status, said.contains(&share)), (0, true), "{said}");
    }

    fn a_vice_chairman_signs_for_the_chairman(fresh) {
        let town = a_town(fresh);
        let lan = town.sign_in("lan");
        let leader = town.sign_in("leader");
        let usual = docx_xml(&taken(&town, &lan, &format!("{Q1}/report.docx")));
        assert!(usual.contains("CHỦ TỊCH") && !usual.contains("KT. CHỦ TỊCH"));
        for (session, deed) in [(&lan, "check"), (&leader, "approve"), (&leader, "publish")] {
            let form = [("version", "1"), ("signer", "vice")];
            assert_eq!(town.post_as(session, &format!("{Q1}/{deed}"), &form).status(), 303);
        }
        let signed = docx_xml(&taken(&town, &lan, &format!("{Q1}/report.docx")));
        assert!(signed.contains("KT. CHỦ TỊCH") && signed.contains("PHÓ CHỦ TỊCH"), "{signed}");
    }
}

#[test]
fn outlines_are_checked_and_filled_by_commands_too() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = a_town(&fresh);
    let lan = town.sign_in("lan");
    let folder = std::env::temp_dir().join(format!("sipas_outlines_{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let example = taken(&town, &lan, &format!("{PAGE}/example.docx"));
    std::fs::write(file("mau.docx"), &example).expect("written");
    std::fs::write(file("hong.docx"), with(&example, "{{/ds_chi_tieu}}", "")).expect("written");
    let (status, said) = sipas(&fresh, &["check", "--outline", &file("mau.docx")]);
    assert_eq!(status, 0, "{said}");
    let (status, said) = sipas(&fresh, &["check", "--outline", &file("hong.docx")]);
    assert_eq!(status, 1);
    assert!(
        said.contains("hong.docx: thân văn bản, đoạn") && said.contains("không có {{/ds_chi_tieu}} ở sau"),
        "{said}"
    );
    let report = |outline: &str| {
        let all = ["report", "--plan", "cau-giay-2026", "--period", "2026-q1", "--format", "docx"];
        sipas(&fresh, &[&all[..], &["--outline", &file(outline), "--out", &file("ra.docx")]].concat())
    };
    assert_eq!(report("hong.docx").0, 1);
    let (status, said) = report("mau.docx");
    assert_eq!(status, 0, "{said}");
    assert!(docx_xml(&std::fs::read(file("ra.docx")).expect("a file")).contains("70,0%"));

    // Beside the plans: read at every start, for the plan that its name says.
    let plans = folder.join("plans");
    std::fs::create_dir_all(&plans).expect("a folder");
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/plans")).expect("plans") {
        let path = entry.expect("an entry").path();
        std::fs::copy(&path, plans.join(path.file_name().expect("a name"))).expect("copied");
    }
    std::fs::write(plans.join("cau-giay-2026.docx"), &example).expect("written");
    drop(town);
    let plans = plans.to_str().expect("UTF-8").to_owned();
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start_with(&fresh, &[("SIPAS_PLANS_DIR", &plans)]);
    assert_eq!(town.db.outline("cau-giay-2026").expect("asked").expect("kept").body, example);
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn a_head_sees_the_progress_of_their_unit_only() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = a_town(&fresh);
    town.add_user("thu", Role::UnitHead, "cau-giay-tyt");
    let thu = town.sign_in("thu");
    let (status, shown) = page(town.get_as(&thu, "/staff/progress"));
    assert_eq!(status, 200);
    assert_eq!(texts(&shown, "h1"), ["Tiến độ: Trạm y tế phường Cầu Giấy"]);
    assert!(
        texts(&shown, "section p").iter().any(|text| text.contains("Kế hoạch cải cách hành chính năm 2026")),
        "{shown}"
    );
    for other in ["phuong-cau-giay", "cau-giay-hcc", "xa-o-dien"] {
        assert_eq!(town.get_as(&thu, &format!("/staff/progress?unit={other}")).status(), 404, "{other}");
    }
    let clerk = town.sign_in("data_entry");
    assert_eq!(town.get_as(&clerk, "/staff/progress").status(), 403);
}

#[test]
fn a_template_kept_before_its_kind_was_refused_is_said_on_its_page_and_stops_nothing_else() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = a_town(&fresh);
    let (lan, leader) = (town.sign_in("lan"), town.sign_in("leader"));
    let example = taken(&town, &lan, &format!("{PAGE}/example.docx"));
    let old = with(&example, "{{tom_tat}}", "{{tom_tats}}");
    town.db.by_nobody().keep_report_template("cau-giay-2026", "cũ.docx", old, "", sipas::clock::now()).expect("kept");
    assert_eq!(location(&town.get_as(&lan, &format!("{Q1}/outline.docx"))), PAGE);
    let (status, shown) = page(town.get_as(&lan, PAGE));
    assert_eq!(status, 200);
    assert!(texts(&shown, "ul.problems li").concat().contains("không có trường {{tom_tats}}"), "{shown}");
    for (session, deed) in [(&lan, "check"), (&leader, "approve")] {
        assert_eq!(town.post_as(session, &format!("{Q1}/{deed}"), &[("version", "1")]).status(), 303);
    }
    let publish = || location(&town.post_as(&leader, &format!("{Q1}/publish"), &[("version", "1")]));
    assert_eq!(publish(), PAGE, "its page says why");
    assert_eq!(location(&send(&town, &lan, b"", "remove")), format!("{PAGE}?done=removed"));
    assert!(publish().contains("done="), "without it the period is published");
}
