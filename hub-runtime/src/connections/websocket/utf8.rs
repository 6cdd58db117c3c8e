//! UTF-8 checked piece by piece, refused at the first byte that no continuation could mend.

/// Checks a text that arrives in pieces. A character may be split over any number of them.
#[derive(Debug, Default)]
pub(super) struct Utf8 {
    /// The begun character, `begun` bytes of it. Always a prefix of some valid character, so at
    /// most three bytes are kept between calls.
    bytes: [u8; 4],
    begun: u8,
}

impl Utf8 {
    /// Takes the next piece. False if the text cannot be valid any more, whatever follows.
    pub(super) fn accepts(&mut self, mut piece: &[u8]) -> bool {
        while self.begun > 0 {
            let [next, rest @ ..] = piece else {
                return true;
            };
            if !self.continues(*next) {
                return false;
            }
            piece = rest;
        }
        // The standard library reports an end within a character only while that character can
        // still become valid.
        match std::str::from_utf8(piece) {
            Ok(_) => true,
            Err(error) if error.error_len().is_none() => {
                let tail = &piece[error.valid_up_to()..];
                self.bytes[..tail.len()].copy_from_slice(tail);
                self.begun = tail.len() as u8;
                true
            }
            Err(_) => false,
        }
    }

    /// The same, for a piece that may be the last one: then no character may be open behind it.
    pub(super) fn accepts_piece(&mut self, piece: &[u8], is_last: bool) -> bool {
        self.accepts(piece) && (!is_last || self.is_complete())
    }

    /// Whether the text may end here.
    pub(super) fn is_complete(&self) -> bool {
        self.begun == 0
    }

    /// Adds a byte to the begun character.
    fn continues(&mut self, byte: u8) -> bool {
        let end = usize::from(self.begun) + 1;
        self.bytes[end - 1] = byte;
        match std::str::from_utf8(&self.bytes[..end]) {
            Ok(_) => self.begun = 0,
            Err(error) if error.error_len().is_none() => self.begun += 1,
            Err(_) => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Some(n)`: byte n makes the text invalid. `None` with `complete`: nothing wrong.
    fn first_bad(text: &[u8]) -> Option<usize> {
        let mut utf8 = Utf8::default();
        text.iter().position(|byte| !utf8.accepts(&[*byte]))
    }

    #[track_caller]
    fn check(text: &[u8], bad: Option<usize>) {
        assert_eq!(first_bad(text), bad, "byte by byte: {text:x?}");
        for split in 0..=text.len() {
            let (head, tail) = text.split_at(split);
            let mut utf8 = Utf8::default();
            let valid = utf8.accepts(head) && utf8.accepts(tail);
            assert_eq!(valid, bad.is_none(), "split at {split}: {text:x?}");
            // The piece before the bad byte is fine by itself, the piece with it is not.
            assert_eq!(
                Utf8::default().accepts(head),
                bad.is_none_or(|bad| split <= bad),
                "head {split}: {text:x?}"
            );
            if valid {
                assert_eq!(utf8.is_complete(), std::str::from_utf8(text).is_ok());
            }
        }
    }

    #[test]
    fn valid() {
        check(b"", None);
        check(b"Hello", None);
        check("Hello-µ@ßöäüàá-UTF-8!!".as_bytes(), None);
        check("κόσμε".as_bytes(), None);
        check(
            "\u{0}\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}".as_bytes(),
            None,
        );
        check("𝄞😀".as_bytes(), None);
    }

    #[test]
    fn cut_short() {
        for text in [
            &b"\xce"[..],
            b"\xce\xba\xe1",
            b"\xce\xba\xe1\xbd",
            b"\xf0\x90\x80",
            b"\xf4\x8f\xbf",
            b"\xed\x9f",
        ] {
            check(text, None);
            let mut utf8 = Utf8::default();
            assert!(utf8.accepts(text) && !utf8.is_complete());
        }
    }

    #[test]
    fn invalid_at_the_first_hopeless_byte() {
        check(b"\x80", Some(0));
        check(b"\xbf", Some(0));
        check(b"ab\xffcd", Some(2));
        check(b"\xc0\xaf", Some(0));
        check(b"\xc1\xbf", Some(0));
        check(b"\xc3(", Some(1));
        check(b"\xe0\x80\xaf", Some(1));
        check(b"\xe0\x9f\xbf", Some(1));
        check(b"\xed\xa0\x80", Some(1));
        check(b"\xed\xbf\xbf", Some(1));
        check(b"\xf0\x8f\xbf\xbf", Some(1));
        check(b"\xf4\x90\x80\x80", Some(1));
        check(b"\xf5\x80\x80\x80", Some(0));
        check(b"\xf8\x88\x80\x80\x80", Some(0));
        check(b"\xe1\xbd\xb9\xe1\xbdx", Some(5));
        // Autobahn 6.3.1.
        check(
            b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80\x65\x64\x69\x74\x65\x64",
            Some(12),
        );
        // Autobahn 6.4.1.
        check(
            b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80\x65\x64",
            Some(12),
        );
    }
}
