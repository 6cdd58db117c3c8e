//! From a method's name on the wire to the user's method.

pub(crate) mod error_text;
mod mounted;
mod names;

pub(crate) use mounted::{Hub, Mounted};
