//! The first year of a ward that stands in no file: an empty database, its offices from a spreadsheet, a questionnaire made in another
//! program, its points pasted, a plan typed, a poster scanned and answered, last year's paper sheets brought, the year closed, its report
//! issued as a document of the office; and the plan of the year after.

use std::path::PathBuf;

use chrono::{Datelike, Days};
use rust_xlsxwriter::Workbook;
use sipas::access::Role;
use sipas::clock;
use thirtyfour::{By, WebDriver};

use crate::browser::{Browser, Outcome, arrive, axe, complaints, fill, see, shows, tap};
use crate::documents::{docx_words, folded, page_png, pdf_text};
use crate::qr;
use crate::support::{Backend, fresh_db};
use crate::town::{PASSWORD, Town};
use crate::workroom::be;

const CENTRE: &str = "Trung tâm Phục vụ hành chính công phường Ba Đình";
/// Title of the questionnaire, and the texts of its two questions as the file made elsewhere has them.
const FORM: &str = "Phiếu hỏi của bộ phận một cửa phường Ba Đình";
const ASKED: [&str; 2] = ["Nơi ngồi chờ đủ ghế", "Biển chỉ dẫn dễ thấy"];

/// Presses the button that sends `do=value`.
async fn press(page: &WebDriver, value: &str) -> Outcome<()> {
    see(page, &format!("button[name='do'][value='{value}']")).await?.click().await?;
    Ok(())
}

/// A table pasted, tried and added.
async fn paste(page: &WebDriver, address: &str, rows: &str) -> Outcome<()> {
    page.goto(address).await?;
    fill(page, "rows", "x").await?;
    // Keys would jump at a tab; a paste does not.
    let field = page.find(By::Css("[name='rows']")).await?;
    page.execute("arguments[0].value = arguments[1]", vec![field.to_json()?, serde_json::json!(rows)]).await?;
    press(page, "check").await?;
    see(page, "button[name='do'][value='add']").await?;
    assert_eq!(axe(page).await?, Vec::<String>::new(), "{address}");
    press(page, "add").await
}

#[test]
fn a_ward_of_no_file_goes_from_an_empty_database_to_an_issued_report_and_the_plan_of_the_next_year() {
    let fresh = fresh_db(Backend::Sqlite);
    let (town, path) = Town::start_empty_at_its_own_address(&fresh);
    // The report year that ended last: the report year begins in the middle of December.
    let year = (clock::today() + Days::new(17)).year() - 1;
    let files = std::env::temp_dir().join(format!("sipas-first-year-{}", std::process::id()));
    std::fs::create_dir_all(&files).expect("a folder");
    let session = Browser::desk().visit(async |desk| {
        let at = |path: &str| format!("{}{path}", town.address);
        desk.goto(at(&path)).await?;
        see(&desk, "input[name='ward'][value='listed']").await?;
        desk.execute("document.querySelector(\"input[name='ward'][value='listed']\").click()", vec![]).await?;
        desk.execute("document.querySelectorAll(\"input[name='points']\").forEach(box => box.checked = false)", vec![])
            .await?;
        for (field, text) in [
            ("commune", "Phường Ba Đình, Thành phố Hà Nội"),
            ("display_name", "Nguyễn Thị Lan"),
            ("name", "lan"),
            ("password", PASSWORD),
            ("password_again", PASSWORD),
        ] {
            fill(&desk, field, text).await?;
        }
        desk.find(By::Css("button.primary")).await?.click().await?;
        arrive(&desk, |address| address.ends_with("/staff/first-steps?done=set-up")).await?;
        shows(&desk, "li[aria-current] h2", "2. Bộ phận và đơn vị trực thuộc").await?;
        assert_eq!(axe(&desk).await?, Vec::<String>::new());

        // The offices, as the ward keeps them in a spreadsheet.
        desk.goto(at("/staff/units/paste")).await?;
        choose_file(&desk, &offices(&files)).await?;
        see(&desk, "button[name='do'][value='add']").await?;
        assert_eq!(axe(&desk).await?, Vec::<String>::new());
        press(&desk, "add").await?;
        arrive(&desk, |address| address.contains("done=pasted&count=2")).await?;
        publish_a_form_made_elsewhere(&desk, &town).await?;
        let points = format!(
            "STT\tTên quầy\tBộ phận\tLĩnh vực\tPhiếu\tHoạt động từ ngày\n1\tQuầy số 1\t{CENTRE}\tTư pháp\t{FORM}\t01/12/{}",
            year - 1
        );
        paste(&desk, &at("/staff/points/paste"), &points).await?;
        arrive(&desk, |address| address.contains("done=pasted&count=1")).await?;

        // The plan of the year that is to be reported on, and its copy for the year after.
        type_plan(&desk, &town, year).await?;
        desk.goto(at(&format!("/staff/plans/new?from=ba-dinh-{year}"))).await?;
        press(&desk, "keep").await?;
        arrive(&desk, |address| address.ends_with(&format!("/staff/plans/ba-dinh-{}/about", year + 1))).await?;

        // What is there is ticked by itself; the code is tried on this machine.
        desk.goto(at("/staff/first-steps")).await?;
        shows(&desk, "li[aria-current] h2", "4. Phiếu hỏi").await?;
        desk.goto(see(&desk, "a[href$='?preview=1']").await?.prop("href").await?.ok_or("an address")?).await?;
        shows(&desk, "p.note strong", "Mã đã hoạt động.").await?;
        assert_eq!(complaints(&desk).await?, Vec::<String>::new());
        Ok(format!("sipas={}", desk.get_named_cookie("sipas").await?.value))
    });
    let printed = town.get_as(&session, "/staff/points/print.pdf?what=a4").bytes().expect("a poster");
    let scanned = qr::read_png(&page_png(&printed));
    assert_eq!(scanned.len(), 1, "{scanned:?}");
    Browser::phone().without_script().visit(async |phone| {
        phone.goto(&scanned[0]).await?;
        for item in phone.find_all(By::Css("fieldset[id^='q-']")).await?.iter().take(ASKED.len()) {
            tap(&item.find(By::Css("label:nth-of-type(5)")).await?).await?;
        }
        // Nobody reads a form in less.
        tokio::time::sleep(std::time::Duration::from_millis(5_200)).await;
        tap(&see(&phone, "#send").await?).await?;
        arrive(&phone, |address| address.contains("/thanks")).await
    });
    assert_eq!(town.stored(), 1);
    Browser::desk().visit(async |desk| {
        be(&desk, &town, &session).await?;
        desk.goto(format!("{}/staff/first-steps", town.address)).await?;
        shows(&desk, "p[role=status]", "Xong các bước đầu tiên. Tiếp theo: mời người cùng làm, hoặc về Hôm nay.").await
    });
    close_and_issue(&town, &files, year);
    std::fs::remove_dir_all(&files).expect("removed");
}

/// Those whom the administrator invited: one brings the paper sheets, one closes the year and issues its report, one approves it.
fn close_and_issue(town: &Town, files: &std::path::Path, year: i32) {
    let ward =
        town.db.units().expect("units").into_iter().find(|unit| unit.name_vi == "Phường Ba Đình").expect("a ward");
    for (name, role) in [("minh", Role::DataEntry), ("mai", Role::PlanOwner), ("ha", Role::Leader)] {
        town.add_user(name, role, &ward.code);
    }
    let [minh, mai, ha] = ["minh", "mai", "ha"].map(|name| town.sign_in(name));
    let period = format!("/staff/plans/ba-dinh-{year}/{year}-year");
    let at = |path: &str| format!("{}{path}", town.address);
    Browser::desk().visit(async |desk| {
        be(&desk, town, &minh).await?;
        desk.goto(at("/staff/entry/import")).await?;
        choose_file(&desk, &sheets(files, year)).await?;
        shows(&desk, ".done p strong", "Đọc được 40 dòng, không dòng nào sai. Chưa lưu gì.").await?;
        press(&desk, "store").await?;
        arrive(&desk, |address| address.contains("done=imported&count=40")).await?;
        Ok(())
    });
    Browser::desk().visit(async |desk| {
        be(&desk, town, &mai).await?;
        desk.goto(at(&format!("{period}/closing"))).await?;
        desk.find(By::Css("form[action$='/check'] button")).await?.click().await?;
        see(&desk, "p.done").await?;
        Ok(())
    });
    Browser::desk().visit(async |desk| {
        be(&desk, town, &ha).await?;
        desk.goto(at(&format!("{period}/closing"))).await?;
        desk.find(By::Css("form[action$='/approve'] button")).await?.click().await?;
        see(&desk, "p.done").await?;
        Ok(())
    });
    let dated = clock::today().format("%d/%m/%Y").to_string();
    Browser::desk().visit(async |desk| {
        be(&desk, town, &mai).await?;
        desk.goto(at(&format!("{period}/issue"))).await?;
        for (field, text) in [("number", "7"), ("symbol", "BC-UBND"), ("dated", &dated), ("signer", "Nguyễn Văn An")]
        {
            fill(&desk, field, text).await?;
        }
        see(&desk, "input[name='form'][value='chairman']").await?.click().await?;
        fill(&desk, "recipients", "UBND thành phố Hà Nội").await?;
        see(&desk, "input[name='confirmed']").await?.click().await?;
        desk.find(By::Css("form.card.column button.primary")).await?.click().await?;
        shows(&desk, "section.card h3", &format!("Số 07/BC-UBND, ngày {dated}")).await?;
        assert_eq!(axe(&desk).await?, Vec::<String>::new());
        assert_eq!(complaints(&desk).await?, Vec::<String>::new());
        Ok(())
    });
    // Thirty of forty content with both questions: 75 %. Word and PDF are one document.
    let taken =
        |format: &str| town.get_as(&mai, &format!("{period}/issue/1/1/report.{format}")).bytes().expect("a file");
    for said in [folded(&docx_words(&taken("docx"))), folded(&pdf_text(&taken("pdf")))] {
        for words in ["07/BC-UBND", "PHƯỜNG BA ĐÌNH", "75,0%", "Nguyễn Văn An", "CHỦ TỊCH", &format!("năm {year}")]
        {
            assert!(said.contains(words), "{words} is not in {said}");
        }
        assert!(!said.contains("BẢN NHÁP"), "a clean document");
    }
}

/// Chooses a file on the page shown and sends it.
async fn choose_file(page: &WebDriver, file: &std::path::Path) -> Outcome<()> {
    see(page, "input[type='file']").await?.send_keys(file.to_str().ok_or("a path")?).await?;
    page.find(By::Css("form[enctype='multipart/form-data'] button")).await?.click().await?;
    Ok(())
}

fn offices(folder: &std::path::Path) -> PathBuf {
    let rows = [["STT", "Tên đơn vị", "Loại"], ["1", CENTRE, "Một cửa"], ["2", "Trường Mầm non Hoa Sen", ""]];
    written(folder, "don-vi.xlsx", &rows.map(|row| row.map(str::to_owned).to_vec()))
}

/// Forty paper sheets on eight days of the year: thirty content with both questions, ten with neither.
fn sheets(folder: &std::path::Path, year: i32) -> PathBuf {
    let mut rows = vec![["Điểm phục vụ", "Ngày trả lời", "Hình thức", ASKED[0], ASKED[1]].map(str::to_owned).to_vec()];
    rows.extend((0..40).map(|place| {
        let level = if place % 4 == 3 { "2" } else { "5" };
        vec![
            "Quầy số 1".to_owned(),
            format!("{:02}/03/{year}", 2 + place / 5),
            "Giấy".to_owned(),
            level.to_owned(),
            level.to_owned(),
        ]
    }));
    written(folder, "phieu-giay.xlsx", &rows)
}

fn written(folder: &std::path::Path, name: &str, rows: &[Vec<String>]) -> PathBuf {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (line, row) in (0_u32..).zip(rows) {
        for (place, cell) in (0_u16..).zip(row) {
            sheet.write_string(line, place, cell).expect("a cell");
        }
    }
    let file = folder.join(name);
    book.save(&file).expect("a workbook");
    file
}

/// An XLSForm of another program becomes a draft, is told which field and index it serves, and is published.
async fn publish_a_form_made_elsewhere(desk: &WebDriver, town: &Town) -> Outcome<()> {
    desk.goto(format!("{}/staff/forms/new", town.address)).await?;
    choose_file(desk, &PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/xlsform/plain.xlsx")))
        .await?;
    see(desk, "#draft").await?;
    desk.execute("document.querySelectorAll('details').forEach(part => part.open = true)", vec![]).await?;
    fill(desk, "title.vi", FORM).await?;
    fill(desk, "intro.vi", "Mời Ông/Bà chấm từng điều dưới đây.").await?;
    for wanted in ["[name='fields'][value='judicial']", "[name='sections.0.feeds'][value='sipas']"] {
        let element = see(desk, wanted).await?;
        // To the middle of the window, clear of the buttons that stay at its foot.
        desk.execute("arguments[0].scrollIntoView({block: 'center'});", vec![element.to_json()?]).await?;
        element.click().await?;
    }
    see(desk, "[name='sections.0.factor'] option[value='access']").await?.click().await?;
    press(desk, "publish").await?;
    arrive(desk, |address| address.ends_with("/publish")).await?;
    let looked = see(desk, "main").await?.text().await?;
    let go = desk.find_all(By::Css("main form button.primary")).await?;
    go.first().ok_or(format!("it cannot be published: {looked}"))?.click().await?;
    arrive(desk, |address| address.contains("/staff/forms/") && !address.contains("/drafts/")).await?;
    assert_eq!(axe(desk).await?, Vec::<String>::new());
    Ok(())
}

async fn type_plan(desk: &WebDriver, town: &Town, year: i32) -> Outcome<()> {
    desk.goto(format!("{}/staff/plans/new", town.address)).await?;
    desk.execute("document.querySelectorAll('details').forEach(part => part.open = true)", vec![]).await?;
    for (field, text) in [
        ("title_vi", format!("Kế hoạch năm {year}")),
        ("from", format!("15/12/{}", year - 1)),
        ("to", format!("14/12/{year}")),
        ("target.0.clause", "II.1".to_owned()),
        ("target.0.title_vi", "Hài lòng chung".to_owned()),
        ("target.0.minimum", "90".to_owned()),
        ("calendar_year", year.to_string()),
    ] {
        fill(desk, field, &text).await?;
    }
    press(desk, "calendar.december").await?;
    see(desk, "[name='period.0.from']").await?;
    press(desk, "keep").await?;
    arrive(desk, |address| address.ends_with(&format!("/staff/plans/ba-dinh-{year}/about"))).await?;
    Ok(())
}
