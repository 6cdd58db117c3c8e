use super::mailslot::Mailslot;
use super::way_back::WayBack;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use smol_str::SmolStr;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The connections of an endpoint by their secret token (wire specification, section 4).
///
/// A negotiated connection is two short texts and a stamp until its transport arrives, unless
/// something is posted to it before.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    by_token: Mutex<HashMap<SmolStr, State>>,
}

#[derive(Debug)]
enum State {
    /// Negotiated, and waiting for a transport since then (in coarse milliseconds).
    Negotiated {
        connection_id: SmolStr,
        since: u64,
        waiting: Waiting,
    },
    /// A transport carries the connection.
    Active(Active),
}

/// The transport that the first request chose; no later one may change it.
#[derive(Debug, Clone)]
pub(super) enum Active {
    /// No transport has started the connection.
    NotYet,
    /// With a way back to it, if stateful reconnect was negotiated.
    WebSocket(Option<Arc<WayBack>>),
    EventStream(Arc<Mailslot>),
    LongPolling(Arc<Mailslot>),
}

/// What a negotiated connection has for the transport that starts it.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Stateful reconnect was negotiated.
    pub(super) stateful_reconnect: bool,
    /// What was posted already, if anything was.
    posted: Option<Arc<Mailslot>>,
}

impl Waiting {
    /// For transports of requests and responses.
    pub(super) fn into_mailslot(mut self) -> Arc<Mailslot> {
        self.posted.take().unwrap_or_default()
    }
}

/// Nobody reads it any more, and so nobody is to wait for room in it.
impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(slot) = &self.posted {
            slot.disconnect();
        }
    }
}

/// Where the bytes of a POST go.
#[derive(Debug)]
pub(super) enum Letterbox {
    /// To the connection, or to the one that is to come.
    Open(Arc<Mailslot>),
    /// Nowhere: they come by the socket.
    WebSocket,
    /// There is no such connection.
    Unknown,
}

/// What a token stands for.
#[derive(Debug)]
pub(super) enum Claim {
    /// The connection may start, under this id.
    Granted(SmolStr),
    /// It has started already.
    Active(Active),
    /// There is no such connection.
    Unknown,
}

impl Tokens {
    /// Notes a new connection.
    pub(super) fn add(
        &self,
        token: SmolStr,
        connection_id: SmolStr,
        now: u64,
        stateful_reconnect: bool,
    ) {
        self.lock().insert(
            token,
            State::Negotiated {
                connection_id,
                since: now,
                waiting: Waiting {
                    stateful_reconnect,
                    posted: None,
                },
            },
        );
    }

    /// Starts the connection of a token: once.
    pub(super) fn claim(&self, token: &str, active: impl FnOnce(Waiting) -> Active) -> Claim {
        let mut tokens = self.lock();
        match tokens.get_mut(token) {
            None => Claim::Unknown,
            Some(State::Active(active)) => Claim::Active(active.clone()),
            Some(State::Negotiated {
                connection_id,
                waiting,
                ..
            }) => {
                let (id, waiting) = (std::mem::take(connection_id), std::mem::take(waiting));
                let active = active(waiting);
                tokens.insert(token.into(), State::Active(active));
                Claim::Granted(id)
            }
        }
    }

    /// The transport of a connection.
    pub(super) fn find(&self, token: &str) -> Option<Active> {
        self.lock().get(token).map(|state| match state {
            State::Active(active) => active.clone(),
            State::Negotiated { .. } => Active::NotYet,
        })
    }

    /// Where a connection is posted to. Before its transport has come, bytes wait for it, as in the
    /// reference: signalrcore for Python sends its handshake before its first poll.
    pub(super) fn letterbox(&self, token: &str) -> Letterbox {
        match self.lock().get_mut(token) {
            None => Letterbox::Unknown,
            Some(State::Active(Active::EventStream(slot) | Active::LongPolling(slot))) => {
                Letterbox::Open(Arc::clone(slot))
            }
            Some(State::Active(_)) => Letterbox::WebSocket,
            Some(State::Negotiated { waiting, .. }) => {
                Letterbox::Open(Arc::clone(waiting.posted.get_or_insert_default()))
            }
        }
    }

    /// Forgets a connection.
    pub(super) fn remove(&self, token: &str) {
        self.lock().remove(token);
    }

    /// Forgets what was negotiated before `oldest` and never used, and ends polling connections
    /// that have not been polled since then.
    pub(super) fn expire(&self, oldest: u64) {
        let mut tokens = self.lock();
        tokens.retain(|_, state| match state {
            State::Negotiated { since, .. } => *since >= oldest,
            State::Active(Active::LongPolling(slot)) if slot.is_inactive(oldest) => {
                slot.disconnect();
                false
            }
            State::Active(_) => true,
        });
        if tokens.capacity() > 1024 && tokens.len() < tokens.capacity() / 4 {
            tokens.shrink_to_fit();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SmolStr, State>> {
        self.by_token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 128 bits of the operating system's generator, as 22 characters that go into a URL.
pub(super) fn random_id() -> SmolStr {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system has random numbers");
    let mut text = [0; 22];
    let length = URL_SAFE_NO_PAD.encode_slice(bytes, &mut text).unwrap_or(0);
    SmolStr::new(std::str::from_utf8(&text[..length]).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_22_characters_and_unlike() {
        let ids: std::collections::HashSet<_> = (0..400).map(|_| random_id()).collect();
        assert_eq!(ids.len(), 400);
        assert!(ids.iter().all(|id| id.len() == 22));
    }

    #[test]
    fn a_token_starts_one_connection() {
        let tokens = Tokens::default();
        tokens.add("t".into(), "c".into(), 5, false);
        let claim = |token| tokens.claim(token, |_| Active::WebSocket(None));
        assert!(matches!(claim("t"), Claim::Granted(id) if id == "c"));
        assert!(matches!(claim("t"), Claim::Active(Active::WebSocket(_))));
        assert!(matches!(claim("c"), Claim::Unknown));
    }

    #[tokio::test]
    async fn what_was_posted_goes_to_the_mailslot_of_the_transport_or_to_nobody() {
        let posted_to = |tokens: &Tokens, active: fn(Waiting) -> Active| {
            tokens.add("t".into(), "c".into(), 5, false);
            let Letterbox::Open(slot) = tokens.letterbox("t") else {
                panic!("a connection without a transport can be posted to");
            };
            assert!(matches!(tokens.claim("t", active), Claim::Granted(_)));
            slot
        };
        let tokens = Tokens::default();
        let slot = posted_to(&tokens, |waiting| {
            Active::LongPolling(waiting.into_mailslot())
        });
        assert!(
            matches!(tokens.letterbox("t"), Letterbox::Open(same) if Arc::ptr_eq(&same, &slot))
        );
        assert!(slot.post().await.add(b"x").await.is_ok());
        let slot = posted_to(&tokens, |_| Active::WebSocket(None));
        assert!(matches!(tokens.letterbox("t"), Letterbox::WebSocket));
        assert!(slot.post().await.add(b"x").await.is_err());
        assert!(matches!(tokens.letterbox("c"), Letterbox::Unknown));
    }

    #[test]
    fn only_unused_tokens_expire() {
        let tokens = Tokens::default();
        tokens.add("old".into(), "a".into(), 5, false);
        tokens.add("used".into(), "b".into(), 5, false);
        tokens.add("new".into(), "c".into(), 6, false);
        let _ = tokens.claim("used", |_| Active::WebSocket(None));
        tokens.expire(6);
        let left = ["old", "used", "new"].map(|token| tokens.find(token).is_some());
        assert_eq!(left, [false, true, true]);
    }
}
