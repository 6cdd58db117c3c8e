//! Compressed messages of one client become pieces, as those that are not come by themselves.
//!
//! Nobody knows how much a message becomes before it is inflated, so nothing here waits for its end:
//! whoever puts pieces together bounds them, and has the rest put off when it has had enough.

use super::super::close::FrameError;
use super::zlib::{Inflater, give_back_output, take_output};
use super::{Deflate, TAIL};

/// The largest piece of a message.
const PIECE: usize = 16 * 1024;
/// Inflated bytes after which the rest is put off: no more than comes of one read without
/// compression.
const ROUND: usize = 64 * 1024;

/// The compressed messages of one client.
#[derive(Debug)]
pub(in super::super) struct Inflate {
    deflate: Deflate,
    state: Box<State>,
}

/// Holds memory only within a message.
#[derive(Debug, Default)]
struct State {
    message: Option<Inflater>,
    /// How much of the message's [`TAIL`] has been added.
    tail: usize,
    output: Vec<u8>,
    /// What has been inflated in this round.
    inflated: usize,
    put_off: Option<Vec<u8>>,
}

/// What became of a part of a message.
pub(in super::super) struct Piece {
    /// Bytes of the part that were used.
    pub(in super::super) used: usize,
    /// Everything that came of them has been given out.
    pub(in super::super) is_drained: bool,
    pub(in super::super) end_of_message: bool,
}

impl Inflate {
    pub(in super::super) fn new(deflate: Deflate) -> Self {
        Self {
            deflate,
            state: Box::default(),
        }
    }

    /// Inflates the next piece, which is [`output`](Self::output) then, from a part of a message.
    /// The part may be empty: there may be more of the one before it.
    pub(in super::super) fn piece(
        &mut self,
        part: &[u8],
        is_last: bool,
    ) -> Result<Piece, FrameError> {
        let state = &mut *self.state;
        let deflate = self.deflate;
        let message = state.message.get_or_insert_with(|| Inflater::take(deflate));
        if state.output.capacity() == 0 {
            state.output = take_output(PIECE);
        }
        state.output.clear();
        let used = message.inflate(part, &mut state.output)?;
        let mut end_of_message = false;
        if is_last && used == part.len() {
            if !message.is_ended() {
                state.tail += message.inflate(&TAIL[state.tail..], &mut state.output)?;
            }
            let is_whole = message.is_ended() || state.tail == TAIL.len();
            end_of_message = is_whole && !is_full(&state.output);
        }
        if end_of_message {
            state.tail = 0;
            if let Some(message) = state.message.take() {
                message.give_back();
            }
        }
        state.inflated += state.output.len();
        Ok(Piece {
            used,
            is_drained: used == part.len() && !is_full(&state.output),
            end_of_message,
        })
    }

    pub(in super::super) fn output(&self) -> &[u8] {
        &self.state.output
    }

    /// Lets go of a piece that has been read.
    pub(in super::super) fn let_go(&mut self) {
        if self.state.output.capacity() > 0 {
            give_back_output(std::mem::take(&mut self.state.output));
        }
    }

    /// Keeps `rest` for later, if whoever reads is busy or has had enough.
    pub(in super::super) fn put_off(&mut self, rest: &[u8], is_busy: bool) -> bool {
        let state = &mut *self.state;
        let puts_off = is_busy || state.inflated >= ROUND;
        if puts_off {
            state.inflated = 0;
            state.put_off = Some(rest.to_vec());
            self.let_go();
        }
        puts_off
    }

    pub(in super::super) fn take_put_off(&mut self) -> Option<Vec<u8>> {
        self.state.put_off.take()
    }
}

fn is_full(output: &Vec<u8>) -> bool {
    output.len() == output.capacity()
}
