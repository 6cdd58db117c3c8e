//! What received messages make the hub do.

use super::calls::{self, Calls, Start};
use super::connection::Connection;
use super::end::End;
use super::uploads::Uploads;
use crate::dispatch::error_text;
use crate::filters;
use crate::telemetry::{self, CallRecord};
use hub_core::call::{CallNumber, Outcome};
use hub_core::context::ConnectionScope;
use hub_core::protocol::{CompletionOutcome, Encoded, Invocation, Message, Protocol, handshake};
use hub_core::session::Event;
use hub_core::{ClientResultError, HubError};
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

/// A connection's running work: the user's code, and what feeds it.
pub(super) struct Work {
    pub(super) connection: Arc<Connection>,
    pub(super) calls: Calls,
    pub(super) uploads: Uploads,
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
            uploads: Uploads::default(),
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
            } => return Ok(self.uploads.item(invocation_id, *item, task)),
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
        let (target, invocation_id) = (&*invocation.target, invocation.invocation_id.as_deref());
        let record = CallRecord::begin(&self.connection, invocation);
        let (takes_slot, future) = if self.connection.hub().filters().is_empty() {
            match self.bind(number, invocation, invocation_id) {
                Ok(bound) => bound,
                // Told in its turn, so that answers come in the order of the calls.
                Err(text) => (true, self.refusal(invocation_id, &text)),
            }
        } else {
            self.filter(number, invocation, invocation_id)
        };
        let size =
            invocation.arguments.bytes().len() + target.len() + invocation_id.map_or(0, str::len);
        self.calls.start(
            Start {
                number,
                invocation_id,
                target,
                takes_slot,
                is_stream: invocation.streaming,
                size,
                record,
            },
            future,
            task,
        );
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
