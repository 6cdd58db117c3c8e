//! What a client offers beside WebSocket itself, and what of it we take up: permessage-deflate
//! (RFC 7692), if we may.

use super::deflate::Deflate;
use http::header::{HeaderMap, HeaderValue, SEC_WEBSOCKET_EXTENSIONS};

/// What we answer: no side takes anything over from one message to the next. A server may ask that of
/// any client, and do so itself unasked (sections 7.1.1.1 and 7.1.1.2).
const AGREED: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
/// The same to a client that wants to know our window.
const AGREED_WITH_WINDOW: &str = "permessage-deflate; server_no_context_takeover; \
    client_no_context_takeover; server_max_window_bits=15";

/// Takes up the first offer that we can keep: they stand in the order of preference (section 5.1).
pub(super) fn negotiate(headers: &HeaderMap) -> Option<(Deflate, HeaderValue)> {
    let lines = headers.get_all(SEC_WEBSOCKET_EXTENSIONS).iter();
    let answer = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| split(line, ','))
        .find_map(answer)?;
    Some((Deflate::agree()?, HeaderValue::from_static(answer)))
}

/// The answer to an offer. `None` if it is of something else, has a parameter that does not belong
/// there (section 7.1), or wants a smaller window of us, which our compressor does not have.
fn answer(offer: &str) -> Option<&'static str> {
    let mut parts = split(offer, ';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("permessage-deflate") {
        return None;
    }
    let mut names = Vec::new();
    let mut answer = AGREED;
    for part in parts {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (name.trim_end(), Some(unquoted(value.trim_start()))),
            None => (part, None),
        };
        if names.contains(&name) {
            return None;
        }
        names.push(name);
        match (name, value) {
            (
                "server_no_context_takeover"
                | "client_no_context_takeover"
                | "client_max_window_bits",
                None,
            ) => {}
            // Whatever the client's window is, ours is as large.
            ("client_max_window_bits", Some(bits)) if is_window(bits) => {}
            ("server_max_window_bits", Some("15")) => answer = AGREED_WITH_WINDOW,
            _ => return None,
        }
    }
    Some(answer)
}

/// Whether it is a window's size: 8 to 15, without zeros in front (section 7.1.2).
fn is_window(bits: &str) -> bool {
    matches!(bits, "8" | "9" | "10" | "11" | "12" | "13" | "14" | "15")
}

/// A value may stand in quotes (RFC 6455, section 9.1).
fn unquoted(value: &str) -> &str {
    let inner = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inner.unwrap_or(value)
}

/// The parts between separators that stand outside of quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |char| {
        is_quoted ^= char == '"';
        char == separator && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is answered to offers, one a line.
    #[track_caller]
    fn check(lines: &[&'static str], expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(SEC_WEBSOCKET_EXTENSIONS, HeaderValue::from_static(line));
        }
        let answer = negotiate(&headers).map(|(_, answer)| answer);
        let expected = expected.filter(|_| cfg!(feature = "deflate"));
        assert_eq!(
            answer.as_ref().map(|it| it.to_str().unwrap()),
            expected,
            "{lines:?}"
        );
    }

    #[track_caller]
    fn accepted(offer: &'static str) {
        check(&[offer], Some(AGREED));
    }

    #[track_caller]
    fn passed_over(offer: &'static str) {
        check(&[offer], None);
        // It does not spoil what follows.
        let both = format!("{offer}, permessage-deflate").leak();
        check(&[both], Some(AGREED));
        check(&[offer, "permessage-deflate"], Some(AGREED));
    }

    #[test]
    fn offers_that_are_taken_up() {
        accepted("permessage-deflate");
        accepted("PerMessage-Deflate");
        // Browsers, `ws`, .NET.
        accepted("permessage-deflate; client_max_window_bits");
        accepted("permessage-deflate;client_max_window_bits=10");
        accepted("permessage-deflate; client_max_window_bits = \"8\" ");
        accepted("permessage-deflate; server_no_context_takeover");
        accepted("permessage-deflate; server_no_context_takeover; client_no_context_takeover");
        accepted("x-unheard; of=\"a, permessage-deflate\", permessage-deflate");
        let with_window = Some(AGREED_WITH_WINDOW);
        check(
            &["permessage-deflate; server_max_window_bits=15"],
            with_window,
        );
        check(
            &["permessage-deflate; server_max_window_bits=\"15\""],
            with_window,
        );
    }

    #[test]
    fn offers_that_are_passed_over() {
        check(&[], None);
        passed_over("");
        passed_over("x-webkit-deflate-frame");
        passed_over("permessage-bzip2");
        passed_over("permessage-deflate; unheard_of");
        passed_over("permessage-deflate; ");
        passed_over("permessage-deflate; server_no_context_takeover=1");
        passed_over("permessage-deflate; client_no_context_takeover=\"\"");
        passed_over("permessage-deflate; client_max_window_bits; client_max_window_bits");
        for bits in ["", "7", "16", "08", "+9", "x"] {
            passed_over(format!("permessage-deflate; client_max_window_bits={bits}").leak());
        }
        for bits in ["", "8", "14", "16", "015"] {
            passed_over(format!("permessage-deflate; server_max_window_bits={bits}").leak());
        }
        passed_over("permessage-deflate; server_max_window_bits");
    }

    #[test]
    fn the_first_offer_that_can_be_kept_is_taken() {
        let smaller_first = "permessage-deflate; server_max_window_bits=10, \
            permessage-deflate; server_max_window_bits=15, permessage-deflate";
        check(&[smaller_first], Some(AGREED_WITH_WINDOW));
    }
}
