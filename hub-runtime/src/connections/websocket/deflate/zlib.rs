//! What does the work, of which each thread keeps one of each kind.

use super::super::close::FrameError;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use std::cell::Cell;

/// Nearly as short as zlib's default, 6, at two thirds of its price.
const LEVEL: u32 = 3;

thread_local! {
    static COMPRESS: Cell<Option<Box<Compress>>> = const { Cell::new(None) };
    static INFLATER: Cell<Option<Box<Decompress>>> = const { Cell::new(None) };
    static OUTPUT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Says that both sides have agreed to compress. Without the feature `deflate` there is no such
/// value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deflate(());

impl Deflate {
    /// Whoever calls it tells the client.
    #[allow(clippy::unnecessary_wraps, reason = "without the feature it is `None`")]
    pub(crate) fn agree() -> Option<Self> {
        Some(Self(()))
    }
}

/// Appends `message`, compressed and up to an empty block, to `output`. `false` if its capacity does
/// not suffice.
pub(super) fn compress(_: Deflate, message: &[u8], output: &mut Vec<u8>) -> bool {
    let mut compress = COMPRESS
        .take()
        .unwrap_or_else(|| Box::new(Compress::new(Compression::new(LEVEL), false)));
    compress.reset();
    let result = compress.compress_vec(message, output, FlushCompress::Sync);
    let is_whole = compress.total_in() == message.len() as u64 && output.len() < output.capacity();
    COMPRESS.set(Some(compress));
    result.is_ok() && is_whole
}

/// Inflates one message.
#[derive(Debug)]
pub(super) struct Inflater {
    decompress: Box<Decompress>,
    /// A block has said that it is the last one.
    ended: bool,
}

impl Inflater {
    pub(super) fn take(_: Deflate) -> Self {
        let mut decompress = INFLATER
            .take()
            .unwrap_or_else(|| Box::new(Decompress::new(false)));
        decompress.reset(false);
        Self {
            decompress,
            ended: false,
        }
    }

    pub(super) fn give_back(self) {
        INFLATER.set(Some(self.decompress));
    }

    /// Appends to `output` what comes of `input`, as far as there is capacity, and says how much of
    /// the input it took.
    pub(super) fn inflate(
        &mut self,
        input: &[u8],
        output: &mut Vec<u8>,
    ) -> Result<usize, FrameError> {
        let mut used = 0;
        if !self.ended {
            let before = self.decompress.total_in();
            let status = self
                .decompress
                .decompress_vec(input, output, FlushDecompress::None)
                .map_err(|_| FrameError::Corrupt)?;
            used = (self.decompress.total_in() - before) as usize;
            self.ended = status == Status::StreamEnd;
        }
        let rest = &input[used..];
        if self.ended {
            // An empty block follows a last one, without its tail (section 7.2.3.4).
            let is_empty = rest.iter().all(|byte| *byte == 0);
            return is_empty.then_some(input.len()).ok_or(FrameError::Corrupt);
        }
        // Only a lack of room leaves something for later.
        if rest.is_empty() || output.len() == output.capacity() {
            Ok(used)
        } else {
            Err(FrameError::Corrupt)
        }
    }

    /// Whether a block was the last one, so that no tail is missing.
    pub(super) fn is_ended(&self) -> bool {
        self.ended
    }
}

/// A buffer for a piece of a message.
pub(super) fn take_output(capacity: usize) -> Vec<u8> {
    let mut output = OUTPUT.take();
    output.reserve_exact(capacity);
    output
}

pub(super) fn give_back_output(mut output: Vec<u8>) {
    output.clear();
    OUTPUT.set(output);
}
