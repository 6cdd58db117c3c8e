//! The request that opened a connection, for as long as the connection lives.

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, Version};
use hyper::upgrade::OnUpgrade;
use std::fmt;
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
    method: Method,
    version: Version,
    /// The address, and the names and values of all headers, one behind the other.
    text: Box<[u8]>,
    /// How long each of these is.
    lengths: Box<[u32]>,
    extensions: http::Extensions,
}

impl Head {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            packed: Mutex::new(Some(Packed::new(parts))),
            parts: OnceLock::new(),
        }
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
        parts.extensions.remove::<OnUpgrade>();
        let uri = parts.uri.to_string();
        let count = 1 + 2 * parts.headers.len();
        let mut text = Vec::with_capacity(uri.len() + size(&parts.headers));
        let mut lengths = Vec::with_capacity(count);
        let headers = parts.headers.iter();
        let pieces = headers.flat_map(|(name, value)| [name.as_str().as_bytes(), value.as_bytes()]);
        for piece in std::iter::once(uri.as_bytes()).chain(pieces) {
            lengths.push(piece.len() as u32);
            text.extend_from_slice(piece);
        }
        Self {
            method: parts.method,
            version: parts.version,
            text: text.into_boxed_slice(),
            lengths: lengths.into_boxed_slice(),
            extensions: parts.extensions,
        }
    }

    fn unpack(self) -> Parts {
        let mut rest = &*self.text;
        let mut pieces = self.lengths.iter().map(|length| {
            let (piece, after) = rest.split_at(*length as usize);
            rest = after;
            piece
        });
        let uri = pieces.next().and_then(|uri| Uri::try_from(uri).ok());
        let mut headers = HeaderMap::with_capacity(self.lengths.len() / 2);
        while let Some((name, value)) = pieces.next().zip(pieces.next()) {
            // All of it came out of a request that was parsed.
            let name = HeaderName::from_bytes(name);
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
        }
        let (mut parts, ()) = http::Request::new(()).into_parts();
        parts.method = self.method;
        parts.version = self.version;
        parts.uri = uri.unwrap_or_default();
        parts.headers = headers;
        parts.extensions = self.extensions;
        parts
    }
}

fn size(headers: &HeaderMap) -> usize {
    let headers = headers.iter();
    headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

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
    fn nothing_is_lost() {
        check(request("/hub?id=1&x=%20"));
        check(request("https://example.com/hub").version(Version::HTTP_2));
    }
}
