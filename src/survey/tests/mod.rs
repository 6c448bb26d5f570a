//! Tests of the room, on one questionnaire that has a bit of everything.

mod editing;
mod file;
mod follow_up;
mod properties;
mod submission;
mod write;

use crate::survey::Questionnaire;
use crate::survey::{Problem, parse};

/// Two sections, a required item, an optional section without a factor, a context question, a third language.
pub(super) const KITCHEN_SINK: &str = r#"# A bit of everything.
id = "kitchen-sink"
version = 3
fields = ["land", "health"]
languages = ["vi", "en"]
estimated_seconds = 30
title.vi = "Phiếu thử"
title.en = "Test form"
intro.vi = "Xin chấm từng điều."
intro.en = "Please rate each point."
comment.vi = "Góp ý"
comment.en = "Comment"

[[sections]]
id = "access"
factor = "access"
feeds = ["procedures", "sipas"]
title.vi = "Tiếp cận"
title.en = "Access"

[[sections.items]]
id = "access_info"
required = true
source = "SIPAS 2022, tiêu chí 15"
text.vi = "Thông tin dễ tìm"
text.en = "Information is easy to find"

[[sections.items]]
id = "access_signs"
text.vi = "Biển hiệu rõ ràng"
text.en = "Signs are clear"

[[sections]]
id = "facilities"
feeds = []
title.vi = "Cơ sở vật chất"
title.en = "Facilities"
optional = true

[[sections.items]]
id = "facilities_clean"
text.vi = "Nơi chờ sạch sẽ"
text.en = "The waiting area is clean"

[[demographics]]
id = "age"
text.vi = "Tuổi"
text.en = "Age"
options = [
  { id = "18_24", text.vi = "18–24", text.en = "18–24" },
  { id = "over_60", text.vi = "Trên 60", text.en = "Over 60" },
]
"#;

pub(super) fn known_fields() -> Vec<String> {
    ["health", "land", "online"].map(str::to_owned).to_vec()
}

/// The problems of a file at `survey_forms/kitchen-sink.toml`, as they are printed.
pub(super) fn problems(source: &str) -> Vec<String> {
    match parse("survey_forms/kitchen-sink.toml", source, &known_fields()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(Problem::to_string).collect(),
    }
}

pub(super) fn kitchen_sink() -> Questionnaire {
    parse("survey_forms/kitchen-sink.toml", KITCHEN_SINK, &known_fields()).expect("the test questionnaire is right")
}
