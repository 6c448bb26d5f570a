//! Questions read aloud by the phone's own voice: only where it has one of its own for the page's language, over no recording,
//! question by question, and silent when it is told.

use serde_json::{Value, json};
use thirtyfour::{By, WebDriver};

use crate::browser::{Browser, Outcome, axe, chromium, see, shows, tap};
use crate::screens::MEASURE;
use crate::support::{Backend, fresh_db};
use crate::town::Town;

#[test]
fn a_phone_with_a_voice_of_its_own_reads_each_question_and_its_answers_until_told_to_stop() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    Browser::phone().sized(320, 568).visit(async |page| {
        voices(&page, &json!([{"lang": "en-US", "localService": true}, {"lang": "vi-VN", "localService": true}]))
            .await?;
        page.goto(format!("{}/s/{}", town.address, town.counter)).await?;
        let button = see(&page, "#aloud").await?;
        assert_eq!(axe(&page).await?, Vec::<String>::new());
        assert_eq!(said(&page).await?, json!([]), "nothing sounds by itself");
        // The whole scale still stands on the first screen.
        let found = page.execute(format!("{MEASURE}return look(true);"), Vec::new()).await?.json().clone();
        assert_eq!(found, json!([]));
        page.execute("dispatchEvent(new PopStateEvent('popstate', { state: { step: 0 } }));", Vec::new()).await?;

        tap(&button).await?;
        let first = said(&page).await?;
        assert_eq!(first[0], "Nhìn chung, Ông/Bà hài lòng đến đâu về lần phục vụ này? (vi-VN)");
        assert_eq!(
            (first[1].as_str(), first[5].as_str()),
            (Some("Rất không hài lòng (vi-VN)"), Some("Rất hài lòng (vi-VN)"))
        );
        assert_eq!(first.as_array().map(Vec::len), Some(7), "the question, five levels and that one has no opinion");

        // The next question is read when it comes, and a second touch silences it.
        tap(&see(&page, "fieldset.now label:nth-of-type(4)").await?).await?;
        shows(&page, "#count", "Câu 2/10").await?;
        assert_ne!(said(&page).await?[0], first[0]);
        tap(&see(&page, "#aloud").await?).await?;
        assert_eq!(said(&page).await?, json!([]));

        // A recording is what is heard of a question that has one.
        page.execute("document.querySelector('fieldset.now').append(document.createElement('audio'));", Vec::new())
            .await?;
        tap(&see(&page, "#aloud").await?).await?;
        assert_eq!(said(&page).await?, json!([]));
        Ok(())
    });
}

#[test]
fn nothing_is_offered_or_fetched_without_a_voice_of_the_phone_for_the_language() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = format!("{}/s/{}", town.address, town.counter);
    for (voices_there, fetched) in [
        (json!([]), 0),
        (json!([{"lang": "en-US", "localService": true}]), 0),
        // A voice of its maker's computers would send them the text.
        (json!([{"lang": "vi-VN", "localService": false}]), 1),
    ] {
        Browser::phone().visit(async |page| {
            voices(&page, &voices_there).await?;
            page.goto(form.as_str()).await?;
            see(&page, "form[data-queue]").await?;
            let files = "return document.querySelectorAll('script[src*=\"/static/aloud.\"]').length";
            assert_eq!(page.execute(files, Vec::new()).await?.json(), &json!(fetched));
            // By now it would have come.
            page.execute_async(LOADED, Vec::new()).await?;
            assert!(page.find_all(By::Css("#aloud")).await?.is_empty());
            Ok(())
        });
    }
}

/// Waits until the script that reads aloud has run, where there is one.
const LOADED: &str = r#"
    const done = arguments[0], script = document.querySelector('script[src*="/static/aloud."]');
    const again = script && document.createElement('script');
    if (!again) return done();
    again.onload = again.onerror = () => done();
    again.src = script.src;
    document.head.append(again);
"#;

/// What was given to the voice since it was last silenced.
async fn said(page: &WebDriver) -> Outcome<Value> {
    Ok(page.execute("return self.said;", Vec::new()).await?.json().clone())
}

/// A phone with these voices, which say nothing and write down what they would.
async fn voices(page: &WebDriver, voices: &Value) -> Outcome<()> {
    let source = format!(
        "self.said = [];
        const talk = {{ getVoices: () => {voices}, cancel() {{ self.said = []; }}, speak(what) {{ self.said.push(what.text.trim() + ' (' + what.lang + ')'); }} }};
        Object.defineProperty(self, 'speechSynthesis', {{ value: talk }});
        self.SpeechSynthesisUtterance = function (text) {{ this.text = text; }};"
    );
    chromium(page, "Page.addScriptToEvaluateOnNewDocument", json!({"source": source})).await?;
    Ok(())
}
