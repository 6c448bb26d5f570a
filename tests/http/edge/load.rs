//! What serves many at once: the form from its mould, the full queue, several writers.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};

use diesel::{Connection, PgConnection, RunQueryDsl};
use scraper::Html;
use sipas::clock;
use sipas::db::{Attempt, Db, DbError, NewPoint, Sheet};
use sipas::plan::Channel;
use sipas::sheet::tally::{Mode, Respondent, Series, TallyKey};

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{Form, Town, select};

/// The page without its attempt, which differs each time.
fn without_attempt(page: &str) -> String {
    let mark = "name=attempt value=\"";
    let at = page.find(mark).expect("an attempt") + mark.len();
    format!("{}{}", &page[..at], &page[at + 36..])
}

fn page(town: &Town, code: &str, lang: &str) -> String {
    town.get(&format!("/s/{code}?lang={lang}")).text().expect("a page")
}

/// The bytes of a page as a browser gets them that takes gzip.
fn packed(town: &Town, code: &str, accept: &str) -> (Option<String>, Vec<u8>) {
    let request = town.client.get(format!("{}/s/{code}", town.address)).header("accept-encoding", accept);
    let answer = request.send().expect("an answer");
    let encoding = answer.headers().get("content-encoding").map(|value| value.to_str().expect("text").to_owned());
    (encoding, answer.bytes().expect("a page").to_vec())
}

/// Decompressed by GNU gzip, which refuses wrong sums and anything that follows.
fn gunzip(bytes: Vec<u8>) -> String {
    let mut gzip = Command::new("gzip").arg("-dc").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("gzip");
    let mut input = gzip.stdin.take().expect("its input");
    let feeder = std::thread::spawn(move || input.write_all(&bytes));
    let output = gzip.wait_with_output().expect("its output");
    feeder.join().expect("a feeder").expect("all was read");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn a_citizen_is_answered_while_many_costly_pages_wait() {
    const ASKED: usize = 40;
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let code = town.db.points(None).expect("points")[0].code.clone();
    let session = town.sign_in("lan");
    // How many of the costly pages were there before the citizen's thanks.
    let round = || {
        let finished = std::sync::atomic::AtomicUsize::new(0);
        let (tell, told) = mpsc::channel();
        std::thread::scope(|threads| {
            for _ in 0..ASKED {
                let (tell, town, session, finished) = (tell.clone(), &town, &session, &finished);
                threads.spawn(move || {
                    let _ = tell.send(());
                    let status = town.get_as(session, "/staff/targets").status();
                    finished.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    assert_eq!(status, 200);
                });
            }
            for _ in 0..ASKED {
                told.recv().expect("it asks");
            }
            let sheet = town.filled_form(&code, "4");
            assert_eq!(town.post_form(&code, &sheet).status(), 303);
            finished.load(std::sync::atomic::Ordering::SeqCst)
        })
    };
    // By order, not by the clock: two to four of the forty are made at a time, by the number of cores, and a citizen who waits in turn finds
    // nearly all of them there in every round. On many fast cores they may be there in one round before the citizen has asked.
    assert!((0..5).any(|_| round() < ASKED / 2), "the citizen came last five times");
}

#[test]
fn a_page_from_a_mould_is_the_rendered_page() {
    // A second point with the questionnaire and field of the first, whose name has to be escaped.
    let new = NewPoint {
        unit: "cau-giay-hcc".to_owned(),
        name_vi: "Quầy <b>\"số 2\"</b> & 'hai'".to_owned(),
        name_en: "Counter <2> & \"two\"".to_owned(),
        form: "thu-tuc-hanh-chinh-ngan".to_owned(),
        fields: vec!["judicial".to_owned()],
        channel: Channel::Counter,
        opened_on: clock::today(),
    };
    let (here, there) = (fresh_db(Backend::Sqlite), fresh_db(Backend::Sqlite));
    let (cast, rendered) = (Town::start(&here), Town::start(&there));
    let codes = [&cast, &rendered].map(|town| town.db.by_nobody().add_point(&new).expect("a point"));
    for ask in ["vi", "en", "vi&large=1", "vi"] {
        // The first page of a kind is rendered, and its mould is kept if it makes that page. So the second point is from
        // the first one's mould in one town, and the first of its kind in the other.
        let first = page(&cast, &cast.counter, ask);
        let [cast, rendered] = [(&cast, &codes[0]), (&rendered, &codes[1])]
            .map(|(town, code)| without_attempt(&page(town, code, ask)).replace(code.as_str(), "CODE"));
        assert_eq!(cast, rendered, "lang={ask}");
        assert_ne!(cast, without_attempt(&first));
        assert!(cast.contains(" &#60;") && !cast.contains(&new.name_vi), "names are escaped");
    }
}

#[test]
fn a_browser_that_takes_gzip_gets_the_same_page_compressed_once() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    for code in [&town.counter, &town.centre, &town.station] {
        let plain = page(&town, code, "vi");
        for accept in ["gzip", "gzip, deflate, br, zstd"] {
            let (encoding, bytes) = packed(&town, code, accept);
            assert_eq!(encoding.as_deref(), Some("gzip"));
            // What stands in holes is stored as it is: were the page compressed for this request, it would not be.
            let name = format!("/s/{code}");
            assert!(bytes.windows(code.len()).any(|window| window == code.as_bytes()), "{name} is not from a mould");
            assert!(bytes.len() < plain.len() / 2, "{} bytes of {}", bytes.len(), plain.len());
            assert_eq!(without_attempt(&gunzip(bytes)), without_attempt(&plain));
        }
        for accept in ["identity", "gzip;q=0", "br"] {
            assert_eq!(packed(&town, code, accept).0, None, "{accept}");
        }
    }
}

/// Keeps the writer busy and fills the queue; what is returned lets go of both.
fn fill_queue(town: &Town) -> (mpsc::Sender<()>, std::thread::JoinHandle<()>, u64) {
    let ((is_held, held), (release, released)) = (mpsc::channel(), mpsc::channel::<()>());
    let db = town.db.clone();
    let holder = std::thread::spawn(move || {
        let hold = move || {
            is_held.send(()).expect("the test waits");
            let _ = released.recv();
        };
        db.hold_writer(hold).expect("the writer was held");
    });
    held.recv().expect("the writer is held");
    let mut waiting = 0;
    while submit_unheard(&town.db, &town.counter, waiting) {
        waiting += 1;
    }
    (release, holder, waiting)
}

/// Queues an answer whose sender hangs up at once; whether there was room.
fn submit_unheard(db: &Db, code: &str, number: u64) -> bool {
    let point = db.point(code).expect("an answer").expect("a point");
    let key = TallyKey {
        unit: point.unit,
        day: clock::day_number(clock::today()),
        point: point.point,
        field: point.fields[0].id,
        form: point.form.id,
        series: Series::Open,
        mode: Mode::Phone,
        respondent: Respondent::Person,
        suspect: false,
    };
    let answers = vec![4; point.form.layout.items()];
    let demographics = vec![0; point.form.questionnaire.demographics.len()];
    let sheet = Sheet { key, channel: point.channel, answers, demographics, comment: None };
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&number.to_be_bytes());
    let mut sending = Box::pin(db.submit(sheet, Attempt { hash, tag: [1; 16] }));
    match sending.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Pending => true,
        Poll::Ready(Err(DbError::Busy)) => false,
        Poll::Ready(other) => panic!("{other:?}"),
    }
}

on_both! {
    fn a_full_queue_is_503_with_retry_after_and_the_same_form_is_thanked_later(fresh) {
        let town = Town::start(fresh);
        let (form, sheet) = (town.filled_form(&town.counter, "4"), town.json_sheet(&town.counter, 4));
        let (release, holder, waiting) = fill_queue(&town);
        assert_eq!(waiting, 1_024, "as many as Sizes::default() lets wait");
        let answer = town.post_form(&town.counter, &form);
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].as_bytes()), (503, &b"5"[..]));
        let kept = answer.text().expect("a page");
        assert!(kept.contains(form.get("attempt")), "the same attempt, to send again");
        let kept = Html::parse_document(&kept);
        let (chosen, all) = (select(&kept, "input[value='4'][checked]"), select(&kept, "input[value='4']"));
        assert_eq!(chosen.len(), all.len(), "with all answers");
        let answer = town.post_json(&town.counter, &sheet);
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].as_bytes()), (503, &b"5"[..]));
        // Pages that store nothing are served all the while.
        assert_eq!(town.get(&format!("/s/{}", town.counter)).status(), 200);
        drop(release);
        holder.join().expect("the holder");
        // Let go of, the writer still has to take the first of them.
        while town.db.queue_load().length as u64 == waiting {
            std::thread::yield_now();
        }
        assert_eq!(town.post_form(&town.counter, &form).status(), 303);
        assert_eq!(town.post_json(&town.counter, &sheet).status(), 201);
        assert_eq!(town.stored(), waiting + 2, "those whose senders hung up are stored, those refused were not");
    }
}

#[test]
fn several_writers_by_setting_store_every_answer_once() {
    let fresh = fresh_db(Backend::Postgres);
    let town = Town::start_with(&fresh, &[("SIPAS_WRITERS", "4")]);
    let forms: Vec<Form> = (0..48).map(|number| town.filled_form(&town.counter, ["3", "4", "5"][number % 3])).collect();
    std::thread::scope(|scope| {
        for form in forms.chunks(6) {
            let town = &town;
            // Each twice, by two at once, as from an impatient thumb.
            for _ in 0..2 {
                scope.spawn(move || {
                    for form in form {
                        assert_eq!(town.post_form(&town.counter, form).status(), 303);
                    }
                });
            }
        }
    });
    assert_eq!(town.stored(), 48);
    let checkup = town.db.check().expect("a check-up");
    assert!(checkup.is_well(), "{:#?}", checkup.findings);
    // Each writer holds an advisory lock on the slot of its rows as long as it lives, that of the jobs too.
    let mut conn = PgConnection::establish(&fresh.address()).expect("the schema");
    let slots = "SELECT count(*) AS n FROM pg_locks JOIN pg_stat_activity USING (pid) \
                 WHERE locktype = 'advisory' AND application_name = current_setting('application_name')";
    assert_eq!(diesel::sql_query(slots).get_result::<Count>(&mut conn).expect("a count").n, 5);
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}
