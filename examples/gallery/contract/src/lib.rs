//! The contracts of the gallery, one module for each example that uses it.

pub mod applause;
pub mod roles;
pub mod string_tools;
pub mod view_counter;
