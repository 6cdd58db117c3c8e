/// Bytes that have been written to a client, and that the metrics do not know of yet.
///
/// Counted under a lock that is held anyway, and collected once in a while: writes of many
/// connections would else meet at one counter.
#[derive(Debug)]
pub(crate) struct SentBytes(u64);

impl SentBytes {
    pub(crate) const fn new() -> Self {
        Self(0)
    }

    #[inline]
    pub(crate) fn add(&mut self, bytes: usize) {
        self.0 += bytes as u64;
    }

    pub(crate) fn take(&mut self) -> u64 {
        std::mem::take(&mut self.0)
    }
}
