//! The report goes out as a document of the office: number, day, signer; the signed scan beside it.

use sipas::service::closing::verify::{Standing, verify, versions};

use crate::closing::a_town;
use crate::documents::docx_xml;
use crate::on_both;
use crate::server::{Folder, done};
use crate::town::{Town, page, texts};

const PAGE: &str = "/staff/plans/cau-giay-2026/2026-q1";

fn step(town: &Town, session: &str, deed: &str) {
    let form = [("version", "1"), ("reason", "")];
    assert_eq!(town.post_as(session, &format!("{PAGE}/{deed}"), &form).status(), 303, "{deed}");
}

/// Sends a scan as a browser does.
fn scan(town: &Town, session: &str, bytes: &[u8]) -> u16 {
    let head = "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"da-ky.pdf\"\r\n\
                Content-Type: application/pdf\r\n\r\n";
    let body = [head.as_bytes(), bytes, b"\r\n--limit--\r\n"].concat();
    let request = town.client.post(format!("{}{PAGE}/issue/1/1/signed", town.address)).header("cookie", session);
    let request = request.header("sec-fetch-site", "same-origin");
    let request = request.header("content-type", "multipart/form-data; boundary=limit");
    request.body(body).send().expect("an answer").status().as_u16()
}

on_both! {
    fn an_approved_report_goes_out_with_number_and_signer_and_its_signed_scan_is_filed(fresh) {
        let town = a_town(fresh);
        let (lan, leader) = (town.sign_in("lan"), town.sign_in("leader"));
        let form = [
            ("number", "7"), ("symbol", "BC-UBND"), ("dated", "18/03/2026"), ("form", "by_order"),
            ("title", "Chánh Văn phòng"), ("signer", "Nguyễn Văn An"), ("recipients", "- UBND thành phố;\r\n- Sở Nội vụ."),
            ("drafted_by", "VHXH"), ("confirmed", "yes"),
        ];
        let issue = format!("{PAGE}/issue");
        step(&town, &lan, "check");
        let (status, shown) = page(town.get_as(&lan, &issue));
        assert_eq!((status, shown.contains("đang chờ lãnh đạo duyệt")), (200, true));
        assert_eq!(town.post_as(&lan, &issue, &form).status(), 409, "nobody approved it yet");
        step(&town, &leader, "approve");
        // Every fault at its place; nothing goes out.
        let (status, shown) = page(town.post_as(&lan, &issue, &[("number", "không"), ("dated", "14/03/2026"), ("form", "by_order")]));
        assert_eq!(status, 422);
        for said in ["Nhập số văn bản", "Ngày văn bản phải sau ngày chốt", "chức vụ của người ký", "Nhập họ tên người ký"] {
            assert!(shown.contains(said), "{said}");
        }
        assert_eq!(town.post_as(&lan, &issue, &form).status(), 303);
        let (_, shown) = page(town.get_as(&leader, &issue));
        assert!(texts(&shown, "section.card h3").concat().contains("Số 07/BC-UBND, ngày 18/03/2026"), "{shown}");
        let docx = town.get_as(&leader, &format!("{issue}/1/1/report.docx")).bytes().expect("a file");
        let said = docx_xml(&docx);
        for text in ["07/BC-UBND", "ngày 18 tháng 3 năm 2026", "TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG", "Nguyễn Văn An", "Sở Nội vụ", "Lưu: VT, VHXH"] {
            assert!(said.contains(text), "{text} in {said}");
        }
        assert!(!said.contains("BẢN NHÁP"), "a clean document");
        let pdf = town.get_as(&leader, &format!("{issue}/1/1/report.pdf")).bytes().expect("a file");
        assert!(pdf.starts_with(b"%PDF-"));
        // The signed scan: a PDF, kept with its hash, and taken by who may take reports.
        assert_eq!(scan(&town, &lan, b"no document"), 422);
        assert_eq!(scan(&town, &lan, b"%PDF-1.7 signed"), 303);
        assert_eq!(town.get_as(&leader, &format!("{issue}/1/1/signed.pdf")).bytes().expect("a file").as_ref(), b"%PDF-1.7 signed");
        assert_eq!(town.get_as(&leader, &format!("{issue}/1/2/signed.pdf")).status(), 404);
        // Two scans that come at the same moment are both filed, each under a name of its own.
        let answers: Vec<u16> = std::thread::scope(|scope| {
            let both = [b"%PDF-1.7 second", b"%PDF-1.7 third!"].map(|bytes| scope.spawn(|| scan(&town, &lan, bytes)));
            both.into_iter().map(|one| one.join().expect("an answer")).collect()
        });
        assert_eq!(answers, [303, 303]);
        // Whoever hands the closed period on hands on what went out.
        let folder = Folder::new();
        let out = folder.text("quarter");
        done(&fresh.address(), &["period", "export", "--plan", "cau-giay-2026", "--period", "2026-q1", "--out", &out]);
        let read = |name: &str| std::fs::read(format!("{out}/{name}")).expect("a file of the export");
        assert_eq!(read("issued/1/report.docx"), docx.to_vec());
        assert_eq!(read("issued/1/signed.pdf"), b"%PDF-1.7 signed");
        let mut later = [read("issued/1/signed-2.pdf"), read("issued/1/signed-3.pdf")];
        later.sort();
        assert_eq!(later, [b"%PDF-1.7 second".to_vec(), b"%PDF-1.7 third!".to_vec()]);
        let steps: serde_json::Value = serde_json::from_slice(&read("steps.json")).expect("JSON");
        assert_eq!(steps["issued"][0]["details"]["signer"], "Nguyễn Văn An");
        // Publishing keeps number and signer.
        step(&town, &lan, "publish");
        let kept = town.get_as(&lan, &format!("{PAGE}/report.docx")).bytes().expect("a file");
        assert!(docx_xml(&kept).contains("07/BC-UBND"));
        let rows: Vec<String> = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 1_000).expect("rows").into_iter().map(|row| row.action).collect();
        for action in ["issue_report", "file_signed_report"] {
            assert!(rows.iter().any(|known| known == action), "{action}");
        }
        // Whoever verifies the period is told of a document that was changed behind the program.
        let verified = || {
            let found = versions(&town.db).expect("versions").iter().flat_map(|version| verify(&town.db, version)).collect::<Vec<_>>();
            found.into_iter().find(|finding| finding.what == "issued documents").expect("documents went out").standing
        };
        assert_eq!(verified(), Standing::Unchanged);
        fresh.sql(match fresh.url().file() {
            Some(_) => "DROP TRIGGER issued_file_no_update",
            None => "DROP TRIGGER issued_file_no_change ON issued_file",
        });
        fresh.sql("UPDATE issued_file SET body = (SELECT f.body FROM issued_file f WHERE f.name = 'report.pdf') WHERE name = 'signed.pdf'");
        assert_eq!(verified(), Standing::Changed);
        assert_eq!(town.get_as(&leader, &format!("{issue}/1/1/report.docx")).status(), 200);
        assert_ne!(town.get_as(&leader, &format!("{issue}/1/1/signed.pdf")).status(), 200);
    }

    fn a_number_is_given_once_in_a_ward_and_year_and_what_takes_the_place_of_another_document_says_so(fresh) {
        let town = a_town(fresh);
        let (lan, leader) = (town.sign_in("lan"), town.sign_in("leader"));
        let issue = format!("{PAGE}/issue");
        step(&town, &lan, "check");
        step(&town, &leader, "approve");
        let send = |session: &str, number: &str, symbol: &str, signer: &str, confirmed: &str| {
            let form = [
                ("number", number), ("symbol", symbol), ("dated", "18/03/2026"), ("form", "chairman"), ("signer", signer),
                ("recipients", "UBND thành phố"), ("confirmed", confirmed),
            ];
            page(town.post_as(session, &issue, &form))
        };
        let (status, shown) = send(&lan, "45", "BC-UBND", "Nguyễn Văn An", "");
        assert!(status == 422 && shown.contains("Kiểm tra số, ngày ký với sổ văn bản đi"), "{shown}");
        // Two windows that give the same number at the same moment: one of them does.
        let mut both: Vec<u16> = std::thread::scope(|scope| {
            let send = &send;
            let windows = [(&lan, "Nguyễn Văn An"), (&leader, "Trần Thị Bình")];
            let both = windows.map(|(session, signer)| scope.spawn(move || send(session, "45", "BC-UBND", signer, "yes").0));
            both.into_iter().map(|one| one.join().expect("an answer")).collect()
        });
        both.sort_unstable();
        assert_eq!(both, [303, 409]);
        let issued = town.db.issued_reports("cau-giay-2026", "2026-q1").expect("issued");
        assert_eq!(issued.len(), 1);
        // A double press is no second document; other words under the number are refused, and the page says whose it is.
        let first = if issued[0].details.signer == "Nguyễn Văn An" { &lan } else { &leader };
        assert_eq!(send(first, "45", "BC-UBND", &issued[0].details.signer, "yes").0, 303);
        let (status, shown) = send(&lan, "45", "bc-ubnd", "Lê Văn Cường", "yes");
        assert!(status == 409 && shown.contains("Số 45/BC-UBND năm 2026 đã cấp cho báo cáo"), "{shown}");
        assert_eq!(town.db.issued_reports("cau-giay-2026", "2026-q1").expect("issued").len(), 1);
        // Another number takes the place of the first, and both cards say so.
        assert!(page(town.get_as(&lan, &issue)).1.contains("phát hành lại thay thế văn bản số 45/BC-UBND ngày 18/03/2026"));
        assert_eq!(send(&lan, "46", "BC-UBND", "Lê Văn Cường", "yes").0, 303);
        let cards = texts(&page(town.get_as(&lan, &issue)).1, "section.card");
        assert!(cards[0].contains("Số 46/BC-UBND") && cards[0].contains("Thay thế văn bản số 45/BC-UBND"), "{cards:?}");
        assert!(cards[1].contains("Đã được thay thế bằng văn bản số 46/BC-UBND ngày 18/03/2026"), "{cards:?}");
    }

    fn going_back_says_before_that_a_document_is_out_and_marks_it_afterwards_with_its_files_kept(fresh) {
        let town = a_town(fresh);
        let (lan, leader) = (town.sign_in("lan"), town.sign_in("leader"));
        let (issue, closing) = (format!("{PAGE}/issue"), format!("{PAGE}/closing"));
        let warnings = |session: &str, path: &str| texts(&page(town.get_as(session, path)).1, ".warn").join(" | ");
        let said = "Đã phát hành số 45/BC-UBND ngày 18/03/2026 theo số liệu này";
        let go_back = |deed: &str| {
            let form = [("version", "1"), ("reason", "Trạm y tế gửi thiếu phiếu giấy")];
            assert_eq!(town.post_as(&leader, &format!("{PAGE}/{deed}"), &form).status(), 303, "{deed}");
        };
        step(&town, &lan, "check");
        step(&town, &leader, "approve");
        assert!(!warnings(&leader, &closing).contains("Đã phát hành"), "nothing is out yet");
        let form = [
            ("number", "45"), ("symbol", "BC-UBND"), ("dated", "18/03/2026"), ("form", "chairman"), ("signer", "Nguyễn Văn An"),
            ("recipients", "UBND thành phố"), ("confirmed", "yes"),
        ];
        assert_eq!(town.post_as(&lan, &issue, &form).status(), 303);
        assert!(warnings(&leader, &closing).contains(said), "before it is returned");
        step(&town, &lan, "publish");
        assert!(warnings(&leader, &closing).contains(said), "before it is opened anew");
        assert!(!warnings(&lan, &issue).contains("không còn hiệu lực"));
        go_back("reopen");
        let today = sipas::clock::today().format("%d/%m/%Y").to_string();
        let marked = warnings(&lan, &issue);
        assert!(marked.contains(&format!("Số liệu của văn bản này đã bị mở lại ngày {today}; văn bản không còn hiệu lực")), "{marked}");
        assert_eq!(town.get_as(&lan, &format!("{issue}/1/1/report.docx")).status(), 200, "its files are still there");
    }
}
