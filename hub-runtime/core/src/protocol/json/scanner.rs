//! The quick way to find the members of a message.

use super::MAX_VALUE_DEPTH;
use super::members::Members;
use super::skip::skip_value;

/// Finds the members in one pass, or gives up (`None`) on whatever clients do not usually write:
/// white space between members, escapes in names, duplicates, anything malformed.
///
/// Giving up costs a second look by the thorough reader and nothing else.
pub(super) fn scan(text: &str) -> Option<Members<'_>> {
    let bytes = text.as_bytes();
    let mut members = Members::default();
    let mut at = 0;
    let mut before = b'{';
    loop {
        if *bytes.get(at)? != before || *bytes.get(at + 1)? != b'"' {
            return None;
        }
        let name = &bytes[at + 2..];
        // Names are too short for anything cleverer.
        let ends = |byte: &u8| matches!(byte, b'"' | b'\\');
        let name = &name[..name.iter().position(ends)?];
        let colon = at + 3 + name.len();
        let start = colon + 1;
        if bytes[colon - 1] == b'\\' || *bytes.get(colon)? != b':' {
            return None;
        }
        let end = skip_value(bytes, start, MAX_VALUE_DEPTH)?;
        match members.slot(name) {
            Some(Some(_)) => return None,
            Some(slot) => *slot = Some(text[start..end].trim_ascii_start()),
            // A control character would make the name malformed.
            None if name.iter().any(|&byte| byte < 0x20) => return None,
            None => {}
        }
        at = end;
        before = b',';
        if *bytes.get(at)? == b'}' {
            return (at + 1 == bytes.len()).then_some(members);
        }
    }
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
