//! Tasks with an owner, who can wait for them and end them.

use super::roll::Roll;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::task::AbortHandle;

/// A set of tasks to which anybody with a handle may add.
///
/// Lighter than tokio's `JoinSet`, which wakes its owner at the end of each task to be told of it,
/// and keeps a record for each beside the task itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Tasks(Arc<Roll<Option<AbortHandle>>>);

impl Tasks {
    /// Runs a task. A panic in it has been told by the panic hook, and concerns no other.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + Unpin + 'static) {
        let number = self.0.enter(None);
        let task = Owned {
            task,
            _place: Place {
                tasks: self.clone(),
                number,
            },
        };
        let handle = tokio::spawn(task).abort_handle();
        // It may have ended already.
        self.0.note(number, Some(handle));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Waits until no task is left.
    pub(super) async fn finished(&self) {
        self.0.emptied().await;
    }

    /// Tells all tasks to end where they stand.
    pub(super) fn abort_all(&self) {
        self.0.each(|_, task| {
            if let Some(handle) = task {
                handle.abort();
            }
        });
    }
}

/// A task, and behind it its place: what waits for the task finds it gone.
struct Owned<F> {
    task: F,
    _place: Place,
}

impl<F: Future<Output = ()> + Unpin> Future for Owned<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.task).poll(task)
    }
}

/// A task's place in the set.
struct Place {
    tasks: Tasks,
    number: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.tasks.0.leave(self.number);
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
        tasks.spawn(Box::pin(async move {
            ended.await.unwrap();
            inner.spawn(Box::pin(async {}));
        }));
        tasks.spawn(Box::pin(async { panic!("one of many") }));
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
    async fn a_task_leaves_as_it_ends() {
        let tasks = Tasks::default();
        tasks.spawn(Box::pin(async {}));
        while tasks.len() > 0 {
            tokio::task::yield_now().await;
        }
    }
}
