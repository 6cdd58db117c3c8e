//! What holds other values.

use hub_runtime::hub_type;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::{Range, RangeInclusive};

/// Keys by name.
#[hub_type]
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Color {
    /// Like blood.
    Red,
    DarkGreen,
}

#[hub_type]
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(pub u32);

#[hub_type]
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Word(pub String);

/// A page of something.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<T>,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Pair<A, B> {
    pub first: A,
    pub second: B,
}

/// A tree of pages, which holds itself.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Tree {
    pub name: String,
    pub children: Vec<Tree>,
    pub parent: Option<Box<Tree>>,
}

fn leaf(name: &str) -> Tree {
    Tree {
        name: name.to_owned(),
        children: Vec::new(),
        parent: None,
    }
}

fn map<K: std::hash::Hash + Eq, V>(key: K, value: V) -> HashMap<K, V> {
    HashMap::from([(key, value)])
}

crate::samples! {
    ContainersHub, Containers;
    option: Option<u32> = [None, Some(1)], not "\"1\"";
    option_in_option: Option<Option<bool>> = [None, Some(Some(true))], not "1";
    boxed: Box<String> = [Box::new("a".to_owned())], not "1";
    list: Vec<String> = [vec![], vec!["a".to_owned()]], not "[1]";
    list_of_options: Vec<Option<f64>> = [vec![None, Some(0.5)]], not "[undefined]";
    nested_lists: Vec<Vec<u8>> = [vec![vec![], vec![1, 2]]], not "[1]";
    set: HashSet<u32> = [HashSet::from([7])], not "{ 7: true }";
    ordered_set: BTreeSet<String> = [BTreeSet::from(["a".to_owned(), "b".to_owned()])], not "\"ab\"";
    map_of_text: HashMap<String, u32> = [HashMap::new(), map("a b".to_owned(), 1)], not "{ a: \"1\" }";
    map_by_number: BTreeMap<u32, bool> = [BTreeMap::from([(0, true), (9, false)])], not "{ a: true }";
    map_by_signed: BTreeMap<i16, bool> = [BTreeMap::from([(-3, true)])], not "{ a: true }";
    map_by_enum: HashMap<Color, u32> = [HashMap::new(), map(Color::DarkGreen, 2)], not "{ blue: 1 }";
    map_by_id: BTreeMap<UserId, String> = [BTreeMap::from([(UserId(5), "ann".to_owned())])], not "{ 5: 5 }";
    map_by_word: BTreeMap<Word, u8> = [BTreeMap::from([(Word("w".to_owned()), 1)])], not "{ w: null }";
    map_of_lists: HashMap<String, Vec<Option<Color>>> = [map("k".to_owned(), vec![Some(Color::Red), None])], not "{ k: [\"Red\"] }";
    single: (u32,) = [(1,)], not "1";
    pair: (String, bool) = [("a".to_owned(), true)], not "[true, \"a\"]";
    triple: (u8, (u8, u8), Vec<u8>) = [(1, (2, 3), vec![4])], not "[1, 2, 3, 4]";
    eight: (u8, u8, u8, u8, u8, u8, u8, u8) = [(1, 2, 3, 4, 5, 6, 7, 8)], not "[1]";
    array: [f64; 3] = [[0.5, 1.5, 2.5]], not "[1, 2]";
    array_of_arrays: [[u8; 2]; 2] = [[[1, 2], [3, 4]]], not "[[1, 2]]";
    range: Range<u32> = [0..10], not "[0, 10]";
    inclusive: RangeInclusive<i32> = [-1..=1], not "{ start: 0 }";
    tree: Tree = [
        leaf("root"),
        Tree { name: "a".to_owned(), children: vec![leaf("b")], parent: Some(Box::new(leaf("c"))) },
    ], not "{ name: \"a\", children: [{ name: \"b\" }], parent: null }";
    page_of_text: Page<String> = [
        Page { items: vec!["a".to_owned()], next: None },
        Page { items: vec![], next: Some("b".to_owned()) },
    ], not "{ items: [1], next: null }";
    page_of_pages: Page<Page<u32>> = [Page { items: vec![Page { items: vec![1], next: Some(2) }], next: None }],
        not "{ items: [1], next: null }";
    pair_of_kinds: Pair<u32, Vec<Color>> = [Pair { first: 1, second: vec![Color::Red] }], not "{ first: [], second: 1 }";
    pair_of_pairs: Pair<Pair<bool, String>, Option<u8>> = [
        Pair { first: Pair { first: true, second: "x".to_owned() }, second: None },
    ], not "{ first: { first: 1, second: \"x\" }, second: null }";
}
