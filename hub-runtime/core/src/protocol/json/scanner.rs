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
    let mut at = 0;
    let mut before = b'{';
    loop {
        if *bytes.get(at)? != before || *bytes.get(at + 1)? != b'"' {
            return None;
        }
        let name = &bytes[at + 2..];
        let name = &name[..short_run(name)];
        let quote = at + 2 + name.len();
        let start = quote + 2;
        // Ended by a backslash or a control character, it is no plain name.
        if *bytes.get(quote)? != b'"' || *bytes.get(quote + 1)? != b':' {
            return None;
        }
        let end = skip_value(bytes, start, MAX_VALUE_DEPTH)?;
        match members.slot(name) {
            Some(Some(_)) => return None,
            Some(slot) => *slot = Some(text[start..end].trim_ascii_start()),
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
