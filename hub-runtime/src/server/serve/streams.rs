//! The tasks in which hyper serves the streams of HTTP/2 connections. Each stream can be cut, which
//! resets it and leaves the others of its connection alone.

use crate::server::drain::Carrier;
use crate::server::tasks::Tasks;
use hyper::rt::Executor;
use std::sync::Arc;

tokio::task_local! {
    /// The stream that the running task serves.
    static STREAM: Arc<Carrier>;
}

/// The stream that the running task serves; `None` where it serves an HTTP/1.1
/// connection.
pub(super) fn current() -> Option<Arc<Carrier>> {
    STREAM.try_with(Arc::clone).ok()
}

/// Runs the tasks of streams.
#[derive(Clone, Debug)]
pub(super) struct Streams(pub(super) Tasks);

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, task: F) {
        // What an upgraded stream has left to send leaves in a second task, which the first one
        // starts as the last thing that it does.
        let stream = current().unwrap_or_default();
        let task = STREAM.scope(Arc::clone(&stream), task);
        self.0.spawn(Box::pin(async move {
            tokio::select! {
                () = task => {}
                // hyper lets go of the stream with the task, and h2 resets what is let go of.
                () = stream.made_to_end() => {}
            }
        }));
    }
}
