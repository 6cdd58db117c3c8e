//! Who a request comes from, and what it may do.

mod authentication;
mod authorization;
mod gate;
#[cfg(feature = "jwt")]
mod jwt;
mod policy;
mod refresh;
mod ticket;

pub(crate) use authentication::Authenticators;
pub use authentication::{Authentication, HttpRequest};
pub(crate) use authorization::{Guard, has_roles};
pub(crate) use gate::{Gate, Refusal};
#[cfg(feature = "jwt")]
pub use jwt::{JwtBearer, JwtKey, JwtKeys};
pub(crate) use policy::Policies;
pub use policy::PolicyContext;
pub use refresh::AuthenticationRefresh;
pub(crate) use ticket::{Stranger, Ticket, unix_millis};
