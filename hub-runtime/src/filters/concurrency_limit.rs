use super::chain::Next;
use super::filter::HubFilter;
use super::invocation::HubInvocation;
use super::result::MethodResult;
use super::selection::{Key, Selection};
use crate::telemetry;
use hub_core::HubError;
use hub_core::contract::HubDescription;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bounds how many calls run beside each other, over all connections of a hub: for what a database
/// or a processor can bear.
///
/// ```
/// # use hub_runtime::prelude::*;
/// # #[hub] pub trait ChatHub { async fn export(&self); }
/// # struct Chat;
/// # impl ChatHub for Chat { async fn export(&self) {} }
/// use hub_runtime::Hubs;
/// use hub_runtime::filters::ConcurrencyLimit;
/// use std::time::Duration;
///
/// let exports = ConcurrencyLimit::new(4)
///     .only(["Export"])
///     .waiting(16, Duration::from_secs(10));
/// let hubs = Hubs::builder()
///     .filter(exports)
///     .hub::<dyn ChatHub>("/hubs/chat", Chat)
///     .build();
/// # assert!(hubs.is_ok());
/// ```
///
/// A call beyond the limit waits where there is room for that, and reads
/// `The server is busy. Try again later.` otherwise. A stream counts until it ends. Calls that are
/// refused anyway do not count, and each hub counts by itself.
///
/// (How many calls of *one* connection run beside each other is
/// [`HubOptions::maximum_parallel_invocations_per_client`](crate::HubOptions::maximum_parallel_invocations_per_client).
/// A call that waits here has its slot there, and holds up those behind it.)
#[derive(Debug)]
pub struct ConcurrencyLimit {
    running: usize,
    waiting: usize,
    patience: Duration,
    selection: Selection,
    /// One for each hub, or for each of its methods: there are as many as the contracts say.
    gates: Mutex<Gates>,
}

type Gates = HashMap<(&'static str, Key), Arc<Gate>>;

#[derive(Debug)]
struct Gate {
    running: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl ConcurrencyLimit {
    /// Lets `running` calls of each hub run beside each other, and refuses those beyond.
    ///
    /// # Panics
    ///
    /// If it is zero, which no call could ever pass.
    pub fn new(running: usize) -> Self {
        assert!(
            running > 0,
            "a concurrency limit has to let at least one call run"
        );
        Self {
            running: running.min(Semaphore::MAX_PERMITS),
            waiting: 0,
            patience: Duration::ZERO,
            selection: Selection::default(),
            gates: Mutex::default(),
        }
    }

    /// Lets so many more calls wait for their turn, and no longer than `patience`. They begin in the
    /// order in which they came.
    #[must_use]
    pub fn waiting(mut self, calls: usize, patience: Duration) -> Self {
        (self.waiting, self.patience) = (calls, patience);
        self
    }

    /// Is about methods of these names alone, as they are on the wire: `SendMessage`. One that no hub
    /// has is an error when the hubs are built.
    #[must_use]
    pub fn only<I: Into<String>>(mut self, methods: impl IntoIterator<Item = I>) -> Self {
        self.selection.only(methods);
        self
    }

    /// Counts calls of each method by themselves.
    #[must_use]
    pub fn each_method(mut self) -> Self {
        self.selection.each();
        self
    }

    fn gate(&self, hub: &'static str, key: Key) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = gates.entry((hub, key)).or_insert_with(|| {
            Arc::new(Gate {
                running: Arc::new(Semaphore::new(self.running)),
                waiting: AtomicUsize::new(0),
            })
        });
        Arc::clone(gate)
    }

    /// Waits for a place among the running calls; `None` if there is none to be had.
    async fn place(&self, gate: &Gate) -> Option<OwnedSemaphorePermit> {
        let running = Arc::clone(&gate.running);
        if let Ok(place) = Arc::clone(&running).try_acquire_owned() {
            return Some(place);
        }
        let _waiting = Waiting::new(gate, self.waiting)?;
        let place = tokio::time::timeout(self.patience, running.acquire_owned()).await;
        place.ok()?.ok()
    }
}

/// A place among those that wait, given back when dropped.
struct Waiting<'a>(&'a Gate);

impl<'a> Waiting<'a> {
    fn new(gate: &'a Gate, most: usize) -> Option<Self> {
        let before = gate.waiting.fetch_add(1, Ordering::Relaxed);
        let waiting = Self(gate);
        (before < most).then_some(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl HubFilter for ConcurrencyLimit {
    fn check(&self, hubs: &[HubDescription]) -> Result<(), String> {
        self.selection.check(hubs)
    }

    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        let key = self.selection.key(call);
        let Some(key) = key.filter(|_| call.refusal().is_none()) else {
            return next.run(call).await;
        };
        let gate = self.gate(call.hub(), key);
        let Some(_place) = self.place(&gate).await else {
            telemetry::limit_reached(call.hub(), "concurrency_limit");
            return Err(HubError::new("The server is busy. Try again later."));
        };
        next.run(call).await
    }
}
