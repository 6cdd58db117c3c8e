//! What received messages make the hub do.

use super::calls::{self, Calls, Start};
use super::connection::Connection;
use super::end::End;
use crate::dispatch::error_text;
use crate::filters::{self, Received, Refusal, RefusalReason};
use crate::identity::{Guard, has_roles};
use crate::telemetry::{self, CallRecord, targets};
use hub_core::call::{Call, CallNumber, Outcome, Reply, UploadQueue, UploadSender};
use hub_core::context::ConnectionScope;
use hub_core::contract::{CallFuture, HubMethodDescription, MethodKind};
use hub_core::protocol::{
    CompletionOutcome, Encoded, Invocation, Message, OwnedValue, Protocol, RawValue, handshake,
};
use hub_core::session::Event;
use hub_core::{ClientResultError, HubError};
use smol_str::SmolStr;
use std::borrow::Cow;
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

/// Whether to go on with the next message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Continue,
    /// Something has to end first; unread messages stay where they are.
    Pause,
}

/// An item of an upload whose queue is full.
pub(super) struct StalledItem {
    stream: String,
    item: OwnedValue,
}

/// Whether a call that is right takes one of the parallel slots (wire specification, section 12.3).
fn takes_slot(invocation: &Invocation<'_>) -> bool {
    !invocation.streaming && invocation.stream_ids.is_empty()
}

/// A connection's running work: the user's code, and what feeds it.
pub(super) struct Work {
    connection: Arc<Connection>,
    pub(super) calls: Calls,
    uploads: HashMap<String, UploadSender>,
    stalled: Option<Box<StalledItem>>,
    next_call: u64,
    phase: Phase,
}

/// How far a connection has come.
enum Phase {
    /// Until the client's handshake is there.
    Handshake,
    /// Until the user's `on_connected` has ended.
    Connecting(Connecting),
    /// Calls are taken.
    Open,
    /// `on_connected` failed, so nobody knows of the connection.
    Refused,
}

/// Held while the hub is told of a refresh. Those that come meanwhile are told of together.
struct Telling(Arc<Connection>);

impl Drop for Telling {
    fn drop(&mut self) {
        self.0.end_telling();
    }
}

type Connecting = Pin<Box<dyn Future<Output = Result<(), HubError>> + Send>>;

impl Work {
    pub(super) fn new(connection: Arc<Connection>) -> Self {
        let options = connection.hub().options();
        let calls = Calls::new(
            Arc::clone(&connection),
            options.maximum_parallel_invocations_per_client,
            options.enable_detailed_errors,
        );
        Self {
            connection,
            calls,
            uploads: HashMap::new(),
            stalled: None,
            next_call: 0,
            phase: Phase::Handshake,
        }
    }

    /// How many calls have come so far.
    pub(super) fn calls_begun(&self) -> u64 {
        self.next_call
    }

    pub(super) fn now(&self) -> Instant {
        self.connection.hub().clock().now()
    }

    /// Whether reading has to wait for the user's code.
    pub(super) fn is_busy(&self) -> bool {
        self.is_connecting() || self.calls.is_full()
    }

    /// Whether the user's `on_connected` runs.
    pub(super) fn is_connecting(&self) -> bool {
        matches!(self.phase, Phase::Connecting(_))
    }

    /// Whether more answers may be queued: what is read now may be answered at once.
    pub(super) fn has_room(&self) -> bool {
        self.connection.outgoing().has_room()
    }

    /// Whether the client can be reached by others.
    pub(super) fn is_joined(&self) -> bool {
        !matches!(self.phase, Phase::Handshake)
    }

    /// Whether `on_connected` has succeeded, so that `on_disconnected` is owed.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open)
    }

    /// Ends every upload.
    pub(super) fn stop(&mut self) {
        self.uploads.clear();
    }

    /// Waits until everything of the user's that runs has ended. An `on_connected` counts to that:
    /// cut in half, it would leave behind what no `on_disconnected` clears away.
    pub(super) async fn ended(&mut self) {
        poll_fn(|task| {
            self.poll_connecting(task);
            match self.phase {
                Phase::Connecting(_) => Poll::Pending,
                _ => Poll::Ready(()),
            }
        })
        .await;
        self.calls.join().await;
    }

    pub(super) fn poll_connecting(&mut self, task: &mut Context<'_>) -> Option<End> {
        let Phase::Connecting(connecting) = &mut self.phase else {
            return None;
        };
        let result = match catch_unwind(AssertUnwindSafe(|| connecting.as_mut().poll(task))) {
            Ok(Poll::Pending) => return None,
            Ok(Poll::Ready(result)) => result,
            Err(panic) => Err(calls::panicked("OnConnectedAsync", &*panic)),
        };
        self.connection.set_connecting(false);
        self.phase = if result.is_ok() {
            Phase::Open
        } else {
            Phase::Refused
        };
        result.err().map(|error| End::connect_failed(&error))
    }

    /// Tells the hub that the client's authentication was refreshed.
    pub(super) fn poll_refreshed(&mut self) {
        if self.is_open() && self.connection.begin_telling() {
            self.tell_refreshed();
        }
    }

    #[cold]
    fn tell_refreshed(&mut self) {
        let telling = Telling(Arc::clone(&self.connection));
        let scope = Arc::clone(&self.connection) as Arc<dyn ConnectionScope>;
        let told = self
            .connection
            .hub()
            .hub()
            .on_authentication_refreshed(scope);
        let told = async move {
            let _telling = telling;
            told.await;
            Outcome::Silent
        };
        self.calls
            .run_beside("OnAuthenticationRefreshedAsync", Box::pin(told));
    }

    pub(super) fn handle(
        &mut self,
        event: &Event<'_>,
        task: &mut Context<'_>,
    ) -> Result<Flow, End> {
        match event {
            Event::HandshakeAccepted {
                protocol,
                reply,
                resumable,
                ..
            } => match self.contract_refusal() {
                None => Ok(self.open(*protocol, reply, *resumable)),
                Some(text) => Err(End::refused(handshake::write_error(&text))),
            },
            Event::HandshakeRejected { reply, .. } => Err(End::refused(reply.clone())),
            Event::Message(message) => self.message(message, task),
            Event::Failed(error) => Err(End::protocol(error)),
            _ => Ok(Flow::Continue),
        }
    }

    /// The handshake is done: the client becomes reachable, and the user hears of it.
    fn open(&mut self, protocol: Protocol, reply: &'static [u8], resumable: bool) -> Flow {
        let connection = &self.connection;
        connection.accept(protocol);
        connection.send_control(Encoded::copied(reply));
        if resumable {
            let options = connection.hub().options();
            connection
                .outgoing()
                .keep(options.stateful_reconnect_buffer_size);
        }
        self.tell_contract(protocol);
        telemetry::Life::opened(connection.who(), Some(protocol));
        connection.hub().join(connection);
        connection.set_connecting(true);
        let connected = telemetry::in_span(connection, "OnConnectedAsync", self.connect());
        self.phase = Phase::Connecting(connected);
        Flow::Pause
    }

    /// The text for a client whose contract is refused, and that has not negotiated.
    fn contract_refusal(&self) -> Option<String> {
        let contracts = self.connection.hub().contracts()?;
        let head = self.connection.head();
        head.with_query(|query| contracts.refusal(query))
    }

    /// Tells a client whose contract is another one, before anybody else can reach it.
    fn tell_contract(&self, protocol: Protocol) {
        let Some(contracts) = self.connection.hub().contracts() else {
            return;
        };
        let head = self.connection.head();
        if let Some(notice) = head.with_query(|query| contracts.notice(query, protocol)) {
            self.connection.send(notice);
        }
    }

    fn connect(&self) -> Connecting {
        let (connection, hub) = (Arc::clone(&self.connection), self.connection.hub());
        if hub.filters().is_empty() {
            hub.hub().on_connected(connection)
        } else {
            Box::pin(filters::connected(connection))
        }
    }

    fn message(&mut self, message: &Message<'_>, task: &mut Context<'_>) -> Result<Flow, End> {
        match message {
            Message::Invocation(invocation) => self.invocation(invocation, task),
            Message::StreamItem {
                invocation_id,
                item,
            } => return Ok(self.item(invocation_id, *item, task)),
            Message::Completion {
                invocation_id,
                outcome,
            } => self.completion(invocation_id, outcome)?,
            Message::CancelInvocation { invocation_id } => self.calls.cancel(invocation_id),
            Message::Close { error, .. } => return Err(End::client_closed(error.as_deref())),
            Message::Ack(through) => self.connection.outgoing().acknowledge(*through),
            // Pings and Sequence are the session's, and types that we do not know are skipped (wire specification, sections 18 and 21).
            _ => {}
        }
        Ok(Flow::Continue)
    }

    fn invocation(&mut self, invocation: &Invocation<'_>, task: &mut Context<'_>) {
        self.next_call += 1;
        let number = CallNumber(self.next_call);
        let invocation_id = invocation.invocation_id.as_deref().map(SmolStr::new);
        let record = CallRecord::begin(&self.connection, invocation);
        let (takes_slot, future) = if self.connection.hub().filters().is_empty() {
            match self.bind(number, invocation, invocation_id.as_ref()) {
                Ok(bound) => bound,
                // Told in its turn, so that answers come in the order of the calls.
                Err(text) => (true, self.refusal(invocation_id.as_ref(), &text)),
            }
        } else {
            self.filter(number, invocation, invocation_id.as_ref())
        };
        let target = SmolStr::new(&*invocation.target);
        let size = invocation.arguments.bytes().len()
            + target.len()
            + invocation_id.as_ref().map_or(0, SmolStr::len);
        self.calls.start(
            Start {
                number,
                invocation_id,
                target,
                takes_slot,
                is_stream: invocation.streaming,
                size,
                record,
                future,
            },
            task,
        );
    }

    /// Finds the method and decodes its arguments, in the reference's order of checks (wire
    /// specification, section 12.2), but for authorization.
    fn bind(
        &mut self,
        number: CallNumber,
        invocation: &Invocation<'_>,
        invocation_id: Option<&SmolStr>,
    ) -> Result<(bool, CallFuture), String> {
        let connection = &self.connection;
        let (hub, options) = (connection.hub().hub(), connection.hub().options());
        let target = &*invocation.target;
        let method = hub
            .find(target)
            .ok_or_else(|| error_text::unknown_method(target))?;
        let description = hub.description(method);
        self.check(description, invocation, invocation_id)
            .map_err(Refusal::into_text)?;
        let guard = if description.authorize.is_empty() {
            None
        } else {
            self.guard(description, invocation)
        };
        let (senders, uploads) = self.open_uploads(invocation.stream_ids.len());
        let scope = || Arc::clone(connection) as Arc<dyn ConnectionScope>;
        let reply = Reply::new(invocation.arguments.protocol(), invocation_id.cloned());
        let call = Call::new(&scope, number, invocation.arguments, reply, uploads);
        let detailed = options.enable_detailed_errors;
        // Decoding runs the user's code too, where types read themselves.
        let future = catch_unwind(AssertUnwindSafe(|| hub.call(method, call)))
            .map_err(|panic| {
                error_text::invocation(target, &calls::panicked(target, &*panic), detailed)
            })?
            .map_err(|error| error_text::binding(target, &error, detailed))?;
        let takes_slot = takes_slot(invocation);
        if !senders.is_empty() {
            self.keep_uploads(&invocation.stream_ids, senders);
        }
        let future = match guard {
            None => future,
            Some(guard) => {
                let refusal = error_text::unauthorized(target);
                guard.before(future, self.error(invocation_id, &refusal))
            }
        };
        Ok((takes_slot, future))
    }

    /// What can be said of a call of a method before its arguments are looked at. Roles are judged
    /// before the user's code sees an argument, policies when the call has its turn.
    #[inline]
    fn check(
        &self,
        method: &HubMethodDescription,
        invocation: &Invocation<'_>,
        invocation_id: Option<&SmolStr>,
    ) -> Result<(), Refusal> {
        let target = &*invocation.target;
        if !method.authorize.is_empty() && !self.has_roles(method) {
            let text = error_text::unauthorized(target);
            return Err(Refusal::new(RefusalReason::Unauthorized, text));
        }
        let streams = method.kind == MethodKind::Stream;
        if streams != invocation.streaming {
            let text = error_text::wrong_kind(target, streams);
            return Err(Refusal::new(RefusalReason::WrongKind, text));
        }
        if let Some(id) = invocation_id
            && streams
            && self.calls.is_in_use(id)
        {
            let text = error_text::id_in_use(id);
            return Err(Refusal::new(RefusalReason::IdInUse, text));
        }
        let (sent, expected) = (invocation.stream_ids.len(), method.uploads());
        if sent != expected {
            let error = error_text::stream_count(sent, expected);
            let detailed = self.connection.hub().options().enable_detailed_errors;
            let text = error_text::invocation(target, &error, detailed);
            return Err(Refusal::new(RefusalReason::WrongStreamCount, text));
        }
        Ok(())
    }

    #[inline(never)]
    fn has_roles(&self, method: &HubMethodDescription) -> bool {
        let ticket = self.connection.ticket();
        ticket.is_some_and(|it| it.with_user(|user| has_roles(user, method.authorize)))
    }

    /// What is left to judge of a protected method's caller when the call has its turn, if anything
    /// is.
    #[inline(never)]
    fn guard(
        &self,
        method: &'static HubMethodDescription,
        invocation: &Invocation<'_>,
    ) -> Option<Guard> {
        let (connection, arguments) = (&self.connection, invocation.arguments);
        Guard::new(connection.ticket()?, connection, method, arguments)
    }

    /// A call with the hub's filters around it, which decodes its arguments when they let it.
    fn filter(
        &mut self,
        number: CallNumber,
        invocation: &Invocation<'_>,
        invocation_id: Option<&SmolStr>,
    ) -> (bool, CallFuture) {
        let hub = self.connection.hub().hub();
        let target = &*invocation.target;
        let method = hub.find(target).map(|index| filters::Method {
            index,
            description: hub.description(index),
        });
        let refusal = match &method {
            None => Some(Refusal::new(
                RefusalReason::UnknownMethod,
                error_text::unknown_method(target),
            )),
            Some(method) => self
                .check(method.description, invocation, invocation_id)
                .err(),
        };
        let (mut uploads, takes_slot) = (Vec::new(), refusal.is_some() || takes_slot(invocation));
        if refusal.is_none() {
            let (senders, queues) = self.open_uploads(invocation.stream_ids.len());
            if !senders.is_empty() {
                self.keep_uploads(&invocation.stream_ids, senders);
            }
            uploads = queues;
        }
        let received = Received {
            connection: &self.connection,
            number,
            invocation,
            method,
            refusal,
            uploads,
        };
        (takes_slot, received.into_future())
    }

    /// The queues of so many uploads. Most calls have none.
    fn open_uploads(&self, count: usize) -> (Vec<UploadSender>, Vec<UploadQueue>) {
        if count == 0 {
            return (Vec::new(), Vec::new());
        }
        let capacity = self.connection.hub().options().stream_buffer_capacity;
        (0..count).map(|_| UploadQueue::bounded(capacity)).unzip()
    }

    fn keep_uploads(&mut self, ids: &[Cow<'_, str>], senders: Vec<UploadSender>) {
        self.forget_closed_uploads();
        for (id, sender) in ids.iter().zip(senders) {
            self.uploads.insert(id.to_string(), sender);
        }
    }

    /// Methods end without reading their uploads to the end, and clients need not complete those.
    /// Looked at whenever the map is full, so that it is never larger than twice what is in use.
    fn forget_closed_uploads(&mut self) {
        if self.uploads.len() == self.uploads.capacity() {
            self.uploads.retain(|_, upload| !upload.is_closed());
        }
    }

    /// A call that only says why it failed.
    fn refusal(&self, invocation_id: Option<&SmolStr>, text: &str) -> CallFuture {
        let who = self.connection.who();
        tracing::debug!(target: targets::DISPATCH, hub = who.hub, connection_id = %who.id, text, "a call was refused");
        Box::pin(std::future::ready(self.error(invocation_id, text)))
    }

    /// What a caller reads, if it waits for an answer.
    fn error(&self, invocation_id: Option<&SmolStr>, text: &str) -> Outcome {
        let caller = self.connection.protocol().zip(invocation_id);
        Outcome::Refused(caller.map(|(protocol, id)| Encoded::completion_error(protocol, id, text)))
    }

    fn item(&mut self, stream: &str, item: RawValue<'_>, task: &mut Context<'_>) -> Flow {
        // Items of unknown or finished streams are dropped silently.
        let Some(sender) = self.uploads.get(stream) else {
            return Flow::Continue;
        };
        if sender.poll_ready(task).is_pending() {
            self.stalled = Some(Box::new(StalledItem {
                stream: stream.to_owned(),
                item: item.into(),
            }));
            return Flow::Pause;
        }
        sender.send(item.into());
        Flow::Continue
    }

    /// Hands the stalled item over once there is room for it.
    pub(super) fn poll_stalled(&mut self, task: &mut Context<'_>) -> Poll<()> {
        let Some(StalledItem { stream, .. }) = self.stalled.as_deref() else {
            return Poll::Ready(());
        };
        let sender = self.uploads.get(stream);
        if sender.is_some_and(|sender| sender.poll_ready(task).is_pending()) {
            return Poll::Pending;
        }
        if let Some((sender, stalled)) = sender.zip(self.stalled.take()) {
            sender.send(stalled.item);
        }
        Poll::Ready(())
    }

    /// The end of an upload, or a client's answer. Ids of neither are ignored.
    fn completion(&mut self, id: &str, outcome: &CompletionOutcome<'_>) -> Result<(), End> {
        if let Some(upload) = self.uploads.remove(id) {
            let error = match outcome {
                CompletionOutcome::Error(text) => Some(error_text::told_by_client(text)),
                _ => None,
            };
            upload.complete(error);
            return Ok(());
        }
        let answer = || match outcome {
            CompletionOutcome::Error(text) => {
                let text = error_text::told_by_client(text).to_owned();
                Err(ClientResultError::Client(text))
            }
            CompletionOutcome::Void => Ok(None),
            CompletionOutcome::Value(value) => Ok(Some((*value).into())),
        };
        let results = self.connection.hub().results();
        results.answer(&self.connection, id, answer).map_err(|_| {
            let connection = self.connection.id();
            let text =
                format!("Connection ID '{connection}' is not valid for invocation ID '{id}'.");
            End::not_asked(&HubError::internal("InvalidOperationException", text))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{Framing, Outgoing, Transport};
    use crate::server::testing;
    use hub_core::protocol::Arguments;
    use std::io::{self, IoSlice};

    /// A socket that takes nothing.
    struct Nowhere;

    impl Transport for Nowhere {
        fn poll_write(&self, _: &mut Context<'_>, _: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
            Poll::Pending
        }

        fn try_write(&self, _: &[IoSlice<'_>]) -> io::Result<usize> {
            Err(io::ErrorKind::WouldBlock.into())
        }

        fn poll_shutdown(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    #[test]
    fn uploads_that_clients_never_complete_do_not_pile_up() {
        let connection = testing::connection(Outgoing::new(
            Box::new(Nowhere),
            Framing::WebSocket(None),
            1000,
        ));
        let mut work = Work::new(Arc::clone(&connection));
        for number in 0..10_000 {
            let (sender, queue) = UploadQueue::bounded(10);
            work.forget_closed_uploads();
            work.uploads.insert(number.to_string(), sender);
            // The method takes its upload, and ends without reading it.
            let scope = || Arc::clone(&connection) as Arc<dyn ConnectionScope>;
            let reply = Reply::new(Protocol::Json, None);
            let arguments = Arguments::json("[]");
            let mut call = Call::new(&scope, CallNumber(number), arguments, reply, vec![queue]);
            drop(call.upload::<u32>());
        }
        assert!(work.uploads.len() < 10);
    }
}
