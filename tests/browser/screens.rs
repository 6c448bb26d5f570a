//! Every form at every size of screen: the overall question and its five levels stand on the first screen with nothing over
//! them, and on every later step either all choices and buttons are seen at once, or the step scrolls and nothing lies over
//! what has the focus (WCAG 2.2, 2.4.11, measured by asking the browser what stands at that place).

use serde_json::json;
use sipas::db::NewPoint;
use sipas::plan::Channel;
use thirtyfour::WebDriver;

use crate::browser::{Browser, Outcome, chromium, see};
use crate::support::{Backend, fresh_db};
use crate::town::Town;

/// Width and height in CSS pixels: two small phones, one of them with its address bar, a usual and a long one, a phone held
/// sideways, a tablet upright, a desk.
const SIZES: [(u32, u32); 7] = [(320, 568), (360, 560), (360, 640), (390, 760), (640, 360), (768, 1024), (1280, 800)];

/// Where a tablet stands: upright, sideways, a small one sideways.
const TABLETS: [(u32, u32); 3] = [(768, 1024), (1280, 800), (1024, 600)];

/// A questionnaire at a point of its own.
struct Asked {
    form: String,
    languages: Vec<String>,
    code: String,
    questions: usize,
}

/// One way to look at a form.
struct Look {
    form: String,
    address: String,
    size: (u32, u32),
}

#[test]
fn every_form_shows_its_first_scale_whole_and_hides_no_focus_at_every_size() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let looks = looks(&town, &points(&town));
    let script = format!("{MEASURE}return look(true);");
    let faults = Browser::desk().visit(async |page| {
        let mut faults = Vec::new();
        for look in &looks {
            open(&page, look).await?;
            see(&page, "#ways:not([hidden])").await?;
            faults.extend(measured(&page, look, &script).await?);
        }
        Ok(faults)
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn without_script_the_first_scale_is_whole_and_no_focus_is_hidden() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let looks = looks(&town, &points(&town));
    let script = format!("{MEASURE}return look(false);");
    let faults = Browser::desk().without_script().visit(async |page| {
        let mut faults = Vec::new();
        // Every second look: the page is one and the same for all steps.
        for look in looks.iter().step_by(2) {
            open(&page, look).await?;
            see(&page, "form").await?;
            faults.extend(measured(&page, look, &script).await?);
        }
        Ok(faults)
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_tablet_shows_all_faces_at_once_whichever_way_it_stands_and_large_print_is_larger() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    town.db.by_nobody().set_kiosk(&town.centre, true).expect("a switch");
    let script = format!("{MEASURE}return [look(true), size()];");
    Browser::desk().visit(async |page| {
        for (size, language) in TABLETS.into_iter().zip(["vi", "en", "vi"]) {
            let mut sizes = Vec::new();
            for large in ["", "&large=1"] {
                let look = Look {
                    form: format!("tablet{large}"),
                    address: format!("{}/s/{}?kiosk&lang={language}{large}", town.address, town.centre),
                    size,
                };
                open(&page, &look).await?;
                see(&page, "form.steps fieldset.now").await?;
                let found = page.execute(script.as_str(), Vec::new()).await?.json().clone();
                assert_eq!(found[0], json!([]), "{}x{}{large}", size.0, size.1);
                sizes.push(found[1].as_f64().ok_or("a size")?);
            }
            assert!(sizes[1] >= 1.2 * sizes[0], "{sizes:?} pixels at {}x{}", size.0, size.1);
        }
        Ok(())
    });
}

/// A point of every questionnaire, with a long name and several fields where it knows several.
fn points(town: &Town) -> Vec<Asked> {
    let mut listed = town.db.forms().expect("forms");
    listed.dedup_by(|one, other| one.code == other.code);
    let asked = listed.iter().map(|listed| {
        let form = town.db.newest_form(&listed.code).expect("a form").expect("published");
        let questionnaire = &form.questionnaire;
        let new = NewPoint {
            unit: "cau-giay-hcc".to_owned(),
            name_vi: "Bộ phận Tiếp nhận và Trả kết quả – Quầy số 12".to_owned(),
            name_en: "Reception and results – Counter 12".to_owned(),
            form: questionnaire.id.clone(),
            fields: questionnaire.fields.iter().take(3).cloned().collect(),
            channel: Channel::Counter,
            opened_on: sipas::clock::today(),
        };
        Asked {
            form: questionnaire.id.clone(),
            languages: questionnaire.languages.clone(),
            code: town.db.by_nobody().add_point(&new).expect("a point"),
            questions: questionnaire.items().count() + questionnaire.questions().count(),
        }
    });
    asked.collect()
}

/// The form that asks most at every size, in usual and in large print; every other form at three sizes, by turns in each of its
/// languages and in both prints.
fn looks(town: &Town, forms: &[Asked]) -> Vec<Look> {
    let longest = forms.iter().max_by_key(|asked| asked.questions).expect("a form");
    let mut looks = Vec::new();
    let mut add = |asked: &Asked, size: (u32, u32), turn: usize, large: bool| {
        let language = &asked.languages[turn % asked.languages.len()];
        let large = if large { "&large=1" } else { "" };
        looks.push(Look {
            form: format!("{} {language}{large}", asked.form),
            address: format!("{}/s/{}?lang={language}{large}", town.address, asked.code),
            size,
        });
    };
    for (turn, size) in SIZES.into_iter().enumerate() {
        for large in [false, true] {
            add(longest, size, turn + usize::from(large), large);
        }
    }
    for (turn, asked) in forms.iter().enumerate() {
        for part in 0..3 {
            add(asked, SIZES[(turn + 3 * part) % SIZES.len()], turn + part, (turn + part).is_multiple_of(3));
        }
    }
    looks
}

async fn open(page: &WebDriver, look: &Look) -> Outcome<()> {
    let (width, height) = look.size;
    let mobile = width < 1000;
    let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
    chromium(page, "Emulation.setDeviceMetricsOverride", metrics).await?;
    page.goto(look.address.as_str()).await?;
    Ok(())
}

async fn measured(page: &WebDriver, look: &Look, script: &str) -> Outcome<Vec<String>> {
    let found = page.execute(script, Vec::new()).await?.json().clone();
    let found = found.as_array().cloned().ok_or_else(|| format!("{}: {found}", look.form))?;
    let (width, height) = look.size;
    Ok(found.iter().map(|fault| format!("{} at {width}x{height}: {fault}", look.form)).collect())
}

/// What is wrong on the page. `stands` asks the browser what is seen at three places of an element; a step is shown as going
/// back to it in the browser's history shows it.
pub const MEASURE: &str = r"
    const name = e => (e.id || e.tagName) + ' “' + (e.textContent || e.value || '').trim().slice(0, 24) + '”';
    const shown = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden';
    function at(e, y) {
        const box = e.getClientRects()[0], there = document.elementFromPoint(box.left + Math.min(box.width / 2, 30), y);
        return there && (e.contains(there) || there.contains(e) && there.tagName === 'LABEL');
    }
    function stands(e) {
        const box = e.getBoundingClientRect();
        return box.top >= 0 && box.bottom <= innerHeight + 1 && [box.top + 3, (box.top + box.bottom) / 2, box.bottom - 3].every(y => at(e, y));
    }
    function seen(e) { const box = e.getClientRects()[0]; return at(e, e.tagName === 'TEXTAREA' ? box.top + 12 : (box.top + box.bottom) / 2); }
    function focused(root, where, faults) {
        for (const e of root.querySelectorAll('input:not([type=hidden]),button,a[href],textarea,select')) {
            if (!shown(e) || e.disabled) continue;
            e.focus();
            if (document.activeElement !== e) faults.push(where + ': no focus on ' + name(e));
            else if (!seen(e)) faults.push(where + ': the focus on ' + name(e) + ' is hidden');
        }
    }
    function look(script) {
        const faults = [], form = document.forms[0];
        scrollTo(0, 0);
        const first = [...form.querySelectorAll('fieldset')].find(shown);
        const scale = [first.querySelector('legend'), ...[...first.querySelectorAll('label')].slice(0, 5)];
        for (const part of scale) if (!stands(part)) faults.push('first screen: ' + name(part) + ' from ' + Math.round(part.getBoundingClientRect().top) + ' to ' + Math.round(part.getBoundingClientRect().bottom));
        if (document.documentElement.scrollWidth > innerWidth) faults.push('wider than the screen');
        if (!script || !form.classList.contains('steps')) { focused(document, 'whole form', faults); return faults; }
        const steps = form.querySelectorAll('fieldset,#enough,#words').length;
        for (let n = 0; n < steps; n++) {
            // Of a long form the first steps, the last ones, and every seventh between them, which differ in their texts only.
            if (n > 5 && n < steps - 4 && steps > 30 && n % 7) continue;
            if (document.documentElement.classList.contains('kiosk')) { if (n) break; }
            else dispatchEvent(new PopStateEvent('popstate', { state: { step: n } }));
            const step = form.querySelector('fieldset.now,#enough.now,#words.now'), where = 'step ' + n + ' ' + step.id;
            const parts = [...step.querySelectorAll('label,button,.button,textarea'), ...document.querySelectorAll('#bar button,#send')].filter(shown);
            if (!parts.every(stands) && document.scrollingElement.scrollHeight <= innerHeight) faults.push(where + ': cut off, and does not scroll');
            focused(document, where, faults);
            // What is missing is said; that must hide nothing either.
            if (step.dataset.must) {
                document.getElementById('next').click();
                focused(document, where + ', told what is missing', faults);
            }
        }
        return faults;
    }
    function size() { return parseFloat(getComputedStyle(document.querySelector('fieldset.now label')).fontSize); }
";
