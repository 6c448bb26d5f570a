//! Many shares watched at once over time, with one rate of false alarms for the whole list.
//!
//! # Formula
//! Each stream is blocks of answers in the order of time. A block's evidence is measured against all blocks of its stream before it
//! ([`super::sequential`]). Answers of one person and of one day are alike; what a model of both leaves unexplained is a factor φ of
//! the variance, by which effective sizes are divided. φ of a stream is drawn to the one of its class: with the squared distance d² of
//! each block before, in variances of the model,
//! ```text
//! φ_class = (W + Σ d²)/(W + n)   over all streams of the class,     φ_stream = (S φ_class + Σ d²)/(S + n)
//! ```
//! W = 30 and S = 100. All streams share one threshold h, no lower than 4: two directions, so many tested blocks a step B (the mean of the last
//! eight steps; a block of a stream that began lately counts in part, as it raises alarms in part), so many false alarms a step asked for:
//! 2 B/ARL(h) = rate. Expectations add up whether streams are alike or not, so the rate holds though the criteria of a field move together.
//! After an alarm a stream begins anew, with nothing known of before.
//!
//! # Source
//! As [`super::sequential`]; for φ drawn together, Efron and Morris (1975), doi:10.1080/01621459.1975.10479864.

use std::collections::{BTreeMap, VecDeque};

use super::sequential::{Surprise, climbed_within, surprise, threshold_of};

/// Blocks that a stream must have before one is tested.
const BLOCKS_FIRST: usize = 4;
/// Their effective size together.
const SIZE_FIRST: f64 = 30.0;
/// W: blocks that the model's own scale is worth in a class.
const CLASS_PRIOR: f64 = 30.0;
/// S: blocks that the scale of the class is worth in a stream.
const STREAM_PRIOR: f64 = 100.0;
/// Below this a climb is too short for the run length to hold.
const THRESHOLD_MIN: f64 = 4.0;
/// Steps over which tested blocks are averaged.
const STEPS_AVERAGED: usize = 8;

/// Answers of one stream that are tested together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// The step with which it is whole.
    pub step: i32,
    /// Satisfied answers.
    pub satisfied: f64,
    /// Answers.
    pub answers: f64,
    /// Var(satisfied)/(p(1 − p)) by the model; `answers` where all are independent.
    pub spread: f64,
    /// People.
    pub people: u64,
}

/// A share over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stream {
    /// Streams of one class have similar scales.
    pub class: usize,
    /// Its blocks, in the order of time.
    pub blocks: Vec<Block>,
}

/// Which way a share moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Fewer are satisfied.
    Down,
    /// More are.
    Up,
}

/// A share that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    /// Position of the stream.
    pub stream: usize,
    /// Which way.
    pub direction: Direction,
    /// The step with which it was seen.
    pub step: i32,
    /// The block from which on it seems to have moved, as its position in the stream.
    pub since: usize,
    /// The block with which it was seen.
    pub until: usize,
    /// People in these blocks.
    pub people: u64,
}

/// What watching found.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// Alarms, in the order of time.
    pub alarms: Vec<Alarm>,
    /// Tested blocks of each step.
    pub tested: BTreeMap<i32, usize>,
    /// The threshold of the last step; none where nothing was tested.
    pub threshold: Option<f64>,
}

/// One direction of a stream: its sum, and the block with which it left 0.
#[derive(Debug, Clone, Copy, Default)]
struct Climb {
    sum: f64,
    since: usize,
}

impl Climb {
    fn step(&mut self, evidence: f64, at: usize) {
        if self.sum <= 0.0 {
            self.since = at;
        }
        self.sum = (self.sum + evidence).max(0.0);
    }
}

/// What is known of a stream since it last began.
#[derive(Debug, Clone, Default)]
struct Known {
    satisfied: f64,
    answers: f64,
    /// Effective size by the model.
    size: f64,
    blocks: usize,
    /// Blocks that were tested.
    tested: u32,
    down: Climb,
    up: Climb,
}

#[derive(Debug, Clone, Copy, Default)]
struct Scale {
    squares: f64,
    blocks: f64,
}

/// Watches the streams with `rate` false alarms a step in all.
pub fn watch(streams: &[Stream], rate: f64) -> Watched {
    let classes = streams.iter().map(|stream| stream.class + 1).max().unwrap_or(0);
    let mut of_class = vec![Scale::default(); classes];
    let mut of_stream = vec![Scale::default(); streams.len()];
    let mut known = vec![Known::default(); streams.len()];
    let mut by_step: BTreeMap<i32, Vec<(usize, usize)>> = BTreeMap::new();
    for (stream, found) in streams.iter().enumerate() {
        for (at, block) in found.blocks.iter().enumerate() {
            by_step.entry(block.step).or_default().push((stream, at));
        }
    }
    let mut watched = Watched { alarms: Vec::new(), tested: BTreeMap::new(), threshold: None };
    let mut recent: VecDeque<f64> = VecDeque::new();
    for (step, blocks) in by_step {
        // Scales are those of the steps before: blocks of one step do not judge each other.
        let mut scored = Vec::new();
        for (stream, at) in blocks {
            let block = &streams[stream].blocks[at];
            if block.answers > 0.0 && block.spread > 0.0 {
                let scale = (&of_class[streams[stream].class], &of_stream[stream]);
                scored.push((stream, at, score(block, &known[stream], scale)));
            }
        }
        let testing = scored.iter().filter(|(.., score)| score.is_some_and(|score| score.tested.is_some()));
        let begun: Vec<u32> = testing.map(|(stream, ..)| known[*stream].tested + 1).collect();
        watched.tested.insert(step, begun.len());
        let before = watched.threshold.unwrap_or(THRESHOLD_MIN);
        let counted: f64 = begun.iter().map(|blocks| climbed_within(*blocks, before)).sum();
        if counted > 0.0 {
            recent.push_back(counted);
            if recent.len() > STEPS_AVERAGED {
                recent.pop_front();
            }
        }
        let mean = recent.iter().sum::<f64>() / recent.len().max(1) as f64;
        let threshold = (!recent.is_empty()).then(|| threshold_of(rate / mean).unwrap_or(0.0).max(THRESHOLD_MIN));
        watched.threshold = threshold.or(watched.threshold);
        for (stream, at, score) in scored {
            let block = &streams[stream].blocks[at];
            let mut alarm = None;
            if let Some(score) = score {
                for scale in [&mut of_class[streams[stream].class], &mut of_stream[stream]] {
                    scale.squares += score.squared;
                    scale.blocks += 1.0;
                }
                if let Some(found) = score.tested {
                    let known = &mut known[stream];
                    known.tested += 1;
                    known.up.step(found.up, at);
                    known.down.step(found.down, at);
                    let over = |climb: &Climb| threshold.is_some_and(|threshold| climb.sum > threshold);
                    alarm = if over(&known.down) {
                        Some((Direction::Down, known.down.since))
                    } else if over(&known.up) {
                        Some((Direction::Up, known.up.since))
                    } else {
                        None
                    };
                }
            }
            if let Some((direction, since)) = alarm {
                let people = streams[stream].blocks[since..=at].iter().map(|block| block.people).sum();
                watched.alarms.push(Alarm { stream, direction, step, since, until: at, people });
                known[stream] = Known::default();
            } else {
                let known = &mut known[stream];
                known.satisfied += block.satisfied;
                known.answers += block.answers;
                known.size += block.answers * block.answers / block.spread;
                known.blocks += 1;
            }
        }
    }
    watched
}

#[derive(Debug, Clone, Copy)]
struct Score {
    /// Squared distance with the scale of the model.
    squared: f64,
    /// Evidence with the scale that was seen; none before enough is known.
    tested: Option<Surprise>,
}

fn score(block: &Block, known: &Known, (of_class, of_stream): (&Scale, &Scale)) -> Option<Score> {
    if known.answers <= 0.0 || known.size <= 0.0 {
        return None;
    }
    let share = (block.satisfied / block.answers).clamp(0.0, 1.0);
    let before = (known.satisfied / known.answers).clamp(0.0, 1.0);
    let size = block.answers * block.answers / block.spread;
    let squared = surprise((share, size), (before, known.size))?.squared;
    let factor = (CLASS_PRIOR + of_class.squares) / (CLASS_PRIOR + of_class.blocks);
    let factor = (STREAM_PRIOR * factor + of_stream.squares) / (STREAM_PRIOR + of_stream.blocks);
    let tested = known.blocks >= BLOCKS_FIRST && known.size / factor >= SIZE_FIRST;
    let tested = if tested { surprise((share, size / factor), (before, known.size / factor)) } else { None };
    Some(Score { squared, tested })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(step: i32, satisfied: f64) -> Block {
        Block { step, satisfied, answers: 40.0, spread: 40.0, people: 20 }
    }

    #[test]
    fn a_share_that_falls_is_told_with_when_it_began_and_one_that_stays_is_not() {
        // 36 of 40 for twenty steps, then 28 of 40: z of 34 before and after, by hand (0.7 − 0.9)/√(0.9·0.1/40) = −4.2 a step.
        let stays = Stream { class: 0, blocks: (0..30).map(|step| block(step, 36.0)).collect() };
        let falls =
            Stream { class: 0, blocks: (0..30).map(|step| block(step, if step < 20 { 36.0 } else { 28.0 })).collect() };
        let found = watch(&[stays, falls], 0.05);
        let alarm = found.alarms[0];
        assert_eq!((alarm.stream, alarm.direction, alarm.since), (1, Direction::Down, 20));
        assert!((20..=23).contains(&alarm.step), "{alarm:?}");
        assert_eq!(alarm.people, 20 * u64::try_from(alarm.until - alarm.since + 1).expect("few"));
        assert!(found.alarms.iter().all(|alarm| alarm.stream == 1));
        assert_eq!(found.tested[&29], 2);
    }

    #[test]
    fn nothing_is_tested_before_enough_is_known_and_nothing_without_answers() {
        let short = Stream { class: 0, blocks: (0..4).map(|step| block(step, 36.0)).collect() };
        let empty =
            Stream { class: 1, blocks: vec![Block { step: 0, satisfied: 0.0, answers: 0.0, spread: 0.0, people: 0 }] };
        let found = watch(&[short, empty], 0.05);
        assert_eq!(found.tested.values().sum::<usize>(), 0);
        assert_eq!(found.threshold, None);
        assert!(watch(&[], 0.05).alarms.is_empty());
    }

    #[test]
    fn a_longer_list_has_a_higher_threshold() {
        let list = |length: usize| {
            let one = Stream { class: 0, blocks: (0..60).map(|step| block(step, 36.0)).collect() };
            watch(&vec![one; length], 0.05).threshold.expect("a threshold")
        };
        // By hand: 2 · 200/0.05 = 2(e^b − b − 1), so b = 8.30 and h = 7.13; for two streams the least, 4.
        assert!((list(200) - 7.13).abs() < 0.05 && (list(2) - 4.0).abs() < 1e-9, "{} {}", list(200), list(2));
    }
}
