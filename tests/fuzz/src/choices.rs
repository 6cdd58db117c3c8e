//! What a fuzzer decides beside the bytes that a peer sends.

/// Takes choices off the front of a fuzzer's input; once nothing is left, every choice is 0.
#[derive(Debug, Clone)]
pub(crate) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(crate) const fn new(input: &'a [u8]) -> Self {
        Self(input)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        byte
    }

    pub(crate) fn bytes(&mut self, length: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        bytes
    }

    /// How the rest is to be cut: a count (below 8), and so many sizes.
    pub(crate) fn cuts(&mut self) -> Cuts<'a> {
        let count = self.byte() % 8;
        Cuts(self.bytes(count.into()))
    }

    pub(crate) const fn rest(self) -> &'a [u8] {
        self.0
    }
}

/// The sizes of the pieces in which bytes arrive, over and over; 0 is all that is left, and so is no
/// size at all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cuts<'a>(&'a [u8]);

impl Cuts<'_> {
    /// Everything at once.
    pub(crate) const NONE: Cuts<'static> = Cuts(&[]);
    /// Byte by byte.
    pub(crate) const EVERYWHERE: Cuts<'static> = Cuts(&[1]);

    /// Cuts `bytes`. No piece is empty.
    pub(crate) fn pieces(self, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
        let mut sizes = self.0.iter().cycle();
        let mut rest = bytes;
        std::iter::from_fn(move || {
            let size = match sizes.next() {
                None | Some(0) => rest.len(),
                Some(&size) => rest.len().min(size.into()),
            };
            let (piece, after) = rest.split_at(size);
            rest = after;
            (!piece.is_empty()).then_some(piece)
        })
    }
}
