use hub_core::User;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Who a connection belongs to, and until when that has been proved (ASP.NET Core's
/// `AuthenticationTicket`). Kept with the connection's token and by the connection itself.
#[derive(Debug)]
pub(crate) struct Ticket {
    user: User,
    /// In milliseconds of the wall clock; `u64::MAX` for never.
    expires: AtomicU64,
}

/// Why a request may not use somebody's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// It says of nobody that it is theirs.
    Nobody,
    /// It is another user's.
    Another,
}

impl Ticket {
    pub(crate) fn new(user: User, expires: Option<SystemTime>) -> Self {
        Self {
            user,
            expires: AtomicU64::new(expires.map_or(u64::MAX, unix_millis)),
        }
    }

    pub(crate) fn user(&self) -> &User {
        &self.user
    }

    /// Whether its time is over, by the wall clock's milliseconds.
    pub(crate) fn is_expired(&self, now: u64) -> bool {
        self.expires.load(Ordering::Relaxed) <= now
    }

    /// Checks that a request may use the connection of `owner`. Whoever has begun a connection as
    /// nobody has no right to lose.
    pub(crate) fn check(owner: Option<&Self>, visitor: Option<&Self>) -> Result<(), Stranger> {
        let Some(owner) = owner else { return Ok(()) };
        let visitor = visitor.ok_or(Stranger::Nobody)?;
        if owner.user.id() == visitor.user.id() {
            Ok(())
        } else {
            Err(Stranger::Another)
        }
    }

    /// The same for a request that carries the connection from now on: how long it may last is how
    /// long the connection may (wire specification, section 7). Nothing else of it counts: rights
    /// are those that the connection began with.
    pub(crate) fn renew(owner: Option<&Self>, visitor: Option<&Self>) -> Result<(), Stranger> {
        Self::check(owner, visitor)?;
        if let Some((owner, visitor)) = owner.zip(visitor) {
            let expires = visitor.expires.load(Ordering::Relaxed);
            owner.expires.store(expires, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// The wall clock's milliseconds, which only expiry is compared with.
pub(crate) fn unix_millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn ticket(id: &str, expires: Option<u64>) -> Ticket {
        let expires = expires.map(|millis| UNIX_EPOCH + Duration::from_millis(millis));
        Ticket::new(User::new(id), expires)
    }

    #[test]
    fn a_ticket_ends_at_its_time_and_later_with_a_later_request() {
        let owner = ticket("ann", Some(100));
        assert!(!owner.is_expired(99));
        assert!(owner.is_expired(100));
        let later = ticket("ann", Some(200));
        assert_eq!(Ticket::check(Some(&owner), Some(&later)), Ok(()));
        assert!(owner.is_expired(100));
        assert_eq!(Ticket::renew(Some(&owner), Some(&later)), Ok(()));
        assert!(!owner.is_expired(199));
        assert!(!ticket("ann", None).is_expired(u64::MAX - 1));
    }

    #[test]
    fn a_connection_is_used_by_its_user_only() {
        let (ann, bob) = (ticket("ann", Some(100)), ticket("bob", None));
        let check = |owner, visitor| {
            assert_eq!(Ticket::renew(owner, visitor), Ticket::check(owner, visitor));
            Ticket::check(owner, visitor)
        };
        assert_eq!(check(Some(&ann), Some(&bob)), Err(Stranger::Another));
        assert_eq!(check(Some(&ann), None), Err(Stranger::Nobody));
        assert_eq!(check(None, Some(&bob)), Ok(()));
        assert_eq!(check(None, None), Ok(()));
        assert!(ann.is_expired(100), "a stranger renews nothing");
    }
}
