use crate::bytes::Bytes;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8,
    NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
};
use std::ops::{Range, RangeInclusive};
use ts_rs::TS;

/// A type that can travel through a hub: as an argument, a result or a stream item.
///
/// `#[hub_type]` implements it, together with serde's traits, the TypeScript description and the JSON schema. The
/// standard library's plain types have it already. It stands in front of the real bounds so that
/// a missing `#[hub_type]` is one error, in our words, on the user's type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel through a hub",
    label = "not a wire type",
    note = "put `#[hub_type]` above the definition of `{Self}`, before its other attributes",
    note = "in a field, a type of another crate can travel as one that does: `#[ts(as = \"String\")]`"
)]
pub trait WireType: Serialize + DeserializeOwned + TS + JsonSchema + Send + 'static {}

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
    i128,
    u128,
    String,
    Bytes,
    NonZeroI8,
    NonZeroI16,
    NonZeroI32,
    NonZeroI64,
    NonZeroI128,
    NonZeroIsize,
    NonZeroU8,
    NonZeroU16,
    NonZeroU32,
    NonZeroU64,
    NonZeroU128,
    NonZeroUsize,
    IpAddr,
    Ipv4Addr,
    Ipv6Addr,
    SocketAddr,
    SocketAddrV4,
    SocketAddrV6,
);

#[cfg(feature = "chrono")]
wire_types!(
    chrono::DateTime<chrono::Utc>,
    chrono::DateTime<chrono::FixedOffset>,
    chrono::DateTime<chrono::Local>,
    chrono::NaiveDate,
    chrono::NaiveDateTime,
    chrono::NaiveTime,
);

#[cfg(feature = "uuid")]
wire_types!(uuid::Uuid);

#[cfg(feature = "url")]
wire_types!(url::Url);

#[cfg(feature = "indexmap")]
impl<K: WireType + Eq + Hash, V: WireType> WireType for indexmap::IndexMap<K, V> {}
#[cfg(feature = "indexmap")]
impl<T: WireType + Eq + Hash> WireType for indexmap::IndexSet<T> {}

impl<T: WireType> WireType for Option<T> {}
impl<T: WireType> WireType for Vec<T> {}
impl<T: WireType> WireType for Box<T> {}
impl<T: WireType> WireType for Range<T> {}
impl<T: WireType> WireType for RangeInclusive<T> {}
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

macro_rules! wire_arrays {
    ($($length:literal)*) => { $(impl<T: WireType> WireType for [T; $length] {})* };
}

// As far as serde knows arrays.
wire_arrays!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);

macro_rules! wire_tuples {
    ($(($($name:ident)+))*) => { $(impl<$($name: WireType),+> WireType for ($($name,)+) {})* };
}

wire_tuples!(
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
);

/// Gives a type whose form the protocol decides its name in TypeScript, and the schema of its form
/// in JSON.
macro_rules! named_in_typescript {
    ($type:ident, $name:literal, $schema:tt) => {
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

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!("hub_runtime::", stringify!($type)).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
pub(crate) use named_in_typescript;
