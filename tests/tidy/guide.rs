//! Every button, page and box that the guide names in bold exists on a page.

use std::fs;
use std::path::Path;

/// Words after which a name in bold is that of something on a page.
const BEFORE: [&str; 7] = ["bấm", "nút", "trang", "mục", "mở", "chọn", "ô"];

/// The text of every file under a folder with one of these endings.
fn texts(folder: &Path, endings: &[&str]) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            all += &texts(&path, endings);
        } else if path.extension().is_some_and(|end| endings.iter().any(|known| end == *known)) {
            all += &fs::read_to_string(&path).expect("text");
        }
    }
    all
}

/// Names in bold that follow one of the words, of a page of the guide.
fn named(page: &str) -> Vec<String> {
    let page = page.replace('\n', " ");
    let mut found = Vec::new();
    for (at, _) in page.match_indices("**").step_by(2) {
        let word = page[..at].trim_end().rsplit([' ', '(', '*', '|']).next().unwrap_or_default().to_lowercase();
        let rest = &page[at + 2..];
        if let Some((name, _)) = rest.split_once("**").filter(|_| BEFORE.contains(&word.as_str())) {
            found.push(name.to_owned());
        }
    }
    found
}

#[test]
fn what_the_guide_tells_to_press_and_open_exists_on_a_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = texts(&root.join("templates"), &["html"]) + &texts(&root.join("src"), &["rs"]);
    // A text over several lines of code is one.
    let pages: String = pages.split("\\\n").map(str::trim_start).collect();
    let (mut names, mut missing) = (0, Vec::new());
    let written = fs::read_dir(root.join("docs/huong-dan")).expect("the guide").flatten();
    for entry in written.filter(|entry| entry.path().is_file()) {
        let page = fs::read_to_string(entry.path()).expect("text");
        for name in named(&page) {
            names += 1;
            // A path of names, and a name with something left open in it.
            let parts =
                name.split(" › ").flat_map(|part| part.split('…')).map(str::trim).filter(|part| !part.is_empty());
            missing.extend(
                parts.filter(|part| !pages.contains(part)).map(|part| format!("{}: {part}", entry.path().display())),
            );
        }
    }
    assert!(names > 30, "the guide names what to press: {names}");
    assert!(missing.is_empty(), "named and not there:\n{}", missing.join("\n"));
    assert_eq!(named("Bấm **Lưu** rồi mở\n**A › B**, **không** phải"), ["Lưu", "A › B"]);
}
