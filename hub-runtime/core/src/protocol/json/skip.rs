//! Passing over a JSON value without decoding it.

use super::text::plain_run;

/// Where the value that begins at `at` ends, or `None` if it is not JSON or nests deeper than
/// `max_depth` (at most 64).
///
/// It keeps to the whole grammar, so that what is skipped is known to be JSON, and it does not
/// recurse: which of the open brackets are objects stands in the bits of one number.
#[inline]
pub(super) fn skip_value(text: &[u8], at: usize, max_depth: usize) -> Option<usize> {
    // Most values of a message are one of these.
    match text.get(at)? {
        b'"' => skip_string(text, at),
        b'-' | b'0'..=b'9' => skip_number(text, at),
        b'[' if max_depth > 0 => skip_array(text, at, max_depth),
        _ => skip_nested(text, at, 0, max_depth),
    }
}

/// Most arguments are texts and numbers without white space between them. What is not so is left to
/// [`skip_nested`].
fn skip_array(text: &[u8], array: usize, max_depth: usize) -> Option<usize> {
    let mut at = array + 1;
    loop {
        let item = at;
        at = match text.get(at)? {
            b'"' => skip_string(text, at)?,
            b'-' | b'0'..=b'9' => skip_number(text, at)?,
            _ if item == array + 1 => return skip_nested(text, array, 0, max_depth),
            _ => return skip_nested(text, item, 1, max_depth),
        };
        match text.get(at)? {
            b',' => at += 1,
            b']' => return Some(at + 1),
            _ => return skip_nested(text, item, 1, max_depth),
        }
    }
}

/// Passes the value at `at`, and what it stands in: so many arrays.
fn skip_nested(text: &[u8], mut at: usize, mut depth: usize, max_depth: usize) -> Option<usize> {
    debug_assert!(max_depth <= u64::BITS as usize);
    let mut objects = 0u64;
    loop {
        at = skip_space(text, at);
        let first = *text.get(at)?;
        let opened = matches!(first, b'[' | b'{');
        if opened {
            if depth == max_depth {
                return None;
            }
            depth += 1;
            objects = objects << 1 | u64::from(first == b'{');
            at = skip_space(text, at + 1);
            // Closing brackets have their opening one's code plus two.
            if *text.get(at)? != first + 2 {
                if first == b'{' {
                    at = skip_key(text, at)?;
                }
                continue;
            }
        } else {
            at = skip_scalar(text, at, first)?;
        }
        // A value (or an empty container, still open) is behind us: close what ends here.
        loop {
            if depth == 0 {
                return Some(at);
            }
            at = skip_space(text, at);
            match (*text.get(at)?, objects & 1) {
                (b']', 0) | (b'}', 1) => {
                    depth -= 1;
                    objects >>= 1;
                    at += 1;
                }
                (b',', 0) => {
                    at += 1;
                    break;
                }
                (b',', _) => {
                    at = skip_key(text, skip_space(text, at + 1))?;
                    break;
                }
                _ => return None,
            }
        }
    }
}

/// The first byte at or after `at` that is not white space.
fn skip_space(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// Passes a member name and its colon.
fn skip_key(text: &[u8], at: usize) -> Option<usize> {
    if *text.get(at)? != b'"' {
        return None;
    }
    let at = skip_space(text, skip_string(text, at)?);
    (*text.get(at)? == b':').then_some(at + 1)
}

fn skip_scalar(text: &[u8], at: usize, first: u8) -> Option<usize> {
    match first {
        b'"' => skip_string(text, at),
        b'-' | b'0'..=b'9' => skip_number(text, at),
        b't' => skip_literal(text, at, b"true"),
        b'f' => skip_literal(text, at, b"false"),
        b'n' => skip_literal(text, at, b"null"),
        _ => None,
    }
}

fn skip_literal(text: &[u8], at: usize, literal: &[u8]) -> Option<usize> {
    text[at..]
        .starts_with(literal)
        .then_some(at + literal.len())
}

/// Passes a string whose opening quote is at `at`.
pub(super) fn skip_string(text: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        let rest = text.get(at..)?;
        let run = plain_run(rest);
        match rest.get(run)? {
            b'"' => return Some(at + run + 1),
            b'\\' => at += run + escape_length(&rest[run..])?,
            _ => return None,
        }
    }
}

fn escape_length(escape: &[u8]) -> Option<usize> {
    match escape.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => {
            let digits = escape.get(2..6)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(6)
        }
        _ => None,
    }
}

fn skip_number(text: &[u8], mut at: usize) -> Option<usize> {
    if text[at] == b'-' {
        at += 1;
    }
    at = match text.get(at)? {
        b'0' => at + 1,
        _ => skip_digits(text, at)?,
    };
    if text.get(at) == Some(&b'.') {
        at = skip_digits(text, at + 1)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        if matches!(text.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        at = skip_digits(text, at)?;
    }
    Some(at)
}

/// Passes one digit or more.
fn skip_digits(text: &[u8], at: usize) -> Option<usize> {
    let digits = text
        .get(at..)?
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    match digits.count() {
        0 => None,
        count => Some(at + count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let end = skip_value(text.as_bytes(), 0, 4);
        assert_eq!(end.map(|end| &text[..end]), expected, "{text}");
    }

    #[test]
    fn a_value_ends_where_it_ends() {
        check("1,", Some("1"));
        check("-0.5e-10]", Some("-0.5e-10"));
        check("01", Some("0"));
        check("null}", Some("null"));
        check("\"a\\\"\\u00e4\"x", Some("\"a\\\"\\u00e4\""));
        check("[ ] ]", Some("[ ]"));
        check(
            "{\"a\" : [1, {}] , \"b\":\"]\"},",
            Some("{\"a\" : [1, {}] , \"b\":\"]\"}"),
        );
        check("[[[[]]]]", Some("[[[[]]]]"));
        check("[1,\"a\",-2] ]", Some("[1,\"a\",-2]"));
        check("[1 ,\"a\" ] ]", Some("[1 ,\"a\" ]"));
        check("[1,[true],{\"a\":[]}] ]", Some("[1,[true],{\"a\":[]}]"));
    }

    #[test]
    fn what_is_not_json_does_not_end() {
        for text in [
            "",
            "-",
            "1.",
            "1e",
            "tru",
            "\"",
            "\"\\",
            "\"\\u12",
            "\"\\q\"",
            "\"\n\"",
            "[",
            "[1",
            "[1,]",
            "[1,2,]",
            "[1,2}",
            "[1,2",
            "[1,[[[[]]]]]",
            "[1}",
            "{1:2}",
            "{\"a\"}",
            "{\"a\":1,}",
            "{\"a\":1]",
            "]",
            ",",
            "[[[[[]]]]]",
        ] {
            check(text, None);
        }
    }
}
