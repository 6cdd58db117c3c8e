//! Tasks with an owner, who can wait for them and end them.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::task::JoinSet;

/// A set of tasks to which anybody with a handle may add.
#[derive(Clone, Debug, Default)]
pub(super) struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.set().spawn(task);
    }

    pub(super) fn len(&self) -> usize {
        self.set().len()
    }

    /// Frees the memory of tasks as they end, for ever.
    pub(super) async fn reap(&self) {
        poll_fn::<(), _>(|cx| {
            let _ = self.poll_finished(cx);
            Poll::Pending
        })
        .await;
    }

    /// Waits until no task is left.
    pub(super) async fn finished(&self) {
        poll_fn(|cx| self.poll_finished(cx)).await;
    }

    /// Tells all tasks to end where they stand.
    pub(super) fn abort_all(&self) {
        self.set().abort_all();
    }

    fn poll_finished(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut set = self.set();
        loop {
            // A task that panicked has said so through the panic hook, and concerns no other.
            match set.poll_join_next(cx) {
                Poll::Ready(Some(_ended)) => {}
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn set(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn finished_waits_for_all() {
        let tasks = Tasks::default();
        tasks.finished().await;
        let (end, ended) = oneshot::channel::<()>();
        let inner = tasks.clone();
        tasks.spawn(async move {
            ended.await.unwrap();
            inner.spawn(async {});
        });
        tasks.spawn(async { panic!("one of many") });
        assert_eq!(tasks.len(), 2);
        end.send(()).unwrap();
        tasks.finished().await;
        assert_eq!(tasks.len(), 0);
    }

    #[tokio::test]
    async fn aborted_tasks_finish() {
        let tasks = Tasks::default();
        tasks.spawn(pending());
        tasks.abort_all();
        tasks.finished().await;
    }

    #[tokio::test]
    async fn reaps_as_tasks_end() {
        let tasks = Tasks::default();
        tasks.spawn(async {});
        tokio::select! {
            biased;
            () = tasks.reap() => unreachable!("it never ends"),
            () = async {
                while tasks.len() > 0 {
                    tokio::task::yield_now().await;
                }
            } => {}
        }
    }
}
