//! The workroom as its people meet it, each in a browser of their own: invited by a link, with a second factor, doing what
//! their role is there for, and shut out where it ends.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use serde_json::json;
use sipas::clock;
use sipas::db::{NewPoint, NewUnit, UnitKind};
use sipas::plan::Channel;
use sipas::secrets::totp;
use thirtyfour::{By, WebDriver};

use crate::browser::{Browser, Outcome, chromium, complaints, see, shows};
use crate::documents::docx_xml;
use crate::support::sheets::sheet_of;
use crate::support::{Backend, fresh_db};
use crate::town::{PASSWORD, Town};

const Q1: &str = "/staff/plans/cau-giay-2026/2026-q1";

#[test]
fn a_period_is_closed_by_two_a_head_sees_one_school_a_viewer_takes_nothing_and_who_is_revoked_is_out() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start_with(&fresh, &[("SIPAS_SECOND_FACTOR", "required")]);
    town_with_a_school(&town);
    let downloads = std::env::temp_dir().join(format!("sipas-downloads-{}", std::process::id()));
    std::fs::create_dir_all(&downloads).expect("a folder");
    Browser::desk().visit(async |office| {
        begin(&office, &town, "administrator", PASSWORD).await?;
        second_factor(&office).await?;
        let [owner, leader, head] = [
            ("Trần Thị Mai", "mai", "plan_owner", "phuong-cau-giay"),
            ("Lê Thu Hà", "ha", "leader", "phuong-cau-giay"),
            ("Phạm Thư", "thu", "unit_head", "cau-giay-truong"),
        ];
        let owner = invite(&office, &town, owner).await?;
        let leader = invite(&office, &town, leader).await?;
        let head = invite(&office, &town, head).await?;

        // The plan owner checks what quarter I shows, and freezes it.
        Browser::desk()
            .visit_async(async |desk| {
                accept(&desk, &town, &owner).await?;
                desk.goto(format!("{}{Q1}", town.address)).await?;
                assert!(see(&desk, "p.warn").await?.text().await?.starts_with("BẢN NHÁP"));
                desk.find(By::Css("p.closing a")).await?.click().await?;
                assert_eq!(see(&desk, "ol.stages .here").await?.text().await?, "Bản nháp");
                desk.find(By::Css(format!("form[action='{Q1}/check'] button"))).await?.click().await?;
                assert!(see(&desk, "p.done").await?.text().await?.starts_with("Đã khóa số liệu"));
                assert_eq!(see(&desk, "ol.stages .here").await?.text().await?, "Đã kiểm tra");
                let ways = desk.find_all(By::Css("form[action$='/approve']")).await?;
                assert!(ways.is_empty(), "approval is a leader's");
                assert_eq!(complaints(&desk).await?, Vec::<String>::new());
                Ok(())
            })
            .await;

        // A leader looks at the frozen figures, approves, publishes, and takes the report along.
        Browser::desk()
            .visit_async(async |desk| {
                accept(&desk, &town, &leader).await?;
                desk.goto(format!("{}{Q1}/closing", town.address)).await?;
                for (deed, state) in [("approve", "Đã duyệt"), ("publish", "Đã công bố")] {
                    desk.find(By::Css(format!("form[action='{Q1}/{deed}'] button"))).await?.click().await?;
                    // The note of the first deed stands until the second is done: the stage tells which of them it is.
                    shows(&desk, "ol.stages .here", state).await?;
                    see(&desk, "p.done").await?;
                }
                let folder = downloads.to_str().ok_or("a folder")?;
                chromium(&desk, "Browser.setDownloadBehavior", json!({"behavior": "allow", "downloadPath": folder}))
                    .await?;
                desk.find(By::LinkText("Word")).await?.click().await?;
                let file = downloads.join("bao-cao-cau-giay-2026-2026-q1-phuong-cau-giay.docx");
                let words = docx_xml(&arrived(&file).await?);
                assert!(words.contains("70,0%") && !words.contains("BẢN NHÁP"), "{words}");
                assert_eq!(complaints(&desk).await?, Vec::<String>::new());
                Ok(())
            })
            .await;

        // The head of the school comes to the school's figures, and to nobody else's.
        Browser::desk()
            .visit_async(async |desk| {
                accept(&desk, &town, &head).await?;
                desk.goto(format!("{}/staff/", town.address)).await?;
                desk.goto(format!("{}{Q1}", town.address)).await?;
                assert_eq!(see(&desk, "h1").await?.text().await?, "Quý I/2026 – Trường tiểu học Cầu Giấy");
                desk.execute("document.querySelectorAll('details').forEach(part => { part.open = true; })", Vec::new())
                    .await?;
                let mut units = Vec::new();
                for unit in desk.find_all(By::Css("#unit option")).await? {
                    units.push(unit.text().await?);
                }
                assert_eq!(units, ["Trường tiểu học Cầu Giấy"]);
                for other in
                    [format!("{Q1}?unit=phuong-cau-giay"), format!("{Q1}?unit=cau-giay-tyt"), format!("{Q1}/closing")]
                {
                    desk.goto(format!("{}{other}", town.address)).await?;
                    assert_eq!(see(&desk, "h1").await?.text().await?, "Không tìm thấy", "{other}");
                }
                Ok(())
            })
            .await;

        // A viewer reads, and takes nothing along; revoked, they are out with their next click.
        Browser::phone()
            .visit_async(async |phone| {
                begin(&phone, &town, "viewer", PASSWORD).await?;
                see(&phone, "h1").await?;
                phone.goto(format!("{}{Q1}?part=all", town.address)).await?;
                see(&phone, "#fields").await?;
                assert!(phone.find_all(By::Css("a.file")).await?.is_empty());
                phone.goto(format!("{}{Q1}/report.docx", town.address)).await?;
                assert_eq!(see(&phone, "h1").await?.text().await?, "Không có quyền");

                office.goto(format!("{}/staff/users/viewer/retire", town.address)).await?;
                office.find(By::Css("form.card button")).await?.click().await?;
                see(&office, "p.done").await?;
                phone.goto(format!("{}{Q1}", town.address)).await?;
                assert!(phone.current_url().await?.path().starts_with("/staff/sign-in"));
                begin(&phone, &town, "viewer", PASSWORD).await?;
                assert!(phone.current_url().await?.path().starts_with("/staff/sign-in"), "the account is no more");
                Ok(())
            })
            .await;
        Ok(())
    });
    std::fs::remove_dir_all(&downloads).expect("removed");
}

/// A school beside the town's offices, and answers of quarter I at the one-stop centre: 28 of 40 people satisfied.
fn town_with_a_school(town: &Town) {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let school = NewUnit {
        code: "cau-giay-truong".to_owned(),
        kind: UnitKind::School,
        name_vi: "Trường tiểu học Cầu Giấy".to_owned(),
        name_en: "Primary school".to_owned(),
        parent: Some("phuong-cau-giay".to_owned()),
        valid_from: day("2025-07-01"),
    };
    town.db.by_nobody().add_unit(&school).expect("a unit");
    let gate = NewPoint {
        unit: school.code,
        name_vi: "Cổng trường".to_owned(),
        name_en: "Gate".to_owned(),
        form: "truong-pho-thong".to_owned(),
        fields: vec!["education".to_owned()],
        channel: Channel::Counter,
        opened_on: day("2025-07-01"),
    };
    town.db.by_nobody().add_point(&gate).expect("a point");
    for (code, form, field, people) in [
        (&town.counter, "thu-tuc-hanh-chinh-ngan", "judicial", [(28, 5), (12, 2)]),
        (&gate_code(town), "truong-pho-thong", "education", [(30, 5), (10, 3)]),
    ] {
        for (count, level) in people {
            let sheet = sheet_of(&town.db, form, code, field, day("2026-01-12"), level);
            town.db.load_sheets(vec![sheet; count]).expect("stored");
        }
    }
}

fn gate_code(town: &Town) -> String {
    let points = town.db.points(None).expect("points");
    points.into_iter().find(|point| point.name_en == "Gate").expect("a point").code
}

/// Signs in by name and password, as far as that goes.
async fn begin(page: &WebDriver, town: &Town, name: &str, password: &str) -> Outcome<()> {
    page.goto(format!("{}/staff/sign-in", town.address)).await?;
    see(page, "#name").await?.send_keys(name).await?;
    page.find(By::Id("password")).await?.send_keys(password).await?;
    page.find(By::Css("button[type=submit]")).await?.click().await?;
    see(page, "h1").await?;
    Ok(())
}

/// Sets up the second factor with the secret that the page shows, as an authenticator app does.
async fn second_factor(page: &WebDriver) -> Outcome<()> {
    let letters = see(page, ".factor p.small code").await?.text().await?.replace(' ', "");
    let secret = base32(&letters);
    let code = totp::code(&secret, totp::step(clock::now().timestamp()));
    see(page, "#code").await?.send_keys(code).await?;
    page.find(By::Css(".factor form button.primary")).await?.click().await?;
    see(page, "ul.codes").await?;
    page.find(By::LinkText("Đã cất, tiếp tục")).await?.click().await?;
    see(page, "nav").await?;
    Ok(())
}

fn base32(letters: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0, 0_u32);
    for letter in letters.bytes() {
        let value = if letter >= b'A' { letter - b'A' } else { letter - b'2' + 26 };
        (held, bits) = ((held << 5) | u32::from(value), bits + 5);
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).expect("a byte"));
        }
    }
    bytes
}

/// Invites somebody through the page; the path of their link.
async fn invite(
    page: &WebDriver,
    town: &Town,
    (display, name, role, unit): (&str, &str, &str, &str),
) -> Outcome<String> {
    page.goto(format!("{}/staff/users/new", town.address)).await?;
    see(page, "input[name=display_name]").await?.send_keys(display).await?;
    page.find(By::Css("input[name=name]")).await?.send_keys(name).await?;
    page.find(By::Css(format!("input[name=role][value={role}]"))).await?.click().await?;
    page.find(By::Css(format!("select[name=unit] option[value={unit}]"))).await?.click().await?;
    page.find(By::Css("form.card button")).await?.click().await?;
    let link = see(page, "#address").await?.prop("value").await?.ok_or("a link")?;
    let path = link.find("/staff/link/").ok_or("a link")?;
    Ok(link[path..].to_owned())
}

/// Opens a link, sets a password and the second factor.
async fn accept(page: &WebDriver, town: &Town, path: &str) -> Outcome<()> {
    page.goto(format!("{}{path}", town.address)).await?;
    see(page, "input[name=password]").await?.send_keys("một câu khác để nhớ lâu").await?;
    page.find(By::Css("input[name=password_again]")).await?.send_keys("một câu khác để nhớ lâu").await?;
    page.find(By::Css("form.card button")).await?.click().await?;
    second_factor(page).await
}

/// A file that a browser is writing, once it is whole.
async fn arrived(file: &Path) -> Outcome<Vec<u8>> {
    let since = Instant::now();
    while !file.exists() {
        if since.elapsed() > Duration::from_mins(1) {
            return Err(format!("{} did not come", file.display()).into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(std::fs::read(file)?)
}
