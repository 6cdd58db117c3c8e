//! The handshake that opens a hub connection: JSON in every protocol
//! (SignalR wire specification, section 8).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::{MAX_QUOTE, shortened};
use super::{ParseError, Protocol, Protocols, RECORD_SEPARATOR, TransferFormats, json};

/// Longest handshake message that is read, its separator included.
pub const MAX_SIZE: usize = 4 * 1024;

/// The answer to a handshake that was accepted.
pub const ACCEPTED: &[u8] = b"{}\x1e";

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HandshakeRequest<'a> {
    /// Name of the hub protocol as the client spelled it.
    pub protocol: Cow<'a, str>,
    /// Version of the protocol.
    pub version: i64,
}

/// What both sides agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Agreement {
    /// The protocol of all hub messages.
    pub protocol: Protocol,
    /// At most [`Protocol::MAX_VERSION`]; 2 allows stateful reconnect.
    pub version: u8,
}

/// Why a server turns a handshake down. `Display` is the text for the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The protocol is unknown or not offered.
    #[error("The protocol '{0}' is not supported.")]
    UnsupportedProtocol(String),
    /// The version is too high.
    #[error("The server does not support version {version} of the '{}' protocol.", .protocol.name())]
    UnsupportedVersion {
        /// The protocol asked for.
        protocol: Protocol,
        /// The version asked for.
        version: i64,
    },
    /// The transport cannot carry the protocol's messages.
    #[error(
        "Cannot use the '{}' protocol on the current transport. \
         The transport does not support '{}' transfer format.",
        .0.name(), .0.transfer_format().name()
    )]
    TransferFormat(Protocol),
    /// Nothing complete came in time, or too much.
    #[error("Handshake was canceled.")]
    Canceled,
    /// Not a handshake at all; holds what is wrong with it.
    #[error("An unexpected error occurred during connection handshake.")]
    Malformed(String),
}

impl HandshakeError {
    /// The answer for the client; with `detailed_errors` it says what was malformed.
    pub fn reply(&self, detailed_errors: bool) -> Vec<u8> {
        match self {
            Self::Malformed(detail) if detailed_errors => {
                write_error(&format!("{self} InvalidDataException: {detail}"))
            }
            _ => write_error(&self.to_string()),
        }
    }
}

/// The members of a request, each as JSON text.
#[derive(Deserialize)]
struct RawRequest<'a> {
    #[serde(borrow)]
    protocol: Option<&'a RawValue>,
    #[serde(borrow)]
    version: Option<&'a RawValue>,
}

/// Reads a client's request, given without its separator.
pub fn parse_request(message: &[u8]) -> Result<HandshakeRequest<'_>, HandshakeError> {
    let text = str::from_utf8(message).map_err(|_| malformed(&ParseError::Json))?;
    let RawRequest { protocol, version } = json::read_object(text).map_err(|e| malformed(&e))?;
    let protocol = protocol.ok_or_else(|| missing("protocol", text))?;
    let version = version.ok_or_else(|| missing("version", text))?;
    Ok(HandshakeRequest {
        protocol: json::string(protocol.get(), "protocol").map_err(|e| malformed(&e))?,
        version: json::integer(version.get(), "version").map_err(|e| malformed(&e))?,
    })
}

fn malformed(error: &ParseError) -> HandshakeError {
    HandshakeError::Malformed(error.to_string())
}

fn missing(property: &'static str, text: &str) -> HandshakeError {
    let error = ParseError::MissingProperty(property);
    let text = shortened(text, MAX_QUOTE);
    HandshakeError::Malformed(format!("{error} Message content: {text}"))
}

impl HandshakeRequest<'_> {
    /// Decides about the request: protocol, then version, then transfer format.
    pub fn accept(
        &self,
        offered: Protocols,
        transport: TransferFormats,
    ) -> Result<Agreement, HandshakeError> {
        let protocol = Protocol::from_name(&self.protocol)
            .filter(|&protocol| offered.contains(protocol))
            .ok_or_else(|| {
                HandshakeError::UnsupportedProtocol(shortened(&self.protocol, MAX_QUOTE))
            })?;
        if self.version > Protocol::MAX_VERSION.into() {
            return Err(HandshakeError::UnsupportedVersion {
                protocol,
                version: self.version,
            });
        }
        if !transport.supports(protocol.transfer_format()) {
            return Err(HandshakeError::TransferFormat(protocol));
        }
        Ok(Agreement {
            protocol,
            // The reference server takes any lower version, negative ones included.
            version: u8::try_from(self.version).unwrap_or(0),
        })
    }
}

/// Writes the answer that ends a connection before it began. An empty `error`, which clients
/// would take for success, becomes the text of [`HandshakeError::Malformed`].
pub fn write_error(error: &str) -> Vec<u8> {
    const NEUTRAL: &str = "An unexpected error occurred during connection handshake.";
    let mut out = b"{\"error\":".to_vec();
    json::write_string(&mut out, if error.is_empty() { NEUTRAL } else { error });
    out.extend([b'}', RECORD_SEPARATOR]);
    out
}

/// Writes a client's request.
pub fn write_request(protocol: Protocol, version: u8) -> Vec<u8> {
    let name = protocol.name();
    format!("{{\"protocol\":\"{name}\",\"version\":{version}}}\x1e").into_bytes()
}

/// Why a client cannot go on after the server's answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeResponseError {
    /// The server said no.
    #[error("Server returned handshake error: {0}")]
    Rejected(String),
    /// The answer is a hub message.
    #[error("Expected a handshake response from the server.")]
    HubMessage,
    /// The answer cannot be read.
    #[error("Error parsing handshake response: {0}")]
    Malformed(ParseError),
}

#[derive(Deserialize)]
struct RawResponse<'a> {
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
}

/// Reads the server's answer, given without its separator. An error that says nothing is none.
pub fn parse_response(message: &[u8]) -> Result<(), HandshakeResponseError> {
    let malformed = HandshakeResponseError::Malformed;
    let text = str::from_utf8(message).map_err(|_| malformed(ParseError::Json))?;
    let RawResponse { error, kind } = json::read_object(text).map_err(malformed)?;
    if kind.is_some() {
        return Err(HandshakeResponseError::HubMessage);
    }
    match error
        .map(|raw| json::string(raw.get(), "error"))
        .transpose()
    {
        Ok(Some(error)) if !error.is_empty() => {
            Err(HandshakeResponseError::Rejected(error.into_owned()))
        }
        Ok(_) => Ok(()),
        Err(error) => Err(malformed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(request: &str, expected: Result<(Protocol, u8), &str>) {
        let agreement = parse_request(request.as_bytes())
            .and_then(|request| request.accept(Protocols::ALL, TransferFormats::TextAndBinary));
        let found = agreement.map(|agreement| (agreement.protocol, agreement.version));
        let found = found.map_err(|error| {
            let reply = String::from_utf8(error.reply(true)).unwrap();
            reply
                .strip_prefix("{\"error\":\"")
                .unwrap()
                .strip_suffix("\"}\x1e")
                .unwrap()
                .to_owned()
        });
        assert_eq!(found, expected.map_err(str::to_owned), "{request}");
    }

    #[test]
    fn requests_are_read_whatever_their_order_and_case() {
        check(
            r#"{"protocol":"json","version":1}"#,
            Ok((Protocol::Json, 1)),
        );
        check(
            r#" {"version":2,"x":[],"protocol":"JSON"}"#,
            Ok((Protocol::Json, 2)),
        );
        check(
            r#"{"protocol":"message\u0070ack","version":0}"#,
            Ok((Protocol::MessagePack, 0)),
        );
        check(
            r#"{"protocol":"json","version":-7}"#,
            Ok((Protocol::Json, 0)),
        );
    }

    #[test]
    fn refusals_use_the_texts_clients_know() {
        check(
            r#"{"protocol":"x","version":1}"#,
            Err("The protocol 'x' is not supported."),
        );
        check(
            r#"{"protocol":"json","version":3}"#,
            Err("The server does not support version 3 of the 'json' protocol."),
        );
    }

    #[test]
    fn malformed_requests_are_explained_on_demand() {
        const TEXT: &str = "An unexpected error occurred during connection handshake.";
        let malformed = |request: &str, detail: &str| {
            let detail = detail.replace('"', "\\\"");
            check(
                request,
                Err(&format!("{TEXT} InvalidDataException: {detail}")),
            );
        };
        malformed("", "Error reading JSON.");
        malformed("{", "Error reading JSON.");
        malformed(
            "[]",
            "Unexpected JSON Token Type 'Array'. Expected a JSON Object.",
        );
        malformed(
            r#"{"version":1}"#,
            r#"Missing required property 'protocol'. Message content: {"version":1}"#,
        );
        malformed(
            r#"{"protocol":"json"}"#,
            r#"Missing required property 'version'. Message content: {"protocol":"json"}"#,
        );
        malformed(
            r#"{"protocol":1,"version":1}"#,
            "Expected 'protocol' to be of type String.",
        );
        malformed(
            r#"{"protocol":"json","version":"1"}"#,
            "Expected 'version' to be of type Number.",
        );
        let hidden = HandshakeError::Malformed("secret".to_owned()).reply(false);
        assert_eq!(hidden, write_error(TEXT));
    }

    #[test]
    fn a_text_transport_refuses_a_binary_protocol() {
        let request = parse_request(br#"{"protocol":"messagepack","version":1}"#).unwrap();
        assert_eq!(
            request.accept(Protocols::ALL, TransferFormats::Text),
            Err(HandshakeError::TransferFormat(Protocol::MessagePack))
        );
        assert_eq!(
            request.accept(Protocols::JSON, TransferFormats::Text),
            Err(HandshakeError::UnsupportedProtocol(
                "messagepack".to_owned()
            ))
        );
    }

    #[test]
    fn errors_do_not_repeat_long_texts() {
        let long = "x".repeat(4000);
        let request = format!(r#"{{"protocol":"{long}","version":1}}"#);
        let request = parse_request(request.as_bytes()).unwrap();
        let error = request
            .accept(Protocols::ALL, TransferFormats::Text)
            .unwrap_err();
        assert!(error.reply(true).len() < 300);
    }

    #[test]
    fn clients_read_the_answer() {
        assert_eq!(parse_response(b"{}"), Ok(()));
        assert_eq!(parse_response(br#"{"error":"","minorVersion":1}"#), Ok(()));
        assert_eq!(
            parse_response(br#"{"error":"no"}"#),
            Err(HandshakeResponseError::Rejected("no".to_owned()))
        );
        assert_eq!(
            parse_response(br#"{"type":6}"#),
            Err(HandshakeResponseError::HubMessage)
        );
        assert_eq!(
            parse_response(b"nope"),
            Err(HandshakeResponseError::Malformed(ParseError::Json))
        );
    }
}
