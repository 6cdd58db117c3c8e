//! One read buffer for each thread: an idle connection holds none.

use super::transport::Input;
use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead as _, ReadBuf};

/// What one read takes off the socket at most.
const READ: usize = 64 * 1024;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The thread's buffer, for the length of one poll.
pub(crate) struct Scratch(Vec<u8>);

impl Scratch {
    pub(crate) fn take() -> Self {
        let mut buffer = BUFFER.take();
        buffer.resize(READ, 0);
        Self(buffer)
    }

    /// Reads once. Nothing read is the end, or an error, which comes to the same.
    pub(crate) fn poll_read(
        &mut self,
        input: &mut Input,
        task: &mut Context<'_>,
    ) -> Poll<&mut [u8]> {
        let mut buffer = ReadBuf::new(&mut self.0);
        match Pin::new(input).poll_read(task, &mut buffer) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(result) => {
                let filled = result.map_or(0, |()| buffer.filled().len());
                Poll::Ready(&mut self.0[..filled])
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        BUFFER.set(std::mem::take(&mut self.0));
    }
}
