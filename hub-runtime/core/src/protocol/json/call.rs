//! The quickest way to read a call: for the members that the official clients write, in their order.

use std::borrow::Cow;

use super::MAX_VALUE_DEPTH;
use super::skip::skip_value;
use super::text::short_run;
use crate::protocol::{Arguments, Headers, Invocation};

/// Reads a call, or gives up (`None`) on all that is not quite so.
///
/// Giving up costs a second look by the other readers and nothing else.
#[inline]
pub(super) fn read(text: &str) -> Option<Invocation<'_>> {
    let mut rest = Rest(text);
    // The .NET client begins with the type, JavaScript's ends with it.
    let (streaming, (invocation_id, target), arguments);
    if rest.pass("{\"type\":").is_some() {
        streaming = rest.is_stream()?;
        rest.pass(",")?;
        (invocation_id, target) = rest.names()?;
        rest.pass(",\"arguments\":")?;
        arguments = rest.array()?;
    } else {
        rest.pass("{\"arguments\":")?;
        arguments = rest.array()?;
        rest.pass(",")?;
        (invocation_id, target) = rest.names()?;
        rest.pass(",\"type\":")?;
        streaming = rest.is_stream()?;
    }
    let is_right = !target.is_empty() && (invocation_id.is_some() || !streaming);
    (rest.0 == "}" && is_right).then(|| Invocation {
        invocation_id: invocation_id.map(Cow::Borrowed),
        streaming,
        target: Cow::Borrowed(target),
        arguments: Arguments::json(arguments),
        stream_ids: Vec::new(),
        headers: Headers::default(),
    })
}

/// What has not been read yet.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Passes what is expected, if it is there.
    #[inline]
    fn pass(&mut self, expected: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(expected)?;
        Some(())
    }

    /// Passes the type of a call, and says which one it is.
    #[inline]
    fn is_stream(&mut self) -> Option<bool> {
        if self.pass("1").is_some() {
            return Some(false);
        }
        self.pass("4").map(|()| true)
    }

    /// Passes the invocation id, which may be missing, and the target.
    #[inline]
    fn names(&mut self) -> Option<(Option<&'a str>, &'a str)> {
        let mut invocation_id = None;
        if self.pass("\"invocationId\":\"").is_some() {
            // One that says nothing counts as none.
            invocation_id = Some(self.text()?).filter(|id| !id.is_empty());
            self.pass(",")?;
        }
        self.pass("\"target\":\"")?;
        Some((invocation_id, self.text()?))
    }

    /// Passes a short text without escapes, which has begun, and its quote.
    #[inline]
    fn text(&mut self) -> Option<&'a str> {
        let length = short_run(self.0.as_bytes());
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest.strip_prefix('"')?;
        Some(text)
    }

    #[inline]
    fn array(&mut self) -> Option<&'a str> {
        if !self.0.starts_with('[') {
            return None;
        }
        let length = skip_value(self.0.as_bytes(), 0, MAX_VALUE_DEPTH)?;
        let (array, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(array)
    }
}

#[cfg(test)]
mod tests {
    use super::super::agreement;
    use super::*;

    fn check(text: &str, known: bool) {
        assert_eq!(read(text).is_some(), known, "{text}");
        agreement::agree(text);
    }

    #[test]
    fn knows_what_clients_write() {
        for text in [
            r#"{"arguments":["a",{"b":[1]}],"invocationId":"0","target":"A","type":1}"#,
            r#"{"arguments":[],"target":"A","type":1}"#,
            r#"{"arguments":["\"\u00e4"],"invocationId":"0","target":"A","type":4}"#,
            r#"{"type":1,"invocationId":"0","target":"A","arguments":[ 1 ]}"#,
            r#"{"type":1,"invocationId":"","target":"A","arguments":[]}"#,
            r#"{"type":1,"target":"A","arguments":[]}"#,
            r#"{"type":4,"invocationId":"0","target":"A","arguments":[]}"#,
        ] {
            check(text, true);
        }
    }

    #[test]
    fn gives_up_on_the_rest() {
        for text in [
            "",
            "{}",
            r#"{"type":6}"#,
            r#"{"type":1}"#,
            r#"{"type":11,"target":"A","arguments":[]}"#,
            r#"{"type":1,"target":"","arguments":[]}"#,
            r#"{"type":1,"target":"\u0041","arguments":[]}"#,
            r#"{"type":1,"target":null,"arguments":[]}"#,
            r#"{"type":1,"invocationId":null,"target":"A","arguments":[]}"#,
            r#"{"type":4,"target":"A","arguments":[]}"#,
            r#"{"type":4,"invocationId":"","target":"A","arguments":[]}"#,
            r#"{"type":1,"target":"A","arguments":{}}"#,
            r#"{"type":1,"target":"A","arguments":[}"#,
            r#"{"type":1,"target":"A","arguments":[]"#,
            r#"{"type":1,"target":"A","arguments":[]} "#,
            r#"{"type":1,"target":"A","arguments":[],"streamIds":["1"]}"#,
            r#"{"type":1,"headers":{"a":"b"},"target":"A","arguments":[]}"#,
            r#"{"arguments":[],"invocationId":"0","target":"A","type":2}"#,
            r#"{"arguments":[],"invocationId":"0","target":"A","type":1,"type":1}"#,
        ] {
            check(text, false);
        }
    }
}
