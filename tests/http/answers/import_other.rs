//! Answers exported by `LimeSurvey` and `KoboToolbox`, brought in by what each column is said to mean. The files are laid out as their manuals
//! have it (`LimeSurvey` "Export results": codes as headings, `submitdate`, answer codes `A1`; Kobo "XML values and headers": groups before
//! a stroke, `start`, `end`, `_uuid`).

use std::fmt::Write;

use scraper::{Html, Selector};
use sipas::clock;

use crate::on_both;
use crate::town::{Town, location, page, texts};

const OTHER: &str = "/staff/entry/import/other";

/// Sends a file of a point as a browser does.
fn send(town: &Town, session: &str, name: &str, text: &str) -> (u16, String) {
    let body = format!(
        "--grenze\r\nContent-Disposition: form-data; name=\"point\"\r\n\r\n{}\r\n--grenze\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--grenze--\r\n",
        town.counter
    );
    let request = town.client.post(format!("{}{OTHER}", town.address)).header("cookie", session);
    let request = request.header("sec-fetch-site", "same-origin");
    let request = request.header("content-type", "multipart/form-data; boundary=grenze").body(body);
    page(request.send().expect("an answer"))
}

/// Stores what a tried page hands back.
fn store(town: &Town, session: &str, tried: &str) -> String {
    let shown = Html::parse_document(tried);
    let within = |selector: &str| {
        let selector = Selector::parse(&format!("form[action='{OTHER}/meant'] {selector}")).expect("a selector");
        shown
            .select(&selector)
            .map(|field| {
                let typed = field.attr("value").map_or_else(|| field.text().collect(), str::to_owned);
                (field.attr("name").expect("a name").to_owned(), typed)
            })
            .collect::<Vec<(String, String)>>()
    };
    let form = [within("input[type=hidden]"), within("textarea"), within("button")].concat();
    let request = town.client.post(format!("{}{OTHER}/meant", town.address)).header("cookie", session);
    location(&request.header("sec-fetch-site", "same-origin").form(&form).send().expect("an answer"))
}

/// What the page guessed of each column, and what it hands back.
fn fields(shown: &str) -> (Vec<String>, Vec<(String, String)>) {
    let shown = Html::parse_document(shown);
    let all = |selector: &str| {
        let selector = Selector::parse(selector).expect("a selector");
        shown.select(&selector).map(|element| element.html()).collect::<Vec<_>>()
    };
    let select = Selector::parse("select").expect("a selector");
    let chosen = Selector::parse("option[selected]").expect("a selector");
    let guesses = shown.select(&select).map(|select| {
        select.select(&chosen).next().and_then(|option| option.attr("value")).unwrap_or_default().to_owned()
    });
    let hidden = Selector::parse("input[type=hidden][name=name], input[type=hidden][name=point]").expect("a selector");
    let mut handed: Vec<(String, String)> = shown
        .select(&hidden)
        .map(|input| {
            (input.attr("name").expect("a name").to_owned(), input.attr("value").unwrap_or_default().to_owned())
        })
        .collect();
    let area = Selector::parse("textarea[name=table]").expect("a selector");
    let table: String = shown.select(&area).next().expect("the file").text().collect();
    handed.push(("table".to_owned(), table));
    assert!(!all("form").is_empty());
    (guesses.collect(), handed)
}

/// Says what the columns mean; the page that tries it.
fn say(
    town: &Town,
    session: &str,
    handed: &[(String, String)],
    meant: &[String],
    (mode, direction): (&str, &str),
) -> (u16, String) {
    let named = meant.iter().enumerate().map(|(place, word)| (format!("m{place}"), word.clone()));
    let mut form: Vec<(String, String)> = handed.iter().cloned().chain(named).collect();
    form.push(("mode".to_owned(), mode.to_owned()));
    form.push(("direction".to_owned(), direction.to_owned()));
    let request = town.client.post(format!("{}{OTHER}/meant", town.address)).header("cookie", session);
    page(request.header("sec-fetch-site", "same-origin").form(&form).send().expect("an answer"))
}

on_both! {
    fn a_file_of_limesurvey_is_read_by_what_its_columns_are_said_to_mean(fresh) {
        let town = Town::start(fresh);
        let minh = town.sign_in("minh");
        let form = town.db.point(&town.counter).expect("asked").expect("a point").form.questionnaire.clone();
        let items: Vec<_> = form.numbered().collect();
        let today = clock::today();
        // Codes with wordings, but for the first, of which only somebody knows what it means.
        let heads = items.iter().enumerate().map(|(place, (_, item))| match place {
            0 => "G01Q01".to_owned(),
            _ => format!("\"G01Q{:02}. {}\"", place + 1, item.text.in_language("vi")),
        });
        let heads = heads.collect::<Vec<_>>().join(",");
        let mut text = format!("id,submitdate,lastpage,startlanguage,ipaddr,{heads}\n");
        for row in 1..=6 {
            let answers = vec!["A5"; items.len()].join(",");
            let _ = writeln!(text, "{row},{today} 10:0{row}:11,3,vi,203.0.113.77,{answers}");
        }
        let (status, shown) = send(&town, &minh, "results-survey.csv", &text);
        assert_eq!(status, 200, "{shown}");
        let (mut meant, handed) = fields(&shown);
        let first = format!("q.{}", items[0].1.id);
        let expected: Vec<String> = ["", "day", "", "", "", ""].map(str::to_owned).into_iter()
            .chain(items[1..].iter().map(|(_, item)| format!("q.{}", item.id))).collect();
        assert_eq!(meant, expected, "what the page thinks; machines, times and languages are left out");
        meant[5] = first;
        // 1 is the best in this file's other reading: every 5 becomes a 1.
        let (status, tried) = say(&town, &minh, &handed, &meant, ("giấy", "reversed"));
        assert_eq!(status, 200, "{tried}");
        assert!(texts(&tried, "tbody tr")[0].contains("1".repeat(items.len()).as_str()), "{tried}");
        let (status, tried) = say(&town, &minh, &handed, &meant, ("giấy", "as-is"));
        assert_eq!(status, 200, "{tried}");
        assert!(texts(&tried, "tbody tr")[0].contains("5".repeat(items.len()).as_str()), "{tried}");
        assert!(!tried.contains("203.0.113.77") && !tried.contains("10:01"), "{tried}");
        // Another file of that program goes where its point is asked, never to the page of our own files.
        for own in ["href=\"/staff/entry/import\"", "action=\"/staff/entry/import\""] {
            assert!(!tried.contains(own), "{tried}");
        }
        assert!(tried.contains("href=\"/staff/entry/import/other\""), "{tried}");
        assert_eq!(town.stored(), 0, "trying stores nothing");
        assert_eq!(store(&town, &minh, &tried), "/staff/entry?done=imported&count=6");
        assert_eq!(town.stored(), 6);
    }

    fn a_file_of_kobo_with_a_question_left_out_leaves_it_blank(fresh) {
        let town = Town::start(fresh);
        let minh = town.sign_in("minh");
        let form = town.db.point(&town.counter).expect("asked").expect("a point").form.questionnaire.clone();
        let items: Vec<_> = form.numbered().collect();
        let today = clock::today();
        let asked = &items[..items.len() - 1];
        let heads: Vec<String> = asked.iter().map(|(_, item)| format!("danh_gia/{}", item.id)).collect();
        let mut text = format!("start;end;{};ho_ten;_uuid;_submission_time\n", heads.join(";"));
        for row in 1..=5 {
            let answers = vec!["4"; asked.len()].join(";");
            let times = [format!("{today}T09:00:0{row}.000+07:00"), format!("{today}T09:01:00")].join(";");
            let _ = writeln!(text, "{times};{answers};Nguyễn Văn An;u{row};{today}T02:01:0{row}");
        }
        let (status, shown) = send(&town, &minh, "kobo.csv", &text);
        assert_eq!(status, 200, "{shown}");
        let (meant, handed) = fields(&shown);
        // The time of the server is in Greenwich's, and is no second day.
        let days: Vec<usize> = (0..meant.len()).filter(|place| meant[*place] == "day").collect();
        assert_eq!(days, [1], "`end`, {meant:?}");
        let (status, tried) = say(&town, &minh, &handed, &meant, ("phỏng vấn", "as-is"));
        assert_eq!(status, 200, "{tried}");
        assert!(texts(&tried, "tbody tr")[0].contains("4".repeat(asked.len()).as_str()), "{tried}");
        assert!(!tried.contains("Nguyễn Văn An"));
        assert_eq!(store(&town, &minh, &tried), "/staff/entry?done=imported&count=5");
        assert_eq!(town.stored(), 5);
    }

    fn what_is_wrong_is_said_at_its_place_with_the_line_of_the_file_and_nothing_chosen_is_lost(fresh) {
        let town = Town::start(fresh);
        let minh = town.sign_in("minh");
        let form = town.db.point(&town.counter).expect("asked").expect("a point").form.questionnaire.clone();
        let items: Vec<_> = form.numbered().collect();
        let today = clock::today();
        let heads: Vec<String> = items.iter().map(|(_, item)| item.id.clone()).collect();
        let mut text = format!("today;nhan_vien;{}\n\n\n", heads.join(";"));
        for row in 0..5 {
            let level = if row == 3 { "7" } else { "1,0" };
            let answers = vec![level; items.len()].join(";");
            let _ = writeln!(text, "{today};Nguyễn Văn An;{answers}\n");
        }
        let (_, shown) = send(&town, &minh, "kobo.csv", &text);
        let (mut meant, handed) = fields(&shown);
        // Neither how it was collected nor what the levels mean is guessed by anybody.
        let (status, refused) = say(&town, &minh, &handed, &meant, ("", ""));
        assert_eq!(status, 422);
        for field in ["mode", "direction"] {
            assert_eq!(texts(&refused, &format!("#{field}-error")).len(), 1, "{field}: {refused}");
        }
        assert_eq!(fields(&refused), (meant.clone(), handed.clone()), "the file and what was chosen");
        // One meaning for two columns, and no day.
        let second = meant[2].clone();
        meant[0] = second;
        let (status, refused) = say(&town, &minh, &handed, &meant, ("giấy", "as-is"));
        assert_eq!(status, 422);
        assert_eq!((texts(&refused, "#m2-error").len(), texts(&refused, ".summary li").len()), (1, 2), "{refused}");
        assert_eq!(fields(&refused), (meant.clone(), handed.clone()));
        "day".clone_into(&mut meant[0]);
        // Headings on line 1, a sheet on lines 4, 6, 8, 10 and 12: the fourth is the wrong one, under the heading of the file.
        let (status, refused) = say(&town, &minh, &handed, &meant, ("giấy", "reversed"));
        assert_eq!(status, 422);
        let told = texts(&refused, "tbody tr");
        let faults: Vec<&String> = told.iter().filter(|row| row.contains("“7”")).collect();
        assert_eq!(faults.len(), items.len(), "{told:?}");
        assert!(faults.iter().all(|row| row.starts_with("Dòng 10")), "{told:?}");
        assert!(heads.iter().all(|head| faults.iter().any(|row| row.starts_with(&format!("Dòng 10{head}")))), "{told:?}");
        assert!(refused.contains(&"5".repeat(items.len())), "1,0 is the best level here: {refused}");
        // A file that is none is refused for what is wrong with it.
        let (status, refused) = send(&town, &minh, "old.csv", "today;a\n\"open;1\n");
        assert_eq!(status, 422);
        assert!(texts(&refused, "#file-error")[0].contains("Dòng 2"), "{refused}");
        // Without a file, and at a point that is not theirs.
        let nothing = [("point", town.counter.as_str())];
        assert_eq!(town.post_as(&minh, OTHER, &nothing).status(), 422);
        assert_eq!(town.post_as(&minh, &format!("{OTHER}/meant"), &[("point", "2222223")]).status(), 422);
    }
}
