//! The first year of a ward that stands in no file: an empty database, its offices and points pasted from tables, a plan typed, a poster
//! scanned and answered, and then the plan of the next year.

use chrono::{Datelike, Days};
use sipas::clock;
use thirtyfour::{By, WebDriver};

use crate::browser::{Browser, Outcome, arrive, axe, fill, see, shows};
use crate::qr;
use crate::road::scan_and_answer;
use crate::support::{Backend, fresh_db};
use crate::town::{PASSWORD, Town};

const UNITS: &str =
    "STT\tTên đơn vị\tLoại\n1\tTrung tâm Phục vụ hành chính công phường Ba Đình\tMột cửa\n2\tTrường Mầm non Hoa Sen\t";
const POINTS: &str = "STT\tTên quầy\tBộ phận\tLĩnh vực\tPhiếu\tKênh\n1\tQuầy số 1\tTrung tâm Phục vụ hành chính công phường Ba Đình\tTư pháp\t{form}\tTại quầy";

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
fn a_ward_of_no_file_goes_from_an_empty_database_to_its_plan_of_the_next_year() {
    let (town, path) = Town::start_empty_at_its_own_address(&fresh_db(Backend::Sqlite));
    // The report year that today lies in: from the middle of December.
    let year = (clock::today() + Days::new(17)).year();
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

        paste(&desk, &at("/staff/units/paste"), UNITS).await?;
        arrive(&desk, |address| address.contains("done=pasted&count=2")).await?;
        let form = town.db.newest_form("thu-tuc-hanh-chinh-ngan")?.ok_or("the form")?;
        let title = form.questionnaire.title.in_language("vi").to_owned();
        paste(&desk, &at("/staff/points/paste"), &POINTS.replace("{form}", &title)).await?;
        arrive(&desk, |address| address.contains("done=pasted&count=1")).await?;

        desk.goto(at("/staff/plans/new")).await?;
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
            fill(&desk, field, &text).await?;
        }
        press(&desk, "calendar.december").await?;
        see(&desk, "[name='period.0.from']").await?;
        press(&desk, "keep").await?;
        arrive(&desk, |address| address.ends_with(&format!("/staff/plans/ba-dinh-{year}/about"))).await?;

        // What is there is ticked by itself; the code is tried on this machine.
        desk.goto(at("/staff/first-steps")).await?;
        shows(&desk, "li[aria-current] h2", "4. Phiếu hỏi").await?;
        desk.goto(see(&desk, "a[href$='?preview=1']").await?.prop("href").await?.ok_or("an address")?).await?;
        shows(&desk, "p.note strong", "Mã đã hoạt động.").await?;
        desk.goto(at("/staff/points/posters")).await?;
        Ok(see(&desk, "article.poster img").await?.prop("src").await?.ok_or("a picture")?)
    });
    let picture = session.replace(".svg", ".png");
    let scanned = qr::read_png(&town.client.get(&picture).send().expect("an answer").bytes().expect("a picture"));
    Browser::phone().visit(async |phone| scan_and_answer(&phone, &scanned[0], 1).await);
    assert_eq!(town.stored(), 1);

    let lan = town.sign_in("lan");
    let (_, name) = lan.split_once('=').expect("a cookie");
    Browser::desk().visit(async |desk| {
        let at = |path: &str| format!("{}{path}", town.address);
        desk.goto(at("/staff/sign-in")).await?;
        desk.add_cookie(thirtyfour::Cookie::new("sipas", name)).await?;
        desk.goto(at("/staff/first-steps")).await?;
        shows(&desk, "p[role=status]", "Xong các bước đầu tiên. Tiếp theo: mời người cùng làm, hoặc về Hôm nay.")
            .await?;
        desk.goto(at(&format!("/staff/plans/new?from=ba-dinh-{year}"))).await?;
        press(&desk, "keep").await?;
        arrive(&desk, |address| address.ends_with(&format!("/staff/plans/ba-dinh-{}/about", year + 1))).await?;
        Ok(())
    });
}
