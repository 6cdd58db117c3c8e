//! (crate docs to come)

pub mod bytes;
pub mod negotiate;
pub mod protocol;
pub mod session;
