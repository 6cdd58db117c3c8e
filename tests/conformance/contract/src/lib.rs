//! The contracts of the functional-test server. Names and shapes are those that client suites of
//! other projects expect, so they are not ours to change.

mod authorized;
mod conformance;
mod functional;

pub use authorized::AuthorizedHub;
pub use conformance::{ConformanceClient, ConformanceHub};
pub use functional::{ComplexObject, CustomObject, FunctionalClient, FunctionalHub};
