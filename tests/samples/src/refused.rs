//! Types that have no truthful TypeScript, each with the part of the message that says why.

use chrono::{DateTime, Utc};
use hub_runtime::{Bytes, Timestamp, hub_type};
use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;

/// A hub for each type, and what `hub-codegen` says of it.
macro_rules! refused {
    ($( $module:ident: $ty:ty, $why:literal; )*) => {
        $(
            /// A hub with the type.
            pub mod $module {
                #[allow(unused_imports, clippy::wildcard_imports, reason = "as each type needs")]
                use super::*;

                #[hub_runtime::hub]
                pub trait RefusedHub {
                    async fn get(&self) -> $ty;
                }
            }
        )*

        /// The types, why they are refused, and what `render` says.
        pub fn refused(
            render: fn(&dyn Fn(hub_codegen::Config) -> hub_codegen::Config) -> String,
        ) -> Vec<(&'static str, &'static str, String)> {
            vec![$((
                stringify!($ty),
                $why,
                render(&|config| config.hub::<dyn $module::RefusedHub>()),
            )),*]
        }
    };
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Stock {
    pub articles: Vec<Option<i64>>,
}

#[hub_type]
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub name: String,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct FlatOption {
    #[serde(flatten)]
    pub key: Option<Key>,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Unsaid {
    pub said: bool,
    #[ts(skip)]
    pub unsaid: bool,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct NeverNull {
    #[ts(optional)]
    #[serde(default)]
    pub text: Option<String>,
}

/// Of what may be missing the schema keeps no order.
#[hub_type]
#[derive(Debug, Clone)]
pub struct SplitAndMissing {
    #[serde(rename(serialize = "a", deserialize = "b"))]
    pub one: bool,
    #[serde(
        rename(serialize = "c", deserialize = "d"),
        default,
        skip_serializing_if = "is_false"
    )]
    pub two: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape that serde asks for"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// What a user says in words of their own fits everything.
#[hub_type]
#[derive(Debug, Clone)]
pub struct SplitInOwnWords {
    #[ts(type = "`#${string}`")]
    #[serde(rename(serialize = "a", deserialize = "b"))]
    pub one: String,
    #[serde(rename(serialize = "c", deserialize = "d"))]
    pub two: String,
}

#[hub_type]
#[serde(into = "String")]
#[derive(Debug, Clone)]
pub struct OneWay {
    pub text: String,
}

impl From<OneWay> for String {
    fn from(one_way: OneWay) -> Self {
        one_way.text
    }
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Quoted {
    #[serde(rename = "a\"b")]
    pub field: bool,
}

#[hub_type]
#[derive(Debug, Clone)]
#[ts(repr(enum))]
pub enum Real {
    One,
}

#[hub_type]
#[derive(Debug, Clone)]
#[ts(rename = "Promise")]
pub struct Taken {
    pub field: bool,
}

#[hub_type]
#[serde(untagged)]
#[derive(Debug, Clone)]
pub enum BytesOrText {
    Raw(Bytes),
    Text(String),
}

#[hub_type]
#[serde(untagged)]
#[derive(Debug, Clone)]
pub enum BytesOrMoment {
    Raw(Bytes),
    At(DateTime<Utc>),
}

#[hub_type]
#[serde(untagged)]
#[derive(Debug, Clone)]
pub enum StampOrText {
    At(Timestamp),
    Text(String),
}

#[hub_type]
#[serde(untagged)]
#[derive(Debug, Clone)]
pub enum AlikeObjects {
    Raw { content: Bytes },
    Text { content: String, more: Option<u8> },
}

#[hub_type]
#[serde(untagged)]
#[derive(Debug, Clone)]
pub enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct FlatBytes {
    pub title: String,
    #[serde(flatten)]
    pub more: BTreeMap<String, Bytes>,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct ByHand {
    #[ts(type = "ReadonlyArray<Uint8Array>")]
    pub chunks: Vec<Bytes>,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Date {
    pub at: DateTime<Utc>,
}

mod another {
    use super::hub_type;

    #[hub_type]
    #[derive(Debug, Clone)]
    pub struct Key {
        pub other: bool,
    }
}

refused! {
    a: u64, "2^53";
    b: i64, "2^53";
    c: u128, "2^53";
    d: i128, "2^53";
    e: usize, "2^53";
    f: isize, "2^53";
    g: NonZeroU64, "2^53";
    h: BTreeMap<String, u64>, "2^53";
    i: (bool, [i64; 2]), "2^53";
    j: Stock, "field `articles`";
    k: HashMap<bool, u8>, "keys of type `boolean`";
    l: BTreeMap<Key, u8>, "keys of type `Key`";
    m: BTreeMap<Option<String>, u8>, "keys of type";
    n: FlatOption, "has no TypeScript";
    o: Unsaid, "TypeScript would say";
    p: NeverNull, "TypeScript would say";
    q: SplitAndMissing, "which is which";
    ae: SplitInOwnWords, "which is which";
    r: OneWay, "TypeScript would say";
    s: Quoted, "is not TypeScript";
    t: Real, "TypeScript `enum`";
    u: Taken, "is taken there";
    v: (Key, another::Key), "would both be called `Key`";
    w: StampOrText, "`hub_samples::refused::StampOrText`: `date` stands beside `string` without a tag";
    x: BytesOrText, "`hub_samples::refused::BytesOrText`: `binary` stands beside `string` without a tag";
    y: BytesOrMoment, "give the enum a tag";
    z: AlikeObjects, "does not tell which of them it is";
    aa: OneOrMany<Bytes>, "without a tag";
    ab: FlatBytes, "leave out `#[serde(flatten)]`";
    ac: ByHand, "`hub_samples::refused::ByHand`, field `chunks`: `ReadonlyArray<Uint8Array>` is in words of your own";
    ad: Date, "is taken there";
}
