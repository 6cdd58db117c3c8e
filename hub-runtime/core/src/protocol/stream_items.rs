//! The items of one stream as messages: what stands before each item is written once.

use serde::Serialize;

use super::encoded::{self, EncodeError, Encoded, Head, Tail};
use super::framing::{self, MAX_PREFIX};
use super::{Protocol, json, spare};

/// What a batch grows by at least.
const GROWTH: usize = 2 * 1024;
/// What most items take at most.
const USUAL: usize = 64;

/// Writes the items of one stream.
#[derive(Debug)]
pub struct StreamItems {
    protocol: Protocol,
    /// With room in front, for a message by itself.
    head: Vec<u8>,
}

impl StreamItems {
    /// For the stream that answers `invocation_id`, or that a client uploads under that id.
    pub fn new(protocol: Protocol, invocation_id: &str) -> Self {
        Self {
            protocol,
            head: encoded::begin(protocol, Head::StreamItem(invocation_id)),
        }
    }

    /// The next item, as a message by itself.
    pub fn encode<T: Serialize + ?Sized>(&self, item: &T) -> Result<Encoded, EncodeError> {
        let mut buf = spare::take();
        buf.extend_from_slice(&self.head[Encoded::HEADROOM..]);
        encoded::write_value(self.protocol, &mut buf, item)?;
        encoded::end(self.protocol, buf, Tail::Nothing)
    }

    /// Writes the next item behind other messages. Of one that cannot be written nothing is left.
    #[inline]
    pub(super) fn append<T: Serialize + ?Sized>(
        &self,
        batch: &mut Vec<u8>,
        item: &T,
    ) -> Result<(), EncodeError> {
        let start = batch.len();
        self.begin(batch);
        let written = encoded::write_value(self.protocol, batch, item);
        let written = written.and_then(|()| self.end(batch, start));
        if written.is_err() {
            batch.truncate(start);
        }
        written
    }

    fn begin(&self, batch: &mut Vec<u8>) {
        let head = match self.protocol {
            Protocol::Json => &self.head[Encoded::HEADROOM..],
            // With one byte for the length, which most items need.
            Protocol::MessagePack => &self.head[Encoded::HEADROOM + MAX_PREFIX - 1..],
        };
        if batch.capacity() - batch.len() < head.len() + USUAL {
            batch.reserve(head.len() + GROWTH);
        }
        batch.extend_from_slice(head);
    }

    fn end(&self, batch: &mut Vec<u8>, start: usize) -> Result<(), EncodeError> {
        match self.protocol {
            Protocol::Json => {
                json::write_end(batch);
                Ok(())
            }
            Protocol::MessagePack => write_length(batch, start),
        }
    }
}

/// Writes the length of the message that begins at `start` into the byte that stands there.
#[inline]
fn write_length(batch: &mut Vec<u8>, start: usize) -> Result<(), EncodeError> {
    let length = batch.len() - start - 1;
    if length < 0x80 {
        batch[start] = length as u8;
        return Ok(());
    }
    let length = i32::try_from(length).map_err(|_| EncodeError::TooLarge)?;
    let mut room = [0; MAX_PREFIX];
    let size = framing::write_prefix(&mut room, length.unsigned_abs());
    batch.splice(start..=start, room[MAX_PREFIX - size..].iter().copied());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// However an item is written, the message is the same.
    #[test]
    fn items_behind_others_are_as_those_by_themselves() {
        for protocol in Protocol::ALL {
            let items = StreamItems::new(protocol, "17");
            let mut batch = b"before".to_vec();
            let mut expected = batch.clone();
            for length in [0, 1, 0x7f, 0x80, 300, 20_000] {
                let item = "a".repeat(length);
                items.append(&mut batch, &item).unwrap();
                expected.extend_from_slice(items.encode(&item).unwrap().payload());
            }
            assert_eq!(batch, expected);
        }
    }

    #[test]
    fn nothing_is_left_of_an_item_without_a_form() {
        let items = StreamItems::new(Protocol::Json, "1");
        let mut batch = b"before".to_vec();
        let nested = BTreeMap::from([(vec![1], 1)]);
        assert!(items.append(&mut batch, &nested).is_err());
        assert_eq!(batch, b"before");
    }
}
