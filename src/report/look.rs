#![allow(missing_docs, clippy::all, clippy::pedantic, clippy::unwrap_used)]
use super::*;
#[test]
fn look() {
    let Ok(dir) = std::env::var("LOOK") else { return };
    let (plan, names) = (sample::plan(), sample::names());
    for language in [Language::Vi, Language::En] {
        let r = content(&sample::index(), &sample::setting(&plan, &names, language));
        std::fs::write(format!("{dir}/report.{}.txt", language.tag()), text::text(&r)).unwrap();
    }
}
