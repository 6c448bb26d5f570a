//! How a report goes out as a document of the office: number, symbol, day, who signs and how, to whom, drafted where. Pure: what was
//! typed is checked, words stand at the edge.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// In what form it is signed (Decree 30/2020, appendix I, II.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignerForm {
    /// The chairman for the committee.
    Chairman,
    /// A vice chairman for the chairman.
    ViceChairman,
    /// Somebody by order of the chairman; their office stands in the title.
    ByOrder,
}

impl SignerForm {
    /// Every form with its word.
    pub const WORDS: [(&'static str, Self); 3] =
        [("chairman", Self::Chairman), ("vice_chairman", Self::ViceChairman), ("by_order", Self::ByOrder)];
}

/// A document of the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueDetails {
    /// Its number in the register.
    pub number: u32,
    /// Its symbol, as in `BC-UBND`.
    pub symbol: String,
    /// Its day.
    pub dated: NaiveDate,
    /// In what form it is signed.
    pub form: SignerForm,
    /// The office of the person who signs by order; empty else.
    pub title: String,
    /// Name of the person who signs.
    pub signer: String,
    /// To whom it goes, without the files.
    pub recipients: Vec<String>,
    /// The office that drafted it, as in `VHXH`; empty where none is named.
    pub drafted_by: String,
}

/// A document as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed<'a> {
    pub number: &'a str,
    pub symbol: &'a str,
    /// Day.
    pub dated: &'a str,
    /// Word of the form.
    pub form: &'a str,
    /// Office of the person who signs by order.
    pub title: &'a str,
    /// Name of the person who signs.
    pub signer: &'a str,
    /// One a line.
    pub recipients: &'a str,
    /// Drafting office.
    pub drafted_by: &'a str,
}

/// What is wrong with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No whole number above 0.
    Number,
    /// Nothing, or other signs than letters and hyphens.
    Symbol,
    /// No day.
    Day,
    /// A day still to come, or before the last day that is reported.
    DayOutOfRange,
    /// None of the forms.
    Form,
    /// By order, but of which office?
    Title,
    /// No name.
    Signer,
    /// Nobody gets it.
    Recipients,
}

impl Fault {
    /// The part that it is about, as forms call it.
    pub fn part(self) -> &'static str {
        match self {
            Fault::Number => "number",
            Fault::Symbol => "symbol",
            Fault::Day | Fault::DayOutOfRange => "dated",
            Fault::Form => "form",
            Fault::Title => "title",
            Fault::Signer => "signer",
            Fault::Recipients => "recipients",
        }
    }
}

impl Typed<'_> {
    /// The document, whose day lies after `cut_off` and not after `today`; or everything that is wrong.
    pub fn read(&self, cut_off: NaiveDate, today: NaiveDate) -> Result<IssueDetails, Vec<Fault>> {
        let mut faults = Vec::new();
        let number = self.number.trim().parse().ok().filter(|number: &u32| *number > 0);
        if number.is_none() {
            faults.push(Fault::Number);
        }
        let symbol = self.symbol.trim().trim_start_matches('/').to_owned();
        if symbol.is_empty() || !symbol.chars().all(|letter| letter.is_alphanumeric() || "-.&".contains(letter)) {
            faults.push(Fault::Symbol);
        }
        let dated = super::typed::day(self.dated);
        match dated {
            None => faults.push(Fault::Day),
            Some(day) if day > today || day <= cut_off => faults.push(Fault::DayOutOfRange),
            Some(_) => {}
        }
        let form = SignerForm::WORDS.iter().find(|(word, _)| *word == self.form).map(|(_, form)| *form);
        let title = folded(self.title);
        match form {
            None => faults.push(Fault::Form),
            Some(SignerForm::ByOrder) if title.is_empty() => faults.push(Fault::Title),
            Some(_) => {}
        }
        let signer = folded(self.signer);
        if signer.is_empty() {
            faults.push(Fault::Signer);
        }
        let recipients: Vec<String> = self.recipients.lines().map(recipient).filter(|line| !line.is_empty()).collect();
        if recipients.is_empty() {
            faults.push(Fault::Recipients);
        }
        match (number, dated, form) {
            (Some(number), Some(dated), Some(form)) if faults.is_empty() => Ok(IssueDetails {
                number,
                symbol,
                dated,
                form,
                title,
                signer,
                recipients,
                drafted_by: folded(self.drafted_by),
            }),
            _ => Err(faults),
        }
    }
}

/// A line of recipients without the marks of a list.
fn recipient(line: &str) -> String {
    folded(line).trim_start_matches(['-', '–', '•']).trim().trim_end_matches([';', '.', ',']).to_owned()
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn what_was_typed_becomes_a_document_or_every_fault() {
        let typed = Typed {
            number: " 45 ",
            symbol: "/BC-UBND",
            dated: "18/03/2026",
            form: "vice_chairman",
            title: "",
            signer: "Nguyễn  Văn A",
            recipients: "- UBND thành phố;\r\n\r\n- Sở Nội vụ.",
            drafted_by: "VHXH",
        };
        let read = typed.read(day("2026-03-14"), day("2026-03-20")).expect("a document");
        assert_eq!((read.number, read.symbol.as_str(), read.dated), (45, "BC-UBND", day("2026-03-18")));
        assert_eq!(read.recipients, ["UBND thành phố", "Sở Nội vụ"]);
        assert_eq!(read.signer, "Nguyễn Văn A");
        let faults = Typed::default().read(day("2026-03-14"), day("2026-03-20")).expect_err("faults");
        assert_eq!(faults, [Fault::Number, Fault::Symbol, Fault::Day, Fault::Form, Fault::Signer, Fault::Recipients]);
        let early = Typed { dated: "14/03/2026", ..typed.clone() };
        assert_eq!(early.read(day("2026-03-14"), day("2026-03-20")), Err(vec![Fault::DayOutOfRange]));
        let by_order = Typed { form: "by_order", ..typed };
        assert_eq!(by_order.read(day("2026-03-14"), day("2026-03-20")), Err(vec![Fault::Title]));
    }
}
