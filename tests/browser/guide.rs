//! The pictures of the guide, taken anew of the pages that they show: `./dev pictures` keeps them, a test only looks that each page is
//! there, fits the window and complains of nothing.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sipas::access::Role;
use sipas::app::{DEMO_PASSWORD, DEMO_USER};
use thirtyfour::WebDriver;

use crate::browser::{Browser, Outcome, chromium, complaints, fill, see};
use crate::demo::Demo;

const CAU_GIAY: &str = "/staff/plans/cau-giay-2026";

/// Where a picture is taken: name of the file, address, what must stand on the page, what is brought to the top of the picture.
type Picture = (&'static str, String, &'static str, Option<&'static str>);

#[test]
fn every_picture_of_the_guide_is_of_a_page_that_is_there() {
    let demo = Demo::start_with_cases();
    let code = demo.of_several_fields();
    demo.db.by_nobody().set_kiosk(&code, true).expect("a switch");
    Browser::phone().visit(async |phone| {
        phone.goto(format!("{}/s/{code}", demo.address)).await?;
        see(&phone, "form").await?;
        take(&phone, "phieu", 1.0).await
    });
    Browser::desk().visit(async |desk| {
        desk.goto(format!("{}/s/{code}?kiosk", demo.address)).await?;
        see(&desk, "form").await?;
        take(&desk, "may-tinh-bang", 0.6).await?;
        Ok(())
    });
    let clerk = demo.add_user("nhap-phieu", Role::DataEntry);
    let administrator = demo.add_user("quan-tri", Role::Administrator);
    for (name, pictures) in [
        (DEMO_USER, pictures()),
        (&clerk, vec![("nhap-phieu", "/staff/entry".to_owned(), "main form", None)]),
        (&administrator, vec![("cac-buoc", "/staff/first-steps".to_owned(), "main h2", None)]),
    ] {
        Browser::desk().visit(async |desk| {
            desk.goto(format!("{}/staff/sign-in", demo.address)).await?;
            fill(&desk, "name", name).await?;
            fill(&desk, "password", DEMO_PASSWORD).await?;
            see(&desk, "main form button.primary").await?.click().await?;
            see(&desk, "form[action='/staff/sign-out']").await?;
            for (name, address, there, top) in pictures {
                desk.goto(format!("{}{address}", demo.address)).await?;
                see(&desk, there).await.map_err(|error| format!("{name}: {error}"))?;
                if let Some(top) = top {
                    let scroll = format!("document.querySelector({top:?}).scrollIntoView({{block: 'start'}})");
                    desk.execute(scroll, vec![]).await?;
                }
                take(&desk, name, 0.75).await?;
            }
            Ok(())
        });
    }
}

fn pictures() -> Vec<Picture> {
    vec![
        ("hom-nay", "/staff/".to_owned(), ".tile", None),
        ("chi-tieu", "/staff/targets".to_owned(), "main table, main .card", None),
        ("phan-tich", "/staff/explore?plan=cau-giay-2026".to_owned(), "svg.chart", Some("main h2")),
        ("soan-ke-hoach", format!("{CAU_GIAY}/edit"), "[name='title_vi']", None),
        ("ky-bao-cao", format!("{CAU_GIAY}/2026-q3"), "main h1", None),
        ("khoa-duyet", format!("{CAU_GIAY}/2026-q3/closing"), "ol.stages", None),
        ("dieu-tra", format!("{CAU_GIAY}/rounds"), "main form", None),
        ("phan-anh", "/staff/complaints".to_owned(), "main table, main .card", None),
        ("soan-phieu", "/staff/forms/new".to_owned(), "main form", None),
        ("diem-phuc-vu", "/staff/points".to_owned(), ".points, main table", None),
    ]
}

/// Takes the part of the page in sight, `scale` times its size, and keeps it where the caller of the tests wants pictures.
async fn take(page: &WebDriver, name: &str, scale: f64) -> Outcome<()> {
    let sizes = "return [document.documentElement.scrollWidth, innerWidth, innerHeight, Math.round(scrollY)]";
    let [wide, width, height, top] = page.execute(sizes, vec![]).await?.convert::<[u32; 4]>()?;
    assert!(wide <= width, "{name}: the page is {wide} wide");
    assert_eq!(complaints(page).await?, Vec::<String>::new(), "{name}");
    let clip = json!({"x": 0, "y": top, "width": width, "height": height, "scale": scale});
    let asked = json!({"format": "webp", "quality": 82, "clip": clip, "captureBeyondViewport": false});
    let answer = chromium(page, "Page.captureScreenshot", asked).await?;
    let picture = STANDARD.decode(answer["data"].as_str().ok_or("a picture")?)?;
    assert_eq!(picture.get(8..12), Some(b"WEBP".as_slice()), "{name}");
    if let Some(folder) = std::env::var_os("SIPAS_TEST_PICTURES") {
        std::fs::write(PathBuf::from(folder).join(format!("{name}.webp")), picture)?;
    }
    Ok(())
}
