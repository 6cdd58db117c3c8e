//! Without the feature `deflate` nobody agrees to compress, so that nothing here ever runs.

use super::super::close::FrameError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deflate {}

impl Deflate {
    pub(crate) fn agree() -> Option<Self> {
        None
    }
}

pub(super) fn compress(deflate: Deflate, _: &[u8], _: &mut Vec<u8>) -> bool {
    match deflate {}
}

#[derive(Debug)]
pub(super) enum Inflater {}

impl Inflater {
    pub(super) fn take(deflate: Deflate) -> Self {
        match deflate {}
    }

    pub(super) fn give_back(self) {
        match self {}
    }

    pub(super) fn inflate(&mut self, _: &[u8], _: &mut Vec<u8>) -> Result<usize, FrameError> {
        match *self {}
    }

    pub(super) fn is_ended(&self) -> bool {
        match *self {}
    }
}

pub(super) fn take_output(_: usize) -> Vec<u8> {
    Vec::new()
}

pub(super) fn give_back_output(_: Vec<u8>) {}
