//! Enums in all of serde's forms.

use hub_runtime::{Bytes, hub_type};
use std::collections::BTreeMap;

#[hub_type]
#[derive(Debug, Clone)]
pub enum Level {
    /// The least.
    Low,
    /// The most: */ even so.
    VeryHigh,
}

#[hub_type]
#[serde(rename_all = "kebab-case")]
#[derive(Debug, Clone)]
pub enum Stain {
    DarkRed,
    #[serde(rename = "GREEN!")]
    Green,
}

/// As serde has it by itself.
#[hub_type]
#[derive(Debug, Clone)]
pub enum Outcome {
    Done,
    /// With a reason.
    Failed(String),
    Partial {
        done_so_far: u32,
    },
    Pair(u8, u8),
    Boxed(Box<Outcome>),
}

#[hub_type]
#[serde(tag = "kind")]
#[derive(Debug, Clone)]
pub enum Shape {
    /// Round.
    Circle {
        radius: f64,
    },
    Polygon {
        points: Vec<(f64, f64)>,
        color: Option<Level>,
    },
    Nothing,
    Labelled(Label),
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Label {
    pub text: String,
    #[serde(default)]
    pub size: u32,
}

#[hub_type]
#[serde(tag = "type", content = "value")]
#[derive(Debug, Clone)]
pub enum Change {
    Added(Label),
    Moved { by: (f64, f64) },
    Cleared,
    Pair(u8, bool),
}

#[hub_type]
#[serde(untagged)]
#[derive(Debug, Clone)]
pub enum Id {
    Number(u32),
    Text(String),
}

#[hub_type]
#[serde(untagged)]
#[derive(Debug, Clone)]
pub enum Loose {
    Flag(bool),
    Named { name: String },
    Sized { size: u32, unit: Option<String> },
    Many(Vec<u8>),
    Nothing,
}

#[hub_type]
#[serde(
    rename_all = "SCREAMING_SNAKE_CASE",
    rename_all_fields = "snake_case",
    tag = "op"
)]
#[derive(Debug, Clone)]
pub enum Shouted {
    MoveTo { far_away: u32 },
    StayHere,
}

#[hub_type]
#[serde(rename_all(serialize = "camelCase", deserialize = "snake_case"))]
#[derive(Debug, Clone)]
pub enum Split {
    OneWay,
    OtherWay,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Holder {
    pub id: u8,
    #[serde(flatten)]
    pub shape: Shape,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct FlatOutcome {
    pub id: u8,
    #[serde(flatten)]
    pub change: Change,
}

#[hub_type]
#[derive(Debug, Clone)]
pub enum Maybe<T> {
    Just(T),
    Nothing,
}

#[hub_type]
#[serde(tag = "kind")]
#[derive(Debug, Clone)]
pub enum Parcel {
    File { name: String, content: Bytes },
    Cancelled,
}

#[hub_type]
#[derive(Debug, Clone)]
pub enum Only {
    One { inside: bool },
}

#[hub_type]
#[derive(Debug, Clone)]
pub enum WithSkipped {
    Seen,
    #[serde(skip_deserializing)]
    Past,
    #[serde(skip)]
    Never,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Board {
    pub levels: BTreeMap<String, Level>,
    pub best: Option<Outcome>,
    pub changes: Vec<Change>,
}

fn label() -> Label {
    Label {
        text: "l".to_owned(),
        size: 1,
    }
}

crate::samples! {
    EnumsHub, Enums;
    level: Level = [Level::Low, Level::VeryHigh], not "\"VeryHigh\"";
    kebab: Stain = [Stain::DarkRed, Stain::Green], not "\"green\"";
    outcome: Outcome = [
        Outcome::Done,
        Outcome::Failed("f".to_owned()),
        Outcome::Partial { done_so_far: 1 },
        Outcome::Pair(1, 2),
        Outcome::Boxed(Box::new(Outcome::Done)),
    ], not "{ failed: 1 }";
    shape: Shape = [
        Shape::Circle { radius: 0.5 },
        Shape::Polygon { points: vec![(0.5, 1.5)], color: Some(Level::Low) },
        Shape::Nothing,
        Shape::Labelled(label()),
    ], not "{ kind: \"circle\", points: [] }";
    change: Change = [
        Change::Added(label()),
        Change::Moved { by: (0.5, 0.5) },
        Change::Cleared,
        Change::Pair(1, true),
    ], not "{ type: \"moved\" }";
    id: Id = [Id::Number(1), Id::Text("a".to_owned())], not "true";
    loose: Loose = [
        Loose::Flag(true),
        Loose::Named { name: "n".to_owned() },
        Loose::Sized { size: 1, unit: None },
        Loose::Many(vec![1]),
        Loose::Nothing,
    ], not "{ unit: null }";
    shouted: Shouted = [Shouted::MoveTo { far_away: 1 }, Shouted::StayHere], not "{ op: \"MOVE_TO\", farAway: 1 }";
    split: Split = [Split::OneWay, Split::OtherWay] from ["one_way", "other_way"], not "\"oneWay\"";
    holder: Holder = [
        Holder { id: 1, shape: Shape::Nothing },
        Holder { id: 1, shape: Shape::Circle { radius: 0.5 } },
    ], not "{ id: 1 }";
    flat_outcome: FlatOutcome = [
        FlatOutcome { id: 1, change: Change::Cleared },
        FlatOutcome { id: 1, change: Change::Pair(1, false) },
    ], not "{ id: 1, type: \"pair\" }";
    maybe: Maybe<u32> = [Maybe::Just(1), Maybe::Nothing], not "{ just: \"1\" }";
    maybe_of_list: Maybe<Vec<Label>> = [Maybe::Just(vec![label()])], not "{ just: [1] }";
    upload: Parcel = [
        Parcel::File { name: "n".to_owned(), content: vec![1, 2].into() },
        Parcel::Cancelled,
    ] as ["{ kind: \"file\", name: \"n\", content: Uint8Array.of(1, 2) }", "{ kind: \"cancelled\" }"],
        not "{ kind: \"file\", name: \"n\" }";
    only: Only = [Only::One { inside: true }], not "{ one: true }";
    with_skipped: WithSkipped = [WithSkipped::Seen], not "\"never\"";
    board: Board = [
        Board {
            levels: BTreeMap::from([("a".to_owned(), Level::Low)]),
            best: Some(Outcome::Pair(1, 2)),
            changes: vec![Change::Cleared],
        },
        Board { levels: BTreeMap::new(), best: None, changes: vec![] },
    ], not "{ levels: { a: 1 }, best: null, changes: [] }";
}
