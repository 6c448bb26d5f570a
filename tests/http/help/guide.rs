//! The user guide on its pages, and a ward's own words in it.

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, location, page, texts};

on_both! {
    fn a_ward_writes_its_own_words_and_gets_ours_back(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let (status, ours) = page(town.get_as(&lan, "/staff/guide/tai-quay"));
        assert_eq!((status, texts(&ours, "article h1")), (200, vec!["Tại quầy".to_owned()]));
        assert!(!texts(&ours, "article table").is_empty());

        let own = "# Tại quầy\n\nHỏi chị **Lan**, 024 3333 4444.\n\n<script>alert(1)</script>";
        let answer = town.post_as(&lan, "/staff/guide/tai-quay/edit", &[("text", own)]);
        assert_eq!(location(&answer), "/staff/guide/tai-quay?saved=1");
        // Those who key sheets read it; another commune does not.
        let (_, read) = page(town.get_as(&town.sign_in("minh"), "/staff/guide/tai-quay"));
        assert_eq!(texts(&read, "article strong"), ["Lan"]);
        assert!(!read.contains("<script>alert"), "{read}");
        assert!(read.contains("Nội dung của Phường Cầu Giấy"));
        let (_, other) = page(town.get_as(&town.sign_in("hoa"), "/staff/guide/tai-quay"));
        assert!(!other.contains("Lan"));

        town.post_as(&lan, "/staff/guide/tai-quay/edit", &[("text", "")]);
        let (_, back) = page(town.get_as(&lan, "/staff/guide/tai-quay"));
        assert_eq!(texts(&back, "article"), texts(&ours, "article"));
    }
}

#[test]
fn the_guide_shows_its_pictures_and_no_others() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let (_, read) = page(town.get_as(&lan, "/staff/guide/chu-ke-hoach"));
    let address = read.split("<img src=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a picture");
    let picture = town.get(address);
    assert_eq!(picture.status(), 200);
    assert_eq!(picture.headers()["content-type"], "image/webp");
    assert_eq!(picture.bytes().expect("bytes").get(8..12), Some(b"WEBP".as_slice()));
    assert_eq!(town.get("/static/guide/none.webp").status(), 404);
    assert_eq!(town.get("/static/guide/..%2f..%2fREADME.md").status(), 404);
}

#[test]
fn who_does_not_write_for_the_ward_reads_only() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let minh = town.sign_in("minh");
    let (_, read) = page(town.get_as(&minh, "/staff/guide"));
    assert!(!read.contains("/edit"));
    assert_eq!(town.get_as(&minh, "/staff/guide/tai-quay/edit").status(), 403);
    assert_eq!(town.post_as(&minh, "/staff/guide/tai-quay/edit", &[("text", "x")]).status(), 403);
    assert_eq!(town.get_as(&minh, "/staff/guide/none").status(), 404);
    assert_eq!(town.get("/staff/guide").status(), 303);
}

#[test]
fn a_page_too_long_is_told_and_kept() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let long = "dài ".repeat(5_001);
    let answer = town.post_as(&lan, "/staff/guide/co-quan/edit", &[("text", &long)]);
    assert_eq!(answer.status(), 422);
    let text = answer.text().expect("a page");
    assert!(text.contains("tối đa 20000") && text.contains("dài dài dài"));
}
