//! A remedy: what was weak, who does what about it by when, how far it is.

use chrono::NaiveDate;

/// Where a remedy came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A weak criterion of a plan's period.
    Criterion,
    /// A theme of comments.
    Theme,
    Complaint,
    /// A promise of a dialogue.
    Dialogue,
    /// Somebody's own idea.
    Hand,
}

impl Source {
    /// Every source.
    pub const ALL: [Source; 5] = [Source::Criterion, Source::Theme, Source::Complaint, Source::Dialogue, Source::Hand];

    /// The word in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Source::Criterion => "criterion",
            Source::Theme => "theme",
            Source::Complaint => "complaint",
            Source::Dialogue => "dialogue",
            Source::Hand => "hand",
        }
    }

    /// The source of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// How far a remedy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It is written down.
    Planned,
    /// Somebody works on it.
    UnderWay,
    Done,
    /// It falls away, with a reason.
    Dropped,
}

impl Progress {
    /// Every state.
    pub const ALL: [Progress; 4] = [Progress::Planned, Progress::UnderWay, Progress::Done, Progress::Dropped];

    /// The word in forms and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Progress::Planned => "planned",
            Progress::UnderWay => "under_way",
            Progress::Done => "done",
            Progress::Dropped => "dropped",
        }
    }

    /// The state of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether it leads to another: what is done is taken up again when it did not help, what was dropped too; nothing is planned
    /// once more.
    pub fn leads_to(self, next: Progress) -> bool {
        self == next || next != Progress::Planned
    }

    /// Whether somebody still has to do something.
    pub fn is_owed(self) -> bool {
        matches!(self, Progress::Planned | Progress::UnderWay)
    }

    /// Whether it is late on a day.
    pub fn is_late(self, due: NaiveDate, today: NaiveDate) -> bool {
        self.is_owed() && today > due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_planned_once_more_and_everything_else_may_follow() {
        for from in Progress::ALL {
            for to in Progress::ALL {
                let wanted = to != Progress::Planned || from == Progress::Planned;
                assert_eq!(from.leads_to(to), wanted, "{from:?} {to:?}");
            }
        }
        let due = NaiveDate::from_ymd_opt(2026, 6, 1).expect("a day");
        assert!(Progress::Planned.is_late(due, due + chrono::Days::new(1)));
        assert!(!Progress::Planned.is_late(due, due) && !Progress::Done.is_late(due, due + chrono::Days::new(9)));
    }
}
