//! Which pages may open a WebSocket.
//!
//! Browsers let a page of any origin open one, and send the cookies of the server's origin with it:
//! with a session in a cookie, a foreign page could act as whoever is logged in (cross-site
//! WebSocket hijacking). All other requests are guarded by what browsers call CORS.

use http::header::{COOKIE, HOST, HeaderMap, HeaderName, ORIGIN};
use http::uri::{Authority, Uri};
use http::{HeaderValue, Request};
use std::sync::Arc;

/// The origins whose pages may open a WebSocket.
///
/// By default that is the server's own, and for requests without a cookie any: those bring nothing
/// along that the page does not have itself. Requests without an `Origin` are no browser's, and are
/// never refused.
///
/// The server's own origin is the one whose host and port are those of the request's `Host`, or of
/// `X-Forwarded-Host` behind a proxy; and whose scheme is that of HTTP/2's `:scheme`, or of
/// `X-Forwarded-Proto`, where one of them is there. No page can set these headers.
///
/// Negotiation, event streams and polls from other origins need CORS: `tower_http::cors` around the
/// application.
///
/// ```
/// use hub_runtime::AllowedOrigins;
///
/// let origins = AllowedOrigins::only(["https://app.example.com", "http://localhost:5173"]);
/// assert_ne!(origins, AllowedOrigins::default());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowedOrigins(Policy);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Policy {
    #[default]
    OwnOrWithoutCookies,
    OwnAnd(Arc<[String]>),
    Any,
}

impl AllowedOrigins {
    /// Every origin, also with cookies. Right where nothing in a request but what the page itself
    /// puts there says who its user is.
    pub fn any() -> Self {
        Self(Policy::Any)
    }

    /// The server's own origin and these, each as browsers write it: `https://example.com`, with a
    /// port only where it is not the scheme's own. Letters may be in any case. No others, also
    /// without cookies.
    pub fn only<O: Into<String>>(origins: impl IntoIterator<Item = O>) -> Self {
        Self(Policy::OwnAnd(
            origins.into_iter().map(Into::into).collect(),
        ))
    }

    /// Whether the page behind a request may open a WebSocket.
    pub(super) fn allow<B>(&self, request: &Request<B>) -> bool {
        let headers = request.headers();
        let mut origins = headers.get_all(ORIGIN).iter();
        let Some(origin) = origins.next() else {
            return true;
        };
        match &self.0 {
            Policy::Any => true,
            // Nobody sends two, so nobody is meant by them.
            _ if origins.next().is_some() => false,
            Policy::OwnOrWithoutCookies => {
                !headers.contains_key(COOKIE) || is_own(origin, headers, request.uri())
            }
            Policy::OwnAnd(others) => {
                let is_it =
                    |other: &String| origin.as_bytes().eq_ignore_ascii_case(other.as_bytes());
                others.iter().any(is_it) || is_own(origin, headers, request.uri())
            }
        }
    }
}

fn is_own(origin: &HeaderValue, headers: &HeaderMap, target: &Uri) -> bool {
    const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
    const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some((scheme, host)) = origin.to_str().ok().and_then(|it| it.split_once("://")) else {
        return false;
    };
    let hosts = [
        target.authority().map(Authority::as_str),
        text(HOST),
        text(FORWARDED_HOST),
    ];
    let known_scheme = text(FORWARDED_PROTO).or(target.scheme_str());
    hosts
        .into_iter()
        .flatten()
        .any(|own| own.eq_ignore_ascii_case(host))
        && known_scheme.is_none_or(|own| own.eq_ignore_ascii_case(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(origins: &AllowedOrigins, head: &[(&str, &str)], allowed: bool) {
        let mut request = Request::builder().uri("/hub");
        for (name, value) in head {
            request = request.header(*name, *value);
        }
        assert_eq!(
            origins.allow(&request.body(()).unwrap()),
            allowed,
            "{head:?}"
        );
    }

    const HOST: (&str, &str) = ("host", "chat.example.com:5000");
    const OWN: (&str, &str) = ("origin", "https://chat.example.com:5000");
    const FOREIGN: (&str, &str) = ("origin", "https://evil.example.com");
    const COOKIE: (&str, &str) = ("cookie", "session=1");

    #[test]
    fn a_foreign_page_may_not_use_cookies() {
        let origins = AllowedOrigins::default();
        check(&origins, &[HOST, COOKIE], true);
        check(&origins, &[HOST, COOKIE, OWN], true);
        check(&origins, &[HOST, FOREIGN], true);
        check(&origins, &[HOST, COOKIE, FOREIGN], false);
        check(&origins, &[HOST, COOKIE, ("origin", "null")], false);
        check(&origins, &[HOST, COOKIE, ("origin", "")], false);
        check(&origins, &[COOKIE, OWN], false);
        check(&origins, &[HOST, COOKIE, OWN, FOREIGN], false);
        check(
            &origins,
            &[HOST, COOKIE, ("origin", "https://chat.example.com")],
            false,
        );
        check(
            &origins,
            &[HOST, COOKIE, ("origin", "https://CHAT.example.com:5000")],
            true,
        );
        check(
            &origins,
            &[HOST, COOKIE, ("origin", "https://chat.example.com:50001")],
            false,
        );
    }

    #[test]
    fn a_proxy_says_what_the_page_was_asked_from() {
        let origins = AllowedOrigins::default();
        let behind = ("host", "10.0.0.7:8080");
        let host = ("x-forwarded-host", "chat.example.com:5000");
        check(&origins, &[behind, COOKIE, OWN], false);
        check(&origins, &[behind, host, COOKIE, OWN], true);
        let proto = |scheme| ("x-forwarded-proto", scheme);
        check(&origins, &[behind, host, proto("https"), COOKIE, OWN], true);
        check(&origins, &[behind, host, proto("http"), COOKIE, OWN], false);
    }

    #[test]
    fn in_http_2_the_target_says_it() {
        let request = |origin| {
            let request = Request::builder().uri("https://chat.example.com/hub");
            request
                .header("cookie", "a=b")
                .header("origin", origin)
                .body(())
                .unwrap()
        };
        let origins = AllowedOrigins::default();
        assert!(origins.allow(&request("https://chat.example.com")));
        assert!(!origins.allow(&request("http://chat.example.com")));
        assert!(!origins.allow(&request("https://evil.example.com")));
    }

    #[test]
    fn a_list_is_all_there_is() {
        let origins = AllowedOrigins::only(["https://app.example.com"]);
        check(&origins, &[HOST], true);
        check(&origins, &[HOST, OWN], true);
        check(
            &origins,
            &[HOST, COOKIE, ("origin", "https://App.example.com")],
            true,
        );
        check(&origins, &[HOST, FOREIGN], false);
        check(
            &origins,
            &[HOST, ("origin", "https://app.example.com.evil.org")],
            false,
        );
    }

    #[test]
    fn anybody_may_be_let_in() {
        check(&AllowedOrigins::any(), &[HOST, COOKIE, FOREIGN], true);
    }
}
