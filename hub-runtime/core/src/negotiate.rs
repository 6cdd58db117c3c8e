//! Negotiation: which version, which transports, which id
//! (SignalR wire specification, section 3).

use std::fmt;

use crate::protocol::TransferFormats;
use crate::protocol::write_json_string as write_string;

/// A way to carry a connection's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TransportType {
    /// One WebSocket.
    WebSockets,
    /// An event stream down, requests up. Text only.
    ServerSentEvents,
    /// Requests that wait down, requests up.
    LongPolling,
}

impl TransportType {
    /// All transports, in the order in which clients should try them.
    pub const ALL: [Self; 3] = [Self::WebSockets, Self::ServerSentEvents, Self::LongPolling];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WebSockets => "WebSockets",
            Self::ServerSentEvents => "ServerSentEvents",
            Self::LongPolling => "LongPolling",
        }
    }

    /// What the transport can carry.
    #[doc(hidden)]
    pub const fn transfer_formats(self) -> TransferFormats {
        match self {
            Self::ServerSentEvents => TransferFormats::Text,
            Self::WebSockets | Self::LongPolling => TransferFormats::TextAndBinary,
        }
    }
}

/// A set of transports: those that a server offers.
///
/// ```
/// use hub_core::negotiate::{TransportType, Transports};
///
/// let polling = Transports::ALL.without(TransportType::WebSockets);
/// assert!(!polling.contains(TransportType::WebSockets));
/// assert!(polling.contains(TransportType::LongPolling));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Transports(u8);

impl Transports {
    /// No transport at all.
    pub const NONE: Self = Self(0);
    /// All transports.
    pub const ALL: Self = Self::NONE
        .with(TransportType::WebSockets)
        .with(TransportType::ServerSentEvents)
        .with(TransportType::LongPolling);

    /// This set and `transport`.
    #[must_use]
    pub const fn with(self, transport: TransportType) -> Self {
        Self(self.0 | 1 << transport as u8)
    }

    /// This set but `transport`.
    #[must_use]
    pub const fn without(self, transport: TransportType) -> Self {
        Self(self.0 & !(1 << transport as u8))
    }

    /// Whether `transport` is in the set.
    pub const fn contains(self, transport: TransportType) -> bool {
        self.0 & 1 << transport as u8 != 0
    }

    /// The transports of the set, in the order in which clients should try them.
    pub fn iter(self) -> impl Iterator<Item = TransportType> {
        TransportType::ALL
            .into_iter()
            .filter(move |&transport| self.contains(transport))
    }
}

impl fmt::Display for TransportType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A version of the negotiation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub enum NegotiateVersion {
    /// Id and token are the same.
    #[default]
    Zero,
    /// The id is public and the token is secret.
    One,
}

/// Why no version can be agreed on. `Display` is the text for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NegotiateVersionError {
    /// The client is too old for this server.
    #[error("The client requested version '{0}', but the server does not support this version.")]
    Unsupported(i32),
    /// Not a number.
    #[error("The client requested a non-integer protocol version.")]
    NotAnInteger,
}

impl NegotiateVersion {
    /// Chooses the version for a client that asked for `requested`, the value of the query's
    /// `negotiateVersion`; `minimum` is the lowest version the server accepts (0 by default).
    pub fn choose(requested: Option<&str>, minimum: i32) -> Result<Self, NegotiateVersionError> {
        let requested = match requested {
            None => 0,
            Some(text) => text
                .parse()
                .map_err(|_| NegotiateVersionError::NotAnInteger)?,
        };
        if requested < minimum {
            return Err(NegotiateVersionError::Unsupported(requested));
        }
        Ok(if requested > 0 { Self::One } else { Self::Zero })
    }
}

/// The answer to a negotiate request; always sent with status 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NegotiateResponse<'a> {
    /// The client may connect.
    Accepted(Negotiated<'a>),
    /// The client negotiates again at another hub.
    Redirect {
        /// Absolute URL of the other hub.
        url: &'a str,
        /// Bearer token for that URL, if it needs another one.
        access_token: Option<&'a str>,
    },
    /// The client must go away; its start fails with this text.
    Refused(&'a str),
}

/// What an accepted client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Negotiated<'a> {
    /// Public id of the connection. With version 0 it is the token too.
    pub connection_id: &'a str,
    /// Secret id, which goes into every later request; `None` is version 0.
    pub connection_token: Option<&'a str>,
    /// The transports in the order in which the client tries them.
    pub available_transports: &'a [TransportType],
    /// Whether stateful reconnect is granted. Only to a client that asked: others fail on it.
    pub use_stateful_reconnect: bool,
    /// How many seconds are left to refresh the authentication, where that is possible and needed.
    pub token_lifetime_seconds: Option<u64>,
}

impl NegotiateResponse<'_> {
    /// The body, JSON with its properties in the order of the reference server.
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(384);
        match *self {
            Self::Accepted(negotiated) => negotiated.write(&mut out),
            Self::Redirect { url, access_token } => {
                write_property(&mut out, b"{\"url\":", url);
                if let Some(token) = access_token {
                    write_property(&mut out, b",\"accessToken\":", token);
                }
            }
            Self::Refused(error) => write_property(&mut out, b"{\"error\":", error),
        }
        out.push(b'}');
        out
    }
}

impl Negotiated<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        if self.use_stateful_reconnect {
            out.extend_from_slice(b"\"useStatefulReconnect\":true,");
        }
        out.extend_from_slice(match self.connection_token {
            None => b"\"negotiateVersion\":0,",
            Some(_) => b"\"negotiateVersion\":1,",
        });
        write_property(out, b"\"connectionId\":", self.connection_id);
        if let Some(token) = self.connection_token {
            write_property(out, b",\"connectionToken\":", token);
        }
        out.extend_from_slice(b",\"availableTransports\":[");
        for (index, transport) in self.available_transports.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write_property(out, b"{\"transport\":", transport.name());
            out.extend_from_slice(match transport.transfer_formats() {
                TransferFormats::Text => b",\"transferFormats\":[\"Text\"]}".as_slice(),
                TransferFormats::TextAndBinary => b",\"transferFormats\":[\"Text\",\"Binary\"]}",
            });
        }
        out.push(b']');
        if let Some(seconds) = self.token_lifetime_seconds {
            out.extend_from_slice(b",\"tokenLifetimeSeconds\":");
            out.extend_from_slice(seconds.to_string().as_bytes());
        }
    }
}

fn write_property(out: &mut Vec<u8>, name: &[u8], value: &str) {
    out.extend_from_slice(name);
    write_string(out, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_version(
        requested: Option<&str>,
        minimum: i32,
        expected: Result<NegotiateVersion, &str>,
    ) {
        let chosen = NegotiateVersion::choose(requested, minimum);
        assert_eq!(
            chosen.map_err(|error| error.to_string()),
            expected.map_err(str::to_owned)
        );
    }

    #[test]
    fn the_version_follows_the_request() {
        check_version(None, 0, Ok(NegotiateVersion::Zero));
        check_version(Some("0"), 0, Ok(NegotiateVersion::Zero));
        check_version(Some("1"), 0, Ok(NegotiateVersion::One));
        check_version(Some("42"), 1, Ok(NegotiateVersion::One));
        let unsupported =
            "The client requested version '0', but the server does not support this version.";
        check_version(None, 1, Err(unsupported));
        check_version(Some("0"), 1, Err(unsupported));
        let negative =
            "The client requested version '-1', but the server does not support this version.";
        check_version(Some("-1"), 0, Err(negative));
        let no_integer = "The client requested a non-integer protocol version.";
        for text in ["", "one", "1.0", "99999999999"] {
            check_version(Some(text), 0, Err(no_integer));
        }
    }

    fn check(response: NegotiateResponse<'_>, expected: &str) {
        assert_eq!(String::from_utf8(response.to_json()).unwrap(), expected);
    }

    #[test]
    fn a_redirect_needs_only_a_url() {
        let redirect = |access_token| NegotiateResponse::Redirect {
            url: "https://other/hub",
            access_token,
        };
        check(redirect(None), r#"{"url":"https://other/hub"}"#);
        check(
            redirect(Some("t")),
            r#"{"url":"https://other/hub","accessToken":"t"}"#,
        );
    }

    #[test]
    fn the_lifetime_of_a_token_comes_last() {
        let negotiated = Negotiated {
            connection_id: "c",
            connection_token: None,
            available_transports: &[],
            use_stateful_reconnect: false,
            token_lifetime_seconds: Some(59),
        };
        check(
            NegotiateResponse::Accepted(negotiated),
            r#"{"negotiateVersion":0,"connectionId":"c","availableTransports":[],"tokenLifetimeSeconds":59}"#,
        );
    }

    #[test]
    fn a_refusal_is_the_only_property() {
        check(
            NegotiateResponse::Refused("no \"entry\""),
            r#"{"error":"no \"entry\""}"#,
        );
    }
}
