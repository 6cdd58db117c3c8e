//! The tasks in which hyper serves the streams of HTTP/2 connections. Each stream can be cut, which
//! resets it and leaves the others of its connection alone.

use crate::server::drain::Cut;
use crate::server::tasks::Tasks;
use hyper::rt::Executor;
use std::sync::Arc;

tokio::task_local! {
    /// What cuts the stream that the running task serves.
    static CUT: Arc<Cut>;
}

/// What cuts the stream that the running task serves; `None` where it serves an HTTP/1.1
/// connection.
pub(super) fn current() -> Option<Arc<Cut>> {
    CUT.try_with(Arc::clone).ok()
}

/// Runs the tasks of streams.
#[derive(Clone, Debug)]
pub(super) struct Streams(pub(super) Tasks);

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, task: F) {
        // What an upgraded stream has left to send leaves in a second task, which the first one
        // starts as the last thing that it does.
        let cut = current().unwrap_or_default();
        let task = CUT.scope(Arc::clone(&cut), task);
        self.0.spawn(Box::pin(async move {
            tokio::select! {
                () = task => {}
                // hyper lets go of the stream with the task, and h2 resets what is let go of.
                () = cut.made() => {}
            }
        }));
    }
}
