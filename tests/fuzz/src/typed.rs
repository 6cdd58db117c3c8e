//! Arguments as a handful of types that methods may ask for.

use std::collections::BTreeMap;
use std::fmt::Debug;

use hub_core::Bytes;
use hub_core::protocol::{ArgumentTuple, Arguments, BindError, Protocol};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::tree::Tree;

/// Decodes `arguments`, which came in a message, as each of the types. `tree` is what another
/// parser read in them, if it could.
pub(crate) fn check(arguments: Arguments<'_>, tree: Option<&Tree>) {
    let case = Case::new(arguments, tree);
    case.check_both_ways::<(String,)>();
    case.check_both_ways::<(i32, Option<f64>)>();
    case.check_both_ways::<(u64, i8, Option<String>, Option<bool>)>();
    case.check::<(f32, char, (u8, String))>();
    case.check::<(Tree, Option<Bytes>)>();
    case.check::<(Kind, Option<Kind>)>();
    case.check::<(Tagged, Option<Untagged>)>();
    case.check::<(BTreeMap<i16, Vec<Option<u8>>>, BTreeMap<bool, [u16; 2]>)>();
    case.check_count::<()>(&arguments.decode::<()>());
}

#[derive(Debug, PartialEq, Deserialize)]
enum Kind {
    One,
    Two(u8, f32),
    Three { x: Box<Record> },
    Four(Option<i64>),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    name: String,
    #[serde(default)]
    tags: Vec<Option<Record>>,
    #[serde(flatten)]
    rest: BTreeMap<String, Tree>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "type", content = "value")]
enum Tagged {
    File(Bytes),
    Point { x: f64, y: Option<f64> },
    Nothing,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(i64),
    Text(String),
    List(Vec<Untagged>),
}

struct Case<'a> {
    arguments: Arguments<'a>,
    /// The arguments in JSON, if JSON can say them.
    json: Option<String>,
    /// The same, with floats that are integers written as such.
    json_integers: Option<String>,
    /// How many there are.
    count: Option<usize>,
}

impl<'a> Case<'a> {
    fn new(arguments: Arguments<'a>, tree: Option<&Tree>) -> Self {
        let tree = tree.filter(|tree| tree.fits_json());
        let json = match arguments.protocol() {
            Protocol::Json => str::from_utf8(arguments.bytes()).ok().map(str::to_owned),
            Protocol::MessagePack => tree.and_then(|tree| serde_json::to_string(tree).ok()),
        };
        let json_integers = tree.and_then(|tree| serde_json::to_string(&tree.with_integers()).ok());
        let count = json.as_deref().and_then(|json| {
            let items = serde_json::from_str::<Vec<IgnoredAny>>(json);
            items.ok().map(|items| items.len())
        });
        Self {
            arguments,
            json,
            json_integers,
            count,
        }
    }

    /// As [`check`](Self::check), for types of which MessagePack says no more than JSON, but that a
    /// float may be an integer.
    fn check_both_ways<T: ArgumentTuple + DeserializeOwned + Debug + PartialEq>(&self) {
        self.check::<T>();
        if let Some(json) = &self.json_integers
            && self.arguments.protocol() == Protocol::MessagePack
            && let Ok(value) = self.arguments.decode::<T>()
        {
            assert_eq!(
                Arguments::json(json).decode::<T>().ok(),
                Some(value),
                "{json}"
            );
        }
    }

    /// What `serde_json` reads in the JSON form, ours must read in either form, and in JSON nothing
    /// else. MessagePack may say more: there a float can be an integer, and a number a variant.
    fn check<T: ArgumentTuple + DeserializeOwned + Debug + PartialEq>(&self) {
        let ours = self.arguments.decode::<T>();
        self.check_count::<T>(&ours);
        let (Some(json), Some(count)) = (&self.json, self.count) else {
            return;
        };
        let theirs = serde_json::from_str::<T>(json).ok();
        let exact = count == T::COUNT && self.arguments.protocol() == Protocol::Json;
        if exact || theirs.is_some() {
            assert_eq!(ours.ok(), theirs, "{json}");
        }
    }

    fn check_count<T: ArgumentTuple>(&self, decoded: &Result<T, BindError>) {
        if let Err(error) = decoded {
            assert!(error.to_string().len() < 300);
        }
        let Some(count) = self.count else {
            return;
        };
        match decoded {
            // Only options may be missing.
            Ok(_) => assert!(count <= T::COUNT),
            Err(BindError::Count { provided, expected }) => {
                assert_eq!((*provided, *expected), (count, T::COUNT));
                assert_ne!(count, T::COUNT);
            }
            Err(_) => {}
        }
    }
}
