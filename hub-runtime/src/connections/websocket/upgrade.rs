//! The request that becomes a WebSocket, and the socket behind it: in HTTP/1.1 a whole connection
//! (RFC 6455, section 4.2), in HTTP/2 one stream of a connection (RFC 8441).

use super::deflate::Deflate;
use super::extensions;
use super::stream::Stream;
use crate::server::drain::{Drain, Occupied};
use crate::server::read_ahead::ReadAhead;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use bytes::Bytes;
use http::header::{
    ALLOW, CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{Method, Request, StatusCode};
use hyper::ext::Protocol;
use hyper::upgrade::{OnUpgrade, Parts};
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use sha1::{Digest as _, Sha1};
use std::fmt;
use tokio::net::TcpStream;

/// Whether a request asks for a WebSocket, be it right or wrong about how.
pub(crate) fn is_asked_for<B>(request: &Request<B>) -> bool {
    let upgrade = request.headers().get(UPGRADE);
    is_extended_connect(request)
        || upgrade.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Whether a request asks for a WebSocket in the way of HTTP/2: `CONNECT` with the pseudo-header
/// `:protocol`.
pub(crate) fn is_extended_connect<B>(request: &Request<B>) -> bool {
    let protocol = request.extensions().get::<Protocol>();
    request.method() == Method::CONNECT
        && protocol.is_some_and(|protocol| protocol.as_str().eq_ignore_ascii_case("websocket"))
}

/// Checks an upgrade request. On success the returned response (status 101, or 200 in HTTP/2,
/// without subprotocol; with compression only if `may_compress` and the client offers it) must be
/// sent, and the socket is had from [`Upgrading::socket`].
pub(crate) fn accept<B>(
    request: &mut Request<B>,
    may_compress: bool,
) -> Result<(Response, Upgrading), UpgradeError> {
    let is_stream = is_extended_connect(request);
    let mut response = if is_stream {
        open_stream(request.headers())?
    } else {
        switch_protocols(request)?
    };
    if request.extensions().get::<OnUpgrade>().is_none() {
        return Err(UpgradeError::NotUpgradable);
    }
    let mut deflate = None;
    if may_compress && let Some((agreed, answer)) = extensions::negotiate(request.headers()) {
        response
            .headers_mut()
            .insert(SEC_WEBSOCKET_EXTENSIONS, answer);
        deflate = Some(agreed);
    }
    let upgrading = Upgrading {
        deflate,
        // Before the response, after which a connection of HTTP/2 may count as idle.
        occupied: request
            .extensions()
            .get()
            .filter(|_| is_stream)
            .map(Drain::occupy),
        io: hyper::upgrade::on(request),
    };
    Ok((response, upgrading))
}

/// In HTTP/1.1.
fn switch_protocols<B>(request: &Request<B>) -> Result<Response, UpgradeError> {
    let headers = request.headers();
    if request.method() != Method::GET {
        return Err(UpgradeError::NotGet);
    }
    if !has_token(headers, &CONNECTION, "upgrade") || !has_token(headers, &UPGRADE, "websocket") {
        return Err(UpgradeError::NotAnUpgrade);
    }
    if !has_our_version(headers) {
        return Err(UpgradeError::UnsupportedVersion);
    }
    let headers = [
        (CONNECTION, HeaderValue::from_static("upgrade")),
        (UPGRADE, HeaderValue::from_static("websocket")),
        (
            SEC_WEBSOCKET_ACCEPT,
            accept_key(key(headers).ok_or(UpgradeError::BadKey)?),
        ),
    ];
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

/// In HTTP/2, which has its own proof that the two sides understand each other: there is no key.
fn open_stream(headers: &HeaderMap) -> Result<Response, UpgradeError> {
    if has_our_version(headers) {
        Ok(StatusCode::OK.into_response())
    } else {
        Err(UpgradeError::UnsupportedVersionOfStream)
    }
}

fn has_our_version(headers: &HeaderMap) -> bool {
    headers
        .get(SEC_WEBSOCKET_VERSION)
        .is_some_and(|version| version == "13")
}

/// Why a request does not become a WebSocket. Turns into the HTTP response that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UpgradeError {
    /// The method is not GET: 405.
    NotGet,
    /// `Connection: upgrade` or `Upgrade: websocket` is missing: 400.
    NotAnUpgrade,
    /// Another version than 13: 426, with the version we speak.
    UnsupportedVersion,
    /// The same in HTTP/2, which has no upgrade that a 426 could require: 400, with the version we
    /// speak.
    UnsupportedVersionOfStream,
    /// `Sec-WebSocket-Key` is missing, repeated, or not 16 bytes in base64: 400.
    BadKey,
    /// The HTTP connection cannot be upgraded, being HTTP/1.0: 400.
    NotUpgradable,
}

impl fmt::Display for UpgradeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotGet => "a WebSocket starts with a GET request",
            Self::NotAnUpgrade => {
                "expected the headers `Connection: upgrade` and `Upgrade: websocket`"
            }
            Self::UnsupportedVersion | Self::UnsupportedVersionOfStream => {
                "the WebSocket version must be 13"
            }
            Self::BadKey => "`Sec-WebSocket-Key` must be 16 bytes in base64",
            Self::NotUpgradable => "this HTTP connection cannot be upgraded",
        })
    }
}

impl std::error::Error for UpgradeError {}

impl IntoResponse for UpgradeError {
    fn into_response(self) -> Response {
        let text = self.to_string();
        match self {
            Self::NotGet => {
                (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET")], text).into_response()
            }
            Self::UnsupportedVersion => {
                let headers = [
                    (SEC_WEBSOCKET_VERSION, "13"),
                    (UPGRADE, "websocket"),
                    (CONNECTION, "upgrade"),
                ];
                (StatusCode::UPGRADE_REQUIRED, headers, text).into_response()
            }
            Self::UnsupportedVersionOfStream => {
                let headers = [(SEC_WEBSOCKET_VERSION, "13")];
                (StatusCode::BAD_REQUEST, headers, text).into_response()
            }
            Self::NotAnUpgrade | Self::BadKey | Self::NotUpgradable => {
                (StatusCode::BAD_REQUEST, text).into_response()
            }
        }
    }
}

/// An upgrade whose response is on its way.
#[derive(Debug)]
pub(crate) struct Upgrading {
    /// Whether messages may be compressed, as the response says.
    pub(crate) deflate: Option<Deflate>,
    occupied: Option<Occupied>,
    io: OnUpgrade,
}

impl Upgrading {
    /// Waits until the response is sent, and takes the socket back from HTTP. Fails if the client
    /// is gone by then.
    pub(crate) async fn socket(self) -> Result<Upgraded, hyper::Error> {
        let upgraded = match self.io.await?.downcast::<ReadAhead<TcpStream>>() {
            Ok(Parts { io, read_buf, .. }) => {
                let (rest, stream) = io.into_parts();
                // What HTTP has read came first.
                let read_buf = [read_buf, rest].concat().into();
                return Ok(Upgraded::Tcp { stream, read_buf });
            }
            Err(upgraded) => upgraded,
        };
        Ok(
            match auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded) {
                Ok(parts) => Upgraded::Tcp {
                    stream: parts.io.into_inner(),
                    read_buf: parts.read_buf,
                },
                Err(upgraded) => Upgraded::Other(Stream::new(upgraded, self.occupied)),
            },
        )
    }
}

/// What carries the WebSocket from here on.
#[derive(Debug)]
pub(crate) enum Upgraded {
    /// The bare socket, as in HTTP/1.1 under [`serve`](crate::serve) and `axum::serve`.
    Tcp {
        stream: TcpStream,
        /// What the client sent without waiting for the response: to be read before anything from
        /// the stream.
        read_buf: Bytes,
    },
    /// Some other stream (TLS, HTTP/2, a test's pipe). It brings what was read ahead by itself.
    Other(Stream),
}

/// Whether a comma-separated list, over one or several lines, has a token, in whatever case.
fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let mut parts = headers
        .get_all(name)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    parts.any(|part| part.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

/// The client's key, if there is exactly one and it looks like one.
fn key(headers: &HeaderMap) -> Option<&[u8]> {
    // Only the decoded size matters, so unused bits at the end are of no interest.
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    );
    let mut keys = headers.get_all(SEC_WEBSOCKET_KEY).iter();
    let (key, None) = (keys.next()?.as_bytes(), keys.next()) else {
        return None;
    };
    let mut nonce = [0; 18];
    (key.len() == 24 && LENIENT.decode_slice(key, &mut nonce) == Ok(16)).then_some(key)
}

/// What proves to the client that its handshake was understood (section 4.2.2, step 5.4).
fn accept_key(key: &[u8]) -> HeaderValue {
    let digest = Sha1::new()
        .chain_update(key)
        .chain_update("258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
        .finalize();
    HeaderValue::from_str(&STANDARD.encode(digest)).expect("base64 is a valid header value")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 6455, section 1.3, with changes. `None` removes a header.
    fn request(method: Method, changes: &[(&'static str, Option<&'static str>)]) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = method;
        let headers = [
            ("host", "server.example.com"),
            ("upgrade", "websocket"),
            ("connection", "Upgrade"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-version", "13"),
            (
                "sec-websocket-extensions",
                "permessage-deflate; client_max_window_bits",
            ),
        ];
        for (name, value) in headers {
            request
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        for (name, value) in changes {
            request.headers_mut().remove(*name);
            for value in value.iter().flat_map(|value| value.split('\n')) {
                request
                    .headers_mut()
                    .append(*name, HeaderValue::from_static(value));
            }
        }
        request
    }

    #[track_caller]
    fn check(changes: &[(&'static str, Option<&'static str>)], expected: UpgradeError) {
        assert_eq!(
            accept(&mut request(Method::GET, changes), true).err(),
            Some(expected)
        );
    }

    fn connect(protocol: &'static str, version: Option<&'static str>) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = Method::CONNECT;
        let protocol = Protocol::from_static(protocol);
        request.extensions_mut().insert(protocol);
        if let Some(version) = version {
            let version = HeaderValue::from_static(version);
            request.headers_mut().insert(SEC_WEBSOCKET_VERSION, version);
        }
        request
    }

    /// A request without a connection behind it gets past everything else.
    const WELL_FORMED: UpgradeError = UpgradeError::NotUpgradable;

    #[test]
    fn requests() {
        check(&[], WELL_FORMED);
        check(&[("connection", Some("keep-alive, UPGRADE"))], WELL_FORMED);
        check(&[("connection", Some("keep-alive\nUpgrade"))], WELL_FORMED);
        check(
            &[("connection", Some("keep-alive"))],
            UpgradeError::NotAnUpgrade,
        );
        check(&[("connection", None)], UpgradeError::NotAnUpgrade);
        check(&[("upgrade", Some("h2c, WebSocket"))], WELL_FORMED);
        check(
            &[("upgrade", Some("websockets"))],
            UpgradeError::NotAnUpgrade,
        );
        check(&[("upgrade", None)], UpgradeError::NotAnUpgrade);
        check(
            &[("sec-websocket-version", Some("8"))],
            UpgradeError::UnsupportedVersion,
        );
        check(
            &[("sec-websocket-version", None)],
            UpgradeError::UnsupportedVersion,
        );
        check(
            &[("sec-websocket-key", Some("AAAAAAAAAAAAAAAAAAAAAA=="))],
            WELL_FORMED,
        );
        check(
            &[("sec-websocket-key", Some("AAAAAAAAAAAAAAAAAAAAAB=="))],
            WELL_FORMED,
        );
        check(&[("sec-websocket-key", None)], UpgradeError::BadKey);
        check(&[("sec-websocket-key", Some(""))], UpgradeError::BadKey);
        check(
            &[("sec-websocket-key", Some("AAAAAAAAAAAAAAAAAAAAAAAA"))],
            UpgradeError::BadKey,
        );
        check(
            &[("sec-websocket-key", Some("AAAAAAAAAAAAAAAAAAAAA==="))],
            UpgradeError::BadKey,
        );
        check(
            &[("sec-websocket-key", Some("AAAAAAAAAA!AAAAAAAAAAA=="))],
            UpgradeError::BadKey,
        );
        check(
            &[(
                "sec-websocket-key",
                Some("AAAAAAAAAAAAAAAAAAAAAA==\nAAAAAAAAAAAAAAAAAAAAAA=="),
            )],
            UpgradeError::BadKey,
        );
        let post = accept(&mut request(Method::POST, &[]), true).err();
        assert_eq!(post, Some(UpgradeError::NotGet));
    }

    #[test]
    fn streams() {
        #[track_caller]
        fn check(protocol: &'static str, version: Option<&'static str>, expected: UpgradeError) {
            assert_eq!(
                accept(&mut connect(protocol, version), true).err(),
                Some(expected)
            );
        }
        check("websocket", Some("13"), WELL_FORMED);
        check("WebSocket", Some("13"), WELL_FORMED);
        let unsupported = UpgradeError::UnsupportedVersionOfStream;
        check("websocket", Some("8"), unsupported);
        check("websocket", None, unsupported);
        check("connect-udp", Some("13"), UpgradeError::NotGet);
    }

    #[test]
    fn what_asks_for_a_websocket() {
        let request_with = |upgrade| request(Method::GET, &[("upgrade", upgrade)]);
        assert!(is_asked_for(&request_with(Some("WebSocket"))));
        assert!(!is_asked_for(&request_with(Some("h2c"))));
        assert!(!is_asked_for(&request_with(None)));
        assert!(is_asked_for(&connect("websocket", None)));
        assert!(!is_asked_for(&connect("connect-udp", None)));
        let mut get = connect("websocket", None);
        *get.method_mut() = Method::GET;
        assert!(!is_asked_for(&get));
    }

    #[test]
    fn statuses() {
        #[track_caller]
        fn check(error: UpgradeError, status: u16, header: Option<(&str, &str)>) {
            let response = error.into_response();
            assert_eq!(response.status(), status);
            if let Some((name, value)) = header {
                assert_eq!(response.headers()[name], value);
            }
        }
        check(UpgradeError::NotGet, 405, Some(("allow", "GET")));
        check(UpgradeError::NotAnUpgrade, 400, None);
        check(
            UpgradeError::UnsupportedVersion,
            426,
            Some(("sec-websocket-version", "13")),
        );
        check(
            UpgradeError::UnsupportedVersionOfStream,
            400,
            Some(("sec-websocket-version", "13")),
        );
        check(UpgradeError::BadKey, 400, None);
        check(UpgradeError::NotUpgradable, 400, None);
    }

    #[test]
    fn accept_key_of_the_rfc() {
        assert_eq!(
            accept_key(b"dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }
}
