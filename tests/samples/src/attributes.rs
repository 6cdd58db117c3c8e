//! Fields and types that travel as something else.

use hub_runtime::hub_type;

/// Travels as a text of its own.
#[hub_type]
#[serde(from = "String", into = "String")]
#[derive(Debug, Clone)]
pub struct Shout(pub String);

impl From<String> for Shout {
    fn from(text: String) -> Self {
        Self(text.to_uppercase())
    }
}

impl From<Shout> for String {
    fn from(shout: Shout) -> Self {
        shout.0
    }
}

/// Is checked when it is read.
#[hub_type]
#[serde(try_from = "u32", into = "u32")]
#[derive(Debug, Clone)]
pub struct Even(u32);

impl TryFrom<u32> for Even {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, String> {
        number
            .is_multiple_of(2)
            .then_some(Self(number))
            .ok_or_else(|| format!("{number} is odd"))
    }
}

impl From<Even> for u32 {
    fn from(even: Even) -> Self {
        even.0
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the form that serde calls"
)]
mod as_hex {
    use hub_runtime::__private::serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{number:x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map_err(D::Error::custom)
    }
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Hex {
    #[serde(with = "as_hex")]
    #[ts(as = "String")]
    pub number: u64,
}

/// The user's word that the numbers are small.
#[hub_type]
#[derive(Debug, Clone)]
pub struct SmallEnough {
    #[ts(type = "number")]
    pub bytes: u64,
    #[ts(as = "f64")]
    pub length: usize,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Css {
    #[ts(type = "`#${string}`")]
    pub color: String,
}

/// Types that the crate of the contract does not have either.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Foreign {
    #[ts(as = "String")]
    pub price: rust_decimal::Decimal,
    #[ts(as = "Vec<u32>")]
    pub few: smallvec::SmallVec<[u32; 4]>,
    #[serde(with = "time::serde::rfc3339")]
    #[ts(as = "String")]
    pub at: time::OffsetDateTime,
}

#[hub_type]
#[derive(Debug, Clone)]
pub struct Elapsed {
    #[ts(as = "Span")]
    pub time: std::time::Duration,
}

/// How serde writes a `Duration`.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Span {
    #[ts(type = "number")]
    pub secs: u64,
    pub nanos: u32,
}

crate::samples! {
    AttributesHub, Attributes;
    shout: Shout = [Shout("A".to_owned())], not "{ 0: \"A\" }";
    even: Even = [Even(2)], not "\"2\"";
    hex: Hex = [Hex { number: u64::MAX }], not "{ number: 255 }";
    small_enough: SmallEnough = [SmallEnough { bytes: 1, length: 2 }], not "{ bytes: \"1\", length: 2 }";
    css: Css = [Css { color: "#fff".to_owned() }], not "{ color: \"fff\" }";
    foreign: Foreign = [
        Foreign {
            price: rust_decimal::Decimal::new(1999, 2),
            few: smallvec::smallvec![1, 2],
            at: time::OffsetDateTime::UNIX_EPOCH,
        },
    ], not "{ price: 19.99, few: [], at: \"\" }";
    elapsed: Elapsed = [Elapsed { time: std::time::Duration::from_millis(1500) }], not "{ time: 1500 }";
}
