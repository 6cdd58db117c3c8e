//! Which connections belong to which session, so that logging out ends them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hub_runtime::{HubError, User};
use tower_sessions::{MemoryStore, SessionStore as _};

/// The claim that holds the id of a user's session. It is a secret: it never leaves the server.
pub(crate) const SESSION: &str = "session";

/// A cookie is looked at with each request, and an open WebSocket makes none any more.
#[derive(Clone)]
pub(crate) struct Sessions {
    store: MemoryStore,
    /// The ids of connections, by session.
    open: Arc<Mutex<HashMap<String, Vec<String>>>>,
}

impl Sessions {
    pub(crate) fn new(store: MemoryStore) -> Self {
        Self {
            store,
            open: Arc::default(),
        }
    }

    /// Notes a connection, unless its session has ended since its request came in.
    pub(crate) async fn enter(&self, user: &User, connection: &str) -> Result<(), HubError> {
        let session = session(user)?;
        self.lock()
            .entry(session.to_owned())
            .or_default()
            .push(connection.to_owned());
        // Only now: whoever ends the session from here on finds the connection.
        let is_there = match session.parse() {
            Ok(id) => self.store.load(&id).await?.is_some(),
            Err(_) => false,
        };
        if is_there {
            return Ok(());
        }
        self.leave(user, connection);
        Err(HubError::new("You have logged out."))
    }

    /// Forgets a connection.
    pub(crate) fn leave(&self, user: &User, connection: &str) {
        let Ok(session) = session(user) else { return };
        let mut open = self.lock();
        if let Some(connections) = open.get_mut(session) {
            connections.retain(|other| other != connection);
            if connections.is_empty() {
                open.remove(session);
            }
        }
    }

    /// The connections of a session that has ended.
    pub(crate) fn take(&self, session: &str) -> Vec<String> {
        self.lock().remove(session).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<String>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn session(user: &User) -> Result<&str, HubError> {
    let mut claims = user.claims(SESSION);
    claims.next().ok_or_else(|| HubError::new("Please log in."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tower_sessions::session::{Id, Record};

    async fn session_of_ann(store: &MemoryStore) -> (Id, User) {
        let mut record = Record {
            id: Id::default(),
            data: HashMap::new(),
            expiry_date: tower_sessions::cookie::time::OffsetDateTime::now_utc()
                + std::time::Duration::from_secs(60),
        };
        store.create(&mut record).await.expect("memory takes it");
        let user = User::new("ann").claim(SESSION, record.id.to_string());
        (record.id, user)
    }

    #[tokio::test]
    async fn a_session_takes_its_connections_with_it() {
        let store = MemoryStore::default();
        let sessions = Sessions::new(store.clone());
        let (id, ann) = session_of_ann(&store).await;
        for connection in ["one", "two", "three"] {
            assert!(sessions.enter(&ann, connection).await.is_ok());
        }
        sessions.leave(&ann, "two");
        assert_eq!(sessions.take(&id.to_string()), ["one", "three"]);
        assert!(sessions.lock().is_empty());
    }

    #[tokio::test]
    async fn a_connection_that_comes_after_the_log_out_is_not_let_in() {
        let store = MemoryStore::default();
        let sessions = Sessions::new(store.clone());
        let (id, ann) = session_of_ann(&store).await;
        store.delete(&id).await.expect("memory forgets it");
        let refused = sessions.enter(&ann, "late").await;
        assert!(refused.is_err_and(|error| error.message() == "You have logged out."));
        assert!(sessions.lock().is_empty());
    }
}
