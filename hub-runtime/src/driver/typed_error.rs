//! Which clients are told of typed errors, and how.

use super::connection::Connection;
use crate::connections::query;
use hub_core::contract::Revision;
use hub_core::error::{HubError, ToldError};

/// What the caller reads of a failure for which everybody else reads `text`.
///
/// A completion has one text for its error. Clients that were generated say so in their address, and
/// find a typed error in it; to others it would be noise.
pub(super) fn told(connection: &Connection, error: &HubError, text: String) -> String {
    if !is_generated(connection) {
        return text;
    }
    error.told().unwrap_or_else(|| ToldError::untyped(text))
}

fn is_generated(connection: &Connection) -> bool {
    let announces = |query: Option<&str>| query::value(query, Revision::KEY).is_some();
    connection.head().with_query(announces)
}
