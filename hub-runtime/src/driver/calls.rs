//! The calls of one connection: which run, which wait for a slot, and what their callers are told.

use super::connection::Connection;
use super::turn::InTurns;
use crate::dispatch::error_text;
use hub_core::HubError;
use hub_core::call::{CallNumber, Outcome};
use hub_core::contract::CallFuture;
use hub_core::protocol::Encoded;
use smol_str::SmolStr;
use std::any::Any;
use std::collections::VecDeque;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::task::{AbortHandle, JoinError, JoinSet};

/// Calls that may wait for a slot; at that many, reading stops.
const WAITING: usize = 128;
/// Calls that may run beside each other, streams included; further ones wait.
const RUNNING: usize = 1024;

/// A call that is ready to run.
pub(crate) struct Start {
    pub(crate) number: CallNumber,
    /// `None` for a caller that waits for no answer.
    pub(crate) invocation_id: Option<SmolStr>,
    /// The name to show in error texts: the client's spelling.
    pub(crate) target: SmolStr,
    /// Whether it takes one of the parallel slots; streams do not (wire specification, 12.3).
    pub(crate) takes_slot: bool,
    pub(crate) future: CallFuture,
}

/// What is left of a call once its future runs.
struct Running {
    number: CallNumber,
    invocation_id: Option<SmolStr>,
    target: SmolStr,
    takes_slot: bool,
    abort: AbortHandle,
}

pub(crate) struct Calls {
    connection: Arc<Connection>,
    parallel: usize,
    detailed_errors: bool,
    slots_taken: usize,
    waiting: VecDeque<Start>,
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
            running: Vec::new(),
            tasks: None,
        }
    }

    /// Starts a call, or lets it wait for its turn. Calls start in the order in which they came.
    pub(crate) fn start(&mut self, call: Start, task: &mut Context<'_>) {
        self.waiting.push_back(call);
        self.start_waiting(task);
    }

    /// Whether reading has to stop until calls have ended.
    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING
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
            .iter()
            .find(|call| call.invocation_id.as_deref() == Some(invocation_id));
        if let Some(call) = running {
            self.connection.cancel(call.number);
            if !call.takes_slot {
                call.abort.abort();
            }
            return;
        }
        let is_it = |call: &Start| call.invocation_id.as_deref() == Some(invocation_id);
        if let Some(at) = self.waiting.iter().position(is_it)
            && let Some(call) = self.waiting.remove(at)
        {
            self.complete(call.invocation_id.as_ref(), &call.target, None);
        }
    }

    /// Answers the calls that have ended since, and starts those that waited for them.
    pub(crate) fn poll_ended(&mut self, task: &mut Context<'_>) {
        while let Some(tasks) = &mut self.tasks {
            match tasks.poll_join_next_with_id(task) {
                Poll::Ready(Some(ended)) => self.end(ended),
                Poll::Ready(None) => {
                    self.tasks = None;
                    break;
                }
                Poll::Pending => break,
            }
        }
        self.start_waiting(task);
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

    fn start_waiting(&mut self, task: &mut Context<'_>) {
        while self.running.len() < RUNNING
            && let Some(next) = self.waiting.front()
            && (!next.takes_slot || self.slots_taken < self.parallel)
            && let Some(call) = self.waiting.pop_front()
        {
            self.run(call, task);
        }
        if self.waiting.is_empty() && self.waiting.capacity() > 8 {
            self.waiting = VecDeque::new();
        }
    }

    /// Polls a call once in place: most methods end there, and cost no task. The rest get one.
    fn run(&mut self, mut call: Start, task: &mut Context<'_>) {
        let first = catch_unwind(AssertUnwindSafe(|| call.future.as_mut().poll(task)));
        let outcome = match first {
            Ok(Poll::Ready(outcome)) => outcome,
            Err(panic) => Outcome::Failed(panicked(&call.target, &*panic)),
            Ok(Poll::Pending) => return self.spawn(call),
        };
        self.connection.forget(call.number);
        self.complete(call.invocation_id.as_ref(), &call.target, Some(outcome));
    }

    fn spawn(&mut self, call: Start) {
        let tasks = self.tasks.get_or_insert_default();
        let caught = Caught {
            target: call.target.clone(),
            future: call.future,
        };
        let abort = tasks.spawn(InTurns::new(caught));
        self.slots_taken += usize::from(call.takes_slot);
        self.running.push(Running {
            number: call.number,
            invocation_id: call.invocation_id,
            target: call.target,
            takes_slot: call.takes_slot,
            abort,
        });
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
        self.complete(call.invocation_id.as_ref(), &call.target, outcome);
    }

    /// Tells the caller how its call ended, `None` being cancelled. There is one completion for
    /// each call that has an id.
    fn complete(&self, invocation_id: Option<&SmolStr>, target: &str, outcome: Option<Outcome>) {
        if let Some(Outcome::Failed(error) | Outcome::StreamFailed(error)) = &outcome {
            log_failure(target, error);
        }
        let Some((id, protocol)) = invocation_id.zip(self.connection.protocol()) else {
            return;
        };
        let text = match outcome {
            Some(Outcome::Completion(message)) => return self.connection.send(message),
            None => return self.connection.send(Encoded::completion_void(protocol, id)),
            Some(Outcome::Failed(error)) => {
                error_text::invocation(target, &error, self.detailed_errors)
            }
            Some(Outcome::StreamFailed(error)) => error_text::stream(&error, self.detailed_errors),
            Some(_) => return,
        };
        self.connection
            .send(Encoded::completion_error(protocol, id, &text));
    }
}

/// What the caller is not shown has to be found in the log.
fn log_failure(method: &str, error: &HubError) {
    if error.is_shown() {
        tracing::debug!(target: "hub_runtime::dispatch", method, %error, "a call failed");
    } else {
        tracing::warn!(target: "hub_runtime::dispatch", method, %error, "a call failed");
    }
}

/// A call whose panic becomes an answer.
struct Caught {
    target: SmolStr,
    future: CallFuture,
}

impl Future for Caught {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Outcome> {
        let future = self.future.as_mut();
        match catch_unwind(AssertUnwindSafe(|| future.poll(task))) {
            Ok(poll) => poll,
            Err(panic) => Poll::Ready(Outcome::Failed(panicked(&self.target, &*panic))),
        }
    }
}

/// Logs a panic, and makes an error of it: its text goes no further.
pub(super) fn panicked(target: &str, panic: &(dyn Any + Send)) -> HubError {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("(no text)");
    tracing::error!(target: "hub_runtime::dispatch", method = target, panic = text, "a hub method panicked");
    HubError::internal("Panic", "The method panicked.")
}
