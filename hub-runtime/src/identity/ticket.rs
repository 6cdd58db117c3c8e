use crate::driver::Connection;
use hub_core::User;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Who a connection belongs to, and until when that has been proved (ASP.NET Core's
/// `AuthenticationTicket`). Kept with the connection's token and by the connection itself.
#[derive(Debug)]
pub(crate) struct Ticket {
    user: User,
    /// In milliseconds of the wall clock; `u64::MAX` for never.
    expires: AtomicU64,
    /// Where its connection's authentication may be refreshed.
    refreshes: OnceLock<Box<Refreshes>>,
}

/// What becomes of a ticket whose connection lives.
#[derive(Debug)]
struct Refreshes {
    connection: Weak<Connection>,
    /// Who the user is by now, with the first one's id; `None` before the first refresh.
    user: Mutex<Option<Arc<User>>>,
}

impl Refreshes {
    fn user(&self) -> MutexGuard<'_, Option<Arc<User>>> {
        self.user.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
            refreshes: OnceLock::new(),
        }
    }

    /// Who it was made for.
    pub(crate) fn user(&self) -> &User {
        &self.user
    }

    /// Who that has become, if anything has been refreshed.
    pub(crate) fn refreshed_user(&self) -> Option<Arc<User>> {
        self.refreshes.get()?.user().clone()
    }

    /// Looks at who that is by now.
    pub(crate) fn with_user<R>(&self, look: impl FnOnce(&User) -> R) -> R {
        look(self.refreshed_user().as_deref().unwrap_or(&self.user))
    }

    /// Lets the authentication of a connection be refreshed from now on.
    pub(crate) fn lead_to(&self, connection: &Arc<Connection>) {
        let refreshes = Refreshes {
            connection: Arc::downgrade(connection),
            user: Mutex::new(None),
        };
        // A ticket begins one connection.
        let _ = self.refreshes.set(Box::new(refreshes));
    }

    /// The connection whose authentication may be refreshed.
    pub(crate) fn connection(&self) -> Option<Arc<Connection>> {
        self.refreshes.get()?.connection.upgrade()
    }

    /// Takes over what a request has proved: everything but the id, which is the same.
    pub(crate) fn refresh(&self, visitor: &Self) {
        let Some(refreshes) = self.refreshes.get() else {
            return;
        };
        let user = Arc::new(visitor.user.clone());
        let mut current = refreshes.user();
        let before = current.replace(user);
        self.take_time(visitor);
        drop(current);
        drop(before);
    }

    /// Ends earlier, if it would hold for longer than that.
    pub(crate) fn end_within(&self, time: Duration) {
        let latest = SystemTime::now().checked_add(time);
        let latest = latest.map_or(u64::MAX, unix_millis);
        self.expires.fetch_min(latest, Ordering::Relaxed);
    }

    /// When it ends, if it does.
    pub(crate) fn expires_at(&self) -> Option<SystemTime> {
        let millis = self.expires.load(Ordering::Relaxed);
        let time = UNIX_EPOCH.checked_add(Duration::from_millis(millis));
        time.filter(|_| millis != u64::MAX)
    }

    /// How many whole seconds are left, where it ends.
    pub(crate) fn lifetime(&self) -> Option<u64> {
        let left = self.expires_at()?.duration_since(SystemTime::now());
        Some(left.unwrap_or_default().as_secs())
    }

    /// Whether it holds for longer than another.
    pub(crate) fn outlasts(&self, other: &Self) -> bool {
        self.expires.load(Ordering::Relaxed) > other.expires.load(Ordering::Relaxed)
    }

    /// Holds as long as another.
    pub(crate) fn take_time(&self, other: &Self) {
        let expires = other.expires.load(Ordering::Relaxed);
        self.expires.store(expires, Ordering::Relaxed);
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
    /// are those that the connection began with. Where they may be refreshed, so is the time, and
    /// not here.
    pub(crate) fn renew(owner: Option<&Self>, visitor: Option<&Self>) -> Result<(), Stranger> {
        Self::check(owner, visitor)?;
        if let Some((owner, visitor)) = owner.zip(visitor)
            && owner.refreshes.get().is_none()
        {
            owner.take_time(visitor);
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
