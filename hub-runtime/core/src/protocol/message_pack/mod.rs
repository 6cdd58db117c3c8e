//! The `messagepack` protocol (SignalR wire specification, sections 10.2 and 11.2).
//!
//! [`reader`] knows what the bytes say, [`envelope`] what a message's items mean (and [`call`] of
//! most calls, more quickly), and [`deserializer`] turns values into Rust types the way clients in
//! other languages need it.

mod call;
mod deserializer;
mod envelope;
mod error;
mod map_key;
mod reader;
mod timestamp;
mod writer;

pub(super) use self::deserializer::{from_slice, split_array, visit_array};
pub(super) use self::envelope::parse;
pub use self::error::DecodeError;
#[cfg(feature = "chrono")]
pub(crate) use self::writer::writes_message_pack;
pub(super) use self::writer::{
    write_cancel_invocation, write_close, write_completion_error, write_completion_void,
    write_head, write_invocation_end, write_sequence_id, write_value,
};
