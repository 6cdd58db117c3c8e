use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use smol_str::SmolStr;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The connections of an endpoint by their secret token (wire specification, section 4).
///
/// A negotiated connection is two short texts and a stamp until its transport arrives.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    by_token: Mutex<HashMap<SmolStr, State>>,
}

#[derive(Debug)]
enum State {
    /// Negotiated, and waiting for a transport since then (in coarse milliseconds).
    Negotiated { connection_id: SmolStr, since: u64 },
    /// A WebSocket runs.
    Active,
}

/// What a token stands for.
#[derive(Debug)]
pub(super) enum Claim {
    /// The connection may start, under this id.
    Granted(SmolStr),
    /// A transport runs already.
    InUse,
    /// There is no such connection.
    Unknown,
}

impl Tokens {
    /// Notes a new connection.
    pub(super) fn add(&self, token: SmolStr, connection_id: SmolStr, now: u64) {
        self.lock().insert(
            token,
            State::Negotiated {
                connection_id,
                since: now,
            },
        );
    }

    /// Starts the connection of a token: once.
    pub(super) fn claim(&self, token: &str) -> Claim {
        let mut tokens = self.lock();
        let Some(state) = tokens.get_mut(token) else {
            return Claim::Unknown;
        };
        match std::mem::replace(state, State::Active) {
            State::Negotiated { connection_id, .. } => Claim::Granted(connection_id),
            State::Active => Claim::InUse,
        }
    }

    /// Whether a token is known.
    pub(super) fn contains(&self, token: &str) -> bool {
        self.lock().contains_key(token)
    }

    /// Forgets a connection.
    pub(super) fn remove(&self, token: &str) {
        self.lock().remove(token);
    }

    /// Forgets what was negotiated before `oldest` and never used.
    pub(super) fn expire(&self, oldest: u64) {
        let mut tokens = self.lock();
        tokens.retain(
            |_, state| !matches!(state, State::Negotiated { since, .. } if *since < oldest),
        );
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
        tokens.add("t".into(), "c".into(), 5);
        assert!(matches!(tokens.claim("t"), Claim::Granted(id) if id == "c"));
        assert!(matches!(tokens.claim("t"), Claim::InUse));
        assert!(matches!(tokens.claim("c"), Claim::Unknown));
    }

    #[test]
    fn only_unused_tokens_expire() {
        let tokens = Tokens::default();
        tokens.add("old".into(), "a".into(), 5);
        tokens.add("used".into(), "b".into(), 5);
        tokens.add("new".into(), "c".into(), 6);
        let _ = tokens.claim("used");
        tokens.expire(6);
        let left = ["old", "used", "new"].map(|token| tokens.contains(token));
        assert_eq!(left, [false, true, true]);
    }
}
