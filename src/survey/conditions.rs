//! What of a questionnaire is asked and counted of whom: its questions of further kinds, their bytes, and conditions heeded.

use super::question::{Condition, Question};
use super::questionnaire::Questionnaire;
use crate::sheet::shape::Shape;

impl Questionnaire {
    /// All questions of further kinds, in the order of their bytes.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.sections.iter().flat_map(|section| &section.questions)
    }

    /// The shapes of what is packed behind the levels: demographic questions, then those of further kinds.
    pub fn further_shapes(&self) -> Vec<Shape> {
        let demographics = self.demographics.iter().map(|asked| Shape::One(asked.options.len()));
        demographics.chain(self.questions().map(|question| question.kind.shape())).collect()
    }

    /// How many bytes the answers to demographic questions and to those of further kinds take.
    pub fn further_bytes(&self) -> usize {
        self.further_shapes().iter().map(|shape| shape.bytes()).sum()
    }

    /// Whether the answers of a sheet fulfil a condition. A question that is not there is answered by nobody.
    pub fn holds(&self, condition: &Condition, further: &[u8]) -> bool {
        let demographics = self.demographics.iter().map(|asked| (asked.id.as_str(), asked.options.as_slice()));
        let questions = self.questions().map(|question| (question.id.as_str(), question.kind.options()));
        let mut at = 0;
        for ((id, options), shape) in demographics.chain(questions).zip(self.further_shapes()) {
            let own = further.get(at..at + shape.bytes()).unwrap_or_default();
            at += shape.bytes();
            if id == condition.question {
                let chosen = shape.chosen(own);
                return options
                    .iter()
                    .enumerate()
                    .any(|(place, option)| chosen.contains(&place) && condition.options.contains(&option.id));
            }
        }
        false
    }

    /// What an answer sheet says where conditions are heeded: nothing to questions that were not asked, and "not used" to the
    /// items of a section that does not count for this respondent (who waits for a result cannot rate it).
    pub fn heed_conditions(&self, answers: &mut [u8], further: &mut [u8]) {
        let mut at: usize = self.demographics.len();
        for question in self.questions() {
            let bytes = question.kind.shape().bytes();
            if let Some(condition) = &question.when
                && !self.holds(condition, further)
            {
                further[at..at + bytes].fill(0);
            }
            at += bytes;
        }
        let mut item = 0;
        for section in &self.sections {
            let own = item..item + section.items.len();
            item = own.end;
            if section.unless.as_ref().is_some_and(|condition| self.holds(condition, further)) {
                let answered = answers[own].iter_mut().filter(|answer| **answer != crate::sheet::tally::BLANK);
                answered.for_each(|answer| *answer = crate::sheet::tally::NOT_USED);
            }
        }
    }
}
