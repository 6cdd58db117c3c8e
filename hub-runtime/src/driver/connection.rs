//! A connection as everyone but its own task sees it.

use super::frame::Broadcast;
use super::outgoing::Outgoing;
use super::transport::Link;
use crate::connections::Head;
use crate::identity::Ticket;
use crate::server::live::{Live, Member};
use crate::server::state::HubState;
use crate::telemetry::{Ending, Life, LifeEnd, LogId, Who, targets};
use hub_core::ClientResultError;
use hub_core::call::CallNumber;
use hub_core::context::{CloseMessage, ConnectionScope, DisconnectReason, Items, Stopped, User};
use hub_core::hub_contexts::HubContexts;
use hub_core::negotiate::TransportType;
use hub_core::outlet::Port;
use hub_core::protocol::{Batch, Encoded, Protocol, TransferFormat};
use smol_str::SmolStr;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::sync::Notify;

/// What the connection's task, the registry and running calls share.
pub(crate) struct Connection {
    me: Weak<Connection>,
    id: SmolStr,
    /// Unique in this process; names the connection where its id would be too long.
    number: u64,
    hub: Arc<HubState>,
    port: Arc<dyn Port>,
    ticket: Option<Arc<Ticket>>,
    head: Head,
    /// Whether the id is the secret token too.
    id_is_token: bool,
    transport: TransportType,
    life: Life,
    items: Items,
    protocol: OnceLock<Protocol>,
    outgoing: Outgoing,
    /// Groups that the connection is in; `None` once it has left them all for good.
    groups: Mutex<Option<Vec<SmolStr>>>,
    ended: AtomicBool,
    /// `None` where there are none: most calls leave nothing.
    calls: Mutex<Option<Box<CallNotes>>>,
    /// Whether there may be notes to forget.
    has_notes: AtomicBool,
    /// The user's `on_connected` runs, so that no answer can be read.
    connecting: AtomicBool,
    /// The user's `on_authentication_refreshed` is owed.
    refreshed: AtomicBool,
    /// It runs.
    telling: AtomicBool,
    /// Told of the end and of cancelled calls.
    stopped: Notify,
    close: Mutex<Option<Box<DisconnectReason>>>,
    /// When the session wants to be asked about the time, in the hub's coarse milliseconds.
    deadline: AtomicU64,
    /// Where a transport waits that resumes the connection; `None` unless stateful reconnect was
    /// negotiated.
    next_link: Option<Box<Mutex<Option<Link>>>>,
}

/// What calls and the connection's task have to tell each other.
#[derive(Default)]
struct CallNotes {
    /// Calls that were cancelled, or whose `cancelled()` was asked for. Who waits shares the flag,
    /// so that it is told even when the call has ended, and is forgotten, by the time it looks.
    cancelled: Vec<(CallNumber, Arc<AtomicBool>)>,
    /// Calls that have given up their slot, and whose slot has not been taken back.
    released: Vec<CallNumber>,
}

impl CallNotes {
    /// Whether a call was cancelled; the same flag until the call is forgotten.
    fn cancelled(&mut self, call: CallNumber) -> Arc<AtomicBool> {
        let known = self.cancelled.iter().find(|(number, _)| *number == call);
        if let Some((_, flag)) = known {
            return Arc::clone(flag);
        }
        let flag = Arc::default();
        self.cancelled.push((call, Arc::clone(&flag)));
        flag
    }
}

/// What a connection is made of.
pub(crate) struct Opening {
    pub(crate) id: SmolStr,
    /// Whether it is the secret token too.
    pub(crate) id_is_token: bool,
    pub(crate) number: u64,
    pub(crate) ticket: Option<Arc<Ticket>>,
    pub(crate) head: Head,
    pub(crate) transport: TransportType,
    pub(crate) outgoing: Outgoing,
    /// Whether stateful reconnect was negotiated.
    pub(crate) stateful_reconnect: bool,
}

impl Connection {
    pub(crate) fn new(hub: &Arc<HubState>, opening: Opening) -> Arc<Self> {
        let who = Who {
            hub: hub.name(),
            id: LogId::new(&opening.id, opening.id_is_token, opening.number),
            transport: opening.transport,
            user: user(hub, opening.ticket.as_deref()),
        };
        let life = Life::begin(hub.metrics(), who, hub.clock().exact_millis());
        Arc::new_cyclic(|me| Self {
            me: me.clone(),
            id: opening.id,
            number: opening.number,
            hub: Arc::clone(hub),
            port: Arc::clone(hub) as Arc<dyn Port>,
            ticket: opening.ticket,
            head: opening.head,
            id_is_token: opening.id_is_token,
            transport: opening.transport,
            life,
            items: Items::default(),
            protocol: OnceLock::new(),
            outgoing: opening.outgoing,
            groups: Mutex::new(Some(Vec::new())),
            ended: AtomicBool::new(false),
            calls: Mutex::default(),
            has_notes: AtomicBool::new(false),
            connecting: AtomicBool::new(false),
            refreshed: AtomicBool::new(false),
            telling: AtomicBool::new(false),
            stopped: Notify::new(),
            close: Mutex::new(None),
            deadline: AtomicU64::new(u64::MAX),
            next_link: opening.stateful_reconnect.then(Box::default),
        })
    }

    pub(crate) fn id(&self) -> &SmolStr {
        &self.id
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn life(&self) -> &Life {
        &self.life
    }

    /// What it is called in the log.
    pub(crate) fn who(&self) -> Who<'_> {
        Who {
            hub: self.hub.name(),
            id: LogId::new(&self.id, self.id_is_token, self.number),
            transport: self.transport,
            user: user(&self.hub, self.ticket.as_deref()),
        }
    }

    /// Tells log and metrics of the end.
    pub(super) fn log_end(&self, ending: Ending<'_>) {
        let end = LifeEnd {
            reason: ending,
            was_opened: self.protocol().is_some(),
            now: self.hub.clock().exact_millis(),
        };
        self.life.ended(self.hub.metrics(), self.who(), end);
    }

    pub(crate) fn hub(&self) -> &Arc<HubState> {
        &self.hub
    }

    /// Whose it is; `None` for nobody's.
    pub(crate) fn ticket(&self) -> Option<&Arc<Ticket>> {
        self.ticket.as_ref()
    }

    /// The request that opened the connection.
    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    pub(crate) fn outgoing(&self) -> &Outgoing {
        &self.outgoing
    }

    /// The shared pointer to this very connection.
    pub(crate) fn shared(&self) -> Arc<Self> {
        self.me
            .upgrade()
            .expect("a connection that is borrowed is alive")
    }

    /// The protocol of the handshake; `None` before it.
    pub(crate) fn protocol(&self) -> Option<Protocol> {
        self.protocol.get().copied()
    }

    /// What the protocol travels as: text before the handshake.
    pub(super) fn transfer_format(&self) -> TransferFormat {
        self.protocol()
            .map_or(TransferFormat::Text, Protocol::transfer_format)
    }

    pub(crate) fn accept(&self, protocol: Protocol) {
        // The session accepts one handshake only.
        let _ = self.protocol.set(protocol);
        self.outgoing.set_format(protocol.transfer_format());
    }

    /// Queues a message for this connection alone.
    pub(crate) fn send(&self, message: Encoded) {
        self.log_sent(&message);
        self.outgoing.push_message(self, message);
    }

    /// Queues a message about the connection itself: a ping, an Ack, the handshake's answer.
    pub(crate) fn send_control(&self, message: Encoded) {
        self.log_sent(&message);
        self.outgoing.push_control(self, message);
    }

    /// Queues a question of the server's, unless the client is too far behind to hear it.
    pub(crate) fn question(&self, message: Encoded) {
        self.log_sent(&message);
        self.outgoing.push_bounded(self, message);
    }

    fn log_sent(&self, message: &Encoded) {
        tracing::trace!(target: targets::TRANSPORT, connection_id = %self.who().id, bytes = message.payload().len(), "sent");
    }

    /// Queues this connection's rendering of a call on clients.
    pub(crate) fn deliver(&self, broadcast: &Broadcast) {
        if let Some(frame) = self.protocol().and_then(|protocol| broadcast.get(protocol)) {
            self.outgoing.push_shared(self, frame);
        }
    }

    /// Asks the connection's task to end it. The first reason stays, unless it was a shutdown, which
    /// lets calls end before it is acted upon.
    ///
    /// What is sent to an aborted connection from now on is dropped, so that the call that aborted
    /// it has no answer either (wire specification, 16.1).
    pub(crate) fn request_close(&self, reason: DisconnectReason) {
        if matches!(reason, DisconnectReason::Aborted(_)) {
            self.outgoing.stop();
        }
        let mut close = lock(&self.close);
        if matches!(
            close.as_deref(),
            None | Some(DisconnectReason::ServerShutdown)
        ) {
            *close = Some(Box::new(reason));
        }
        drop(close);
        self.outgoing.wake_driver();
    }

    pub(crate) fn close_request(&self) -> Option<DisconnectReason> {
        lock(&self.close).as_deref().cloned()
    }

    /// Notes a group; `None` if the connection has ended, and may join nothing any more.
    pub(crate) fn groups(&self) -> MutexGuard<'_, Option<Vec<SmolStr>>> {
        lock(&self.groups)
    }

    /// Lets `aborted()` end, everywhere.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.stopped.notify_waiters();
        drop(self.take_link());
    }

    /// Whether stateful reconnect was negotiated.
    pub(crate) fn negotiated_stateful_reconnect(&self) -> bool {
        self.next_link.is_some()
    }

    /// Brings a transport that takes the place of the present one, dead or alive. It is dropped if
    /// the connection has ended, or when yet another one comes first.
    pub(crate) fn resume(&self, link: Link) {
        let Some(next) = &self.next_link else { return };
        let mut next = lock(next);
        // Looked at under the lock, under which the end clears it too.
        let before = if self.is_aborted() {
            Some(link)
        } else {
            next.replace(link)
        };
        drop(next);
        drop(before);
        self.outgoing.wake_driver();
    }

    /// The transport that goes on, if one has come.
    pub(crate) fn take_link(&self) -> Option<Link> {
        self.next_link.as_ref().and_then(|next| lock(next).take())
    }

    fn with_notes<R>(&self, note: impl FnOnce(&mut CallNotes) -> R) -> R {
        let mut notes = lock(&self.calls);
        self.has_notes.store(true, Ordering::Release);
        note(notes.get_or_insert_default())
    }

    /// Lets `cancelled()` of one call end.
    pub(crate) fn cancel(&self, call: CallNumber) {
        let flag = self.with_notes(|notes| notes.cancelled(call));
        // Clients may repeat themselves as often as they like.
        if !flag.swap(true, Ordering::AcqRel) {
            self.stopped.notify_waiters();
        }
    }

    /// Forgets a finished call.
    #[inline]
    pub(crate) fn forget(&self, call: CallNumber) {
        if self.has_notes.load(Ordering::Acquire) {
            self.forget_notes(call);
        }
    }

    #[inline(never)]
    fn forget_notes(&self, call: CallNumber) {
        let mut notes = lock(&self.calls);
        if let Some(CallNotes {
            cancelled,
            released,
        }) = notes.as_deref_mut()
        {
            cancelled.retain(|(number, _)| *number != call);
            released.retain(|number| *number != call);
            if cancelled.is_empty() && released.is_empty() {
                *notes = None;
            }
        }
        self.has_notes.store(notes.is_some(), Ordering::Release);
    }

    #[cfg(test)]
    pub(super) fn cancelled_calls(&self) -> usize {
        let notes = lock(&self.calls);
        notes.as_ref().map_or(0, |notes| notes.cancelled.len())
    }

    /// The calls that have given up their slots since.
    pub(crate) fn take_released(&self) -> Vec<CallNumber> {
        let mut notes = lock(&self.calls);
        let released = notes.as_mut().map(|notes| &mut notes.released);
        released.map(std::mem::take).unwrap_or_default()
    }

    /// Notes whether the user's `on_connected` runs.
    pub(crate) fn set_connecting(&self, connecting: bool) {
        self.connecting.store(connecting, Ordering::Release);
    }

    /// Has the connection's task tell the hub that its authentication was refreshed.
    pub(crate) fn note_refreshed(&self) {
        self.refreshed.store(true, Ordering::Release);
        self.outgoing.wake_driver();
    }

    /// Whether the hub has to be told of a refresh, and is not being told of an earlier one.
    pub(crate) fn begin_telling(&self) -> bool {
        let begins =
            self.refreshed.load(Ordering::Acquire) && !self.telling.load(Ordering::Acquire);
        if begins {
            self.telling.store(true, Ordering::Release);
            self.refreshed.store(false, Ordering::Release);
        }
        begins
    }

    /// The hub has been told.
    pub(crate) fn end_telling(&self) {
        self.telling.store(false, Ordering::Release);
        self.outgoing.wake_driver();
    }

    /// Whether the id is the secret token too.
    pub(crate) fn id_is_token(&self) -> bool {
        self.id_is_token
    }

    /// What it is called in the log.
    pub(crate) fn log_id(&self) -> LogId<'_> {
        LogId::new(&self.id, self.id_is_token, self.number)
    }

    /// Says when the sweep shall wake the connection's task.
    pub(crate) fn set_deadline(&self, deadline: Option<Instant>) {
        let millis = deadline.map_or(u64::MAX, |at| self.hub.clock().millis_at(at));
        self.deadline.store(millis, Ordering::Relaxed);
    }

    /// Wakes the connection's task if it is due.
    pub(crate) fn sweep(&self, now_millis: u64, stuck_before: Option<Instant>) {
        let since = || self.outgoing.status().1;
        let stuck =
            || stuck_before.is_some_and(|before| since().is_some_and(|since| since < before));
        if self.deadline.load(Ordering::Relaxed) <= now_millis {
            self.outgoing.wake_driver();
        }
        if stuck() {
            self.request_close(DisconnectReason::SlowConsumer);
        }
    }

    /// Asks the connection to end if its user's proof is over by the wall clock.
    pub(crate) fn sweep_expired(&self, wall_clock: u64) {
        if let Some(ticket) = &self.ticket
            && ticket.is_expired(wall_clock)
        {
            self.request_close(DisconnectReason::AuthenticationExpired);
        }
    }

    fn until(&self, is_over: impl Fn(&Self) -> bool + Send + 'static) -> Stopped {
        let me = self.shared();
        Box::pin(async move {
            let mut notified = std::pin::pin!(me.stopped.notified());
            loop {
                // Enabled before looking, so that an end in between is not missed.
                notified.as_mut().enable();
                if is_over(&me) {
                    return;
                }
                notified.as_mut().await;
                notified.set(me.stopped.notified());
            }
        })
    }
}

impl Member for Connection {
    fn number(&self) -> u64 {
        self.number
    }

    fn live(&self) -> &Live<Self> {
        self.hub.live()
    }

    fn shut_down(&self) {
        self.request_close(DisconnectReason::ServerShutdown);
    }
}

impl ConnectionScope for Connection {
    fn connection_id(&self) -> &str {
        &self.id
    }

    fn user(&self) -> Option<&User> {
        self.ticket.as_deref().map(Ticket::user)
    }

    fn refreshed_user(&self) -> Option<Arc<User>> {
        self.ticket.as_deref()?.refreshed_user()
    }

    fn items(&self) -> &Items {
        &self.items
    }

    fn http(&self) -> &http::request::Parts {
        self.head.parts()
    }

    fn transport(&self) -> TransportType {
        self.transport
    }

    fn aborted(&self) -> Stopped {
        self.until(Self::is_aborted)
    }

    fn is_aborted(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    fn cancelled(&self, call: CallNumber) -> Stopped {
        let flag = self.with_notes(|notes| notes.cancelled(call));
        self.until(move |me| me.is_aborted() || flag.load(Ordering::Acquire))
    }

    fn close(&self, message: CloseMessage) {
        self.request_close(DisconnectReason::Aborted(message));
    }

    fn disable_stateful_reconnect(&self) {
        self.outgoing.stop_keeping(self);
    }

    fn port(&self) -> &Arc<dyn Port> {
        &self.port
    }

    fn poll_room(&self, task: &mut Context<'_>) -> Poll<bool> {
        self.outgoing.poll_room(task)
    }

    fn send_to_caller(&self, message: Encoded) {
        self.send(message);
    }

    fn lend_batch(&self) -> Option<Batch> {
        // There each message has a line of its own.
        if tracing::enabled!(target: targets::TRANSPORT, tracing::Level::TRACE) {
            return None;
        }
        self.outgoing.lend(self)
    }

    fn wants_batch(&self) -> bool {
        self.outgoing.wants_batch()
    }

    fn return_batch(&self, batch: Batch) {
        self.outgoing.take_back(self, batch);
    }

    fn hubs(&self) -> Option<HubContexts> {
        self.hub.siblings()
    }

    fn ask(&self, call: CallNumber) -> Result<(), ClientResultError> {
        if self.connecting.load(Ordering::Acquire) {
            return Err(ClientResultError::InsideOnConnected);
        }
        let is_new = self.with_notes(|notes| {
            let is_new = !notes.released.contains(&call);
            if is_new {
                notes.released.push(call);
            }
            is_new
        });
        if is_new {
            self.outgoing.wake_driver();
        }
        Ok(())
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The user's id, if it may stand in the log.
fn user<'a>(hub: &HubState, ticket: Option<&'a Ticket>) -> Option<&'a str> {
    let ticket = ticket.filter(|_| hub.options().log_user_ids)?;
    Some(ticket.user().id())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // None of these locks is held across user code, so a poisoned value is still whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
