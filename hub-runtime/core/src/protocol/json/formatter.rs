//! How values look in JSON.

use std::io::{self, Write};

use base64::engine::general_purpose::STANDARD;
use serde_json::ser::Formatter;

/// `serde_json`'s compact form, with byte arrays as base64 text, as .NET writes them
/// (SignalR wire specification, section 11.1).
#[derive(Debug)]
pub(super) struct HubFormatter;

impl Formatter for HubFormatter {
    fn write_byte_array<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        value: &[u8],
    ) -> io::Result<()> {
        writer.write_all(b"\"")?;
        let mut encoder = base64::write::EncoderWriter::new(&mut *writer, &STANDARD);
        encoder.write_all(value)?;
        encoder.finish()?;
        drop(encoder);
        writer.write_all(b"\"")
    }
}
