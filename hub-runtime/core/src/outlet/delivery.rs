use super::{ClientResult, Port, Sent, Target};
use crate::contract::WireType;
use crate::error::{ClientResultError, SendError};
use crate::protocol::{EncodeError, EncodedInvocation, MAX_QUOTE, OwnedValue, RawValue, shortened};
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// A call on clients that is sent when it is awaited.
///
/// What a proxy's method without a result gives. Awaiting it means that the call is queued for
/// every connection that is there; never that a client has received it. It does not wait for slow
/// clients, and that nobody is there is no error; see [`SendError`].
///
/// # Panics
///
/// Polling it after it has ended.
#[must_use = "a call on clients does nothing unless it is awaited"]
pub struct Delivery {
    state: State,
}

enum State {
    Ready {
        port: Arc<dyn Port>,
        target: Target,
        message: Result<EncodedInvocation, EncodeError>,
    },
    Sending(Pin<Box<dyn Future<Output = Result<(), SendError>> + Send>>),
    Done,
}

impl Delivery {
    pub(super) fn new(
        port: Arc<dyn Port>,
        target: Target,
        message: Result<EncodedInvocation, EncodeError>,
    ) -> Self {
        Self {
            state: State::Ready {
                port,
                target,
                message,
            },
        }
    }
}

impl Delivery {
    /// Says what the call is about, for receivers that do not keep up: where the hub's
    /// `slow_client` is `SlowClient::Replace`, a later call of the same method with an equal key
    /// takes its place. Without a key, any later call of the method does. Elsewhere it means nothing.
    ///
    /// ```
    /// # use hub_core as hub_runtime;
    /// # use hub_runtime::{SendError, outlet::Delivery};
    /// # async fn run(quote: impl Fn(&str, f64) -> Delivery) -> Result<(), SendError> {
    /// // `quote` is a method of a proxy. Whoever is behind reads the last price of each symbol.
    /// quote("ACME", 12.5).keyed("ACME").await
    /// # }
    /// ```
    pub fn keyed(mut self, key: impl Hash) -> Self {
        if let State::Ready {
            message: Ok(message),
            ..
        } = &mut self.state
        {
            message.set_key(key);
        }
        self
    }
}

impl Future for Delivery {
    type Output = Result<(), SendError>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let result = match std::mem::replace(&mut self.state, State::Done) {
            State::Ready {
                port,
                target,
                message,
            } => match port.send(target, message?) {
                Sent::Done(result) => return Poll::Ready(result),
                Sent::Pending(future) => self.state.keep(future).as_mut().poll(task),
            },
            State::Sending(future) => self.state.keep(future).as_mut().poll(task),
            State::Done => panic!("a delivery was polled after it had ended"),
        };
        let result = ready!(result);
        self.state = State::Done;
        Poll::Ready(result)
    }
}

type SendFuture = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send>>;

impl State {
    fn keep(&mut self, future: SendFuture) -> &mut SendFuture {
        *self = Self::Sending(future);
        match self {
            Self::Sending(future) => future,
            _ => unreachable!("the state was set in the line above"),
        }
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").finish_non_exhaustive()
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<ClientResult, ClientResultError>> + Send>>;

/// A call on one client whose result is waited for (SignalR's client result).
///
/// What a proxy's method with a result gives. Awaiting it waits until the client has answered, has
/// refused, or is gone: see [`ClientResultError`]. It has no deadline of its own: put one around it,
/// since a client may never answer. Dropping it forgets the question.
///
/// # Panics
///
/// Polling it after it has ended.
#[must_use = "a call on a client does nothing unless it is awaited"]
pub struct ClientCall<R> {
    answer: Result<Answer, Option<ClientResultError>>,
    decode: fn(&ClientResult) -> Result<R, ClientResultError>,
}

impl<R: WireType> ClientCall<R> {
    pub(super) fn new(answer: Answer) -> Self {
        Self {
            answer: Ok(answer),
            decode,
        }
    }

    pub(super) fn failed(error: ClientResultError) -> Self {
        Self {
            answer: Err(Some(error)),
            decode,
        }
    }
}

// Whether an `R` travels is said where the method is declared, and not again by every `await`.
impl<R> Future for ClientCall<R> {
    type Output = Result<R, ClientResultError>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let decode = self.decode;
        match &mut self.answer {
            Ok(answer) => {
                Poll::Ready(ready!(answer.as_mut().poll(task)).and_then(|result| decode(&result)))
            }
            Err(error) => match error.take() {
                Some(error) => Poll::Ready(Err(error)),
                None => panic!("a client call was polled after it had ended"),
            },
        }
    }
}

fn decode<R: WireType>(result: &ClientResult) -> Result<R, ClientResultError> {
    // A client that answers without a value has answered a unit (wire specification, section 21).
    let value = result
        .as_ref()
        .map_or(RawValue::json("null"), OwnedValue::as_raw);
    value
        .decode()
        .map_err(|error| ClientResultError::WrongType {
            expected: std::any::type_name::<R>(),
            detail: shortened(&error.to_string(), MAX_QUOTE),
        })
}

impl<R> fmt::Debug for ClientCall<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCall").finish_non_exhaustive()
    }
}
