use super::mailslot::Mailslot;
use super::way_back::WayBack;
use crate::identity::{Stranger, Ticket};
use crate::server::limits::{Limit, Negotiation};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use smol_str::SmolStr;
use std::cell::RefCell;
use std::collections::HashMap;
use std::mem::take;
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
    /// A transport carries the connection, which belongs to whoever made its first request.
    Active(Active, Option<Arc<Ticket>>),
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
    /// The id of the user that negotiated, unless it was nobody.
    negotiated_by: Option<Box<str>>,
    /// What was posted already, if anything was.
    posted: Option<Arc<Mailslot>>,
    /// Its place among the negotiations that may be unused; `None` in tests.
    unused: Option<Negotiation>,
}

impl Waiting {
    pub(super) fn new(stateful_reconnect: bool, negotiator: Option<&Ticket>) -> Self {
        Self {
            stateful_reconnect,
            negotiated_by: negotiator.map(|it| it.user().id().into()),
            posted: None,
            unused: None,
        }
    }

    /// Counts as unused for as long as it is.
    pub(super) fn counted(mut self, unused: Negotiation) -> Self {
        self.unused = Some(unused);
        self
    }

    /// Whether the transport may be this visitor's. One that says nothing starts a connection that
    /// is nobody's, since browsers send no headers with it.
    fn check_transport(&self, visitor: Option<&Ticket>) -> Result<(), Stranger> {
        match (&self.negotiated_by, visitor) {
            _ if self.posted.is_some() => self.check_post(visitor),
            (None, _) | (_, None) => Ok(()),
            _ => self.check_post(visitor),
        }
    }

    /// Whether a visitor may post. What is posted now will be said by the connection's user.
    fn check_post(&self, visitor: Option<&Ticket>) -> Result<(), Stranger> {
        match (self.negotiated_by.as_deref(), visitor) {
            (None, None) => Ok(()),
            (Some(id), Some(visitor)) if *id == *visitor.user().id() => Ok(()),
            (Some(_), None) => Err(Stranger::Nobody),
            (_, Some(_)) => Err(Stranger::Another),
        }
    }

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

/// Whose a connection is.
#[derive(Debug)]
pub(super) enum Owner {
    Nobody,
    User(Arc<Ticket>),
}

/// What a token stands for.
#[derive(Debug)]
pub(super) enum Claim<A> {
    /// The connection may start, under this id, and has been counted.
    Granted(SmolStr, A),
    /// It has started already.
    Active(Active),
    /// It may not start now, since there are too many.
    Full(Limit),
    /// There is no such connection.
    Unknown,
}

impl Tokens {
    /// Notes a new connection.
    pub(super) fn add(&self, token: SmolStr, connection_id: SmolStr, now: u64, waiting: Waiting) {
        let negotiated = Box::new(Negotiated {
            connection_id,
            since: now,
            waiting,
        });
        self.lock().insert(token, State::Negotiated(negotiated));
    }

    /// Starts the connection of a token: once, for nobody but its user, and if it is admitted.
    pub(super) fn claim<A>(
        &self,
        token: &str,
        visitor: Option<&Arc<Ticket>>,
        admit: impl FnOnce() -> Result<A, Limit>,
        active: impl FnOnce(Waiting) -> Active,
    ) -> Result<Claim<A>, Stranger> {
        let ticket = visitor.map(|visitor| &**visitor);
        let mut tokens = self.lock();
        let Some(state) = tokens.get_mut(token) else {
            return Ok(Claim::Unknown);
        };
        match state {
            State::Active(active, owner) => {
                Ticket::renew(owner.as_deref(), ticket)?;
                Ok(Claim::Active(active.clone()))
            }
            State::Negotiated(negotiated) => {
                negotiated.waiting.check_transport(ticket)?;
                let admitted = match admit() {
                    Ok(admitted) => admitted,
                    Err(limit) => return Ok(Claim::Full(limit)),
                };
                let Negotiated {
                    connection_id,
                    waiting,
                    ..
                } = &mut **negotiated;
                let (id, waiting) = (take(connection_id), take(waiting));
                *state = State::Active(active(waiting), visitor.cloned());
                Ok(Claim::Granted(id, admitted))
            }
        }
    }

    /// The transport of a connection, whoever asks.
    pub(super) fn find(&self, token: &str) -> Option<Active> {
        self.lock().get(token).map(|state| match state {
            State::Active(active, _) => active.clone(),
            State::Negotiated(_) => Active::NotYet,
        })
    }

    /// Whose a connection is that a transport carries.
    pub(super) fn owner(&self, token: &str) -> Option<Owner> {
        match self.lock().get(token)? {
            State::Active(_, Some(ticket)) => Some(Owner::User(Arc::clone(ticket))),
            State::Active(_, None) => Some(Owner::Nobody),
            State::Negotiated(_) => None,
        }
    }

    /// The transport of a connection, for its user.
    pub(super) fn find_for(
        &self,
        token: &str,
        visitor: Option<&Ticket>,
    ) -> Result<Option<Active>, Stranger> {
        match self.lock().get(token) {
            None => Ok(None),
            Some(State::Active(active, owner)) => {
                Ticket::renew(owner.as_deref(), visitor)?;
                Ok(Some(active.clone()))
            }
            Some(State::Negotiated(negotiated)) => {
                negotiated.waiting.check_transport(visitor)?;
                Ok(Some(Active::NotYet))
            }
        }
    }

    /// Where a connection is posted to. Before its transport has come, bytes wait for it, as in the
    /// reference: signalrcore for Python sends its handshake before its first poll.
    pub(super) fn letterbox(
        &self,
        token: &str,
        visitor: Option<&Ticket>,
    ) -> Result<Letterbox, Stranger> {
        match self.lock().get_mut(token) {
            None => Ok(Letterbox::Unknown),
            Some(State::Active(active, owner)) => {
                Ticket::check(owner.as_deref(), visitor)?;
                Ok(match active {
                    Active::EventStream(slot) | Active::LongPolling(slot) => {
                        Letterbox::Open(Arc::clone(slot))
                    }
                    Active::NotYet | Active::WebSocket(_) => Letterbox::WebSocket,
                })
            }
            Some(State::Negotiated(negotiated)) => {
                negotiated.waiting.check_post(visitor)?;
                let posted = &mut negotiated.waiting.posted;
                Ok(Letterbox::Open(Arc::clone(posted.get_or_insert_default())))
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
            State::Active(Active::LongPolling(slot), _) if slot.is_inactive(oldest) => {
                slot.disconnect();
                false
            }
            State::Active(..) => true,
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
    use hub_core::User;

    #[test]
    fn ids_are_22_characters_and_unlike() {
        let ids: std::collections::HashSet<_> = (0..400).map(|_| random_id()).collect();
        assert_eq!(ids.len(), 400);
        assert!(ids.iter().all(|id| id.len() == 22));
    }

    #[expect(clippy::unnecessary_wraps, reason = "others refuse")]
    fn admitted() -> Result<(), Limit> {
        Ok(())
    }

    #[test]
    fn a_token_of_a_connection_that_may_not_start_is_kept() {
        let tokens = Tokens::default();
        tokens.add("t".into(), "c".into(), 5, Waiting::default());
        let full = tokens.claim(
            "t",
            None,
            || Err::<(), _>(Limit::Connections),
            |_| Active::WebSocket(None),
        );
        assert!(matches!(full, Ok(Claim::Full(Limit::Connections))));
        assert!(matches!(tokens.find("t"), Some(Active::NotYet)));
    }

    #[test]
    fn a_token_starts_one_connection() {
        let tokens = Tokens::default();
        tokens.add("t".into(), "c".into(), 5, Waiting::default());
        let claim = |token| tokens.claim(token, None, admitted, |_| Active::WebSocket(None));
        assert!(matches!(claim("t"), Ok(Claim::Granted(id, ())) if id == "c"));
        assert!(matches!(
            claim("t"),
            Ok(Claim::Active(Active::WebSocket(_)))
        ));
        assert!(matches!(claim("c"), Ok(Claim::Unknown)));
    }

    #[tokio::test]
    async fn what_was_posted_goes_to_the_mailslot_of_the_transport_or_to_nobody() {
        let posted_to = |tokens: &Tokens, active: fn(Waiting) -> Active| {
            tokens.add("t".into(), "c".into(), 5, Waiting::default());
            let Ok(Letterbox::Open(slot)) = tokens.letterbox("t", None) else {
                panic!("a connection without a transport can be posted to");
            };
            assert!(matches!(
                tokens.claim("t", None, admitted, active),
                Ok(Claim::Granted(..))
            ));
            slot
        };
        let tokens = Tokens::default();
        let slot = posted_to(&tokens, |waiting| {
            Active::LongPolling(waiting.into_mailslot())
        });
        assert!(
            matches!(tokens.letterbox("t", None), Ok(Letterbox::Open(same)) if Arc::ptr_eq(&same, &slot))
        );
        assert!(slot.post().await.add(b"x").await.is_ok());
        let slot = posted_to(&tokens, |_| Active::WebSocket(None));
        assert!(matches!(
            tokens.letterbox("t", None),
            Ok(Letterbox::WebSocket)
        ));
        assert!(slot.post().await.add(b"x").await.is_err());
        assert!(matches!(
            tokens.letterbox("c", None),
            Ok(Letterbox::Unknown)
        ));
    }

    #[test]
    fn only_unused_tokens_expire() {
        let tokens = Tokens::default();
        tokens.add("old".into(), "a".into(), 5, Waiting::default());
        tokens.add("used".into(), "b".into(), 5, Waiting::default());
        tokens.add("new".into(), "c".into(), 6, Waiting::default());
        let _ = tokens.claim("used", None, admitted, |_| Active::WebSocket(None));
        tokens.expire(6);
        let left = ["old", "used", "new"].map(|token| tokens.find(token).is_some());
        assert_eq!(left, [false, true, true]);
    }
    #[test]
    fn a_negotiated_connection_is_its_users() {
        let [ann, bob] = ["ann", "bob"].map(|id| Arc::new(Ticket::new(User::new(id), None)));
        let tokens = Tokens::default();
        let add = |by: Option<&Arc<Ticket>>| {
            let waiting = Waiting::new(false, by.map(|by| &**by));
            tokens.add("t".into(), "c".into(), 5, waiting);
        };
        let claim = |visitor| {
            let claim = tokens.claim("t", visitor, admitted, |waiting| {
                Active::LongPolling(waiting.into_mailslot())
            });
            claim.map(|_| ())
        };
        let post = |visitor: Option<&Arc<Ticket>>| {
            let letterbox = tokens.letterbox("t", visitor.map(|visitor| &**visitor));
            letterbox.map(|_| ())
        };
        add(Some(&ann));
        assert_eq!(claim(Some(&bob)), Err(Stranger::Another));
        assert_eq!(post(Some(&bob)), Err(Stranger::Another));
        assert_eq!(post(None), Err(Stranger::Nobody));
        // What Ann has said is said by nobody else.
        assert_eq!(post(Some(&ann)), Ok(()));
        assert_eq!(claim(None), Err(Stranger::Nobody));
        assert_eq!(claim(Some(&ann)), Ok(()));
        assert_eq!(claim(Some(&bob)), Err(Stranger::Another));
        add(Some(&ann));
        assert_eq!(claim(None), Ok(()));
        // What nobody has said, Ann does not say.
        add(None);
        assert_eq!(post(Some(&ann)), Err(Stranger::Another));
        assert_eq!(post(None), Ok(()));
        assert_eq!(claim(Some(&ann)), Err(Stranger::Another));
    }
}
