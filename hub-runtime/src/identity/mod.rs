//! Who a request comes from, and what it may do.

mod authentication;
mod authorization;
mod gate;
mod policy;
mod ticket;

pub(crate) use authentication::Authenticators;
pub use authentication::{Authentication, HttpRequest};
pub(crate) use authorization::{Guard, has_roles};
pub(crate) use gate::{Gate, Refusal};
pub(crate) use policy::Policies;
pub use policy::PolicyContext;
pub(crate) use ticket::{Stranger, Ticket, unix_millis};
