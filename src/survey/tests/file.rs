//! Questionnaire files read: what is right, and every sentence about what is wrong.

use super::{KITCHEN_SINK, kitchen_sink, known_fields, problems};
use crate::survey::file::parse;
use crate::survey::hash::{content_hash, from_json, to_json};
use crate::survey::{Factor, Feed};

/// The problems after one change to the test questionnaire.
fn after(found: &str, instead: &str) -> Vec<String> {
    assert!(KITCHEN_SINK.contains(found), "the test questionnaire has no {found:?}");
    problems(&KITCHEN_SINK.replacen(found, instead, 1))
}

/// The one problem after one change, without the name of the file.
fn only_problem(found: &str, instead: &str) -> String {
    let problems = after(found, instead);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems[0].strip_prefix("survey_forms/kitchen-sink.toml:").expect("the file's name").to_owned()
}

#[test]
fn a_file_becomes_the_questionnaire_it_describes() {
    let questionnaire = kitchen_sink();
    assert_eq!(questionnaire.reference(), "kitchen-sink@3");
    assert_eq!(questionnaire.languages, ["vi", "en"]);
    let [access, facilities] = &questionnaire.sections[..] else { panic!("two sections") };
    assert_eq!((access.factor, facilities.factor), (Some(Factor::Access), None));
    assert_eq!(access.feeds, [Feed::Sipas, Feed::Procedures], "ascending, whatever the order in the file");
    assert!(facilities.feeds.is_empty());
    assert!(facilities.optional && !access.optional);
    assert!(access.items[0].required && !access.items[1].required);
    assert_eq!(access.items[0].source.as_deref(), Some("SIPAS 2022, tiêu chí 15"));
    assert_eq!(access.items[1].source, None);
    assert_eq!(questionnaire.demographics[0].options[1].text.in_language("vi"), "Trên 60");
    assert_eq!(questionnaire.comment.map(|comment| comment.in_language("en").to_owned()), Some("Comment".to_owned()));
}

#[test]
fn levels_left_out_take_the_official_names() {
    let questionnaire = kitchen_sink();
    let names = |language| questionnaire.levels.each_ref().map(|level| level.in_language(language).to_owned());
    assert_eq!(names("vi"), ["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"]);
    assert_eq!(
        names("en"),
        ["Very dissatisfied", "Dissatisfied", "Neither satisfied nor dissatisfied", "Satisfied", "Very satisfied"]
    );
    assert_eq!(questionnaire.not_used.in_language("vi"), "Không sử dụng / không có ý kiến");
    assert_eq!(questionnaire.not_used.in_language("en"), "Not used / no opinion");
}

#[test]
fn a_level_may_be_named_otherwise_in_one_language() {
    let levels = "levels = [{ vi = \"Tệ\" }, {}, {}, {}, { en = \"Great\" }]\nnot_used.vi = \"Không dùng\"\ntitle.vi =";
    let source = KITCHEN_SINK.replacen("title.vi =", levels, 1);
    let questionnaire = parse("kitchen-sink.toml", &source, &known_fields()).expect("right");
    let named = |level: usize, language| questionnaire.levels[level - 1].in_language(language);
    assert_eq!((named(1, "vi"), named(1, "en")), ("Tệ", "Very dissatisfied"));
    assert_eq!((named(5, "vi"), named(5, "en")), ("Rất hài lòng", "Great"));
    assert_eq!(questionnaire.not_used.in_language("vi"), "Không dùng");
}

#[test]
fn a_further_language_names_the_levels_itself_and_lists_every_missing_text() {
    let khmer = KITCHEN_SINK.replace(r#"["vi", "en"]"#, r#"["vi", "en", "km"]"#);
    let found = problems(&khmer);
    let missing = |line, name| {
        format!("survey_forms/kitchen-sink.toml:{line}: {name} is missing in km; give every text in vi, en, km")
    };
    let levels = (1..=5).map(|level| missing(1, format!("level {level}")));
    let mut expected: Vec<String> = levels.collect();
    expected.push(missing(1, "not_used".to_owned()));
    for (line, name) in [
        (7, "title"),
        (9, "intro"),
        (11, "comment"),
        (18, "section `access`: title"),
        (25, "item `access_info`: text"),
        (30, "item `access_signs`: text"),
        (36, "section `facilities`: title"),
        (42, "item `facilities_clean`: text"),
        (47, "demographic `age`: text"),
        (50, "question `age`: option `18_24`: text"),
        (51, "question `age`: option `over_60`: text"),
    ] {
        expected.push(missing(line, name.to_owned()));
    }
    assert_eq!(found, expected);
    let levels = "levels = [{ km = \"1\" }, { km = \"2\" }, { km = \"3\" }, { km = \"4\" }, { km = \"5\" }]\n";
    let with_levels = khmer.replacen("title.vi", &format!("not_used.km = \"0\"\n{levels}title.vi"), 1);
    assert!(problems(&with_levels).iter().all(|problem| !problem.contains("level")), "levels are complete");
}

#[test]
fn every_problem_of_a_file_is_reported_at_once_in_the_order_of_its_lines() {
    let wrong = KITCHEN_SINK
        .replace("version = 3", "version = 0")
        .replace("factor = \"access\"", "factor = \"acces\"")
        .replace("text.en = \"Signs are clear\"", "txet.en = \"Signs are clear\"")
        .replace("\"over_60\"", "\"18_24\"");
    assert_eq!(
        problems(&wrong),
        [
            "survey_forms/kitchen-sink.toml:3: version 0 is out of range; use 1 to 9999",
            "survey_forms/kitchen-sink.toml:16: section `access`: factor `acces` is unknown; use one of access, \
             procedures, officials, results, feedback, policy",
            "survey_forms/kitchen-sink.toml:30: item `access_signs`: text is missing in en; give every text in vi, en",
            "survey_forms/kitchen-sink.toml:31: item `access_signs`: key `txet` is unknown; use id, text, help, source, required, audio",
            "survey_forms/kitchen-sink.toml:51: question `age`: option `18_24` is used twice; give each option its own id",
        ]
    );
}

#[test]
fn problems_of_the_head_say_what_is_allowed() {
    for (found, instead, problem) in [
        ("id = \"kitchen-sink\"", "", "1: id is missing; give it"),
        ("id = \"kitchen-sink\"", "id = 7", "2: id is an integer; give a string"),
        (
            "id = \"kitchen-sink\"",
            "id = \"sink\"",
            "2: questionnaire `sink` stands in file `kitchen-sink.toml`; name the \
         file sink.toml",
        ),
        ("version = 3", "version = \"3\"", "3: version is a string; give a whole number"),
        ("version = 3", "version = -3", "3: version is -3; give a whole number from 0"),
        ("version = 3", "version = 10_000", "3: version 10000 is out of range; use 1 to 9999"),
        ("[\"land\", \"health\"]", "[]", "4: fields is empty; name at least one of health, land, online"),
        ("\"health\"]", "\"helth\"]", "4: field `helth` is unknown; use one of health, land, online"),
        ("\"health\"]", "\"land\"]", "4: field `land` is named twice; name each field once"),
        ("[\"land\", \"health\"]", "\"land\"", "4: fields is a string; give a list of strings"),
        ("[\"land\", \"health\"]", "[1]", "4: fields is an integer; give a list of strings"),
        ("estimated_seconds = 30", "estimated_seconds = 9", "6: estimated_seconds 9 is out of range; use 10 to 600"),
        (
            "estimated_seconds = 30",
            "estimated_seconds = 601",
            "6: estimated_seconds 601 is out of range; use 10 to 600",
        ),
        ("estimated_seconds = 30", "", "1: estimated_seconds is missing; give it"),
        ("title.en = \"Test form\"\n", "", "7: title is missing in en; give every text in vi, en"),
        ("title.en = \"Test form\"", "title.en = 5", "8: title: en is an integer; give a string"),
        (
            "title.en = \"Test form\"",
            "title.fr = \"Essai\"\ntitle.en = \"Test form\"",
            "8: title is given in fr, which languages does not name; use vi, en",
        ),
        (
            "comment.vi = \"Góp ý\"\ncomment.en = \"Comment\"",
            "comment = \"Góp ý\"",
            "11: comment is a string; give a text per language, such as comment.vi",
        ),
        (
            "estimated_seconds = 30",
            "estimated_seconds = 30\nseconds = 30",
            "7: key `seconds` is unknown; use id, version, fields, languages, title, intro, estimated_seconds, levels, \
             not_used, comment, sections, demographics, unreviewed",
        ),
        (
            "title.vi =",
            "levels = [{ vi = \"Tệ\" }, { vi = \"Tốt\" }]\ntitle.vi =",
            "7: levels has 2 entries; give exactly 5, the least satisfied first",
        ),
        (
            "title.vi =",
            "levels = \"none\"\ntitle.vi =",
            "7: levels is a string; give a list of tables, each [[levels]]",
        ),
        (
            "title.vi =",
            "title = 5\n# title.vi =",
            "9: not valid TOML: cannot extend value of type integer with a dotted key",
        ),
    ] {
        let found = after(found, instead);
        assert!(found.contains(&format!("survey_forms/kitchen-sink.toml:{problem}")), "{problem}\n{found:#?}");
    }
}

#[test]
fn languages_begin_with_vietnamese_and_are_tags() {
    for (languages, problem) in [
        ("[]", "5: languages is empty; name vi first"),
        ("[\"en\", \"vi\"]", "5: languages begins with `en`; name vi first"),
        ("[\"vi\", \"en\", \"en\"]", "5: language `en` is named twice; name each language once"),
        ("[\"vi\", \"en\", \"English\"]", "5: language `English` is not a tag; use one like vi, en, km or zh-Hant"),
    ] {
        let found = after("[\"vi\", \"en\"]", languages);
        assert!(found.contains(&format!("survey_forms/kitchen-sink.toml:{problem}")), "{problem}\n{found:#?}");
    }
}

#[test]
fn problems_of_an_id_say_what_is_allowed() {
    let letters = "use small letters a-z, digits and underscores, a letter first, at most 40";
    let long = "a".repeat(41);
    for (found, id, problem) in [
        ("\"access\"\nfactor", "Access", format!("15: section id `Access` is not allowed; {letters}")),
        (
            "\"access\"\nfactor",
            "facilities",
            "34: section id `facilities` is used twice; give each section its own".to_owned(),
        ),
        ("\"access_info\"", "9access", format!("22: item id `9access` is not allowed; {letters}")),
        ("\"access_info\"", "truy_cập", format!("22: item id `truy_cập` is not allowed; {letters}")),
        ("\"access_info\"", &long, format!("22: item id `{long}` is not allowed; {letters}")),
        (
            "\"access_info\"",
            "facilities_clean",
            "41: item id `facilities_clean` is used twice; give each item its own".to_owned(),
        ),
        ("\"age\"", "age-group", format!("46: demographic id `age-group` is not allowed; {letters}")),
        (
            "\"over_60\"",
            ">60",
            "51: question `age`: option `>60` is not an allowed id; use small letters a-z, digits \
            and underscores, at most 40"
                .to_owned(),
        ),
    ] {
        let rest = found.split_once('\n').map_or(String::new(), |(_, rest)| format!("\n{rest}"));
        assert_eq!(only_problem(found, &format!("\"{id}\"{rest}")), problem);
    }
    assert_eq!(
        after("id = \"kitchen-sink\"", "id = \"Kitchen\""),
        [
            "survey_forms/kitchen-sink.toml:2: questionnaire `Kitchen` stands in file `kitchen-sink.toml`; name the file \
             Kitchen.toml",
            "survey_forms/kitchen-sink.toml:2: questionnaire id `Kitchen` is not allowed; use small letters a-z, digits \
             and hyphens, a letter first, at most 60",
        ]
    );
}

#[test]
fn problems_of_a_section_say_what_is_allowed() {
    let item = |n: usize| format!("[[sections.items]]\nid = \"i{n}\"\ntext.vi = \"a\"\ntext.en = \"a\"\n");
    let items = |count: usize| (0..count).map(item).collect::<Vec<_>>().concat();
    for (found, instead, problem) in [
        ("id = \"access\"", "", "14: section 1: id is missing; give it".to_owned()),
        ("feeds = [\"procedures\", \"sipas\"]", "", "14: section `access`: feeds is missing; give it".to_owned()),
        (
            "\"sipas\"]",
            "\"sipa\"]",
            "17: section `access`: feed `sipa` is unknown; use sipas, procedures, public_services, policy".to_owned(),
        ),
        (
            "\"sipas\"]",
            "\"procedures\"]",
            "17: section `access`: feed `procedures` is named twice; name each feed once".to_owned(),
        ),
        (
            "factor = \"access\"",
            "factor = \"policy\"",
            "16: section `access`: factor and feeds differ on policy; use \
            factor policy with feeds [\"policy\"], or neither"
                .to_owned(),
        ),
        ("factor = \"access\"", "factor = 1", "16: section `access`: factor is an integer; give a string".to_owned()),
        (
            "optional = true",
            "optional = \"yes\"",
            "38: section `facilities`: optional is a string; give true or false".to_owned(),
        ),
        (
            "id = \"access\"\n",
            "id = \"access\"\noptional = true\n",
            "16: section `access` comes first and is optional; make it not so".to_owned(),
        ),
        (
            "[[sections.items]]\nid = \"access_info\"",
            &format!("{}[[sections.items]]\nid = \"access_info\"", items(15)),
            "21: section `access` has 17 items; give 1 to 16, or questions".to_owned(),
        ),
        (
            "[[sections.items]]\nid = \"facilities_clean\"\ntext.vi = \"Nơi chờ sạch sẽ\"\ntext.en = \"The waiting area is clean\"\n",
            "",
            "33: section `facilities` has 0 items; give 1 to 16, or questions".to_owned(),
        ),
        (
            "id = \"facilities_clean\"",
            "id = \"facilities_clean\"\nrequired = true",
            "42: item `facilities_clean` is required in an optional section; change one of the two".to_owned(),
        ),
    ] {
        let problems = after(found, instead);
        assert!(problems.contains(&format!("survey_forms/kitchen-sink.toml:{problem}")), "{problem}\n{problems:#?}");
    }
    let third = "[[sections]]\nid = \"third\"\nfeeds = []\ntitle.vi = \"a\"\ntitle.en = \"a\"\n";
    let found = after("[[demographics]]", &format!("{third}{}[[demographics]]", items(1)));
    assert_eq!(
        found,
        ["survey_forms/kitchen-sink.toml:45: section `third` follows the optional section `facilities`; put optional \
          sections last"]
    );
    let policy = only_problem(
        "factor = \"access\"\nfeeds = [\"procedures\", \"sipas\"]",
        "factor = \"policy\"\nfeeds = [\"sipas\", \"policy\"]",
    );
    assert_eq!(policy, "17: section `access`: feed `policy` stands beside others; let it stand alone");
    assert_eq!(
        problems(&KITCHEN_SINK[..KITCHEN_SINK.find("[[sections]]").expect("sections")]),
        ["survey_forms/kitchen-sink.toml:1: sections is empty; give at least one section"]
    );
}

#[test]
fn a_questionnaire_holds_at_most_64_items_and_8_demographics() {
    let item = |id: String| format!("[[sections.items]]\nid = \"{id}\"\ntext.vi = \"a\"\ntext.en = \"a\"\n");
    let section = |n: usize| {
        let items: Vec<String> = (0..16).map(|position| item(format!("s{n}_{position}"))).collect();
        format!(
            "[[sections]]\nid = \"s{n}\"\noptional = true\nfeeds = []\ntitle.vi = \"a\"\ntitle.en = \"a\"\n{}",
            items.concat()
        )
    };
    let option = |id: &str| format!("{{ id = \"{id}\", text.vi = \"a\", text.en = \"a\" }}");
    let demographic = |n: usize| {
        let options = [option("a"), option("b")].join(", ");
        format!("[[demographics]]\nid = \"d{n}\"\ntext.vi = \"a\"\ntext.en = \"a\"\noptions = [{options}]\n")
    };
    let sections: Vec<String> = (0..4).map(section).collect();
    let demographics: Vec<String> = (0..8).map(demographic).collect();
    let source = [KITCHEN_SINK, &sections.concat(), &demographics.concat()].concat();
    assert_eq!(
        problems(&source),
        [
            "survey_forms/kitchen-sink.toml:14: questionnaire has 67 items; give at most 64",
            "survey_forms/kitchen-sink.toml:45: questionnaire has 9 demographics; give at most 8",
        ]
    );
}

#[test]
fn a_demographic_has_2_to_12_options() {
    assert_eq!(
        only_problem("  { id = \"over_60\", text.vi = \"Trên 60\", text.en = \"Over 60\" },\n", ""),
        "49: demographic `age` has 1 options; give 2 to 12"
    );
    let options: String =
        (0..11).map(|n| format!("{{ id = \"o{n}\", text.vi = \"a\", text.en = \"a\" }},")).collect::<Vec<_>>().concat();
    assert_eq!(
        only_problem("options = [", &format!("options = [{options}")),
        "49: demographic `age` has 13 options; give 2 to 12"
    );
    assert_eq!(only_problem("id = \"18_24\", ", ""), "50: question `age`: option 1: id is missing; give it");
}

#[test]
fn questions_about_sensitive_data_are_refused_wherever_they_show() {
    let refused = |word: &str, name: &str| {
        format!(
            "45: demographic `{name}` asks for sensitive personal data (`{word}`); ask only for sex, age group and what \
             the case was"
        )
    };
    assert_eq!(only_problem("id = \"age\"", "id = \"dan_toc\""), refused("dan toc", "dan_toc"));
    assert_eq!(only_problem("text.vi = \"Tuổi\"", "text.vi = \"DÂN TỘC\""), refused("dân tộc", "age"));
    assert_eq!(only_problem("text.en = \"Age\"", "text.en = \"Religion\""), refused("religio", "age"));
    assert_eq!(only_problem("\"Trên 60\"", "\"Tôn giáo khác\""), refused("tôn giáo", "age"));
    assert_eq!(only_problem("id = \"over_60\"", "id = \"ethnic_other\""), refused("ethnic", "age"));
    assert_eq!(only_problem("text.en = \"Age\"", "text.en = \"Your health status\""), refused("health status", "age"));
    assert_eq!(only_problem("\"Trên 60\"", "\"Tình trạng sức khoẻ kém\""), refused("tình trạng sức khoẻ", "age"));
}

#[test]
fn texts_hold_plain_composed_characters() {
    let text = |words: &str| only_problem("\"Biển hiệu rõ ràng\"", &format!("\"{words}\""));
    let name = "30: item `access_signs`: text in vi";
    assert_eq!(text(""), format!("{name} is empty; write it"));
    assert_eq!(text("Biển "), format!("{name} begins or ends with a space; remove it"));
    assert_eq!(text(&"ế".repeat(201)), format!("{name} has 201 characters; use at most 200"));
    assert_eq!(text("Biển\\u0007hiệu"), format!("{name} holds the control character U+0007; remove it"));
    assert_eq!(text("Biển\\nhiệu"), format!("{name} holds the control character U+000A; remove it"));
    assert_eq!(text("Biển\\u202Ehiệu"), format!("{name} holds the direction mark U+202E; remove it"));
    assert_eq!(
        text("Bie\u{302}\u{309}n"),
        format!("{name} holds the combining mark U+0302; use composed letters (Unicode NFC)")
    );
    assert_eq!(
        only_problem("tiêu chí 15\"", "tiêu chi\u{301} 15\""),
        "24: item `access_info`: source holds the combining mark U+0301; use composed letters (Unicode NFC)"
    );
}

#[test]
fn languages_whose_letters_need_combining_marks_may_use_them() {
    let mut questionnaire = kitchen_sink();
    questionnaire.languages.push("rad".to_owned());
    questionnaire.title.0.insert("rad".to_owned(), "ư\u{306}".to_owned());
    let faults = crate::survey::check::faults(&questionnaire, &known_fields());
    assert!(faults.iter().all(|fault| !fault.path.starts_with("title")), "{faults:#?}");
}

#[test]
fn broken_toml_is_reported_with_its_line_and_nothing_else() {
    assert_eq!(
        only_problem("version = 3", "version = "),
        "3: not valid TOML: string values must be quoted, expected literal string"
    );
    assert_eq!(only_problem("version = 3", "version = 3\nversion = 4"), "4: not valid TOML: duplicate key");
}

#[test]
fn the_hash_follows_the_content_and_not_the_spelling_of_the_file() {
    let questionnaire = kitchen_sink();
    // Computed apart from this program, by Python 3.11 (tomllib, json, hashlib). A change of these digits makes every
    // version already published look edited.
    assert_eq!(content_hash(&questionnaire), "1bf6606c460f97dc41ecfc87b63338f10894da717c29e1d2f7c863e695ae2d21");
    let spelled = KITCHEN_SINK
        .replace("# A bit of everything.", "# Other words.\n\n")
        .replace("version = 3\nfields = [\"land\", \"health\"]", "fields = [\n 'land',\n 'health',\n]\nversion = 0x3")
        .replace("[\"procedures\", \"sipas\"]", "[\"sipas\", \"procedures\"]");
    let spelled = parse("kitchen-sink.toml", &spelled, &known_fields()).expect("right");
    assert_eq!(content_hash(&spelled), content_hash(&questionnaire));
    for (found, instead) in [
        ("version = 3", "version = 4"),
        ("Signs are clear", "Signs are clear!"),
        ("required = true", "required = false"),
        ("\"over_60\"", "\"over_61\""),
        ("tiêu chí 15", "tiêu chí 16"),
    ] {
        let changed =
            parse("kitchen-sink.toml", &KITCHEN_SINK.replace(found, instead), &known_fields()).expect("right");
        assert_ne!(content_hash(&changed), content_hash(&questionnaire), "{instead}");
    }
    assert_eq!(from_json(&to_json(&questionnaire)).expect("stored version"), questionnaire);
}
