//! The calls of one connection: which run, which wait for a slot, and what their callers are told.

use super::connection::Connection;
use super::turn::InTurns;
use super::typed_error;
use crate::dispatch::error_text;
use crate::telemetry::{self, CallRecord, targets};
use hub_core::HubError;
use hub_core::call::{CallNumber, Outcome};
use hub_core::contract::CallFuture;
use hub_core::protocol::Encoded;
use smol_str::SmolStr;
use std::any::Any;
use std::collections::VecDeque;
use std::future::{Future, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tracing::Span;

/// Calls that may wait for a slot; at that many, reading stops.
const WAITING: usize = 128;
/// Received bytes that calls which wait may have come in; at that many, reading stops too. The
/// figure is SignalR's `TransportMaxBufferSize`.
const WAITING_BYTES: usize = 65_536;
/// Calls that may run beside each other, streams included; further ones wait.
const RUNNING: usize = 1024;

/// A call that is ready to run. Most end at once, so that its texts are borrowed.
pub(crate) struct Start<'a> {
    pub(crate) number: CallNumber,
    /// `None` for a caller that waits for no answer.
    pub(crate) invocation_id: Option<&'a str>,
    /// The name to show in error texts: the client's spelling.
    pub(crate) target: &'a str,
    /// Whether it takes one of the parallel slots; streams do not (wire specification, 12.3).
    pub(crate) takes_slot: bool,
    /// Whether it answers with a stream, which a client ends by cancelling it.
    pub(crate) is_stream: bool,
    /// The bytes in which it was received: what it costs to let it wait.
    pub(crate) size: usize,
    pub(crate) record: CallRecord,
}

/// A call that waits for its turn.
struct Waiting {
    number: CallNumber,
    invocation_id: Option<SmolStr>,
    target: SmolStr,
    takes_slot: bool,
    is_stream: bool,
    size: usize,
    record: CallRecord,
    future: CallFuture,
}

/// What is left of a call once its future runs.
struct Running {
    number: CallNumber,
    invocation_id: Option<SmolStr>,
    target: SmolStr,
    takes_slot: bool,
    is_stream: bool,
    /// Whether it is one of the streams of which there may be so many.
    streams: bool,
    record: CallRecord,
    abort: AbortHandle,
}

pub(crate) struct Calls {
    connection: Arc<Connection>,
    parallel: usize,
    detailed_errors: bool,
    slots_taken: usize,
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    /// No further call starts.
    closing: bool,
    running: Vec<Running>,
    /// Made when the first call does not finish at once.
    tasks: Option<Box<JoinSet<Outcome>>>,
}

impl Calls {
    pub(crate) fn new(connection: Arc<Connection>, parallel: usize, detailed_errors: bool) -> Self {
        Self {
            connection,
            parallel: parallel.max(1),
            detailed_errors,
            slots_taken: 0,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            closing: false,
            running: Vec::new(),
            tasks: None,
        }
    }

    /// Starts a call, or lets it wait for its turn. Calls start in the order in which they came.
    #[inline]
    pub(crate) fn start(&mut self, call: Start<'_>, future: CallFuture, task: &mut Context<'_>) {
        if self.waiting.is_empty()
            && self.may_start(call.takes_slot)
            && self.poll_room(task).is_ready()
        {
            return self.run(call, future, task);
        }
        self.wait(call, future);
        self.start_waiting(task);
    }

    #[inline(never)]
    fn wait(&mut self, mut call: Start<'_>, future: CallFuture) {
        call.record.waits();
        self.waiting_bytes += call.size;
        self.waiting.push_back(Waiting {
            number: call.number,
            invocation_id: call.invocation_id.map(SmolStr::new),
            target: SmolStr::new(call.target),
            takes_slot: call.takes_slot,
            is_stream: call.is_stream,
            size: call.size,
            record: call.record,
            future,
        });
    }

    /// Runs what no client has called. It ends with the calls, and nobody is answered.
    pub(crate) fn run_beside(&mut self, name: &'static str, future: CallFuture) {
        let caught = Caught {
            target: SmolStr::new_static(name),
            span: None,
            future: Some(future),
        };
        let tasks = self.tasks.get_or_insert_default();
        tasks.spawn(InTurns::new(caught));
    }

    /// Starts no call any more; those that run go on.
    pub(crate) fn close(&mut self) {
        self.closing = true;
    }

    /// Whether a caller waits for the one answer of a call that runs.
    pub(crate) fn owes_answers(&self) -> bool {
        self.running.iter().any(|call| !call.is_stream)
    }

    /// Whether reading has to stop until calls have ended.
    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING || self.waiting_bytes >= WAITING_BYTES
    }

    /// Whether a call with this id is waiting or running.
    pub(crate) fn is_in_use(&self, invocation_id: &str) -> bool {
        let is = |id: &Option<SmolStr>| id.as_deref() == Some(invocation_id);
        self.running.iter().any(|call| is(&call.invocation_id))
            || self.waiting.iter().any(|call| is(&call.invocation_id))
    }

    /// Cancels a call: a stream stops, a plain method is told by `cancelled()`. Unknown ids are
    /// ignored, since clients also cancel what has just ended.
    pub(crate) fn cancel(&mut self, invocation_id: &str) {
        let running = self
            .running
            .iter_mut()
            .find(|call| call.invocation_id.as_deref() == Some(invocation_id));
        if let Some(call) = running {
            self.connection.cancel(call.number);
            if call.is_stream {
                call.abort.abort();
                // As good as ended: it is not polled again.
                call.streams = false;
            }
            return;
        }
        let is_it = |call: &&mut Waiting| call.invocation_id.as_deref() == Some(invocation_id);
        if let Some(call) = self.waiting.iter_mut().find(is_it) {
            // Told in its turn, so that answers come in the order of the calls.
            call.future = Box::pin(ready(Outcome::Failed(HubError::internal(
                "OperationCanceledException",
                "The call was cancelled before it began.",
            ))));
            if let Some(protocol) = self.connection.protocol().filter(|_| call.is_stream) {
                let message = Encoded::completion_void(protocol, invocation_id);
                call.future = Box::pin(ready(Outcome::Completion(message)));
            }
        }
    }

    /// Answers the calls that have ended since, and starts those that waited for them.
    pub(crate) fn poll_ended(&mut self, task: &mut Context<'_>) {
        loop {
            self.free_released_slots();
            while let Some(tasks) = &mut self.tasks {
                match tasks.poll_join_next_with_id(task) {
                    Poll::Ready(Some(ended)) => self.end(ended),
                    Poll::Ready(None) => self.tasks = None,
                    Poll::Pending => break,
                }
            }
            // A task that has just been spawned has to be asked for its end, or that wakes nobody.
            if !self.start_waiting(task) {
                return;
            }
        }
    }

    /// A call that asks a client has given up its slot, and does not get it back.
    fn free_released_slots(&mut self) {
        if self.slots_taken == 0 {
            return;
        }
        for number in self.connection.take_released() {
            let call = self.running.iter_mut().find(|call| call.number == number);
            if let Some(call) = call {
                self.slots_taken -= usize::from(std::mem::take(&mut call.takes_slot));
            }
        }
    }

    /// Waits until every call has ended; their answers are dropped.
    pub(crate) async fn join(&mut self) {
        self.waiting.clear();
        if let Some(tasks) = &mut self.tasks {
            while tasks.join_next().await.is_some() {}
        }
    }

    /// Ends every call, and waits until their futures are gone.
    pub(crate) async fn abort(&mut self) {
        self.waiting.clear();
        if let Some(tasks) = &mut self.tasks {
            tasks.shutdown().await;
        }
    }

    /// Starts what may start; `true` if some of it goes on in tasks.
    fn start_waiting(&mut self, task: &mut Context<'_>) -> bool {
        let before = self.running.len();
        while let Some(next) = self.waiting.front()
            && self.may_start(next.takes_slot)
            && self.poll_room(task).is_ready()
            && let Some(call) = self.waiting.pop_front()
        {
            self.waiting_bytes -= call.size;
            let start = Start {
                number: call.number,
                invocation_id: call.invocation_id.as_deref(),
                target: &call.target,
                takes_slot: call.takes_slot,
                is_stream: call.is_stream,
                size: call.size,
                record: call.record,
            };
            self.run(start, call.future, task);
        }
        if self.waiting.is_empty() && self.waiting.capacity() > 8 {
            self.waiting = VecDeque::new();
        }
        self.running.len() > before
    }

    #[inline]
    fn may_start(&self, takes_slot: bool) -> bool {
        self.running.len() < RUNNING
            && !self.closing
            && (!takes_slot || self.slots_taken < self.parallel)
    }

    /// Answers wait by not being made: for a client that does not read, and for one that has to
    /// acknowledge first. The latter only until calls keep us from reading, since acknowledgements
    /// come behind further calls.
    fn poll_room(&self, task: &mut Context<'_>) -> Poll<bool> {
        let outgoing = self.connection.outgoing();
        if self.is_full() {
            outgoing.poll_socket_room(task)
        } else {
            outgoing.poll_room(task)
        }
    }

    /// Polls a call once in place: most methods end there, and cost no task. The rest get one.
    fn run(&mut self, mut call: Start<'_>, future: CallFuture, task: &mut Context<'_>) {
        // Streams are those that take no slot.
        if !call.takes_slot && self.has_all_streams() {
            return self.refuse_stream(call);
        }
        call.record.starts();
        let span = call.record.span();
        let mut future = Some(future);
        match poll_caught(&mut future, call.target, span.as_deref(), task) {
            Poll::Ready(outcome) => {
                self.connection.forget(call.number);
                self.complete(call.invocation_id, call.target, call.record, Some(outcome));
            }
            Poll::Pending => self.go_on(call, future, span),
        }
    }

    /// Gives a call that has not ended at once a task of its own.
    #[inline(never)]
    fn go_on(&mut self, mut call: Start<'_>, future: Option<CallFuture>, span: Option<Box<Span>>) {
        call.record.goes_on();
        let target = SmolStr::new(call.target);
        let caught = Caught {
            target: target.clone(),
            span,
            future,
        };
        let tasks = self.tasks.get_or_insert_default();
        let abort = tasks.spawn(InTurns::new(caught));
        self.slots_taken += usize::from(call.takes_slot);
        self.running.push(Running {
            number: call.number,
            invocation_id: call.invocation_id.map(SmolStr::new),
            target,
            takes_slot: call.takes_slot,
            is_stream: call.is_stream,
            streams: !call.takes_slot,
            record: call.record,
            abort,
        });
    }

    /// Whether as many streams run as there may be.
    fn has_all_streams(&self) -> bool {
        let most = self
            .connection
            .hub()
            .options()
            .maximum_parallel_streams_per_client;
        self.running.iter().filter(|call| call.streams).count() >= most
    }

    #[inline(never)]
    fn refuse_stream(&self, call: Start<'_>) {
        let hub = self.connection.hub();
        telemetry::limit_reached(hub.name(), "maximum_parallel_streams_per_client");
        self.connection.forget(call.number);
        let refused = Outcome::Refused(None);
        call.record.ends(&self.connection, Some(&refused));
        let caller = call.invocation_id.zip(self.connection.protocol());
        if let Some((id, protocol)) = caller {
            let most = hub.options().maximum_parallel_streams_per_client;
            let text = error_text::too_many_streams(call.target, most);
            self.connection
                .send(Encoded::completion_error(protocol, id, &text));
        }
    }

    fn end(&mut self, ended: Result<(tokio::task::Id, Outcome), JoinError>) {
        let (id, outcome) = match ended {
            Ok((id, outcome)) => (id, Some(outcome)),
            // Panics are caught within the task, so this is an abort: a cancelled stream.
            Err(error) => (error.id(), None),
        };
        let is_it = |call: &Running| call.abort.id() == id;
        let Some(at) = self.running.iter().position(is_it) else {
            return;
        };
        let call = self.running.swap_remove(at);
        self.slots_taken -= usize::from(call.takes_slot);
        self.connection.forget(call.number);
        self.complete(
            call.invocation_id.as_deref(),
            &call.target,
            call.record,
            outcome,
        );
    }

    /// Tells the caller how its call ended, `None` being cancelled. There is one completion for
    /// each call that has an id.
    fn complete(
        &self,
        invocation_id: Option<&str>,
        target: &str,
        record: CallRecord,
        outcome: Option<Outcome>,
    ) {
        if let Some(Outcome::Failed(error) | Outcome::StreamFailed(error)) = &outcome {
            log_failure(&self.connection, target, error);
        }
        record.ends(&self.connection, outcome.as_ref());
        match outcome {
            Some(Outcome::Completion(message) | Outcome::Refused(Some(message))) => {
                self.connection.send(message);
            }
            outcome => self.tell(invocation_id, target, outcome),
        }
    }

    /// Tells the caller of a call that did not end with a completion of its own.
    #[inline(never)]
    fn tell(&self, invocation_id: Option<&str>, target: &str, outcome: Option<Outcome>) {
        let Some((id, protocol)) = invocation_id.zip(self.connection.protocol()) else {
            return;
        };
        let (error, text) = match outcome {
            None => return self.connection.send(Encoded::completion_void(protocol, id)),
            Some(Outcome::Failed(error)) => {
                let text = error_text::invocation(target, &error, self.detailed_errors);
                (error, text)
            }
            Some(Outcome::StreamFailed(error)) => {
                let text = error_text::stream(&error, self.detailed_errors);
                (error, text)
            }
            Some(_) => return,
        };
        let text = typed_error::told(&self.connection, &error, text);
        self.connection
            .send(Encoded::completion_error(protocol, id, &text));
    }
}

/// What the caller is not shown has to be found in the log.
#[inline(never)]
fn log_failure(connection: &Connection, method: &str, error: &HubError) {
    let (method, who) = (error_text::short(method), connection.who());
    // As a text and so in quotes: it may repeat what a client has sent, line breaks and all.
    let text = || error.to_string();
    if error.is_shown() {
        tracing::debug!(target: targets::DISPATCH, hub = who.hub, method, connection_id = %who.id, error = text(), "a call failed");
    } else {
        tracing::warn!(target: targets::DISPATCH, hub = who.hub, method, connection_id = %who.id, error = text(), "a call failed");
    }
}

/// A call whose panic becomes an answer, be it one of its destructors'.
struct Caught {
    target: SmolStr,
    /// `None` while nobody looks at spans.
    span: Option<Box<Span>>,
    /// `None` once it has ended.
    future: Option<CallFuture>,
}

impl Future for Caught {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Outcome> {
        let Self {
            target,
            span,
            future,
        } = &mut *self;
        poll_caught(future, target, span.as_deref(), task)
    }
}

/// Polls a call, and drops it as soon as it has ended. A panic of either is its outcome.
#[inline]
fn poll_caught(
    future: &mut Option<CallFuture>,
    target: &str,
    span: Option<&Span>,
    task: &mut Context<'_>,
) -> Poll<Outcome> {
    let _entered = span.map(Span::enter);
    let polled = catch_unwind(AssertUnwindSafe(|| {
        let running = future.as_mut().expect("a call is not polled after its end");
        let polled = running.as_mut().poll(task);
        if polled.is_ready() {
            drop(future.take());
        }
        polled
    }));
    polled.unwrap_or_else(|panic| {
        // What is left of it may panic again; the first panic is the one to tell of.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(future.take())));
        Poll::Ready(Outcome::Failed(panicked(target, &*panic)))
    })
}

/// Logs a panic, and makes an error of it: its text goes no further.
pub(crate) fn panicked(target: &str, panic: &(dyn Any + Send)) -> HubError {
    let text = panic_text(panic);
    tracing::error!(target: targets::DISPATCH, method = target, panic = text, "a hub method panicked");
    HubError::internal("Panic", "The method panicked.")
}

/// What a panic says, for the log.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("(no text)")
}
