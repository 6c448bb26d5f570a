//! What is printed for points, over HTTP: only for whoever signed in, only their own.

use crate::support::{Backend, fresh_db};
use crate::town::Town;

#[test]
fn posters_cards_and_paper_come_as_pdf_for_ones_own_points_only() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let (lan, hoa) = (town.sign_in("lan"), town.sign_in("hoa"));
    for what in ["a4", "a5", "card", "paper"] {
        let path = format!("/staff/points/print.pdf?code={}&what={what}", town.centre);
        let answer = town.get_as(&lan, &path);
        assert_eq!(answer.status(), 200, "{what}");
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        assert!(answer.bytes().expect("a file").starts_with(b"%PDF-"), "{what}");
        assert_eq!(town.get_as(&hoa, &path).status(), 404, "another unit's point");
        assert_eq!(town.get(&path).status(), 303, "nobody signed in");
    }
    assert_eq!(town.get_as(&lan, "/staff/points/print.pdf?unit=phuong-cau-giay&what=a5").status(), 200);
    assert_eq!(town.get_as(&hoa, "/staff/points/print.pdf?unit=phuong-cau-giay&what=a5").status(), 404);
    assert_eq!(town.get_as(&lan, "/staff/points/print.pdf?code=2222223").status(), 404);
}
