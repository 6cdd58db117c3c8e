//! One call of a hub method: what a table entry is given, and what it gives back.

mod forward;
mod reply;
mod upload;

pub use crate::protocol::BindError;
pub use reply::{Outcome, Reply};
pub use upload::{Upload, UploadItem, UploadQueue, UploadSender};

use crate::context::{ConnectionScope, Context};
use crate::protocol::{ArgumentTuple, Arguments};
use std::fmt;
use std::sync::Arc;

/// The number of a call on its connection, given by the server; unlike an invocation id it is
/// never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallNumber(pub u64);

/// A call that has been found, with its arguments still as the bytes that were received.
pub struct Call<'a> {
    scope: &'a dyn Fn() -> Arc<dyn ConnectionScope>,
    number: CallNumber,
    arguments: Arguments<'a>,
    invocation_id: Option<&'a str>,
    uploads: Vec<UploadQueue>,
    /// How many of the uploads have been taken.
    taken: usize,
}

impl<'a> Call<'a> {
    /// A call of `scope`'s connection, which is asked for by methods that see it. It is answered in
    /// the protocol of its arguments, under `invocation_id` if its caller waits for that; `uploads`
    /// are its streams in the order of `streamIds`.
    #[inline]
    pub fn new(
        scope: &'a dyn Fn() -> Arc<dyn ConnectionScope>,
        number: CallNumber,
        arguments: Arguments<'a>,
        invocation_id: Option<&'a str>,
        uploads: Vec<UploadQueue>,
    ) -> Self {
        Self {
            scope,
            number,
            arguments,
            invocation_id,
            uploads,
            taken: 0,
        }
    }

    /// Decodes all arguments, in order, into a tuple.
    pub fn arguments<A: ArgumentTuple>(&self) -> Result<A, BindError> {
        self.arguments.decode()
    }

    /// Takes the next upload.
    ///
    /// The number of streams is checked before an entry is called, so there is always one left;
    /// an entry that asks for more gets a stream that has already ended.
    pub fn upload<I: UploadItem>(&mut self) -> Upload<I> {
        let queue = self.uploads.get(self.taken).cloned();
        self.taken += 1;
        Upload::new(queue.unwrap_or_default())
    }

    /// What the user's method sees of the call, and what its answer is given to.
    #[inline]
    pub fn into_parts<H: ?Sized>(self) -> (Context<H>, Reply) {
        let context = Context::new((self.scope)(), self.number);
        (context, self.into_reply())
    }

    /// What the answer of a method is given to that sees nothing of the call.
    #[inline]
    pub fn into_reply(self) -> Reply {
        Reply::new(self.arguments.protocol(), self.invocation_id, self.uploads)
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
