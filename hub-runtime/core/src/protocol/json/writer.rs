//! Writing JSON messages, property by property in the order of the reference server
//! (SignalR wire specification, section 10.1).

use serde::Serialize;

use super::escape::write_string;
use super::serializer::ValueSerializer;
use crate::protocol::RECORD_SEPARATOR;
use crate::protocol::encoded::Head;

/// Writes a message up to its value: the arguments, the item or the result.
pub(in crate::protocol) fn write_head(out: &mut Vec<u8>, head: Head<'_>) {
    match head {
        Head::Invocation {
            streaming,
            invocation_id,
            target,
        } => {
            out.extend_from_slice(if streaming {
                b"{\"type\":4"
            } else {
                b"{\"type\":1"
            });
            if let Some(id) = invocation_id {
                write_id(out, id);
            }
            out.extend_from_slice(b",\"target\":");
            write_string(out, target);
            out.extend_from_slice(b",\"arguments\":");
        }
        Head::StreamItem(id) => {
            out.extend_from_slice(b"{\"type\":2");
            write_id(out, id);
            out.extend_from_slice(b",\"item\":");
        }
        Head::Completion(id) => {
            out.extend_from_slice(b"{\"type\":3");
            write_id(out, id);
            out.extend_from_slice(b",\"result\":");
        }
    }
}

fn write_id(out: &mut Vec<u8>, id: &str) {
    out.extend_from_slice(b",\"invocationId\":");
    write_string(out, id);
}

/// Writes one value.
pub(crate) fn write_value<T: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    value: &T,
) -> Result<(), serde_json::Error> {
    value.serialize(ValueSerializer(out))
}

/// Ends an invocation after its arguments.
pub(in crate::protocol) fn write_invocation_end(out: &mut Vec<u8>, stream_ids: &[&str]) {
    for (index, id) in stream_ids.iter().enumerate() {
        out.extend_from_slice(if index == 0 {
            b",\"streamIds\":["
        } else {
            b","
        });
        write_string(out, id);
    }
    if !stream_ids.is_empty() {
        out.push(b']');
    }
    write_end(out);
}

pub(in crate::protocol) fn write_end(out: &mut Vec<u8>) {
    out.extend_from_slice(&[b'}', RECORD_SEPARATOR]);
}

pub(in crate::protocol) fn write_completion_error(out: &mut Vec<u8>, id: &str, error: &str) {
    out.extend_from_slice(b"{\"type\":3");
    write_id(out, id);
    out.extend_from_slice(b",\"error\":");
    write_string(out, error);
    write_end(out);
}

pub(in crate::protocol) fn write_completion_void(out: &mut Vec<u8>, id: &str) {
    out.extend_from_slice(b"{\"type\":3");
    write_id(out, id);
    write_end(out);
}

pub(in crate::protocol) fn write_cancel_invocation(out: &mut Vec<u8>, id: &str) {
    out.extend_from_slice(b"{\"type\":5");
    write_id(out, id);
    write_end(out);
}

pub(in crate::protocol) fn write_close(
    out: &mut Vec<u8>,
    error: Option<&str>,
    allow_reconnect: bool,
) {
    out.extend_from_slice(b"{\"type\":7");
    if let Some(error) = error {
        out.extend_from_slice(b",\"error\":");
        write_string(out, error);
    }
    if allow_reconnect {
        out.extend_from_slice(b",\"allowReconnect\":true");
    }
    write_end(out);
}

/// Writes a message of `kind` that holds only a number: an Ack or a Sequence.
pub(in crate::protocol) fn write_sequence_id(out: &mut Vec<u8>, kind: u8, sequence_id: u64) {
    out.extend_from_slice(b"{\"type\":");
    out.push(b'0' + kind);
    out.extend_from_slice(b",\"sequenceId\":");
    out.extend_from_slice(itoa::Buffer::new().format(sequence_id).as_bytes());
    write_end(out);
}
