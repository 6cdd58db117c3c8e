//! What the items of a message mean.

use std::borrow::Cow;

use super::call;
use super::error::DecodeError;
use super::reader::{Reader, Token};
use crate::protocol::{
    Arguments, CompletionOutcome, Headers, Invocation, MAX_DEPTH, Message, ParseError, RawValue,
};

/// How deep a value may nest that stands inside the message's own array.
pub(super) const MAX_VALUE_DEPTH: usize = MAX_DEPTH - 1;

/// Reads one message, given without its length prefix.
pub(in crate::protocol) fn parse(body: &[u8]) -> Result<Message<'_>, ParseError> {
    match call::read(body) {
        Some(call) => Ok(Message::Invocation(call)),
        None => parse_any(body),
    }
}

/// Reads any message, in whatever forms its items are written.
pub(super) fn parse_any(body: &[u8]) -> Result<Message<'_>, ParseError> {
    let mut items = Items::begin(body)?;
    match items.integer("messageType")? {
        1 => items.invocation(false),
        2 => items.stream_item(),
        3 => items.completion(),
        4 => items.invocation(true),
        5 => {
            items.headers("CancelInvocation")?;
            let invocation_id = items.required("invocationId", "CancelInvocation")?;
            Ok(Message::CancelInvocation { invocation_id })
        }
        6 => Ok(Message::Ping),
        7 => items.close(),
        8 => items.sequence_id().map(Message::Ack),
        9 => items.sequence_id().map(Message::Sequence),
        unknown => Ok(Message::Unknown(unknown)),
    }
}

/// The items of a message, taken one by one. Those after the last known one are not looked at.
struct Items<'a> {
    reader: Reader<'a>,
    /// How many items the array says are still to come.
    left: usize,
}

impl<'a> Items<'a> {
    fn begin(body: &'a [u8]) -> Result<Self, ParseError> {
        let mut reader = Reader::new(body);
        match reader.token() {
            Ok(Token::Array(left)) => Ok(Self { reader, left }),
            _ => Err(wrong_length("elementCount", "array")),
        }
    }

    /// Takes the next item with `read`, which returns `None` where it is of the wrong type.
    fn item<T>(
        &mut self,
        error: impl FnOnce() -> ParseError,
        read: impl FnOnce(&mut Reader<'a>) -> Result<Option<T>, DecodeError>,
    ) -> Result<T, ParseError> {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(error());
        };
        self.left = left;
        read(&mut self.reader).ok().flatten().ok_or_else(error)
    }

    fn integer(&mut self, item: &'static str) -> Result<i64, ParseError> {
        self.item(
            || wrong_type(item, "Int32"),
            |reader| {
                Ok(match reader.token()? {
                    Token::Unsigned(value) => i64::try_from(value).ok(),
                    Token::Negative(value) => Some(value),
                    _ => None,
                })
            },
        )
    }

    /// A text, or `None` for nil.
    fn text(&mut self, item: &'static str) -> Result<Option<Cow<'a, str>>, ParseError> {
        self.item(
            || wrong_type(item, "String"),
            |reader| {
                Ok(match reader.token()? {
                    Token::Nil => Some(None),
                    Token::Str(bytes) => str::from_utf8(bytes).ok().map(|text| Some(text.into())),
                    _ => None,
                })
            },
        )
    }

    /// A text that must not be nil or empty.
    fn required(
        &mut self,
        item: &'static str,
        message: &'static str,
    ) -> Result<Cow<'a, str>, ParseError> {
        let text = self.text(item)?.filter(|text| !text.is_empty());
        text.ok_or(ParseError::Empty { item, message })
    }

    fn value(&mut self, item: &'static str) -> Result<RawValue<'a>, ParseError> {
        self.item(
            || wrong_type(item, "Object"),
            |reader| {
                reader
                    .raw(MAX_VALUE_DEPTH)
                    .map(RawValue::message_pack)
                    .map(Some)
            },
        )
    }

    fn headers(&mut self, message: &'static str) -> Result<Headers<'a>, ParseError> {
        let error = || wrong_length("headers", "map");
        let count = self.item(error, |reader| {
            let before = reader.rest();
            Ok(match reader.token()? {
                Token::Map(count) => Some((count, before)),
                _ => None,
            })
        });
        let (count, before) = count?;
        if count == 0 {
            return Ok(Headers::default());
        }
        for _ in 0..count {
            for item in ["headers[key]", "headers[value]"] {
                self.left += 1;
                self.required(item, message)?;
            }
        }
        let length = before.len() - self.reader.rest().len();
        Ok(Headers::checked(RawValue::message_pack(&before[..length])))
    }

    fn invocation(mut self, streaming: bool) -> Result<Message<'a>, ParseError> {
        let message = if streaming {
            "StreamInvocation"
        } else {
            "Invocation"
        };
        let headers = self.headers(message)?;
        let invocation_id = if streaming {
            Some(self.required("invocationId", message)?)
        } else {
            self.text("invocationId")?.filter(|id| !id.is_empty())
        };
        let target = self.required("target", message)?;
        let arguments = self.item(
            || wrong_length("arguments", "array"),
            |reader| {
                let is_array = reader.is_at_array();
                let arguments = reader.raw(MAX_VALUE_DEPTH)?;
                Ok(is_array.then_some(Arguments::message_pack(arguments)))
            },
        )?;
        Ok(Message::Invocation(Invocation {
            invocation_id,
            streaming,
            target,
            arguments,
            stream_ids: self.stream_ids(message)?,
            headers,
        }))
    }

    /// The TypeScript client leaves the array out when it uploads nothing.
    fn stream_ids(&mut self, message: &'static str) -> Result<Vec<Cow<'a, str>>, ParseError> {
        if self.left == 0 {
            return Ok(Vec::new());
        }
        let count = self.item(
            || wrong_length("streamIds", "array"),
            |reader| {
                Ok(match reader.token()? {
                    Token::Array(count) => Some(count),
                    Token::Nil => Some(0),
                    _ => None,
                })
            },
        )?;
        let mut ids = Vec::new();
        for _ in 0..count {
            self.left += 1;
            ids.push(self.required("streamId", message)?);
        }
        Ok(ids)
    }

    fn stream_item(mut self) -> Result<Message<'a>, ParseError> {
        self.headers("StreamItem")?;
        Ok(Message::StreamItem {
            invocation_id: self.required("invocationId", "StreamItem")?,
            item: self.value("item")?,
        })
    }

    fn completion(mut self) -> Result<Message<'a>, ParseError> {
        self.headers("Completion")?;
        let invocation_id = self.required("invocationId", "Completion")?;
        let outcome = match self.integer("resultKind")? {
            1 => CompletionOutcome::Error(self.text("error")?.unwrap_or_default()),
            2 => CompletionOutcome::Void,
            3 => CompletionOutcome::Value(self.value("result")?),
            _ => return Err(ParseError::ResultKind),
        };
        Ok(Message::Completion {
            invocation_id,
            outcome,
        })
    }

    fn close(mut self) -> Result<Message<'a>, ParseError> {
        let error = self.text("error")?.filter(|error| !error.is_empty());
        let allow_reconnect = self.left > 0
            && self.item(
                || wrong_type("allowReconnect", "Boolean"),
                |reader| {
                    Ok(match reader.token()? {
                        Token::Bool(value) => Some(value),
                        _ => None,
                    })
                },
            )?;
        Ok(Message::Close {
            error,
            allow_reconnect,
        })
    }

    fn sequence_id(mut self) -> Result<u64, ParseError> {
        self.item(
            || wrong_type("sequenceId", "Int64"),
            |reader| {
                Ok(match reader.token()? {
                    Token::Unsigned(value) => Some(value),
                    _ => None,
                })
            },
        )
    }
}

const fn wrong_type(item: &'static str, expected: &'static str) -> ParseError {
    ParseError::Item { item, expected }
}

const fn wrong_length(item: &'static str, kind: &'static str) -> ParseError {
    ParseError::Length { item, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &[u8], expected: &str) {
        let found = match parse(body) {
            Ok(message) => format!("{message:?}"),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expected), "{body:x?}: {found}");
    }

    #[test]
    fn short_and_long_arrays_are_read() {
        check(b"\x91\x06", "Ping");
        check(b"\x93\x06\xc3\xa1x", "Ping");
        check(b"\x92\x2a\xc0", "Unknown(42)");
        check(b"\x95\x01\x80\xc0\xa1A\x90", "stream_ids: []");
        check(b"\x96\x01\x80\xc0\xa1A\x90\xc0", "stream_ids: []");
        check(b"\x96\x01\x80\xa0\xa1A\x90\x91\xa11", "invocation_id: None");
        check(b"\x92\x07\xc0", "allow_reconnect: false");
        check(
            b"\x93\x07\xa0\xc3",
            "Close { error: None, allow_reconnect: true }",
        );
        check(b"\x94\x03\x80\xa11\xcc\x02", "Void");
    }

    #[test]
    fn broken_items_are_named() {
        check(b"", "Reading array length for 'elementCount' failed.");
        check(b"\xc0", "Reading array length for 'elementCount' failed.");
        check(b"\x90", "Reading 'messageType' as Int32 failed.");
        check(b"\x91\x01", "Reading map length for 'headers' failed.");
        check(
            b"\x93\x01\x80\x05",
            "Reading 'invocationId' as String failed.",
        );
        check(
            b"\x94\x01\x80\xc0\xc0",
            "Null or empty target for Invocation message.",
        );
        check(
            b"\x94\x01\x80\xc0\xa1\xff",
            "Reading 'target' as String failed.",
        );
        check(
            b"\x94\x04\x80\xc0\xa1A",
            "Null or empty invocationId for StreamInvocation message.",
        );
        check(
            b"\x94\x01\x80\xc0\xa1A",
            "Reading array length for 'arguments' failed.",
        );
        check(
            b"\x95\x01\x80\xc0\xa1A\x80",
            "Reading array length for 'arguments' failed.",
        );
        check(
            b"\x96\x01\x80\xc0\xa1A\x90\x91\xc0",
            "Null or empty streamId for Invocation message.",
        );
        check(b"\x93\x02\x80\xa11", "Reading 'item' as Object failed.");
        check(
            b"\x95\x03\x80\xa11\x03",
            "Reading 'result' as Object failed.",
        );
        check(b"\x91\x07", "Reading 'error' as String failed.");
        check(
            b"\x93\x07\xc0\xc0",
            "Reading 'allowReconnect' as Boolean failed.",
        );
        check(b"\x92\x08\xff", "Reading 'sequenceId' as Int64 failed.");
        check(
            b"\x93\x05\x81\xa1a\xc0\xa11",
            "Null or empty headers[value] for CancelInvocation message.",
        );
        check(
            b"\x93\x05\x81\xa1a\x05\xa11",
            "Reading 'headers[value]' as String failed.",
        );
    }

    #[test]
    fn nesting_is_bounded_where_it_is_skipped() {
        let item = |depth| {
            let mut body = b"\x94\x02\x80\xa11".to_vec();
            body.extend(std::iter::repeat_n(0x91, depth));
            body.push(0xc0);
            body
        };
        check(&item(MAX_VALUE_DEPTH), "StreamItem");
        check(
            &item(MAX_VALUE_DEPTH + 1),
            "Reading 'item' as Object failed.",
        );
        check(&item(1_000_000), "Reading 'item' as Object failed.");
    }
}
