//! How many connections there may be, and whose.

mod address;
mod counts;
mod entrance;
mod options;

pub(crate) use address::ClientAddress;
pub(crate) use entrance::{Admitted, Entrance, Limits, Negotiation, Visitor};
pub use options::ConnectionLimits;

use http::StatusCode;

/// A limit that has been reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// The connections of all hubs.
    Connections,
    /// The connections of one hub.
    HubConnections,
    ConnectionsPerUser,
    ConnectionsPerAddress,
    UnusedNegotiations,
    UnusedNegotiationsPerAddress,
}

impl Limit {
    /// What it is called where it is counted: the name of its option.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Connections => "maximum_connections",
            Self::HubConnections => "maximum_connections_of_hub",
            Self::ConnectionsPerUser => "maximum_connections_per_user",
            Self::ConnectionsPerAddress => "maximum_connections_per_address",
            Self::UnusedNegotiations => "maximum_unused_negotiations",
            Self::UnusedNegotiationsPerAddress => "maximum_unused_negotiations_per_address",
        }
    }

    /// 503 for what concerns everybody, 429 for what one client can do something about.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Connections | Self::HubConnections | Self::UnusedNegotiations => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::ConnectionsPerUser
            | Self::ConnectionsPerAddress
            | Self::UnusedNegotiationsPerAddress => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// What a client shows: official ones show the text of a refused negotiation.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Connections | Self::HubConnections => {
                "The server has as many connections as it takes."
            }
            Self::ConnectionsPerUser => "The user has as many connections as one may have.",
            Self::ConnectionsPerAddress => {
                "There are as many connections from this address as there may be."
            }
            Self::UnusedNegotiations | Self::UnusedNegotiationsPerAddress => {
                "Too many negotiated connections are waiting for their transport."
            }
        }
    }
}
