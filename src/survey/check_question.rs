//! What a questionnaire may say in questions of further kinds, and in conditions.

use std::collections::BTreeSet;

use super::check::{Check, OPTIONS, QUESTIONS_MAX, longest, sensitive_word};
use super::problem::{Called, Part, Place, Reason};
use super::question::{Condition, NUMBER_MAX, Question, QuestionKind, SCALE_LEVELS};
use super::{ChoiceOption, Questionnaire};

/// Questions with options, by their identifiers.
type Known<'a> = Vec<(&'a str, &'a [ChoiceOption])>;

impl Check<'_> {
    /// Questions of further kinds in all sections, and the conditions on sections.
    pub(super) fn questions(&mut self, questionnaire: &Questionnaire) {
        let found = questionnaire.questions().count();
        if found > QUESTIONS_MAX {
            self.head_fault("sections", Reason::TooManyQuestions { found });
        }
        let demographics = questionnaire.demographics.iter();
        let mut known: Known<'_> = demographics.map(|asked| (asked.id.as_str(), asked.options.as_slice())).collect();
        let mut ids: BTreeSet<String> = questionnaire.items().map(|item| item.id.clone()).collect();
        ids.extend(known.iter().map(|(id, _)| (*id).to_owned()));
        for (position, section) in questionnaire.sections.iter().enumerate() {
            let path = format!("sections.{position}");
            for (position, question) in section.questions.iter().enumerate() {
                let path = format!("{path}.questions.{position}");
                let called = Called::new(&question.id, position);
                let place = Place::from(Part::Question(called.clone()));
                self.id(&path, &place, &question.id, &mut ids);
                self.question(&path, &place, &called, question);
                if question.required && section.optional {
                    self.fault(format!("{path}.required"), place.clone(), Reason::RequiredInOptional);
                }
                if let Some(condition) = &question.when {
                    self.condition(&format!("{path}.when"), place.at("when"), condition, &known);
                }
                known.push((&question.id, question.kind.options()));
            }
        }
        for (position, section) in questionnaire.sections.iter().enumerate() {
            if let Some(condition) = &section.unless {
                let place = Place::from(Part::Section(Called::new(&section.id, position))).at("unless");
                self.condition(&format!("sections.{position}.unless"), place, condition, &known);
            }
        }
    }

    fn question(&mut self, path: &str, place: &Place, called: &Called, question: &Question) {
        self.text(&format!("{path}.text"), &place.at("text"), &question.text, longest::ITEM);
        if !question.help.is_empty() {
            self.text(&format!("{path}.help"), &place.at("help"), &question.help, longest::HELP);
        }
        if let Some(source) = &question.source {
            self.characters(&format!("{path}.source"), &place.at("source"), "vi", source, longest::SOURCE);
        }
        let options = question.kind.options();
        if let Some(word) = sensitive_word(&question.id, &question.text, options) {
            self.fault(path, place.clone(), Reason::Sensitive { word });
        }
        let found = options.len();
        match &question.kind {
            QuestionKind::One { .. } | QuestionKind::Several { .. } if !OPTIONS.contains(&found) => {
                self.fault(format!("{path}.options"), place.clone(), Reason::OptionCount { found });
            }
            QuestionKind::Scale { .. } if !SCALE_LEVELS.contains(&found) => {
                self.fault(format!("{path}.options"), place.clone(), Reason::ScaleCount { found });
            }
            QuestionKind::Number { least, most } if least >= most || *most > NUMBER_MAX => {
                self.fault(format!("{path}.most"), place.clone(), Reason::NumberBounds);
            }
            _ => {}
        }
        let mut ids = BTreeSet::new();
        for (position, option) in options.iter().enumerate() {
            self.option(&format!("{path}.options.{position}"), called, position, option, &mut ids);
        }
    }

    fn condition(&mut self, path: &str, place: Place, condition: &Condition, known: &Known<'_>) {
        let found = known.iter().find(|(id, options)| *id == condition.question && !options.is_empty());
        let Some((_, options)) = found else {
            let question = condition.question.clone();
            return self.fault(format!("{path}.question"), place, Reason::ConditionQuestion { question });
        };
        let is_known = |wanted: &String| options.iter().any(|option| option.id == *wanted);
        if condition.options.is_empty() || !condition.options.iter().all(is_known) {
            let known = options.iter().map(|option| option.id.clone()).collect();
            self.fault(format!("{path}.options"), place, Reason::ConditionOption { known });
        }
    }
}
