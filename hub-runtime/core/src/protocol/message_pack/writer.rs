//! Writing MessagePack messages, without their length prefix
//! (SignalR wire specification, section 10.2).

use rmp::encode;
use serde::Serialize;
use std::cell::Cell;

use crate::protocol::encoded::Head;

/// The header of an array of at most 15 items.
const fn array_of(items: u8) -> u8 {
    0x90 | items
}

/// The empty header map that every message of types 1 to 5 has.
const NO_HEADERS: u8 = 0x80;
const NIL: u8 = 0xc0;
const VOID_RESULT: u8 = 2;
const VALUE_RESULT: u8 = 3;
const ERROR_RESULT: u8 = 1;

/// Writes a message up to its value: the arguments, the item or the result.
pub(in crate::protocol) fn write_head(out: &mut Vec<u8>, head: Head<'_>) {
    match head {
        Head::Invocation {
            streaming,
            invocation_id,
            target,
        } => {
            let kind = if streaming { 4 } else { 1 };
            out.extend([array_of(6), kind, NO_HEADERS]);
            match invocation_id {
                Some(id) => write_text(out, id),
                None => out.push(NIL),
            }
            write_text(out, target);
        }
        Head::StreamItem(id) => {
            out.extend([array_of(4), 2, NO_HEADERS]);
            write_text(out, id);
        }
        Head::Completion(id) => {
            out.extend([array_of(5), 3, NO_HEADERS]);
            write_text(out, id);
            out.push(VALUE_RESULT);
        }
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    // As names and ids are.
    if text.len() < 32 {
        out.push(0xa0 | text.len() as u8);
        return out.extend_from_slice(text.as_bytes());
    }
    encode::write_str(out, text).expect(VEC);
}

/// Why writing cannot fail.
const VEC: &str = "a Vec takes whatever is written to it";

/// Writes one value: structs as maps, and types that know a readable form in that form.
pub(in crate::protocol) fn write_value<T: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    value: &T,
) -> Result<(), rmp_serde::encode::Error> {
    let _writing = Writing::start();
    let mut serializer = rmp_serde::Serializer::new(out)
        .with_struct_map()
        .with_human_readable();
    value.serialize(&mut serializer)
}

thread_local! {
    static WRITING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread writes a value in MessagePack: for types with a form of their own there,
/// since a serializer does not tell which one it is.
#[cfg_attr(
    not(feature = "chrono"),
    allow(dead_code, reason = "dates are such types")
)]
pub(crate) fn writes_message_pack() -> bool {
    WRITING.get()
}

/// As long as a value is being written.
struct Writing {
    before: bool,
}

impl Writing {
    fn start() -> Self {
        Self {
            before: WRITING.replace(true),
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        WRITING.set(self.before);
    }
}

/// Ends an invocation after its arguments.
pub(in crate::protocol) fn write_invocation_end(out: &mut Vec<u8>, stream_ids: &[&str]) {
    encode::write_array_len(out, stream_ids.len() as u32).expect(VEC);
    for id in stream_ids {
        write_text(out, id);
    }
}

pub(in crate::protocol) fn write_completion_error(out: &mut Vec<u8>, id: &str, error: &str) {
    out.extend([array_of(5), 3, NO_HEADERS]);
    write_text(out, id);
    out.push(ERROR_RESULT);
    write_text(out, error);
}

pub(in crate::protocol) fn write_completion_void(out: &mut Vec<u8>, id: &str) {
    out.extend([array_of(4), 3, NO_HEADERS]);
    write_text(out, id);
    out.push(VOID_RESULT);
}

pub(in crate::protocol) fn write_cancel_invocation(out: &mut Vec<u8>, id: &str) {
    out.extend([array_of(3), 5, NO_HEADERS]);
    write_text(out, id);
}

pub(in crate::protocol) fn write_close(
    out: &mut Vec<u8>,
    error: Option<&str>,
    allow_reconnect: bool,
) {
    out.extend([array_of(3), 7]);
    match error {
        Some(error) => write_text(out, error),
        None => out.push(NIL),
    }
    encode::write_bool(out, allow_reconnect).expect(VEC);
}

/// Writes a message of `kind` that holds only a number: an Ack or a Sequence.
pub(in crate::protocol) fn write_sequence_id(out: &mut Vec<u8>, kind: u8, sequence_id: u64) {
    out.extend([array_of(2), kind]);
    encode::write_uint(out, sequence_id).expect(VEC);
}
