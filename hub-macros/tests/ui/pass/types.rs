//! Aliases, recursion, generics, enums, and serde's attributes.
#![deny(missing_docs, missing_debug_implementations, unused)]

use hub_runtime::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// A tree.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Node {
    children: Vec<Node>,
    parent: Option<Box<Self>>,
    forest: Forest,
}

/// Recursive by way of another type.
#[hub_type]
#[derive(Debug, Clone, Default)]
pub struct Forest {
    trees: Vec<Node>,
    by_name: HashMap<String, Node>,
}

/// A part of a list.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Page<T: Clone, K = String>
where
    K: Ord,
{
    items: Vec<T>,
    first: Option<T>,
    by_key: BTreeMap<K, T>,
    next: Option<Box<Self>>,
    tree: Node,
}

/// Nothing to say.
#[hub_type]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit;

/// A value in a coat.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Wrapper(Node);

/// What happened.
#[hub_type]
#[derive(Debug, Clone)]
#[serde(tag = "kind")]
pub enum Event {
    /// Nothing.
    Nothing,
    /// Something.
    SomethingHappened {
        /// What.
        the_node: Node,
    },
}

/// With names of its own, and with a field that stays at home.
#[hub_type]
#[derive(Debug, Clone)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct Named {
    at_home: u32,
    /// Not sent.
    #[serde(skip)]
    pub cache: Option<std::sync::Arc<u32>>,
    #[serde(default)]
    missing: Option<Unit>,
    #[serde(flatten)]
    rest: Forest,
}

/// In another alphabet.
#[hub_type]
#[derive(Debug, Clone)]
#[allow(missing_docs, non_camel_case_types)]
pub enum Größe {
    Überall,
    Not_Camel { änderung_am: u32 },
}

macro_rules! hub_types {
    ($($name:ident: $ty:ty),*) => { $(
        /// Made by a macro.
        #[hub_type]
        #[derive(Debug)]
        pub struct $name { inner: $ty, unit: Option<$crate::Unit> }
    )* };
}

hub_types!(FirstMade: Node, SecondMade: Vec<Option<Unit>>);

type ChatResult<T> = Result<T, HubError>;
type Maybe = Option<Node>;

/// Calls a client makes.
#[hub]
pub trait Types {
    /// Aliases.
    async fn alias(&self, maybe: Maybe) -> ChatResult<Page<Node>>;
    /// Streams of aliases.
    async fn stream(&self) -> ChatResult<impl Stream<Item = ChatResult<Event>>>;
    /// Errors of the standard library.
    async fn parse(&self, text: String) -> Result<u32, std::num::ParseIntError>;
    /// Everything.
    async fn all(&self, unit: Unit, wrapper: Wrapper, named: Named, page: Page<Unit, u32>);
    /// Made by a macro.
    async fn made(&self, first: FirstMade, pair: (Node, Vec<SecondMade>)) -> Größe;
}

fn main() {
    let json = |value: Größe| serde_json::to_string(&value).unwrap();
    assert_eq!(json(Größe::Überall), r#""überall""#);
    assert_eq!(json(Größe::Not_Camel { änderung_am: 1 }), r#"{"not_Camel":{"änderungAm":1}}"#);
    let declared = |signature: &hub_core::contract::MethodSignature| {
        let mut found = Vec::new();
        let config = hub_core::private::ts_rs::Config::new();
        signature.answer.declarations(&config, &mut found);
        let texts = found.into_iter().map(|found| (found.declaration)(&config));
        texts.collect::<Vec<_>>()
    };
    let signatures = <dyn Types as hub_core::contract::HubContract>::SIGNATURES;
    assert_eq!(
        declared(&signatures[4]),
        [r#"type Größe = "überall" | { "not_Camel": { änderungAm: number, } };"#]
    );
    assert_eq!(
        declared(&signatures[0])[0],
        "type Page<T, K = string> = { items: Array<T>, first: T | null, \
         byKey: { [key in K]: T }, next: Page<T, K> | null, tree: Node, };"
    );
}
