//! A plan written as a file comes back as itself.

use super::{FILES, fields, plan};
use crate::plan::{Serves, parse, to_toml};

#[test]
fn every_plan_of_the_project_comes_back() {
    for (file, _) in FILES {
        let plan = plan(file.trim_end_matches(".toml"));
        let written = to_toml(&plan);
        let back = parse(file, &written, &fields()).unwrap_or_else(|problems| panic!("{problems:#?}\n{written}"));
        assert_eq!(back, plan, "{file}");
    }
}

#[test]
fn odd_texts_and_shares_come_back() {
    let mut plan = plan("thanh-dong-2026");
    plan.targets[0].minimum = 0.9505;
    plan.targets[1].minimum = 1.0;
    plan.confidence = 0.1 + 0.7;
    plan.number = None;
    plan.title_vi = "Kế hoạch \"một\" \\ 'hai' # ba\nhai dòng\ttab".to_owned();
    plan.tasks.iter_mut().for_each(|task| task.serves = None);
    plan.tasks[1].serves = Some(Serves::Complaints);
    plan.tasks[0].coordinates = vec!["A, \"B\"".to_owned(), "C".to_owned()];
    let written = to_toml(&plan);
    let back = parse("thanh-dong-2026.toml", &written, &fields());
    assert_eq!(back.unwrap_or_else(|problems| panic!("{problems:#?}\n{written}")), plan);
}
