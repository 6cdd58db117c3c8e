//! Values of every kind of type that a contract can hold. `tests/agreement.rs` sends each through
//! the official client, and has the compiler check it against the generated TypeScript.

#![allow(
    missing_docs,
    reason = "the types are samples, and speak for themselves"
)]

pub mod attributes;
pub mod containers;
pub mod crates;
pub mod edges;
pub mod enums;
pub mod plain;
pub mod refused;
pub mod structs;
pub mod values;

use hub_core::contract::WireType;
use hub_core::private::schemars::SchemaGenerator;
use hub_core::private::serde::de::DeserializeOwned;
use hub_core::protocol::{Encoded, Message, Protocol};
use serde_json::{Value, to_value};

/// One type with some of its values.
#[derive(Debug)]
pub struct Sample {
    /// The hub's method that gives the value back, as Rust calls it.
    pub method: &'static str,
    /// The Rust type.
    pub ty: &'static str,
    /// The values as `serde_json` writes them.
    pub written: Vec<Value>,
    /// What a client sends for each of them: mostly the same.
    pub sent: Vec<Value>,
    /// The values as TypeScript, where they are not what JSON carries.
    pub literals: Option<Vec<String>>,
    /// TypeScript that is no value of the type.
    pub wrong: &'static str,
}

impl Sample {
    /// Describes the values, which have to survive both protocols.
    pub fn new<T: WireType>(
        method: &'static str,
        values: &[T],
        sent: Option<Vec<Value>>,
        wrong: &'static str,
    ) -> Self {
        let in_json = |value: &T| sent_and_read::<T, Value>(Protocol::Json, value);
        let written: Vec<_> = values.iter().map(in_json).collect();
        for (value, written) in values.iter().zip(&written) {
            let by_serde_json = to_value(value).expect("a value that serde_json writes");
            // Bytes alone are text here, and numbers there.
            let same = by_serde_json == *written || has_bytes::<T>();
            assert!(same, "{method}: {by_serde_json} is {written}");
        }
        for protocol in Protocol::ALL.into_iter().filter(|_| sent.is_none()) {
            for (value, written) in values.iter().zip(&written) {
                let again: T = sent_and_read(protocol, value);
                assert_eq!(in_json(&again), *written, "{method} in {protocol:?}");
            }
        }
        Self {
            method,
            ty: std::any::type_name::<T>(),
            sent: sent.unwrap_or_else(|| written.clone()),
            written,
            literals: None,
            wrong,
        }
    }

    /// Gives the values as users hold them.
    #[must_use]
    pub fn with_literals(self, literals: Vec<String>) -> Self {
        assert_eq!(literals.len(), self.written.len(), "{}", self.method);
        Self {
            literals: Some(literals),
            ..self
        }
    }
}

fn has_bytes<T: WireType>() -> bool {
    let schema = SchemaGenerator::default().into_root_schema_for::<T>();
    schema.to_value().to_string().contains("contentEncoding")
}

/// The value after a journey in a message.
fn sent_and_read<T: WireType, U: DeserializeOwned>(protocol: Protocol, value: &T) -> U {
    let encoded = Encoded::stream_item(protocol, "1", value).expect("a value that can be written");
    let payload = encoded.payload();
    let body = match protocol {
        Protocol::Json => payload.strip_suffix(b"\x1e").expect("a whole message"),
        // The length stands in as many bytes as have their highest bit set, and one.
        Protocol::MessagePack => {
            let length = payload.iter().take_while(|byte| **byte > 0x7f).count();
            &payload[length + 1..]
        }
    };
    match Message::parse(protocol, body) {
        Ok(Message::StreamItem { item, .. }) => item.decode().expect("what was written is read"),
        other => panic!("{other:?}"),
    }
}

/// A hub that gives each value back, and the list of its samples.
macro_rules! samples {
    (
        $hub:ident, $server:ident;
        $(
            $method:ident: $ty:ty = [$($value:expr),* $(,)?]
            $(from [$($sent:tt),*])? $(as [$($literal:expr),* $(,)?])?, not $wrong:literal;
        )*
    ) => {
        /// Gives each value back.
        #[hub_runtime::hub]
        pub trait $hub {
            $( async fn $method(&self, value: $ty) -> $ty; )*
        }

        /// Gives each value back.
        #[derive(Debug)]
        pub struct $server;

        impl $hub for $server {
            $( async fn $method(&self, value: $ty) -> $ty { value } )*
        }

        /// The types and values.
        pub fn samples() -> Vec<$crate::Sample> {
            vec![$({
                #[allow(unused_mut, unused_assignments, reason = "most are sent as they are written")]
                let mut sent = None;
                $( sent = Some(vec![$(serde_json::json!($sent)),*]); )?
                $crate::Sample::new::<$ty>(stringify!($method), &[$($value),*], sent, $wrong)
                    $(.with_literals(vec![$(String::from($literal)),*]))?
            }),*]
        }
    };
}
use samples;
