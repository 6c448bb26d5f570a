//! The codes of Word's own fields, as in `PAGE` or `TOC`. Some of them fetch, take in or run other files when a document is opened
//! (DDEAUTO, INCLUDETEXT, LINK …), so a template may hold those alone that are known to stay within it.

use std::borrow::Cow;

use super::xml::attribute;

/// Codes that say something of the document itself.
const HARMLESS: [&str; 45] = [
    "=",
    "ADVANCE",
    "AUTHOR",
    "AUTONUM",
    "AUTONUMLGL",
    "AUTONUMOUT",
    "COMMENTS",
    "COMPARE",
    "CREATEDATE",
    "DATE",
    "DOCPROPERTY",
    "EDITTIME",
    "EQ",
    "FILENAME",
    "FORMCHECKBOX",
    "FORMDROPDOWN",
    "FORMTEXT",
    "IF",
    "INDEX",
    "INFO",
    "KEYWORDS",
    "LASTSAVEDBY",
    "LISTNUM",
    "MERGEFIELD",
    "NOTEREF",
    "NUMCHARS",
    "NUMPAGES",
    "NUMWORDS",
    "PAGE",
    "PAGEREF",
    "PRINTDATE",
    "REF",
    "REVNUM",
    "SAVEDATE",
    "SECTION",
    "SECTIONPAGES",
    "SEQ",
    "STYLEREF",
    "SUBJECT",
    "SYMBOL",
    "TC",
    "TIME",
    "TITLE",
    "TOC",
    "XE",
];

/// Letters of a code shown with a problem.
const SHOWN: usize = 60;

/// Fields that are open, the innermost last: the code as far as it was read; none once the result began.
#[derive(Debug, Default)]
pub(super) struct FieldCodes {
    open: Vec<Option<String>>,
    in_code: bool,
    refused: Vec<String>,
}

impl FieldCodes {
    /// An element that begins.
    ///
    /// # Errors
    /// The code that is not known to be harmless.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, Cow<'_, str>)], empty: bool) -> Result<(), String> {
        match name {
            "w:fldSimple" => return judged(attribute(attributes, "w:instr").unwrap_or_default()),
            "w:fldChar" => match attribute(attributes, "w:fldCharType") {
                Some("begin") => self.open.push(Some(String::new())),
                Some("separate") => {
                    return self.open.last_mut().and_then(Option::take).map_or(Ok(()), |code| judged(&code));
                }
                Some("end") => return self.open.pop().flatten().map_or(Ok(()), |code| judged(&code)),
                _ => {}
            },
            "w:instrText" | "w:delInstrText" => self.in_code = !empty,
            _ => {}
        }
        Ok(())
    }

    /// An element that ends.
    pub(super) fn close(&mut self, name: &str) {
        if matches!(name, "w:instrText" | "w:delInstrText") {
            self.in_code = false;
        }
    }

    /// Text as written.
    pub(super) fn text(&mut self, text: &str) {
        if self.in_code {
            match self.open.last_mut() {
                Some(Some(code)) => code.push_str(text),
                // A code outside its field: nothing that Word writes.
                _ => self.refused.extend(judged(text).err()),
            }
        }
    }

    /// The codes of fields that never ended, where they are not harmless.
    pub(super) fn unfinished(&mut self) -> Vec<String> {
        let open = std::mem::take(&mut self.open).into_iter().flatten().filter_map(|code| judged(&code).err());
        self.refused.drain(..).chain(open).collect()
    }
}

/// Whether an address is one that a reader may be led to by a click.
pub(super) fn is_web_link(address: &str) -> bool {
    let begins = |scheme: &str| address.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme));
    address.starts_with('#') || ["http://", "https://", "mailto:"].into_iter().any(begins)
}

fn judged(code: &str) -> Result<(), String> {
    let code = code.replace("&quot;", "\"");
    let code = code.trim();
    let name = code.split_ascii_whitespace().next().unwrap_or_default();
    let name = if name.starts_with('=') { "=" } else { name };
    let name = name.to_ascii_uppercase();
    let harmless = if name == "HYPERLINK" {
        let to = code[name.len()..].trim_start().trim_start_matches('"');
        // A switch leads to a place in the document.
        to.starts_with("\\l") || is_web_link(to)
    } else {
        // Without a name nothing is done.
        HARMLESS.contains(&name.as_str())
    };
    if harmless { Ok(()) } else { Err(code.chars().take(SHOWN).collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_stay_within_the_document_are_taken_and_no_others() {
        for code in [
            " PAGE ",
            "page \\* MERGEFORMAT",
            "=SUM(ABOVE)",
            "HYPERLINK &quot;https://a.vn/b&quot;",
            "HYPERLINK \\l \"a\"",
        ] {
            assert_eq!(judged(code), Ok(()), "{code}");
        }
        for code in [
            "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc\"",
            "INCLUDEPICTURE \"http://a.example/b.png\" \\d",
            "INCLUDETEXT \"\\\\\\\\host\\\\a.docx\"",
            "LINK Excel.Sheet.8 \"a.xlsx\"",
            "MACROBUTTON a b",
            "HYPERLINK \"file://host/a\"",
            "&#68;DEAUTO a",
            "",
        ] {
            assert_eq!(judged(code), Err(code.trim().chars().take(SHOWN).collect()), "{code}");
        }
    }
}
