//! Every questionnaire in every language: shown, answered, tallied, and where it feeds an index, counted.

use crate::citizen::compressed;
use crate::on_both;
use crate::town::{Town, attempt, select};
use scraper::Html;
use sipas::db::{NewPoint, TallyFilter};
use sipas::index::{Node, Suspects};
use sipas::plan::Channel;
use sipas::service::figures::{Question, measure};
use sipas::sheet::tally::Series;

/// Sheets a language: two languages make the ten respondents from which figures are shown.
const SHEETS: u64 = 5;

on_both! {
    fn every_questionnaire_is_answered_tallied_and_counted_in_every_language(fresh) {
        let town = Town::start_with(fresh, &[("SIPAS_SUBMIT_LIMIT", "off")]);
        let today = sipas::clock::today();
        for listed in town.db.forms().expect("forms") {
            let form = town.db.form_by_id(listed.id).expect("a form");
            let questionnaire = &form.questionnaire;
            let field = questionnaire.fields.first().expect("a field").clone();
            let new = NewPoint {
                unit: "phuong-cau-giay".to_owned(),
                name_vi: questionnaire.id.clone(),
                name_en: questionnaire.id.clone(),
                form: questionnaire.id.clone(),
                fields: vec![field.clone()],
                channel: Channel::Counter,
                opened_on: today,
            };
            let code = town.db.by_nobody().add_point(&new).expect("a point");
            let before = town.stored();
            for language in &questionnaire.languages {
                let page = town.get(&format!("/s/{code}?lang={language}"));
                assert_eq!(page.status(), 200, "{} in {language}", questionnaire.id);
                let page = Html::parse_document(&page.text().expect("a page"));
                // What a first visit may weigh: 13 KB compressed with its script up to 25 questions, 100 bytes for each further one.
                let script = select(&page, "script[src]")[0].attr("src").expect("an address").to_owned();
                let path = format!("/s/{code}?lang={language}");
                let sent = compressed(&town, &path) + compressed(&town, &script);
                let asked = questionnaire.items().count() + questionnaire.questions().count();
                let most = 13_000 + 100 * asked.saturating_sub(25);
                assert!(sent <= most, "{} in {language}: {sent} bytes", questionnaire.id);
                let names: Vec<String> = select(&page, "input[type=radio]")
                    .iter()
                    .map(|input| input.attr("name").expect("a name").to_owned())
                    .collect();
                for item in questionnaire.items() {
                    assert!(names.contains(&format!("q.{}", item.id)), "{} lacks {}", questionnaire.id, item.id);
                }
                for _ in 0..SHEETS {
                    let mut sheet = town.filled_form(&code, "4");
                    // A number of its own, as the page's script gives it: the server cannot tell how fast it came.
                    sheet.set("lang", language).set("attempt", &attempt());
                    assert_eq!(town.post_form(&code, &sheet).status(), 303, "{} in {language}", questionnaire.id);
                }
            }
            let sent = SHEETS * questionnaire.languages.len() as u64;
            assert_eq!(town.stored(), before + sent);
            let filter = TallyFilter { units: None, from: today, to: today, live: true };
            let tallies = town.db.tallies(&filter).expect("tallies");
            let own: Vec<_> = tallies.iter().filter(|(key, _)| key.form == form.id).collect();
            assert_eq!(own.iter().map(|(_, tally)| tally.sheets).sum::<u64>(), sent);
            // Every item was answered with level 4 by everybody.
            assert!(own.iter().flat_map(|(_, tally)| &tally.levels).all(|levels| levels[4] == levels.iter().sum::<u64>()));
            if questionnaire.sections.iter().all(|section| section.feeds.is_empty()) {
                continue;
            }
            town.let_in();
            let question = Question {
                plan: "cau-giay-2026".to_owned(),
                period: format!("adhoc-{today}-{today}"),
                unit: None,
                series: Series::Open,
                suspects: Suspects::In,
                live: false,
                today,
            };
            let report = measure(&town.db, &question).expect("figures").report;
            let mut fields = report.fields.iter().filter_map(Node::shown);
            let shown = fields.find(|shown| shown.field == field).expect("the field");
            // All answers are 4: everybody satisfied, mean 4.
            assert!((shown.estimate.value - 1.0).abs() < 1e-12 && (shown.mean_score - 4.0).abs() < 1e-12);
        }
    }
}
