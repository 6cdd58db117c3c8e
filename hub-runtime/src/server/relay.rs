use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The task of an upgraded connection.
pub(crate) type ConnectionTask = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What comes before it: waiting for the upgrade. It may fail.
pub(crate) type Opening = Pin<Box<dyn Future<Output = Option<ConnectionTask>> + Send>>;

/// A task that starts as something larger, of which nothing is kept when it goes on as a connection's.
pub(crate) enum Relay<F: ?Sized> {
    First(Pin<Box<F>>),
    Then(ConnectionTask),
}

impl<F: Future<Output = Option<ConnectionTask>> + ?Sized> Future for Relay<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        loop {
            match &mut *self {
                Self::First(first) => match ready!(first.as_mut().poll(task)) {
                    Some(then) => *self = Self::Then(then),
                    None => return Poll::Ready(()),
                },
                Self::Then(then) => return then.as_mut().poll(task),
            }
        }
    }
}
