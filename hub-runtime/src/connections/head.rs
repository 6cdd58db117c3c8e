//! The request that opened a connection, for as long as the connection lives.

use axum::extract::{ConnectInfo, FromRequestParts as _, OriginalUri, RawPathParams};
use futures_util::FutureExt as _;
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Uri, Version};
use hyper::upgrade::OnUpgrade;
use std::fmt;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The head of a request, kept small until somebody asks for it.
///
/// A connection keeps its request for as long as it lives, and most are never looked at. Parsed,
/// the head takes about 2 KiB, and each header that was parsed in place keeps the whole buffer
/// that it was read into alive: 8 KiB for a few hundred bytes.
pub(crate) struct Head {
    packed: Mutex<Option<Packed>>,
    parts: OnceLock<Box<Parts>>,
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head").finish_non_exhaustive()
    }
}

struct Packed {
    version: Version,
    /// The method, the address, and the names and values of all headers, each with [`END`] behind
    /// it.
    text: Box<[u8]>,
    peer: Option<SocketAddr>,
    /// Whether a router has noted the address as it came.
    original_uri: bool,
    /// What else others have left with the request.
    extensions: Extensions,
}

/// Occurs in no method, no address and no header.
const END: u8 = b'\n';

impl Head {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            packed: Mutex::new(Some(Packed::new(parts))),
            parts: OnceLock::new(),
        }
    }

    /// Calls `look` with the query, without having to parse the head.
    pub(crate) fn with_query<T>(&self, look: impl FnOnce(Option<&str>) -> T) -> T {
        let packed = self.packed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(packed) = &*packed {
            return look(packed.query());
        }
        drop(packed);
        look(self.parts().uri.query())
    }

    /// The parsed head.
    pub(crate) fn parts(&self) -> &Parts {
        self.parts.get_or_init(|| {
            let mut packed = self.packed.lock().unwrap_or_else(PoisonError::into_inner);
            let packed = packed.take().expect("it is unpacked once");
            Box::new(packed.unpack())
        })
    }
}

impl Packed {
    fn new(mut parts: Parts) -> Self {
        let peer = parts.extensions.remove().map(|ConnectInfo(peer)| peer);
        let original_uri = take_original_uri(&mut parts);
        Self {
            text: Self::text(&parts).into_boxed_slice(),
            peer,
            original_uri,
            extensions: take_extensions(&mut parts),
            version: parts.version,
        }
    }

    fn text(parts: &Parts) -> Vec<u8> {
        let headers = parts.headers.iter();
        let size: usize = headers
            .map(|(name, value)| name.as_str().len() + value.len() + 2)
            .sum();
        let path = parts
            .uri
            .path_and_query()
            .map_or(0, |path| path.as_str().len());
        let mut text = Vec::with_capacity(parts.method.as_str().len() + path + size + 2);
        text.extend_from_slice(parts.method.as_str().as_bytes());
        text.push(END);
        write!(text, "{}", parts.uri).expect("a vector takes everything");
        text.push(END);
        for (name, value) in &parts.headers {
            for piece in [name.as_str().as_bytes(), value.as_bytes()] {
                text.extend_from_slice(piece);
                text.push(END);
            }
        }
        text
    }

    /// What stands behind `?` in the address.
    fn query(&self) -> Option<&str> {
        let address = self.text.split(|byte| *byte == END).nth(1)?;
        Some(str::from_utf8(address).ok()?.split_once('?')?.1)
    }

    fn unpack(self) -> Parts {
        let mut pieces = self.text.split(|byte| *byte == END);
        let method = pieces.next().and_then(|it| Method::from_bytes(it).ok());
        let uri = pieces.next().and_then(|uri| Uri::try_from(uri).ok());
        let mut headers = HeaderMap::new();
        while let Some((name, value)) = pieces.next().zip(pieces.next()) {
            // All of it came out of a request that was parsed.
            let name = HeaderName::from_bytes(name);
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
        }
        let (mut parts, ()) = http::Request::new(()).into_parts();
        parts.method = method.unwrap_or_default();
        parts.version = self.version;
        parts.uri = uri.unwrap_or_default();
        parts.headers = headers;
        parts.extensions = self.extensions;
        if let Some(peer) = self.peer {
            parts.extensions.insert(ConnectInfo(peer));
        }
        if self.original_uri {
            parts.extensions.insert(OriginalUri(parts.uri.clone()));
        }
        parts
    }
}

/// Takes out what a router notes, unless it differs from the request's address. Then it stays, apart
/// from the buffer that the request was read into.
fn take_original_uri(parts: &mut Parts) -> bool {
    let Some(OriginalUri(uri)) = parts.extensions.remove() else {
        return false;
    };
    let is_same = uri == parts.uri;
    if !is_same && let Ok(uri) = Uri::try_from(uri.to_string()) {
        parts.extensions.insert(OriginalUri(uri));
    }
    is_same
}

/// Takes out what others have left, in a map that is no larger than it has to be.
fn take_extensions(parts: &mut Parts) -> Extensions {
    parts.extensions.remove::<OnUpgrade>();
    if parts.extensions.len() == 1 && has_no_path_parameters(parts) {
        return Extensions::new();
    }
    let mut compact = Extensions::new();
    if !parts.extensions.is_empty() {
        // Into an empty one the whole map would be moved, as large as it is.
        compact.insert(());
        compact.extend(std::mem::take(&mut parts.extensions));
        compact.remove::<()>();
    }
    compact
}

/// Whether a router has left its list of parameters, and nothing in it.
fn has_no_path_parameters(parts: &mut Parts) -> bool {
    let parameters = RawPathParams::from_request_parts(parts, &()).now_or_never();
    parameters.is_some_and(|parameters| parameters.is_ok_and(|it| it.iter().next().is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::any;
    use http::Request;
    use std::sync::Arc;
    use tower_service::Service as _;

    fn check(request: http::request::Builder) {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let expected = (
            parts.method.clone(),
            parts.version,
            parts.uri.clone(),
            parts.headers.clone(),
        );
        let head = Head::new(parts);
        let found = head.parts();
        assert_eq!(
            (
                found.method.clone(),
                found.version,
                found.uri.clone(),
                found.headers.clone()
            ),
            expected
        );
        assert_eq!(found.extensions.get(), Some(&7u8));
    }

    fn request(uri: &str) -> http::request::Builder {
        let mut request = Request::get(uri);
        if let Some(extensions) = request.extensions_mut() {
            extensions.insert(7u8);
        }
        request
            .header("Cookie", "a=b")
            .header("X-Own", "1")
            .header("X-Own", &b"\xe4"[..])
    }

    #[test]
    fn the_query_is_found_before_and_after_parsing() {
        for (uri, query) in [("/hub?id=1&x=%20", Some("id=1&x=%20")), ("/hub", None)] {
            let head = Head::new(request(uri).body(()).unwrap().into_parts().0);
            let found = || head.with_query(|query| query.map(str::to_owned));
            assert_eq!(found().as_deref(), query);
            head.parts();
            assert_eq!(found().as_deref(), query);
        }
    }

    #[test]
    fn nothing_is_lost() {
        check(request("/hub?id=1&x=%20"));
        check(request("https://example.com/hub").version(Version::HTTP_2));
    }

    /// What the head has kept of what a server and a router leave with a request.
    fn extensions(original: &'static str) -> (Extensions, usize) {
        let (mut parts, ()) = Request::get("/hub").body(()).unwrap().into_parts();
        let peer = SocketAddr::from(([127, 0, 0, 1], 80));
        parts.extensions.insert(ConnectInfo(peer));
        parts
            .extensions
            .insert(OriginalUri(Uri::from_static(original)));
        let head = Head::new(parts);
        let packed = |packed: &Option<Packed>| packed.as_ref().unwrap().extensions.len();
        let kept = packed(&head.packed.lock().unwrap());
        (head.parts().extensions.clone(), kept)
    }

    #[test]
    fn what_is_known_beside_the_request_is_kept_small() {
        let (found, kept) = extensions("/hub");
        assert_eq!(kept, 0);
        let peer = found.get::<ConnectInfo<SocketAddr>>().unwrap().0;
        assert_eq!(peer.port(), 80);
        assert_eq!(found.get::<OriginalUri>().unwrap().0, "/hub");
    }

    #[test]
    fn an_address_that_was_rewritten_is_kept() {
        let (found, kept) = extensions("/nested/hub");
        assert_eq!(kept, 1);
        assert_eq!(found.get::<OriginalUri>().unwrap().0, "/nested/hub");
    }

    #[tokio::test]
    async fn parameters_of_a_path_are_kept() {
        #[track_caller]
        fn check(path: &str, uri: &str, expected: &[(&str, &str)]) {
            let found = Arc::<Mutex<Option<Head>>>::default();
            let slot = Arc::clone(&found);
            let app = Router::new().route(
                path,
                any(move |request: Request<Body>| async move {
                    *slot.lock().unwrap() = Some(Head::new(request.into_parts().0));
                }),
            );
            let request = Request::get(uri).body(Body::empty()).unwrap();
            let mut app = app.into_service::<Body>();
            app.call(request).now_or_never().unwrap().unwrap();
            let head = found.lock().unwrap().take().unwrap();
            let mut parts = head.parts().clone();
            let found = RawPathParams::from_request_parts(&mut parts, &()).now_or_never();
            let found = found.unwrap().ok();
            let found: Vec<_> = found.iter().flat_map(RawPathParams::iter).collect();
            assert_eq!(found, expected);
        }
        check("/hub", "/hub", &[]);
        check("/{tenant}/hub", "/a/hub", &[("tenant", "a")]);
    }
}
