//! Graceful shutdown for connections that HTTP has handed over.
//!
//! [`serve`](crate::serve) puts a [`Drain`] into the extensions of each request. Whoever upgrades
//! the connection takes a [`DrainGuard`] before answering, ends its connection soon after the guard
//! was signalled, and then lets go of it. Under another server there is no `Drain`, and such
//! connections end with the process.
//!
//! Guards of connections that need no further request are signalled in turn within the drain window,
//! so that the clients do not all come back to the other servers at once.
//!
//! What is upgraded is a whole connection in HTTP/1.1, and one stream among others in HTTP/2. The
//! connection of a stream goes on serving, and is not idle while somebody has its [`Occupied`].

use super::activity::{self, Activity};
use super::relay::{Opening, Relay};
use super::roll::Roll;
use super::spread::{self, turn};
use super::tasks::Tasks;
use std::fmt;
use std::future::poll_fn;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit};

/// What the connections of one server share.
#[derive(Debug)]
pub(super) struct Server {
    /// Turns that have come: none before the shutdown, then the one of those who are told at once,
    /// then more and more of the others'.
    turns: AtomicU64,
    guards: Roll<Waiting>,
    pub(super) tasks: Tasks,
}

/// What is known of a guard.
#[derive(Debug)]
struct Waiting {
    moment: Moment,
    /// What wakes its holder, if that waits for the shutdown.
    waker: Option<Waker>,
}

/// When a guard's holder is told of the shutdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// As soon as it begins: it depends on new requests, which the server does not take any more.
    AtOnce,
    /// In its turn within the drain window.
    InTurn,
}

impl Moment {
    /// The turns that have to have come.
    fn turn(self, number: u64) -> u64 {
        match self {
            Self::AtOnce => 0,
            Self::InTurn => 1 + turn(number),
        }
    }
}

impl Server {
    pub(super) fn new(tasks: Tasks) -> Self {
        Self {
            turns: AtomicU64::new(0),
            guards: Roll::default(),
            tasks,
        }
    }

    /// Signals all guards, those to come included: those who depend on further requests at once, and
    /// the others one after the other until the window is over.
    pub(super) async fn start_draining(&self, window: Duration) {
        self.signal(0..1);
        let mut signalled = 1;
        spread::over(window, |share| {
            let turns = 1 + share.end();
            self.signal(signalled..turns);
            signalled = turns;
        })
        .await;
    }

    fn signal(&self, turns: Range<u64>) {
        self.turns.store(turns.end, Ordering::Release);
        self.guards.each(|number, waiting| {
            if let Some(waker) = &waiting.waker
                && turns.contains(&waiting.moment.turn(number))
            {
                waker.wake_by_ref();
            }
        });
    }

    /// Waits until tasks and guards are gone.
    pub(super) async fn drained(&self) {
        // Tasks first: a request that still runs may end in an upgrade.
        self.tasks.finished().await;
        self.guards.emptied().await;
    }

    pub(super) fn guards(&self) -> usize {
        self.guards.len()
    }

    fn is_draining(&self) -> bool {
        self.has_come(0)
    }

    fn has_come(&self, turn: u64) -> bool {
        turn < self.turns.load(Ordering::Acquire)
    }
}

/// What is known of one connection as long as HTTP has it.
#[derive(Debug)]
pub(super) struct Connection {
    /// Its place under the limit of connections, which guards keep too.
    slot: Arc<OwnedSemaphorePermit>,
    activity: Arc<Activity>,
}

impl Connection {
    pub(super) fn new(slot: OwnedSemaphorePermit) -> Self {
        Self {
            slot: Arc::new(slot),
            activity: Activity::new(),
        }
    }

    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }
}

/// What carries a request: an HTTP/1.1 connection, or a stream of an HTTP/2 connection.
#[derive(Default)]
pub(super) struct Carrier {
    /// It is to end where it stands.
    cut: Notify,
    /// What the connection goes on with behind HTTP/1.1.
    opening: Mutex<Option<Opening>>,
}

impl Carrier {
    /// Waits for [`Drain::cut`]. One waits at a time.
    pub(super) async fn made_to_end(&self) {
        self.cut.notified().await;
    }

    /// What HTTP has handed the connection over to.
    pub(super) fn take_opening(&self) -> Option<Opening> {
        self.opening().take()
    }

    fn opening(&self) -> MutexGuard<'_, Option<Opening>> {
        self.opening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carrier").finish_non_exhaustive()
    }
}

/// A connection's part in its server's shutdown. A cheap clone, which may be kept for long: it does
/// not hold the connection's place.
#[derive(Clone, Debug)]
pub(crate) struct Drain {
    server: Arc<Server>,
    slot: Weak<OwnedSemaphorePermit>,
    activity: Arc<Activity>,
    carrier: Arc<Carrier>,
    /// Whether that is a stream.
    is_stream: bool,
}

impl Drain {
    pub(super) fn new(
        server: &Arc<Server>,
        connection: &Connection,
        carrier: Arc<Carrier>,
    ) -> Self {
        Self {
            server: Arc::clone(server),
            slot: Arc::downgrade(&connection.slot),
            activity: Arc::clone(&connection.activity),
            carrier,
            is_stream: false,
        }
    }

    /// The same for a request that has a stream to itself.
    pub(super) fn on_stream(self, stream: Option<Arc<Carrier>>) -> Self {
        match stream {
            Some(carrier) => Self {
                carrier,
                is_stream: true,
                ..self
            },
            None => self,
        }
    }

    /// Makes the server's shutdown wait for the holder. Take it before the upgrade is answered, so
    /// that there is no moment in which the shutdown could miss the connection.
    pub(crate) fn guard(&self) -> DrainGuard {
        self.guard_with(Moment::AtOnce, None)
    }

    /// The same for a connection that needs no further request, so that its turn within the drain
    /// window can be waited for.
    pub(crate) fn guard_in_turn(&self) -> DrainGuard {
        self.guard_with(Moment::InTurn, None)
    }

    /// The same for a stream of HTTP/2 that is upgraded. It goes on counting as a request until the
    /// holder has ended, which may be later than the stream.
    pub(crate) fn guard_stream(&self) -> DrainGuard {
        self.guard_with(Moment::InTurn, Some(self.occupy()))
    }

    fn guard_with(&self, moment: Moment, occupied: Option<Occupied>) -> DrainGuard {
        let waiting = Waiting {
            moment,
            waker: None,
        };
        DrainGuard {
            number: self.server.guards.enter(waiting),
            moment,
            signalled: false,
            server: Arc::clone(&self.server),
            waker: None,
            _slot: self.slot.upgrade(),
            _occupied: occupied,
        }
    }

    /// Whether the server shuts down, and takes nothing new.
    pub(crate) fn has_begun(&self) -> bool {
        self.server.is_draining()
    }

    /// Runs a task that the server owns: its shutdown waits for it, and aborts it when the drain
    /// timeout is over.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + Unpin + 'static) {
        self.server.tasks.spawn(task);
    }

    /// Runs what becomes of this request when it has been upgraded, as [`spawn`](Self::spawn) does:
    /// for HTTP/1.1 in the task of the connection, which has nothing else to do from then on.
    pub(crate) fn hand_over(&self, opening: Opening) {
        if self.is_stream {
            self.spawn(Relay::First(opening));
        } else {
            *self.carrier.opening() = Some(opening);
        }
    }

    /// Ends the HTTP connection of this request at once, or in HTTP/2 its stream. The only way out
    /// of a response that the client does not read: ending its body would wait for the client as
    /// well. Of no effect on an HTTP/1.1 connection that was upgraded.
    pub(crate) fn cut(&self) {
        self.carrier.cut.notify_one();
    }

    /// Says that something goes on behind the response to this request.
    pub(crate) fn occupy(&self) -> Occupied {
        Occupied {
            _request: self.activity.begin(),
            carrier: Arc::clone(&self.carrier),
        }
    }
}

/// Held by what goes on behind a response. Of consequence in HTTP/2, where the connection would be
/// taken for an idle one.
#[derive(Debug)]
#[must_use = "the connection counts as in use only while this is held"]
pub(crate) struct Occupied {
    _request: activity::Request,
    carrier: Arc<Carrier>,
}

impl Occupied {
    /// The same as [`Drain::cut`], for the stream that was upgraded.
    pub(crate) fn cut(&self) {
        self.carrier.cut.notify_one();
    }
}

/// Held by an upgraded connection as long as it lives. It counts as one of the server's connections
/// until then.
#[derive(Debug)]
#[must_use = "the shutdown waits for the guard only while it is held"]
pub(crate) struct DrainGuard {
    server: Arc<Server>,
    /// Its number among the server's guards.
    number: u64,
    moment: Moment,
    /// Its holder knows.
    signalled: bool,
    /// What is woken by the shutdown.
    waker: Option<Waker>,
    _slot: Option<Arc<OwnedSemaphorePermit>>,
    _occupied: Option<Occupied>,
}

impl DrainGuard {
    /// Waits until the connection should end.
    pub(crate) async fn signalled(&mut self) {
        poll_fn(|task| self.poll_signalled(task)).await;
    }

    /// Ready from when the connection should end. Cheap to ask again and again.
    pub(crate) fn poll_signalled(&mut self, task: &mut Context<'_>) -> Poll<()> {
        let turn = self.moment.turn(self.number);
        let is_noted = |waker: &Waker| waker.will_wake(task.waker());
        if !self.server.has_come(turn) && !self.waker.as_ref().is_some_and(is_noted) {
            self.waker = Some(task.waker().clone());
            let waiting = Waiting {
                moment: self.moment,
                waker: self.waker.clone(),
            };
            self.server.guards.note(self.number, waiting);
        }
        // Looked at behind the note, so that a signal in between is not missed.
        if self.server.has_come(turn) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Whether the connection should end and has not been told yet; `true` once.
    pub(crate) fn is_newly_signalled(&mut self, task: &mut Context<'_>) -> bool {
        let newly = !self.signalled && self.poll_signalled(task).is_ready();
        self.signalled |= newly;
        newly
    }
}

impl Drop for DrainGuard {
    fn drop(&mut self) {
        self.server.guards.leave(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use futures_util::future::join_all;
    use tokio::sync::Semaphore;
    use tokio::time::Instant;

    struct Fixture {
        server: Arc<Server>,
        slots: Arc<Semaphore>,
        connection: Connection,
        drain: Drain,
    }

    fn fixture() -> Fixture {
        let server = Arc::new(Server::new(Tasks::default()));
        let slots = Arc::new(Semaphore::new(1));
        let connection = Connection::new(Arc::clone(&slots).try_acquire_owned().unwrap());
        let drain = Drain::new(&server, &connection, Arc::default());
        Fixture {
            server,
            slots,
            connection,
            drain,
        }
    }

    #[tokio::test]
    async fn guards_are_signalled_and_waited_for() {
        let Fixture { server, drain, .. } = fixture();
        let mut guard = drain.guard();
        assert!(guard.signalled().now_or_never().is_none());
        server.start_draining(Duration::ZERO).await;
        guard.signalled().await;
        let mut late = drain.guard();
        late.signalled().await;
        drop(guard);
        assert!(server.drained().now_or_never().is_none());
        drop(late);
        server.drained().await;
    }

    #[tokio::test(start_paused = true)]
    async fn within_the_window_each_guard_has_its_turn() {
        const WINDOW: Duration = Duration::from_secs(10);
        let Fixture { server, drain, .. } = fixture();
        let mut at_once = drain.guard();
        let guards: Vec<_> = (0..100).map(|_| drain.guard_in_turn()).collect();
        assert!(!drain.has_begun());
        let start = Instant::now();
        let told = guards.into_iter().map(async |mut guard| {
            guard.signalled().await;
            start.elapsed()
        });
        let (told, (), ()) = tokio::join!(
            join_all(told),
            async {
                at_once.signalled().await;
                assert_eq!(start.elapsed(), Duration::ZERO);
            },
            server.start_draining(WINDOW),
        );
        for second in 0..10 {
            let second = Duration::from_secs(second)..Duration::from_secs(second + 1);
            let now = told.iter().filter(|told| second.contains(*told)).count();
            assert!((5..=15).contains(&now), "{now} in {second:?}");
        }
        assert!(
            told.iter()
                .all(|told| *told <= WINDOW + Duration::from_millis(20))
        );
        // Who comes now is told at once.
        drain.guard_in_turn().signalled().await;
    }

    #[tokio::test]
    async fn spawned_tasks_are_waited_for_and_aborted() {
        let Fixture { server, drain, .. } = fixture();
        let guard = drain.guard();
        drain.spawn(Box::pin(async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        }));
        server.start_draining(Duration::ZERO).await;
        assert!(server.drained().now_or_never().is_none());
        server.tasks.abort_all();
        server.drained().await;
    }

    #[test]
    fn a_guard_keeps_the_slot_and_a_handle_does_not() {
        let Fixture {
            slots,
            connection,
            drain,
            ..
        } = fixture();
        let guard = drain.guard();
        drop(connection);
        assert_eq!(slots.available_permits(), 0);
        drop(guard);
        assert_eq!(slots.available_permits(), 1);
        let _late = drain.guard();
        drain.cut();
    }

    #[test]
    fn a_cut_is_not_missed() {
        let drain = fixture().drain;
        assert!(drain.carrier.made_to_end().now_or_never().is_none());
        drain.cut();
        assert!(drain.carrier.made_to_end().now_or_never().is_some());
    }

    #[tokio::test]
    async fn an_occupied_connection_is_not_idle() {
        let Fixture {
            slots,
            connection,
            drain,
            ..
        } = fixture();
        let occupied = drain.occupy();
        let idle = || {
            connection
                .activity()
                .idle_for(Duration::ZERO)
                .now_or_never()
        };
        assert!(idle().is_none());
        drop(occupied);
        assert!(idle().is_some());
        // It says nothing about how long the connection counts.
        let _occupied = drain.occupy();
        drop(connection);
        assert_eq!(slots.available_permits(), 1);
    }
}
