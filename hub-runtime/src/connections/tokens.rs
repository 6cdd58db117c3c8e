use super::mailslot::Mailslot;
use super::way_back::WayBack;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use smol_str::SmolStr;
use std::cell::RefCell;
use std::collections::HashMap;
use std::mem::replace;
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
    /// Waiting for a transport. In a box, since it is gone for the longer part of a connection.
    Negotiated(Box<Negotiated>),
    /// A transport carries the connection.
    Active(Active),
}

/// A connection that no transport carries yet.
#[derive(Debug)]
struct Negotiated {
    connection_id: SmolStr,
    /// In coarse milliseconds.
    since: u64,
    waiting: Waiting,
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
        let negotiated = Box::new(Negotiated {
            connection_id,
            since: now,
            waiting: Waiting {
                stateful_reconnect,
                posted: None,
            },
        });
        self.lock().insert(token, State::Negotiated(negotiated));
    }

    /// Starts the connection of a token: once.
    pub(super) fn claim(&self, token: &str, active: impl FnOnce(Waiting) -> Active) -> Claim {
        let mut tokens = self.lock();
        match tokens.get_mut(token) {
            None => Claim::Unknown,
            Some(state) => match replace(state, State::Active(Active::NotYet)) {
                State::Active(active) => {
                    *state = State::Active(active.clone());
                    Claim::Active(active)
                }
                State::Negotiated(negotiated) => {
                    *state = State::Active(active(negotiated.waiting));
                    Claim::Granted(negotiated.connection_id)
                }
            },
        }
    }

    /// The transport of a connection.
    pub(super) fn find(&self, token: &str) -> Option<Active> {
        self.lock().get(token).map(|state| match state {
            State::Active(active) => active.clone(),
            State::Negotiated(_) => Active::NotYet,
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
            Some(State::Negotiated(negotiated)) => {
                let posted = &mut negotiated.waiting.posted;
                Letterbox::Open(Arc::clone(posted.get_or_insert_default()))
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
            State::Negotiated(negotiated) => negotiated.since >= oldest,
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
    let bytes = RANDOM.with_borrow_mut(Random::take);
    let mut text = [0; 22];
    let length = URL_SAFE_NO_PAD.encode_slice(bytes, &mut text).unwrap_or(0);
    SmolStr::new(std::str::from_utf8(&text[..length]).unwrap_or_default())
}

thread_local! {
    static RANDOM: RefCell<Random> = const { RefCell::new(Random { bytes: [0; IDS * 16], left: 0 }) };
}

/// Ids for which the operating system is asked at once: it takes longer to ask than to answer.
const IDS: usize = 16;

/// Random bytes that a thread has in stock. Each is used once, and is not to be found here then.
struct Random {
    bytes: [u8; IDS * 16],
    /// Ids that have not been used, from the front.
    left: usize,
}

impl Random {
    fn take(&mut self) -> [u8; 16] {
        if self.left == 0 {
            getrandom::fill(&mut self.bytes).expect("the operating system has random numbers");
            self.left = IDS;
        }
        self.left -= 1;
        let (ids, _) = self.bytes.as_chunks_mut();
        std::mem::take(&mut ids[self.left])
    }
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
