//! A further language is a file: shown, marked as not reviewed, heard.

use std::fs;
use std::path::Path;

use scraper::Html;
use sipas::db::NewPoint;
use sipas::plan::Channel;

use crate::support::{Backend, fresh_db};
use crate::town::{Town, select, texts};

#[test]
fn a_language_that_nobody_reviewed_says_so_and_recordings_are_heard_beside_the_text() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("languages-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let files = fs::read_dir(root.join("survey_forms")).expect("forms").flatten().map(|entry| entry.path());
    let files = files.filter(|path| path.extension().is_some_and(|kind| kind == "toml"));
    for file in files.chain([root.join("examples/forms/mau-tieng-khmer.toml")]) {
        fs::copy(&file, folder.join(file.file_name().expect("a name"))).expect("a copy");
    }
    fs::write(folder.join("officials_polite-km.mp3"), b"ID3 sound").expect("a recording");
    let place = folder.display().to_string();
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start_with(&fresh, &[("SIPAS_FORMS_DIR", &place), ("SIPAS_AUDIO_DIR", &place)]);
    let new = NewPoint {
        unit: "cau-giay-hcc".to_owned(),
        name_vi: "Thử".to_owned(),
        name_en: "Try".to_owned(),
        form: "mau-tieng-khmer".to_owned(),
        fields: vec!["general".to_owned()],
        channel: Channel::Counter,
        opened_on: sipas::clock::today(),
    };
    let code = town.db.by_nobody().add_point(&new).expect("a point");
    let page = town.get(&format!("/s/{code}?lang=km")).text().expect("a page");
    assert!(texts(&page, ".note").iter().any(|note| note.contains("chưa được duyệt")));
    let document = Html::parse_document(&page);
    assert_eq!(select(&document, "html").first().and_then(|html| html.attr("lang")), Some("km"));
    let sounds = select(&document, "fieldset audio[controls]");
    assert_eq!(sounds[0].attr("src"), Some("/audio/officials_polite-km.mp3"));
    assert!(texts(&page, "legend")[0].contains("មន្ត្រី"), "the text stays");
    let sound = town.get("/audio/officials_polite-km.mp3");
    assert_eq!(sound.headers()["content-type"], "audio/mpeg");
    assert_eq!(sound.bytes().expect("bytes").as_ref(), b"ID3 sound");
    for away in ["/audio/none.mp3", "/audio/mau-tieng-khmer.toml", "/audio/..%2Fmau-tieng-khmer.toml"] {
        assert_eq!(town.get(away).status(), 404, "{away}");
    }
    let vietnamese = town.get(&format!("/s/{code}")).text().expect("a page");
    assert!(!vietnamese.contains("chưa được duyệt"));
    let _ = fs::remove_dir_all(&folder);
}
