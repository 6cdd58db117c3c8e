//! The quick way to find the members of a message.

use super::MAX_VALUE_DEPTH;
use super::members::Members;
use super::skip::skip_value;
use super::text::short_run;

/// Finds the members in one pass, or gives up (`None`) on whatever clients do not usually write:
/// white space between members, escapes in names, duplicates, anything malformed.
///
/// Giving up costs a second look by the thorough reader and nothing else.
pub(super) fn scan(text: &str) -> Option<Members<'_>> {
    let bytes = text.as_bytes();
    let mut members = Members::default();
    let mut has_escapes = false;
    let mut at = 0;
    let mut before = b'{';
    loop {
        let (&[found, b'"'], name) = bytes.get(at..)?.split_first_chunk()? else {
            return None;
        };
        if found != before {
            return None;
        }
        at += 2;
        if let Some((slot, length)) = members.slot_at(name) {
            let start = at + length;
            at = if let Some(end) = plain_string(bytes, start) {
                end
            } else {
                has_escapes |= bytes.get(start) == Some(&b'"');
                skip_value(bytes, start, MAX_VALUE_DEPTH)?
            };
            // White space in front of a value would be taken for a part of it.
            if slot.is_some() || bytes[start].is_ascii_whitespace() {
                return None;
            }
            *slot = Some(&text[start..at]);
        } else {
            at = skip_value(bytes, at + unknown_name(name)?, MAX_VALUE_DEPTH)?;
        }
        before = b',';
        if *bytes.get(at)? == b'}' {
            members.has_escapes = has_escapes;
            return (at + 1 == bytes.len()).then_some(members);
        }
    }
}

/// Passes a text without escapes, as ids and names are.
#[inline]
fn plain_string(bytes: &[u8], start: usize) -> Option<usize> {
    let text = bytes.get(start..)?.strip_prefix(b"\"")?;
    let length = short_run(text);
    (text.get(length) == Some(&b'"')).then_some(start + length + 2)
}

/// Passes a name that means nothing, and its colon. With escapes it might be a known one.
fn unknown_name(text: &[u8]) -> Option<usize> {
    let length = short_run(text);
    text[length..].starts_with(b"\":").then_some(length + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, known: bool) {
        assert_eq!(scan(text).is_some(), known, "{text}");
    }

    #[test]
    fn knows_what_clients_write() {
        check(r#"{"type":6}"#, true);
        check(
            r#"{"target":"A","arguments":[1, {"a":"}"}],"invocationId":"0","type":1}"#,
            true,
        );
        check(
            r#"{"type":1,"headers":{"a":"b"},"target":"A","arguments":[],"streamIds":["1"]}"#,
            true,
        );
        check(r#"{"type":6,"extra":{"a":[1]}}"#, true);
    }

    #[test]
    fn gives_up_on_the_rest() {
        for text in [
            "",
            "{",
            "{}",
            "{\"type\":6",
            "{\"type\":6} ",
            "{ \"type\":6}",
            "{\"type\" :6}",
            "{\"type\":6,}",
            "{\"type\":6,\"type\":6}",
            "{\"\\u0074ype\":6}",
            "{\"a\n\":6}",
            "{\"type\":6}{",
            "[]",
            "{\"type\":}",
        ] {
            check(text, false);
        }
    }
}
