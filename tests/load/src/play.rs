use crate::crowd::{Crowd, Failure};
use crate::{Hub, Kind, Load, Process};
use hub_core::protocol::Protocol;
use std::error::Error;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep, timeout};

/// Clients before the first look at memory, by when the server has what it needs once.
const FIRST: usize = 100;
/// How long the clients are left to themselves.
const TICK: Duration = Duration::from_millis(10);
/// How many ticks lie between two pings of a client: ten seconds, a third of the server's patience.
const PING_TICKS: usize = 1000;

/// What a load has come to. Not a number: unknown, or nothing of the kind has happened.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// Counted messages.
    pub messages: usize,
    /// Messages that never came.
    pub lost: usize,
    /// Processor time of the server for each message, in microseconds; of those who are idle, its
    /// resident memory for each connection, in KiB.
    pub cost: f64,
    /// From the start of a round to its last message, in microseconds: the middle round's.
    pub p50: f64,
    /// The same of one round in a hundred.
    pub p99: f64,
    /// The share of a core that the server had.
    pub server: f64,
    /// The share of a core that the clients had.
    pub clients: f64,
}

/// Loads a hub for so long, and says what it cost the process that serves.
pub async fn play(
    load: Load,
    hub: &Hub,
    protocol: Protocol,
    server: Process,
    time: Duration,
) -> Result<Report, Box<dyn Error>> {
    let crowd = Rc::new(Crowd::new(load, hub, protocol));
    let tasks = JoinSet::new();
    let play = Play {
        crowd,
        server,
        tasks,
    };
    LocalSet::new().run_until(play.run(time)).await
}

struct Play {
    crowd: Rc<Crowd>,
    server: Process,
    /// The clients, who only end by failing.
    tasks: JoinSet<Result<(), Failure>>,
}

impl Play {
    async fn run(mut self, time: Duration) -> Result<Report, Failure> {
        let crowd = Rc::clone(&self.crowd);
        self.tasks.spawn_local(ping(Rc::clone(&crowd)));
        let memory = self.open(time).await?;
        self.start()?;
        self.pass(time / 4).await?;
        crowd.rounds.borrow_mut().take_counts();
        let [cpu, server, clients] = self.measure(time).await?;
        let (messages, latencies) = crowd.rounds.borrow_mut().take_counts();
        crowd.is_stopping.set(true);
        for _ in 0..1000 {
            if crowd.rounds.borrow().missing() > 0 {
                self.pass(TICK).await?;
            }
        }
        let lost = crowd.rounds.borrow().missing();
        let is_idle = crowd.load.kind == Kind::Idle;
        let cost = if is_idle {
            memory
        } else {
            each(cpu * 1e6, messages)
        };
        let latency = |percent| latencies.get(latencies.len() * percent / 100);
        let micros = |time: &Duration| time.as_secs_f64() * 1e6;
        let [p50, p99] = [50, 99].map(|percent| latency(percent).map_or(f64::NAN, micros));
        Ok(Report {
            messages,
            lost,
            cost,
            p50,
            p99,
            server,
            clients,
        })
    }

    /// All clients connect. Gives the server's memory for each of them, in KiB, without those who come
    /// first.
    async fn open(&mut self, time: Duration) -> Result<f64, Failure> {
        let all = self.crowd.load.clients();
        self.open_up_to(FIRST.min(all)).await?;
        if all <= FIRST {
            return Ok(f64::NAN);
        }
        self.pass(time / 4).await?;
        let before = self.server.memory();
        self.open_up_to(all).await?;
        self.pass(time / 4).await?;
        Ok(each(self.server.memory() - before, all - FIRST))
    }

    async fn open_up_to(&mut self, count: usize) -> Result<(), Failure> {
        for number in self.crowd.ready()..count {
            self.tasks.spawn_local(Rc::clone(&self.crowd).stay(number));
        }
        for _ in 0..3000 + count / 5 {
            if self.crowd.ready() == count {
                return Ok(());
            }
            self.pass(TICK).await?;
        }
        Err("the server is late with connections".into())
    }

    fn start(&mut self) -> Result<(), Failure> {
        let Load {
            kind,
            teams,
            under_way,
            ..
        } = self.crowd.load;
        for round in 0..if kind == Kind::Idle { 0 } else { under_way } {
            if kind.is_set_up() {
                self.tasks
                    .spawn_local(Rc::clone(&self.crowd).come_and_go(round % teams));
            } else {
                self.crowd.start(round % teams, 1)?;
            }
        }
        Ok(())
    }

    /// The seconds of the processor that the server has in this time, and the shares of a core of the
    /// server and the clients.
    async fn measure(&mut self, time: Duration) -> Result<[f64; 3], Failure> {
        let processes = [self.server.clone(), Process::with_id(std::process::id())];
        let spent = || processes.each_ref().map(Process::cpu);
        let (before, start) = (spent(), Instant::now());
        self.pass(time).await?;
        let (after, took) = (spent(), start.elapsed().as_secs_f64());
        let [server, clients] = [0, 1].map(|of| after[of] - before[of]);
        Ok([server, server / took, clients / took])
    }

    /// Lets the clients go on, none of whom may fail.
    async fn pass(&mut self, time: Duration) -> Result<(), Failure> {
        match timeout(time, self.tasks.join_next()).await {
            Ok(Some(Ok(Err(failure)))) => Err(failure),
            Ok(Some(Err(panic))) => std::panic::resume_unwind(panic.into_panic()),
            _ => Ok(()),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a run has not as many messages")]
fn each(all: f64, count: usize) -> f64 {
    all / count as f64
}

async fn ping(crowd: Rc<Crowd>) -> Result<(), Failure> {
    let mut next = 0;
    loop {
        sleep(TICK).await;
        let count = crowd.load.clients().div_ceil(PING_TICKS);
        crowd.ping(next, count)?;
        next += count;
    }
}
