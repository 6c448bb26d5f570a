//! Who comes and what they send, from a seed: citizens on pages and in programs, retries, duplicates, changed minds, and those
//! who mean ill. Nothing is sent here.

use serde_json::{Map, Value, json};

use super::http::Request;
use crate::demo::model::level_of;
use crate::demo::random::Dice;

/// Stands in a body for the attempt that the page gave.
pub(super) const ATTEMPT_OF_PAGE: &str = "{attempt-of-the-page}";

/// What `GET /api/v1/points/{code}` tells of a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    code: String,
    form: String,
    items: Vec<String>,
    demographics: Vec<(String, Vec<String>)>,
    fields: Vec<String>,
}

/// What an answer to a request should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Page,
    /// Stored, or known from before.
    Thanks,
    /// Known from before.
    ThanksAgain,
    /// This status.
    Refusal(u16),
}

/// One visitor: requests in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visit {
    pub(super) steps: Vec<(Request, Expected)>,
}

/// Visitors without end, the same for the same seed and points.
pub(super) struct Visits {
    seed: u64,
    number: u64,
    points: Vec<Point>,
    /// Running sums of how busy the points are.
    busyness: Vec<f64>,
    /// The other half of a pair that comes at once.
    twin: Option<Visit>,
}

/// What kinds of visitors there are, with their shares.
const KINDS: [(Kind, f64); 11] = [
    (Kind::Page, 0.46),
    (Kind::Program, 0.14),
    (Kind::Impatient, 0.10),
    (Kind::Twins, 0.04),
    (Kind::ChangedMind, 0.02),
    (Kind::Careless, 0.05),
    (Kind::OnlyLooks, 0.10),
    (Kind::StraightLine, 0.03),
    (Kind::Burst, 0.01),
    (Kind::Garbage, 0.03),
    (Kind::UnknownCode, 0.02),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Opens the page and sends it.
    Page,
    /// Sends JSON.
    Program,
    /// Presses "send" twice.
    Impatient,
    /// Sends the same over two connections at once.
    Twins,
    /// Sends other answers under a used attempt.
    ChangedMind,
    /// Sends what is not allowed, then mends it.
    Careless,
    /// Opens the page and leaves.
    OnlyLooks,
    /// The highest level from top to bottom.
    StraightLine,
    /// The lowest level, many times over, from one address.
    Burst,
    /// What is no answer at all.
    Garbage,
    /// Guesses codes.
    UnknownCode,
}

/// Answers of one burst.
const BURST: usize = 15;

impl Point {
    /// Reads the description of a point.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let point: Value = serde_json::from_slice(body).ok()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let texts = |value: &Value| value.as_array()?.iter().map(text).collect::<Option<Vec<_>>>();
        let demographic = |value: &Value| Some((text(&value["id"])?, texts(&value["options"])?));
        Some(Self {
            code: text(&point["code"])?,
            form: text(&point["form"])?,
            items: point["items"].as_array()?.iter().map(|item| text(&item["id"])).collect::<Option<_>>()?,
            demographics: point["demographics"].as_array()?.iter().map(demographic).collect::<Option<_>>()?,
            fields: texts(&point["fields"])?,
        })
    }
}

impl Visits {
    /// The visitors of `points`, of which there is at least one.
    pub(super) fn new(points: Vec<Point>, seed: u64) -> Self {
        // A few points have most of the visitors, as in a one-stop centre.
        let mut sum = 0.0;
        let busyness = (0..points.len()).map(|place| {
            sum += 1.0 / (2.0 + place as f64);
            sum
        });
        Self { seed, number: 0, busyness: busyness.collect(), points, twin: None }
    }

    /// The next visitor.
    pub(super) fn next(&mut self) -> Visit {
        if let Some(twin) = self.twin.take() {
            return twin;
        }
        // A stream of its own each, so that one kind of visitor can change without changing all that come after.
        let mut dice = Dice::new(self.seed, self.number);
        self.number += 1;
        let point = &self.points[dice.choose_cumulative(&self.busyness)];
        let kind = KINDS[dice.choose(&KINDS.map(|(_, share)| share))].0;
        let visit = Visitor { from: address(&mut dice, kind), point, dice }.visit(kind);
        if kind == Kind::Twins {
            self.twin = Some(visit.clone());
        }
        visit
    }
}

/// Where a visitor seems to come from, for a server that trusts this machine as a proxy; others pass over it.
fn address(dice: &mut Dice, kind: Kind) -> String {
    let [office, a, b, c, ..] = dice.words();
    match kind {
        Kind::Burst | Kind::Garbage | Kind::UnknownCode => "203.0.113.7".to_owned(),
        // The office's own network for some, a telephone company's for the others.
        _ if office < 80 => "198.51.100.20".to_owned(),
        _ => format!("10.{a}.{b}.{c}"),
    }
}

struct Visitor<'p> {
    point: &'p Point,
    dice: Dice,
    from: String,
}

impl Visitor<'_> {
    fn visit(mut self, kind: Kind) -> Visit {
        let mood = 0.9 + 0.85 * self.dice.normal();
        let levels = match kind {
            Kind::StraightLine => vec![5; self.point.items.len()],
            Kind::Burst => vec![1; self.point.items.len()],
            _ => self.point.items.iter().map(|_| level_of(mood + 0.5 * self.dice.normal())).collect(),
        };
        let look = || (self.get(format!("/s/{}", self.point.code)), Expected::Page);
        let steps = match kind {
            Kind::OnlyLooks => vec![look()],
            Kind::Page | Kind::StraightLine => {
                let look = look();
                vec![look, (self.form(&levels), Expected::Thanks)]
            }
            Kind::Impatient => {
                let look = look();
                let form = self.form(&levels);
                vec![look, (form.clone(), Expected::Thanks), (form, Expected::ThanksAgain)]
            }
            Kind::Careless => {
                let look = look();
                // No questionnaire has a level 9.
                let wrong = self.form(&vec![9; levels.len()]);
                vec![look, (wrong, Expected::Refusal(422)), (self.form(&levels), Expected::Thanks)]
            }
            Kind::Program | Kind::Twins => vec![(self.json(&levels), Expected::Thanks)],
            Kind::ChangedMind => {
                let first = self.json(&levels);
                let attempt = attempt_in(&first);
                let other: Vec<u8> = levels.iter().map(|level| level % 5 + 1).collect();
                let second = self.json_with(&attempt, &other);
                vec![(first, Expected::Thanks), (second, Expected::Refusal(409))]
            }
            Kind::Burst => (0..BURST).map(|_| (self.json(&levels), Expected::Thanks)).collect(),
            Kind::Garbage => vec![self.garbage()],
            Kind::UnknownCode => {
                let guess: String = self.dice.words()[..7].iter().map(|byte| char::from(b'A' + byte % 8)).collect();
                // 1 in 32 guesses has the right check symbol; that a point has it is 1 in 10⁹.
                vec![(self.get(format!("/s/{guess}")), Expected::Refusal(404))]
            }
        };
        Visit { steps }
    }

    fn get(&self, path: String) -> Request {
        Request { method: "GET", path, more: self.head(), ..Request::default() }
    }

    fn head(&self) -> String {
        format!("X-Forwarded-For: {}\r\n", self.from)
    }

    fn form(&mut self, levels: &[u8]) -> Request {
        let mut body = format!("attempt={ATTEMPT_OF_PAGE}&form={}&lang=vi", self.point.form.replace('@', "%40"));
        let mut add = |name: &str, value: &str| body.extend(["&", name, "=", value]);
        for (item, level) in self.point.items.iter().zip(levels) {
            add(&format!("q.{item}"), &level.to_string());
        }
        if self.point.fields.len() > 1 {
            add("field", self.point.fields[self.dice.choose(&vec![1.0; self.point.fields.len()])].as_str());
        }
        for (name, options) in &self.point.demographics {
            if self.dice.chance(0.8) && !options.is_empty() {
                add(&format!("d.{name}"), &options[self.dice.choose(&vec![1.0; options.len()])]);
            }
        }
        Request {
            method: "POST",
            path: format!("/s/{}", self.point.code),
            content_type: "application/x-www-form-urlencoded",
            more: self.head(),
            body: body.into_bytes(),
        }
    }

    fn json(&mut self, levels: &[u8]) -> Request {
        let random = self.dice.words();
        let attempt = uuid::Builder::from_random_bytes(random).into_uuid().to_string();
        self.json_with(&attempt, levels)
    }

    fn json_with(&mut self, attempt: &str, levels: &[u8]) -> Request {
        let answers: Map<String, Value> =
            self.point.items.iter().zip(levels).map(|(item, level)| (item.clone(), json!(level))).collect();
        let field = &self.point.fields[self.dice.choose(&vec![1.0; self.point.fields.len()])];
        let body = json!({"attempt": attempt, "form": self.point.form, "answers": answers, "field": field});
        self.post_json(body.to_string().into_bytes())
    }

    fn post_json(&self, body: Vec<u8>) -> Request {
        Request {
            method: "POST",
            path: format!("/api/v1/points/{}/responses", self.point.code),
            content_type: "application/json",
            more: self.head(),
            body,
        }
    }

    /// Something that no page sends.
    fn garbage(&mut self) -> (Request, Expected) {
        let path = format!("/s/{}", self.point.code);
        let form = "application/x-www-form-urlencoded";
        let bytes: Vec<u8> = self.dice.words().into_iter().cycle().take(400).collect();
        let kind = self.dice.choose(&[1.0; 5]);
        let post = |content_type, body| Request { method: "POST", path, content_type, more: self.head(), body };
        match kind {
            0 => (post(form, bytes), Expected::Refusal(422)),
            1 => (post(form, vec![b'a'; 70 << 10]), Expected::Refusal(413)),
            2 => (post("text/xml", b"<a/>".to_vec()), Expected::Refusal(415)),
            3 => (self.post_json(bytes), Expected::Refusal(422)),
            _ => (self.post_json(b"{\"attempt\":1,\"answers\":[]".to_vec()), Expected::Refusal(422)),
        }
    }
}

/// The attempt of a JSON body.
fn attempt_in(request: &Request) -> String {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    body["attempt"].as_str().unwrap_or_default().to_owned()
}
