use super::chain::Next;
use super::filter::HubFilter;
use super::invocation::HubInvocation;
use super::result::MethodResult;
use super::selection::{Key, Selection};
use crate::telemetry;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use hub_core::HubError;
use hub_core::contract::HubDescription;
use smol_str::SmolStr;
use std::fmt;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// Bounds how many calls may begin in a time, for each connection or each user.
///
/// ```
/// # use hub_runtime::prelude::*;
/// # #[hub] pub trait ChatHub { async fn send_message(&self); }
/// # struct Chat;
/// # impl ChatHub for Chat { async fn send_message(&self) {} }
/// use hub_runtime::Hubs;
/// use hub_runtime::filters::RateLimit;
/// use std::time::Duration;
///
/// const SECOND: Duration = Duration::from_secs(1);
///
/// let hubs = Hubs::builder()
///     .filter(RateLimit::per_connection(50, SECOND).burst(100))
///     .filter(RateLimit::per_user(10, 60 * SECOND).only(["SendMessage"]))
///     .hub::<dyn ChatHub>("/hubs/chat", Chat)
///     .build();
/// # assert!(hubs.is_ok());
/// ```
///
/// It is a leaky bucket (the algorithm GCRA): a call is let through as long as the burst is not used
/// up, which grows again evenly with time. Every call counts, also of methods that do not exist and by
/// callers who are refused; calls beyond the limit do not. Streams count once, when they begin, and
/// items of uploads not at all. A caller beyond the limit reads
/// `Too many calls. Try again in 0.7 s.`
///
/// What is known of a connection goes with it; what is known of a user is forgotten once it makes no
/// difference any more. One filter that several hubs are given counts for all of them together.
/// Needs the feature `rate-limit`.
pub struct RateLimit {
    quota: Quota,
    whose: Whose,
    selection: Selection,
    /// Tells this filter's notes in a connection's items from another one's.
    number: u64,
    users: Limiter<(SmolStr, Key)>,
    clock: TokioClock,
    /// When users were last forgotten, by the clock, in milliseconds.
    swept: AtomicU64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Connection,
    User,
}

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, TokioClock, NoOpMiddleware<Duration>>;

/// What a connection's items hold: a limiter for each filter, by its number.
#[derive(Default)]
struct OfConnection(Vec<(u64, Limiter<Key>)>);

impl RateLimit {
    /// Lets each connection begin so many calls in each `period`, and as many at once.
    ///
    /// # Panics
    ///
    /// If either is zero, or if it is more than a call each nanosecond: a mistake in the program,
    /// seen at its start.
    pub fn per_connection(calls: u32, period: Duration) -> Self {
        Self::new(Whose::Connection, calls, period)
    }

    /// The same for each user, on however many connections of this server. Connections without a user
    /// are bounded each by itself.
    ///
    /// # Panics
    ///
    /// As [`per_connection`](Self::per_connection).
    pub fn per_user(calls: u32, period: Duration) -> Self {
        Self::new(Whose::User, calls, period)
    }

    fn new(whose: Whose, calls: u32, period: Duration) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let quota = NonZeroU32::new(calls).and_then(|calls| {
            let each = Quota::with_period(period / calls.get())?;
            Some(each.allow_burst(calls))
        });
        let quota = quota.unwrap_or_else(|| {
            panic!(
                "a rate limit needs at least one call in a period, and not {calls} in {period:?}"
            )
        });
        let clock = TokioClock::new();
        Self {
            quota,
            whose,
            selection: Selection::default(),
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            users: Limiter::hashmap_with_clock(quota, clock),
            clock,
            swept: AtomicU64::new(0),
        }
    }

    /// How many calls may begin at once, after some quiet. Without this, as many as in a period.
    ///
    /// # Panics
    ///
    /// If it is zero.
    #[must_use]
    pub fn burst(mut self, calls: u32) -> Self {
        let calls =
            NonZeroU32::new(calls).expect("a rate limit needs a burst of at least one call");
        self.quota = self.quota.allow_burst(calls);
        self.users = Limiter::hashmap_with_clock(self.quota, self.clock);
        self
    }

    /// Is about methods of these names alone, as they are on the wire: `SendMessage`. One that no hub
    /// has is an error when the hubs are built.
    #[must_use]
    pub fn only<I: Into<String>>(mut self, methods: impl IntoIterator<Item = I>) -> Self {
        self.selection.only(methods);
        self
    }

    /// Counts calls of each method by themselves. Those of methods that do not exist count together.
    #[must_use]
    pub fn each_method(mut self) -> Self {
        self.selection.each();
        self
    }

    /// Takes a call into account. How long to wait, if there are too many.
    fn check(&self, call: &HubInvocation, key: Key) -> Result<(), Duration> {
        if let Some(user) = call.cx().user_id().filter(|_| self.whose == Whose::User) {
            self.forget_users();
            check(&self.users, &(user.into(), key), self.clock)
        } else {
            let mut limiters = call.cx().items().get_or_default::<OfConnection>();
            check(limiters.of(self), &key, self.clock)
        }
    }

    /// Forgets users who have had time to be as if they had never called. At most once in that time,
    /// so that it costs each call little; there are never more of them than called in twice of it.
    fn forget_users(&self) {
        let now = self.clock.now().as_millis() as u64;
        let refilled = self.quota.burst_size_replenished_in().as_millis() as u64;
        let swept = self.swept.load(Ordering::Relaxed);
        if now < swept.saturating_add(refilled.max(1000)) {
            return;
        }
        let swaps = |now| {
            let order = Ordering::Relaxed;
            self.swept.compare_exchange(swept, now, order, order)
        };
        if swaps(now).is_ok() {
            self.users.retain_recent();
            self.users.shrink_to_fit();
        }
    }
}

impl OfConnection {
    fn of(&mut self, filter: &RateLimit) -> &Limiter<Key> {
        let known = self
            .0
            .iter()
            .position(|(number, _)| *number == filter.number);
        let at = known.unwrap_or_else(|| {
            let limiter = Limiter::hashmap_with_clock(filter.quota, filter.clock);
            self.0.push((filter.number, limiter));
            self.0.len() - 1
        });
        &self.0[at].1
    }
}

fn check<K: Hash + Eq + Clone>(
    limiter: &Limiter<K>,
    key: &K,
    clock: TokioClock,
) -> Result<(), Duration> {
    limiter
        .check_key(key)
        .map_err(|until| until.wait_time_from(clock.now()))
}

impl HubFilter for RateLimit {
    fn check(&self, hubs: &[HubDescription]) -> Result<(), String> {
        self.selection.check(hubs)
    }

    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        if let Some(key) = self.selection.key(call)
            && let Err(wait) = self.check(call, key)
        {
            telemetry::limit_reached(call.hub(), "rate_limit");
            return Err(HubError::new(too_many(wait)));
        }
        next.run(call).await
    }
}

fn too_many(wait: Duration) -> String {
    // Rounded up, since who comes too early is sent away again.
    let tenths = wait.as_millis().div_ceil(100).max(1);
    let (seconds, tenth) = (tenths / 10, tenths % 10);
    match tenth {
        0 => format!("Too many calls. Try again in {seconds} s."),
        _ => format!("Too many calls. Try again in {seconds}.{tenth} s."),
    }
}

/// The clock of tokio, which tests can stop.
#[derive(Debug, Clone, Copy)]
struct TokioClock {
    start: Instant,
}

impl TokioClock {
    fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Clock for TokioClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("quota", &self.quota)
            .field("whose", &self.whose)
            .field("selection", &self.selection)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_to_wait_is_rounded_up() {
        let text = |millis| too_many(Duration::from_millis(millis));
        assert_eq!(text(0), "Too many calls. Try again in 0.1 s.");
        assert_eq!(text(601), "Too many calls. Try again in 0.7 s.");
        assert_eq!(text(2000), "Too many calls. Try again in 2 s.");
    }

    #[tokio::test(start_paused = true)]
    async fn users_who_are_quiet_are_forgotten() {
        let second = Duration::from_secs(1);
        let limit = RateLimit::per_user(10, second);
        for user in 0..1000 {
            let key = (
                SmolStr::from(format!("user {user}")),
                Selection::all_together(),
            );
            assert!(check(&limit.users, &key, limit.clock).is_ok());
        }
        tokio::time::advance(second / 2).await;
        limit.forget_users();
        assert_eq!(limit.users.len(), 1000);
        tokio::time::advance(second).await;
        limit.forget_users();
        assert_eq!(limit.users.len(), 0);
    }

    #[test]
    #[should_panic = "at least one call in a period, and not 0 in 1s"]
    fn no_calls_at_all_are_no_limit() {
        let _ = RateLimit::per_connection(0, Duration::from_secs(1));
    }
}
