use super::chain::Next;
use super::filter::HubFilter;
use super::invocation::HubInvocation;
use super::result::MethodResult;
use super::selection::Selection;
use crate::telemetry;
use hub_core::HubError;
use hub_core::contract::HubDescription;
use std::time::Duration;

/// Ends calls that take too long.
///
/// ```
/// # use hub_runtime::prelude::*;
/// # #[hub] pub trait ChatHub { async fn search(&self); }
/// # struct Chat;
/// # impl ChatHub for Chat { async fn search(&self) {} }
/// use hub_runtime::Hubs;
/// use hub_runtime::filters::Timeout;
/// use std::time::Duration;
///
/// let hubs = Hubs::builder()
///     .filter(Timeout::new(Duration::from_secs(60)))
///     .filter(Timeout::new(Duration::from_secs(5)).only(["Search"]))
///     .hub::<dyn ChatHub>("/hubs/chat", Chat)
///     .build();
/// # assert!(hubs.is_ok());
/// ```
///
/// The method's future is dropped where it waits, together with filters further in; the caller reads
/// `The call took longer than 5 s.` Time in which a call waits for its turn does not count. A method
/// that never waits cannot be ended.
#[derive(Debug, Clone)]
pub struct Timeout {
    limit: Duration,
    selection: Selection,
    streams: bool,
}

impl Timeout {
    /// Lets every call take `limit` at most, but for streams, which have no length of their own.
    pub fn new(limit: Duration) -> Self {
        Self {
            limit,
            selection: Selection::default(),
            streams: false,
        }
    }

    /// Is about methods of these names alone, as they are on the wire: `SendMessage`. One that no hub
    /// has is an error when the hubs are built.
    #[must_use]
    pub fn only<I: Into<String>>(mut self, methods: impl IntoIterator<Item = I>) -> Self {
        self.selection.only(methods);
        self
    }

    /// Ends streams too, when so much time has passed since their beginning.
    #[must_use]
    pub fn streams_too(mut self) -> Self {
        self.streams = true;
        self
    }
}

impl HubFilter for Timeout {
    fn check(&self, hubs: &[HubDescription]) -> Result<(), String> {
        self.selection.check(hubs)
    }

    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        if self.selection.key(call).is_none() || (call.is_stream() && !self.streams) {
            return next.run(call).await;
        }
        let ended = tokio::time::timeout(self.limit, next.run(call)).await;
        ended.unwrap_or_else(|_| {
            telemetry::limit_reached(call.hub(), "timeout");
            let limit = self.limit.as_secs_f64();
            Err(HubError::new(format!(
                "The call took longer than {limit} s."
            )))
        })
    }
}
