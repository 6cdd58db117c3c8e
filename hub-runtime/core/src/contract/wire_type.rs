use crate::bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};
use ts_rs::TS;

/// A type that can travel through a hub: as an argument, a result or a stream item.
///
/// `#[hub_type]` implements it, together with serde's traits and the TypeScript description. The
/// standard library's plain types have it already. It stands in front of the real bounds so that
/// a missing `#[hub_type]` is one error, in our words, on the user's type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel through a hub",
    label = "not a wire type",
    note = "put `#[hub_type]` above the definition of `{Self}`, before its other attributes"
)]
pub trait WireType: Serialize + DeserializeOwned + TS + Send + 'static {}

macro_rules! wire_types {
    ($($ty:ty),* $(,)?) => { $(impl WireType for $ty {})* };
}

wire_types!(
    (),
    bool,
    char,
    i8,
    i16,
    i32,
    i64,
    isize,
    u8,
    u16,
    u32,
    u64,
    usize,
    f32,
    f64,
    String,
    Bytes,
);

#[cfg(feature = "chrono")]
wire_types!(
    chrono::DateTime<chrono::Utc>,
    chrono::DateTime<chrono::FixedOffset>,
    chrono::NaiveDate,
    chrono::NaiveDateTime,
    chrono::NaiveTime,
);

#[cfg(feature = "uuid")]
wire_types!(uuid::Uuid);

impl<T: WireType> WireType for Option<T> {}
impl<T: WireType> WireType for Vec<T> {}
impl<T: WireType> WireType for Box<T> {}
impl<K: WireType + Eq + Hash, V: WireType, S: BuildHasher + Default + Send + 'static> WireType
    for HashMap<K, V, S>
where
    Self: TS,
{
}
impl<K: WireType + Ord, V: WireType> WireType for BTreeMap<K, V> {}
impl<T: WireType + Eq + Hash, S: BuildHasher + Default + Send + 'static> WireType for HashSet<T, S> where
    Self: TS
{
}
impl<T: WireType + Ord> WireType for BTreeSet<T> {}

macro_rules! wire_tuples {
    ($(($($name:ident)+))*) => { $(impl<$($name: WireType),+> WireType for ($($name,)+) {})* };
}

wire_tuples!(
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
);

/// Gives a type whose form the protocol decides its name in TypeScript.
macro_rules! named_in_typescript {
    ($type:ty, $name:literal) => {
        impl ts_rs::TS for $type {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;

            fn name(_: &ts_rs::Config) -> String {
                $name.to_owned()
            }

            fn inline(cfg: &ts_rs::Config) -> String {
                Self::name(cfg)
            }
        }
    };
}
pub(crate) use named_in_typescript;
