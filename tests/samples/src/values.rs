//! Bytes and dates in every kind of place.

use crate::containers::{Color, Page, Pair};
use chrono::{DateTime, Local, Utc};
use hub_runtime::{Bytes, Timestamp, hub_type};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// A newtype is an alias.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Blob(pub Bytes);

#[hub_type]
#[derive(Debug, Clone)]
pub struct Stamp(pub DateTime<Utc>);

#[hub_type]
#[serde(transparent)]
#[derive(Debug, Clone)]
pub struct Clear {
    pub at: DateTime<Utc>,
}

/// Something that was kept.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Document {
    pub name: String,
    pub content: Bytes,
    /// When that was.
    pub kept_at: DateTime<Utc>,
    pub seen_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<Bytes>,
    #[serde(rename = "other name")]
    pub other: Option<DateTime<Utc>>,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Folder {
    pub title: Bytes,
    pub inside: Vec<Folder>,
    pub by_name: BTreeMap<String, Folder>,
    pub last: Option<Box<Folder>>,
}

/// As serde has it by itself.
#[hub_type]
#[derive(Debug, Clone)]
pub enum Plain {
    Nothing,
    Text(String),
    Raw(Bytes),
    Pair(Bytes, DateTime<Utc>),
    Kept { at: DateTime<Utc>, name: String },
    Whole(Document),
}

#[hub_type]
#[serde(tag = "kind")]
#[derive(Debug, Clone)]
pub enum Tagged {
    Nothing,
    Text { content: String },
    Raw { content: Bytes },
    Whole(Document),
}

#[hub_type]
#[serde(tag = "type", content = "value")]
#[derive(Debug, Clone)]
pub enum Beside {
    Nothing,
    Text(String),
    Raw(Bytes),
    At(Vec<DateTime<Utc>>),
    Kept { at: DateTime<Utc> },
}

/// What JavaScript can tell apart.
#[hub_type]
#[serde(untagged)]
#[derive(Debug, Clone)]
pub enum LooseValue {
    Flag(bool),
    Count(u32),
    At(Timestamp),
    Many(Vec<Option<DateTime<Utc>>>),
    Named { name: String, at: DateTime<Utc> },
    Sized { size: u32, content: Bytes },
}

/// One word in TypeScript, which is text by any choice.
#[hub_type]
#[serde(untagged)]
#[derive(Debug, Clone)]
pub enum MomentOrText {
    At(DateTime<Utc>),
    Text(String),
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Kept {
    pub kept_at: DateTime<Utc>,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct FlatDocument {
    pub id: u8,
    #[serde(flatten)]
    pub kept: Kept,
    #[serde(flatten)]
    pub tagged: Tagged,
    pub thumbnail: Bytes,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct FlatBoth {
    #[serde(flatten)]
    pub tagged: Tagged,
    #[serde(flatten)]
    pub beside: Beside,
}

#[hub_type]
#[derive(Debug, Clone)]
pub enum Either<A, B> {
    Left(A),
    Right { value: B, at: DateTime<Utc> },
}

/// Travels as the bytes of its text.
#[hub_type]
#[serde(from = "Bytes", into = "Bytes")]
#[derive(Debug, Clone)]
pub struct Utf8(pub String);

impl From<Bytes> for Utf8 {
    fn from(bytes: Bytes) -> Self {
        Self(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl From<Utf8> for Bytes {
    fn from(text: Utf8) -> Self {
        text.0.into_bytes().into()
    }
}

/// A type of another crate that travels as one that is known.
#[hub_type]
#[derive(Debug, Clone)]
pub struct ByTime {
    #[serde(with = "time::serde::rfc3339")]
    #[ts(as = "DateTime<Utc>")]
    pub at: time::OffsetDateTime,
}

/// Reserved words and names that generated code has, as fields.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Names {
    pub value: Bytes,
    pub item: Vec<DateTime<Utc>>,
    #[serde(rename = "default")]
    pub class: Bytes,
    #[serde(rename = "2d")]
    pub flat: Option<Bytes>,
}

fn moment() -> DateTime<Utc> {
    DateTime::from_timestamp(1_017_656_415, 250_000_000).expect("a moment that chrono knows")
}

fn stamp() -> Timestamp {
    DateTime::from_timestamp(1_017_656_415, 0)
        .expect("a moment that chrono knows")
        .into()
}

fn bytes() -> Bytes {
    vec![0, 127, 255].into()
}

fn document() -> Document {
    Document {
        name: "d".to_owned(),
        content: bytes(),
        kept_at: moment(),
        seen_at: Some(stamp()),
        cover: None,
        other: None,
    }
}

fn folder() -> Folder {
    Folder {
        title: bytes(),
        inside: Vec::new(),
        by_name: BTreeMap::new(),
        last: None,
    }
}

const DOCUMENT: &str =
    "{ name: \"d\", content: bytes, keptAt: moment, seenAt: stamp, \"other name\": null }";
const FULL: &str = "{ name: \"d\", content: bytes, keptAt: moment, seenAt: null, cover: none, \"other name\": moment }";
const FOLDER: &str = "{ title: bytes, inside: [], byName: {}, last: null }";

fn local() -> DateTime<Local> {
    moment().into()
}

crate::samples! {
    ValuesHub, Values;
    bytes: Bytes = [Bytes::default(), bytes()] as ["none", "bytes"], not "\"AH//\"";
    moment: DateTime<Utc> = [moment()] as ["moment"], not "other";
    stamp: Timestamp = [stamp()] as ["stamp"], not "other";
    local: DateTime<Local> = [local()] as [format!("at({})", serde_json::json!(local()))], not "other";
    option: Option<Bytes> = [None, Some(Bytes::default()), Some(bytes())] as ["null", "none", "bytes"], not "\"\"";
    option_of_moment: Option<DateTime<Utc>> = [None, Some(moment())] as ["null", "moment"], not "other";
    list: Vec<Bytes> = [vec![], vec![bytes(), Bytes::default()]] as ["[]", "[bytes, none]"], not "[\"\"]";
    list_of_moments: Vec<Option<DateTime<Utc>>> = [vec![None, Some(moment())]] as ["[null, moment]"], not "[other]";
    nested: Vec<Option<Vec<Bytes>>> = [vec![None, Some(vec![bytes()])]] as ["[null, [bytes]]"], not "[[null]]";
    map: BTreeMap<String, Bytes> = [BTreeMap::from([("a b".to_owned(), bytes())])] as ["{ \"a b\": bytes }"], not "{ a: \"\" }";
    map_of_lists: HashMap<Color, Vec<DateTime<Utc>>> = [HashMap::from([(Color::Red, vec![moment()])])]
        as ["{ red: [moment] }"], not "{ red: [other] }";
    map_by_number: BTreeMap<u32, Timestamp> = [BTreeMap::from([(7, stamp())])] as ["{ 7: stamp }"], not "{ 7: other }";
    tuple: (u8, Bytes, Option<DateTime<Utc>>) = [(1, bytes(), None), (1, bytes(), Some(moment()))]
        as ["[1, bytes, null]", "[1, bytes, moment]"], not "[1, bytes]";
    array: [Bytes; 2] = [[bytes(), Bytes::default()]] as ["[bytes, none]"], not "[bytes, 1]";
    range: Range<DateTime<Utc>> = [moment()..moment()] as ["{ start: moment, end: moment }"], not "{ start: moment, end: other }";
    blob: Blob = [Blob(bytes())] as ["bytes"], not "\"AH//\"";
    wrapped: Stamp = [Stamp(moment())] as ["moment"], not "other";
    clear: Clear = [Clear { at: moment() }] as ["moment"], not "{ at: moment }";
    document: Document = [
        document(),
        Document { seen_at: None, cover: Some(Bytes::default()), other: Some(moment()), ..document() },
    ] as [DOCUMENT, FULL], not "{ name: \"d\", content: \"\", keptAt: moment, seenAt: null, \"other name\": null }";
    folder: Folder = [
        folder(),
        Folder {
            title: bytes(),
            inside: vec![folder()],
            by_name: BTreeMap::from([("f".to_owned(), folder())]),
            last: Some(Box::new(folder())),
        },
    ] as [FOLDER, format!("{{ title: bytes, inside: [{FOLDER}], byName: {{ f: {FOLDER} }}, last: {FOLDER} }}")],
        not "{ title: bytes, inside: [{}], byName: {}, last: null }";
    plain: Plain = [
        Plain::Nothing,
        Plain::Text("AH//".to_owned()),
        Plain::Raw(bytes()),
        Plain::Pair(bytes(), moment()),
        Plain::Kept { at: moment(), name: "n".to_owned() },
        Plain::Whole(document()),
    ] as [
        "\"nothing\"", "{ text: \"AH//\" }", "{ raw: bytes }", "{ pair: [bytes, moment] }",
        "{ kept: { at: moment, name: \"n\" } }", format!("{{ whole: {DOCUMENT} }}"),
    ], not "{ raw: \"AH//\" }";
    tagged: Tagged = [
        Tagged::Nothing,
        Tagged::Text { content: "AH//".to_owned() },
        Tagged::Raw { content: bytes() },
        Tagged::Whole(document()),
    ] as [
        "{ kind: \"nothing\" }", "{ kind: \"text\", content: \"AH//\" }", "{ kind: \"raw\", content: bytes }",
        DOCUMENT.replacen('{', "{ kind: \"whole\",", 1),
    ], not "{ kind: \"raw\", content: \"AH//\" }";
    beside: Beside = [
        Beside::Nothing,
        Beside::Text("AH//".to_owned()),
        Beside::Raw(bytes()),
        Beside::At(vec![moment()]),
        Beside::Kept { at: moment() },
    ] as [
        "{ type: \"nothing\" }", "{ type: \"text\", value: \"AH//\" }", "{ type: \"raw\", value: bytes }",
        "{ type: \"at\", value: [moment] }", "{ type: \"kept\", value: { at: moment } }",
    ], not "{ type: \"kept\", value: { at: other } }";
    loose: LooseValue = [
        LooseValue::Flag(true),
        LooseValue::Count(1),
        LooseValue::At(stamp()),
        LooseValue::Many(vec![None, Some(moment())]),
        LooseValue::Named { name: "n".to_owned(), at: moment() },
        LooseValue::Sized { size: 1, content: bytes() },
    ] as [
        "true", "1", "stamp", "[null, moment]", "{ name: \"n\", at: moment }", "{ size: 1, content: bytes }",
    ], not "{ size: 1, content: \"\" }";
    options_of_loose: Vec<Option<LooseValue>> = [vec![None, Some(LooseValue::Sized { size: 1, content: bytes() })]]
        as ["[null, { size: 1, content: bytes }]"], not "[{ content: bytes }]";
    moment_or_text: MomentOrText = [MomentOrText::At(moment()), MomentOrText::Text("t".to_owned())], not "1";
    flat: FlatDocument = [
        FlatDocument { id: 1, kept: Kept { kept_at: moment() }, tagged: Tagged::Nothing, thumbnail: bytes() },
        FlatDocument { id: 1, kept: Kept { kept_at: moment() }, tagged: Tagged::Raw { content: bytes() }, thumbnail: bytes() },
    ] as [
        "{ id: 1, keptAt: moment, kind: \"nothing\", thumbnail: bytes }",
        "{ id: 1, keptAt: moment, kind: \"raw\", content: bytes, thumbnail: bytes }",
    ], not "{ id: 1, keptAt: moment, kind: \"raw\", thumbnail: bytes }";
    flat_twice: FlatBoth = [
        FlatBoth { tagged: Tagged::Raw { content: bytes() }, beside: Beside::Raw(bytes()) },
    ] as ["{ kind: \"raw\", content: bytes, type: \"raw\", value: bytes }"],
        not "{ kind: \"raw\", content: bytes, type: \"raw\" }";
    page_of_bytes: Page<Bytes> = [Page { items: vec![bytes()], next: None }, Page { items: vec![], next: Some(bytes()) }]
        as ["{ items: [bytes], next: null }", "{ items: [], next: bytes }"], not "{ items: [\"\"], next: null }";
    page_of_moments: Page<DateTime<Utc>> = [Page { items: vec![moment()], next: Some(moment()) }]
        as ["{ items: [moment], next: moment }"], not "{ items: [other], next: null }";
    page_of_text: Page<String> = [Page { items: vec!["AH//".to_owned()], next: None }],
        not "{ items: [bytes], next: null }";
    page_of_documents: Page<Document> = [Page { items: vec![document()], next: None }]
        as [format!("{{ items: [{DOCUMENT}], next: null }}")], not "{ items: [1], next: null }";
    page_of_pages: Page<Page<Bytes>> = [Page { items: vec![Page { items: vec![], next: Some(bytes()) }], next: None }]
        as ["{ items: [{ items: [], next: bytes }], next: null }"], not "{ items: [bytes], next: null }";
    pair: Pair<Bytes, String> = [Pair { first: bytes(), second: "AH//".to_owned() }]
        as ["{ first: bytes, second: \"AH//\" }"], not "{ first: \"\", second: \"\" }";
    pair_of_others: Pair<Option<Stamp>, Vec<Blob>> = [Pair { first: None, second: vec![Blob(bytes())] }]
        as ["{ first: null, second: [bytes] }"], not "{ first: other, second: [] }";
    either: Either<Bytes, Tagged> = [
        Either::Left(bytes()),
        Either::Right { value: Tagged::Raw { content: bytes() }, at: moment() },
    ] as ["{ left: bytes }", "{ right: { value: { kind: \"raw\", content: bytes }, at: moment } }"], not "{ left: \"\" }";
    either_of_plain: Either<u8, String> = [Either::Left(1), Either::Right { value: "AH//".to_owned(), at: moment() }]
        as ["{ left: 1 }", "{ right: { value: \"AH//\", at: moment } }"], not "{ left: moment }";
    utf8: Utf8 = [Utf8("ab".to_owned())] as ["Uint8Array.of(97, 98)"], not "\"ab\"";
    by_time: ByTime = [ByTime { at: time::OffsetDateTime::UNIX_EPOCH }] as ["{ at: at(\"1970-01-01T00:00:00Z\") }"],
        not "{ at: other }";
    names: Names = [Names { value: bytes(), item: vec![moment()], class: bytes(), flat: None }]
        as ["{ value: bytes, item: [moment], default: bytes, \"2d\": null }"], not "{}";
}
