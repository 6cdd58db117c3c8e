//! The files of the page, which are part of the program.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};

/// One file as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Asset {
    content_type: &'static str,
    is_compressed: bool,
    content: Bytes,
}

/// The page needs nothing but its own server, and nobody may put it into a frame to have a developer
/// click there.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

macro_rules! page {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("page/", $name)))),*]
    };
}

/// The page as it is written.
const PAGE: &[(&str, &[u8])] = page![
    "index.html",
    "explorer.css",
    "icon.svg",
    "activity.js",
    "call.js",
    "connection.js",
    "containers.js",
    "dom.js",
    "event.js",
    "fields.js",
    "form.js",
    "keyboard.js",
    "main.js",
    "outline.js",
    "runs.js",
    "schema.js",
    "session.js",
    "sidebar.js",
    "signature.js",
    "values.js",
];

/// The official client with its MessagePack protocol, as a compressed module; made by
/// `tests/js/explorer-client.mjs`.
const CLIENT: (&str, &[u8]) = ("signalr.js", include_bytes!("client/signalr.js.gz"));

impl Asset {
    /// A file of the page; the page itself where there is no name.
    pub(super) fn find(name: &str) -> Option<Self> {
        let name = if name.is_empty() { PAGE[0].0 } else { name };
        let is_compressed = name == CLIENT.0;
        let mut files = PAGE.iter().chain([&CLIENT]);
        let (_, content) = files.find(|(file, _)| *file == name)?;
        Some(Self {
            content_type: content_type(name),
            is_compressed,
            content: Bytes::from_static(content),
        })
    }

    /// A file that was made of the hubs.
    pub(super) fn made(json: String) -> Self {
        Self {
            content_type: content_type(".json"),
            is_compressed: false,
            content: json.into(),
        }
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "html")) => "text/html; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "json")) => "application/json",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

impl IntoResponse for Asset {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.content));
        let headers = response.headers_mut();
        for (name, value) in [
            (CONTENT_TYPE, self.content_type),
            (CONTENT_SECURITY_POLICY, POLICY),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
            // The next build of the server may have other methods.
            (CACHE_CONTROL, "no-store"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if self.is_compressed {
            // Every browser takes it, which is why nobody is asked.
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_of_the_page_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/explorer/page");
        let files = std::fs::read_dir(folder).unwrap();
        let written: BTreeSet<_> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with(".d.ts"))
            .collect();
        let served = PAGE.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(written, served);
        for name in written {
            assert_ne!(content_type(&name), "application/octet-stream", "{name}");
        }
    }

    #[test]
    fn the_page_has_no_name() {
        let page = Asset::find("").unwrap();
        assert_eq!(page.content_type, "text/html; charset=utf-8");
        assert!(Asset::find("signalr.js").unwrap().is_compressed);
        assert!(Asset::find("../mod.rs").is_none());
    }
}
