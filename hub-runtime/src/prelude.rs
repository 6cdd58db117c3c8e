//! Everything a contract and its implementation name, for `use hub_runtime::prelude::*`.

pub use crate::{
    AsText, Bytes, CloseMessage, Context, DisconnectReason, HubContext, HubError, PolicyName,
    SendError, User,
};
#[cfg(feature = "macros")]
pub use crate::{hub, hub_client, hub_error, hub_type};
#[doc(no_inline)]
pub use futures_core::Stream;

#[cfg(feature = "chrono")]
pub use crate::Timestamp;
#[cfg(feature = "chrono")]
#[doc(no_inline)]
pub use chrono::{DateTime, Utc};
#[cfg(feature = "uuid")]
#[doc(no_inline)]
pub use uuid::Uuid;
