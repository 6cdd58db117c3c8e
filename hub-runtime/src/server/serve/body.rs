//! A request's body with a deadline for the whole of it.

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::{error, fmt};
use tokio::time::{Instant, Sleep, sleep_until};

/// A body that fails once its deadline is over, whether or not something keeps coming.
#[derive(Debug)]
pub(super) struct TimedBody<B = Incoming> {
    body: B,
    deadline: Instant,
    /// Made when there is something to wait for: most bodies come along with their head.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<B> TimedBody<B> {
    pub(super) fn new(body: B, deadline: Instant) -> Self {
        Self {
            body,
            deadline,
            timer: None,
        }
    }
}

impl<B> Body for TimedBody<B>
where
    B: Body<Data = Bytes, Error: Into<axum::BoxError>> + Unpin,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = &mut *self;
        if Instant::now() < this.deadline {
            if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
                return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
            }
            let timer = this
                .timer
                .get_or_insert_with(|| Box::pin(sleep_until(this.deadline)));
            ready!(timer.as_mut().poll(cx));
        }
        Poll::Ready(Some(Err(BodyTimeout.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[derive(Debug)]
struct BodyTimeout;

impl fmt::Display for BodyTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request's body did not arrive in time")
    }
}

impl error::Error for BodyTimeout {}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body as AxumBody;
    use futures_util::stream;
    use http_body_util::BodyExt as _;
    use std::convert::Infallible;
    use std::time::Duration;

    const LIMIT: Duration = Duration::from_secs(30);

    fn timed(
        chunks: impl futures_util::Stream<Item = Result<Bytes, Infallible>> + Send + 'static,
    ) -> TimedBody<AxumBody> {
        TimedBody::new(AxumBody::from_stream(chunks), Instant::now() + LIMIT)
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_in_time_passes() {
        let body = timed(stream::iter([
            Ok(Bytes::from("in ")),
            Ok(Bytes::from("time")),
        ]));
        assert_eq!(body.collect().await.unwrap().to_bytes(), "in time");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stalls_fails() {
        let start = Instant::now();
        let error = timed(stream::pending()).collect().await.unwrap_err();
        assert!(error.is::<BodyTimeout>());
        assert_eq!(start.elapsed().as_secs(), LIMIT.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn dribbling_does_not_extend_it() {
        let dribble = stream::unfold((), |()| async {
            tokio::time::sleep(LIMIT / 10).await;
            Some((Ok(Bytes::from("x")), ()))
        });
        let start = Instant::now();
        assert!(timed(dribble).collect().await.is_err());
        assert_eq!(start.elapsed().as_secs(), LIMIT.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn nor_does_sending_without_pause() {
        let mut body = timed(stream::repeat_with(|| Ok(Bytes::from("x"))));
        assert!(body.frame().await.unwrap().is_ok());
        tokio::time::advance(LIMIT).await;
        assert!(body.frame().await.unwrap().is_err());
    }
}
