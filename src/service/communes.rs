//! The provinces and communes of the country, built in from `data/`, and the one that somebody means by what they typed.

use crate::exchange::import::plain;

/// The list; its form is told in `data/README.md`.
const LIST: &str = include_str!("../../data/communes-2025-07-01.txt");

/// A ward, commune or special zone with its province.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commune {
    /// Its full name, as in `Phường Cầu Giấy`.
    pub name: &'static str,
    /// Full name of the province or city above it.
    pub province: &'static str,
}

/// What somebody means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    One(Commune),
    /// Several of this name.
    Several(Vec<Commune>),
    /// None of the list.
    None,
}

/// Every commune, province by province.
pub fn all() -> impl Iterator<Item = Commune> {
    let mut province = "";
    LIST.lines().filter_map(move |line| {
        let (code, name) = line.split_once(' ')?;
        if code.len() == 2 {
            province = name;
            return None;
        }
        Some(Commune { name, province })
    })
}

impl Commune {
    /// How it stands in lists.
    pub fn shown(self) -> String {
        format!("{}, {}", self.name, self.province)
    }
}

/// The commune of a typed name: `Phường Cầu Giấy, Thành phố Hà Nội`, `cau giay, ha noi`, or a name that only one bears.
pub fn meant(typed: &str) -> Meant {
    let pieces: Vec<&str> = typed.split(',').map(str::trim).filter(|piece| !piece.is_empty()).collect();
    let (Some(name), province) = (pieces.first(), pieces.last().filter(|_| pieces.len() > 1)) else {
        return Meant::None;
    };
    let of_province = |commune: &Commune| province.is_none_or(|province| is_called(commune.province, province));
    // With its marks first: two names may differ by a mark alone.
    let as_typed = |commune: &Commune| commune.name.to_lowercase() == name.to_lowercase();
    let mut found: Vec<Commune> = all().filter(|commune| as_typed(commune) && of_province(commune)).collect();
    if found.is_empty() {
        found = all().filter(|commune| is_called(commune.name, name) && of_province(commune)).collect();
    }
    match found[..] {
        [] => Meant::None,
        [one] => Meant::One(one),
        _ => Meant::Several(found),
    }
}

/// Whether a full name is meant by a typed one, with or without its kind and its marks.
fn is_called(full: &str, typed: &str) -> bool {
    const KINDS: [&str; 5] = ["phuong ", "xa ", "dac khu ", "thanh pho ", "tinh "];
    let (full, typed) = (plain(full), plain(typed));
    let bare = KINDS.iter().find_map(|kind| full.strip_prefix(kind)).unwrap_or(&full);
    full == typed || bare == typed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts of Quyết định 19/2025/QĐ-TTg: 34 provinces and cities, 3,321 communes.
    #[test]
    fn the_list_is_whole() {
        let mut provinces: Vec<&str> = all().map(|commune| commune.province).collect();
        assert_eq!(provinces.len(), 3321);
        provinces.dedup();
        assert_eq!(provinces.len(), 34);
    }

    #[test]
    fn a_commune_is_found_as_people_type_it() {
        let cau_giay = Commune { name: "Phường Cầu Giấy", province: "Thành phố Hà Nội" };
        for typed in ["Phường Cầu Giấy, Thành phố Hà Nội", "phường cầu giấy", "cau giay, ha noi", "Cầu Giấy"]
        {
            assert_eq!(meant(typed), Meant::One(cau_giay), "{typed}");
        }
        assert!(matches!(meant("Xã Tân Thành"), Meant::Several(found) if found.len() > 1));
        assert_eq!(meant("Phường Không Có"), Meant::None);
        assert_eq!(meant(" , "), Meant::None);
    }
}
