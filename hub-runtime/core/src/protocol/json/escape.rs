//! Writing a JSON string.

use super::text::plain_run;

/// Appends `text` as a JSON string.
#[inline]
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let run = plain_run(text.as_bytes());
    if run == text.len() {
        out.extend_from_slice(text.as_bytes());
    } else {
        write_escaped(out, text.as_bytes(), run);
    }
    out.push(b'"');
}

/// Escapes only what must be; clean runs, the first of which is known, are copied whole.
fn write_escaped(out: &mut Vec<u8>, mut rest: &[u8], mut run: usize) {
    loop {
        out.extend_from_slice(&rest[..run]);
        let Some(byte) = rest.get(run) else { break };
        write_escape(out, *byte);
        rest = &rest[run + 1..];
        run = plain_run(rest);
    }
}

fn write_escape(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x0c => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            out.extend_from_slice(b"\\u00");
            out.extend([HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 0xf)]]);
            return;
        }
    };
    out.extend([b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_read_back_and_look_like_serdes() {
        let every_ascii: String = (0..128u8).map(char::from).collect();
        for text in ["", "plain", "ü 你好 😀", "a\"b\\c\n", &every_ascii] {
            let mut out = Vec::new();
            write_string(&mut out, text);
            assert_eq!(
                String::from_utf8(out).unwrap(),
                serde_json::to_string(text).unwrap()
            );
        }
    }
}
