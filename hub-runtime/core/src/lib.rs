//! (crate docs to come)

pub mod bytes;
pub mod protocol;
