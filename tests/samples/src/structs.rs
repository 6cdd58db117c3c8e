//! Structs, and what serde's attributes make of their fields.

use hub_runtime::hub_type;
use std::collections::BTreeMap;

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Empty {}

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Unit;

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Wrapper(pub String);

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Point(pub f64, pub f64);

/// Ends a comment: */ and goes on.
#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// Not /* the */ end.
    pub text: String,
    pub sent_by: Option<String>,
}

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Reserved {
    pub r#type: u32,
    pub class: bool,
    pub r#in: String,
    pub constructor: u8,
    pub größe: u8,
}

#[hub_type]
#[serde(rename_all = "snake_case")]
#[derive(Debug, Clone, Default)]
pub struct Snake {
    pub long_name: u8,
}

#[hub_type]
#[serde(rename_all = "PascalCase")]
#[derive(Debug, Clone, Default)]
pub struct Pascal {
    pub long_name: u8,
}

#[hub_type]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[derive(Debug, Clone, Default)]
pub struct Screaming {
    pub long_name: u8,
}

#[hub_type]
#[serde(rename_all = "kebab-case")]
#[derive(Debug, Clone, Default)]
pub struct Kebab {
    pub long_name: u8,
}

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Renamed {
    #[serde(rename = "$id")]
    pub id: u8,
    #[serde(rename = "with space")]
    pub other: bool,
}

/// Read by one name and written by another.
#[hub_type]
#[serde(rename_all(serialize = "camelCase", deserialize = "snake_case"))]
#[derive(Debug, Clone, Default)]
pub struct SplitCase {
    pub first_name: String,
    pub last_name: String,
}

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct SplitName {
    #[serde(rename(serialize = "out", deserialize = "into"))]
    pub field: u8,
    pub other: bool,
}

/// Several of them are told apart by their order.
#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct SplitNames {
    #[serde(rename(serialize = "z", deserialize = "b"))]
    pub number: u8,
    pub between: bool,
    #[serde(rename(serialize = "m", deserialize = "a"))]
    pub text: String,
    #[serde(rename(serialize = "c", deserialize = "c2"))]
    pub list: Vec<u8>,
}

/// Where the order is not known, their documentation tells them apart.
#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct DocumentedSplitNames {
    #[serde(flatten)]
    pub inside: SplitInside,
    /// A text, empty unless it is given.
    #[serde(default, rename(serialize = "c", deserialize = "d"))]
    pub text: String,
}

/// Flattened.
#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct SplitInside {
    /// A number.
    ///
    /// It is given.
    #[serde(rename(serialize = "a", deserialize = "e"))]
    pub number: u8,
}

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    pub needed: u8,
    #[serde(default)]
    pub count: u32,
    #[serde(default = "twenty")]
    pub limit: u32,
}

fn twenty() -> u32 {
    20
}

#[hub_type]
#[serde(default)]
#[derive(Debug, Clone, Default)]
pub struct AllDefault {
    pub name: String,
    pub size: u32,
}

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct SkippedIf {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Skipped {
    pub kept: u8,
    #[serde(skip)]
    pub cache: Vec<u8>,
}

/// A password is read, and never written.
#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Account {
    pub name: String,
    #[serde(skip_serializing)]
    #[serde(default)]
    pub password: String,
    #[serde(skip_deserializing)]
    pub logins: u32,
}

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Flat {
    pub title: String,
    #[serde(flatten)]
    pub message: Message,
}

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct FlatMap {
    pub title: String,
    #[serde(flatten)]
    pub more: BTreeMap<String, String>,
}

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct FlatTwice {
    #[serde(flatten)]
    pub flat: Flat,
    #[serde(flatten)]
    pub point: Named,
}

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Named {
    pub x: f64,
    pub y: f64,
}

#[hub_type]
#[serde(transparent)]
#[derive(Debug, Clone, Default)]
pub struct Transparent {
    pub inner: Message,
}

#[hub_type]
#[serde(deny_unknown_fields)]
#[derive(Debug, Clone, Default)]
pub struct Strict {
    pub only: bool,
}

#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Alias {
    #[serde(alias = "name")]
    pub label: String,
}

/// Holds types that differ by direction.
#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Outer {
    pub defaults: Defaults,
    pub many: Vec<Account>,
}

crate::samples! {
    StructsHub, Structs;
    empty: Empty = [Empty {}], not "1";
    unit: Unit = [Unit], not "{}";
    wrapper: Wrapper = [Wrapper("a".to_owned())], not "[\"a\"]";
    point: Point = [Point(0.5, 1.5)], not "{ 0: 1, 1: 2 }";
    message: Message = [
        Message::default(),
        Message { text: "a".to_owned(), sent_by: Some("b".to_owned()) },
    ], not "{ text: 1, sentBy: null }";
    reserved: Reserved = [Reserved::default()], not "{ type: 1 }";
    snake: Snake = [Snake { long_name: 1 }], not "{ longName: 1 }";
    pascal: Pascal = [Pascal { long_name: 1 }], not "{ longName: 1 }";
    screaming: Screaming = [Screaming { long_name: 1 }], not "{ long_name: 1 }";
    kebab: Kebab = [Kebab { long_name: 1 }], not "{ longName: 1 }";
    renamed: Renamed = [Renamed { id: 1, other: true }], not "{ id: 1, other: true }";
    split_case: SplitCase = [SplitCase { first_name: "a".to_owned(), last_name: "b".to_owned() }]
        from [{ "first_name": "a", "last_name": "b" }], not "{ firstName: \"a\", lastName: \"b\" }";
    split_name: SplitName = [SplitName { field: 1, other: true }]
        from [{ "into": 1, "other": true }], not "{ out: 1, other: true }";
    split_names: SplitNames = [SplitNames { number: 1, between: true, text: "a".to_owned(), list: vec![2] }]
        from [{ "b": 1, "between": true, "a": "a", "c2": [2] }],
        not "{ b: 1, between: true, a: [2], c2: \"a\" }";
    documented_split_names: DocumentedSplitNames = [
        DocumentedSplitNames { inside: SplitInside { number: 1 }, text: "a".to_owned() },
        DocumentedSplitNames { inside: SplitInside { number: 1 }, text: String::new() },
    ] from [{ "e": 1, "d": "a" }, { "e": 1 }], not "{ d: \"a\" }";
    defaults: Defaults = [
        Defaults { needed: 1, count: 2, limit: 3 },
        Defaults { needed: 1, count: 0, limit: 20 },
    ] from [{ "needed": 1, "count": 2, "limit": 3 }, { "needed": 1 }], not "{ count: 1 }";
    all_default: AllDefault = [
        AllDefault { name: "a".to_owned(), size: 1 },
        AllDefault::default(),
    ] from [{ "name": "a", "size": 1 }, {}], not "{ size: \"1\" }";
    skipped_if: SkippedIf = [
        SkippedIf::default(),
        SkippedIf { comment: Some("a".to_owned()), tags: vec!["b".to_owned()] },
    ], not "{ tags: null }";
    skipped: Skipped = [Skipped { kept: 1, cache: Vec::new() }], not "{ kept: 1, cache: [] }";
    account: Account = [Account { name: "ann".to_owned(), password: String::new(), logins: 0 }]
        from [{ "name": "ann", "password": "secret" }], not "{ name: \"ann\", logins: 1 }";
    flat: Flat = [Flat { title: "t".to_owned(), message: Message::default() }],
        not "{ title: \"t\", message: { text: \"\", sentBy: null } }";
    flat_map: FlatMap = [
        FlatMap { title: "t".to_owned(), more: BTreeMap::from([("k".to_owned(), "v".to_owned())]) },
    ], not "{ title: \"t\", k: 1 }";
    flat_twice: FlatTwice = [FlatTwice::default()], not "{ title: \"t\", text: \"\", sentBy: null, x: 1 }";
    transparent: Transparent = [Transparent::default()], not "{ inner: { text: \"\", sentBy: null } }";
    strict: Strict = [Strict { only: true }], not "{ only: true, more: 1 }";
    alias: Alias = [Alias { label: "a".to_owned() }], not "{ label: 1 }";
    outer: Outer = [Outer { defaults: Defaults::default(), many: vec![Account::default()] }]
        from [{ "defaults": { "needed": 0, "limit": 0 }, "many": [{ "name": "" }] }],
        not "{ defaults: {}, many: [] }";
}
