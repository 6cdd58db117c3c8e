//! Calls on clients that wait for their answers (SignalR's client results).

use crate::driver::Connection;
use hub_core::ClientResultError;
use hub_core::outlet::ClientResult;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

type Answer = Result<ClientResult, ClientResultError>;

/// The waiting calls of one hub, by the number in their invocation id.
#[derive(Debug, Default)]
pub(crate) struct ClientResults {
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, Waiting>>,
}

#[derive(Debug)]
struct Waiting {
    connection: u64,
    answer: oneshot::Sender<Answer>,
}

/// An answer came from a connection that was not asked.
#[derive(Debug)]
pub(crate) struct WrongConnection;

impl ClientResults {
    /// Registers a question, and gives the invocation id it has to carry. `None` if the connection
    /// has gone meanwhile.
    pub(crate) fn ask(
        &self,
        connection: &Connection,
    ) -> Option<(String, oneshot::Receiver<Answer>)> {
        let number = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.lock();
        // A connection leaves its groups before its questions are ended, and that takes this lock:
        // no question is registered behind it, to wait for ever.
        if connection.groups().is_none() {
            return None;
        }
        waiting.insert(
            number,
            Waiting {
                connection: connection.number(),
                answer: sender,
            },
        );
        // Clients number their own calls, so a letter in front keeps the two apart
        // (wire specification, section 14).
        Some((format!("s{number}"), receiver))
    }

    /// Forgets a question whose answer is not wanted any more.
    pub(crate) fn forget(&self, invocation_id: &str) {
        if let Some(number) = parse(invocation_id) {
            self.lock().remove(&number);
        }
    }

    /// Hands an answer over. Answers to unknown ids are ignored.
    pub(crate) fn answer(
        &self,
        connection: &Connection,
        invocation_id: &str,
        answer: impl FnOnce() -> Answer,
    ) -> Result<(), WrongConnection> {
        let Some(number) = parse(invocation_id) else {
            return Ok(());
        };
        let mut waiting = self.lock();
        match waiting.get(&number) {
            None => Ok(()),
            Some(asked) if asked.connection != connection.number() => Err(WrongConnection),
            Some(_) => {
                if let Some(asked) = waiting.remove(&number) {
                    // The asking side may have gone meanwhile.
                    let _ = asked.answer.send(answer());
                }
                Ok(())
            }
        }
    }

    /// Ends every wait for a connection that has gone.
    pub(crate) fn disconnected(&self, connection: &Connection) {
        let mut waiting = self.lock();
        let gone = waiting.extract_if(|_, asked| asked.connection == connection.number());
        for (_, asked) in gone {
            let error = ClientResultError::Disconnected(connection.id().to_string());
            let _ = asked.answer.send(Err(error));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parse(invocation_id: &str) -> Option<u64> {
    invocation_id.strip_prefix('s')?.parse().ok()
}
