//! Whether a connection is serving a request, or since when it is not.

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

/// The point in time `limit` after `start`; for settings without bound, one far away.
pub(super) fn deadline(start: Instant, limit: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);
    start + limit.min(FAR)
}

/// Counts the requests of one connection. There is more than one at a time in HTTP/2.
#[derive(Debug)]
pub(super) struct Activity {
    state: Mutex<State>,
    /// Wakes who waits for the end of the last request.
    idle: Notify,
}

#[derive(Debug)]
struct State {
    requests: usize,
    /// Whether there was any request.
    begun: bool,
    /// Of consequence only while there are no requests.
    idle_since: Instant,
}

impl Activity {
    /// Starts idle.
    pub(super) fn new() -> Arc<Self> {
        let state = State {
            requests: 0,
            begun: false,
            idle_since: Instant::now(),
        };
        Arc::new(Self {
            state: Mutex::new(state),
            idle: Notify::new(),
        })
    }

    /// Counts a request until the result is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Request {
        let mut state = self.state();
        state.requests += 1;
        state.begun = true;
        Request(Arc::clone(self))
    }

    /// Waits from now until the connection is of no use: no request until `first`, or none for
    /// `later` behind one.
    pub(super) async fn exhausted(&self, first: Instant, later: Duration) {
        let served = self.idle.notified();
        if !self.has_begun() {
            let _ = timeout_at(first, served).await;
        }
        if self.has_begun() {
            self.idle_for(later).await;
        }
    }

    /// Waits until no request has been served for some time. Needs no wake-up at a request's begin
    /// and end, which are far more frequent than the ends of idle connections.
    pub(super) async fn idle_for(&self, limit: Duration) {
        loop {
            // Created before looking, so that no notification is missed.
            let idle = self.idle.notified();
            match self.idle_since().map(|since| deadline(since, limit)) {
                None => idle.await,
                Some(deadline) if deadline <= Instant::now() => return,
                Some(deadline) => sleep_until(deadline).await,
            }
        }
    }

    /// Whether there was any request.
    pub(super) fn has_begun(&self) -> bool {
        self.state().begun
    }

    fn idle_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.requests == 0).then_some(state.idle_since)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being served, up to the last byte of the response's body.
#[derive(Debug)]
pub(super) struct Request(Arc<Activity>);

impl Request {
    /// How many requests of the connection are being served, this one included.
    pub(super) fn count(&self) -> usize {
        self.0.state().requests
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.requests -= 1;
        if state.requests == 0 {
            state.idle_since = Instant::now();
            drop(state);
            self.0.idle.notify_waiters();
        }
    }
}

/// The body of a response, which ends its request.
#[derive(Debug)]
pub(super) struct ResponseBody {
    pub(super) body: Body,
    pub(super) _request: Request,
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_secs(10);
    const LATER: Duration = Duration::from_secs(75);

    /// How long it takes from now until the connection counts as idle.
    async fn waited(activity: &Activity) -> Duration {
        let start = Instant::now();
        activity.exhausted(start + FIRST, LATER).await;
        start.elapsed()
    }

    #[track_caller]
    fn check(waited: Duration, expected: Duration) {
        let late = waited.checked_sub(expected);
        assert!(
            late.is_some_and(|late| late < Duration::from_millis(10)),
            "{waited:?} for {expected:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_request_has_a_deadline_of_its_own() {
        let activity = Activity::new();
        check(waited(&activity).await, FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn idleness_counts_from_the_last_end() {
        let activity = Activity::new();
        let (one, two) = (activity.begin(), activity.begin());
        let ends = async {
            tokio::time::sleep(LATER * 3).await;
            drop(one);
            tokio::time::sleep(LATER * 3).await;
            drop(two);
        };
        let (waited, ()) = tokio::join!(waited(&activity), ends);
        check(waited, LATER * 7);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_put_the_deadline_off() {
        let activity = Activity::new();
        let ends = async {
            for _ in 0..5 {
                tokio::time::sleep(FIRST / 2).await;
                drop(activity.begin());
            }
        };
        let (waited, ()) = tokio::join!(waited(&activity), ends);
        check(waited, FIRST / 2 * 5 + LATER);
        activity.idle_for(Duration::ZERO).await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_second_deadline_may_be_the_shorter_one() {
        let activity = Activity::new();
        drop(activity.begin());
        let start = Instant::now();
        let ends = async { drop(activity.begin()) };
        tokio::join!(activity.exhausted(start + LATER, FIRST), ends);
        check(start.elapsed(), FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn settings_without_bound_do_not_overflow() {
        assert!(deadline(Instant::now(), Duration::MAX) > Instant::now() + LATER);
    }
}
