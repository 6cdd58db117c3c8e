use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use hyper::upgrade::OnUpgrade;

/// Copies the head of a request out of the buffer that it was read into.
///
/// A connection keeps its request for as long as it lives, and each header that was parsed in
/// place would keep the whole buffer alive: 8 KiB for a few hundred bytes.
pub(crate) fn detach(mut parts: Parts) -> Parts {
    let mut headers = HeaderMap::with_capacity(parts.headers.len());
    for (name, value) in &parts.headers {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        if let (Ok(name), Ok(copy)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            headers.append(name, copy);
        }
    }
    parts.headers = headers;
    if let Ok(uri) = Uri::try_from(parts.uri.to_string()) {
        parts.uri = uri;
    }
    parts.extensions.remove::<OnUpgrade>();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    #[test]
    fn nothing_is_lost() {
        let request = Request::get("/hub?id=1&x=%20")
            .header("Cookie", "a=b")
            .header("X-Own", "1")
            .header("X-Own", "2");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let (uri, headers) = (parts.uri.clone(), parts.headers.clone());
        let detached = detach(parts);
        assert_eq!((detached.uri, detached.headers), (uri, headers));
    }
}
