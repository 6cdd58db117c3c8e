use crate::rounds::Rounds;
use crate::{Broken, Incoming, Kind, Load, Outgoing};
use hub_core::protocol::{Message, Protocol};
use serde::Deserialize;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::error::Error;
use std::future::poll_fn;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, ready};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;

/// Connections that are set up at the same time.
const OPENING: usize = 64;

/// A hub of this machine.
#[derive(Debug, Clone, Deserialize)]
pub struct Hub {
    /// Where its server listens.
    pub address: SocketAddr,
    /// Its path there.
    pub path: String,
}

/// What a load fails by.
pub(crate) type Failure = Box<dyn Error>;

/// All clients, who live in one thread.
#[derive(Debug)]
pub(crate) struct Crowd {
    pub(crate) load: Load,
    hub: Hub,
    protocol: Protocol,
    /// Of those who are connected and in their groups, by number.
    outputs: RefCell<BTreeMap<usize, OwnedWriteHalf>>,
    opening: Semaphore,
    dialed: Cell<usize>,
    /// What a socket is read into: one for all, as they take turns.
    scratch: RefCell<Vec<u8>>,
    /// What starts a round, by team.
    requests: Vec<Vec<u8>>,
    pub(crate) rounds: RefCell<Rounds>,
    pub(crate) is_stopping: Cell<bool>,
}

/// What a client reads.
struct Client {
    input: OwnedReadHalf,
    incoming: Incoming,
}

impl Crowd {
    pub(crate) fn new(load: Load, hub: &Hub, protocol: Protocol) -> Self {
        let requests = (0..load.teams).map(|team| load.request(Outgoing(protocol), team));
        Self {
            hub: hub.clone(),
            protocol,
            outputs: RefCell::default(),
            opening: Semaphore::new(OPENING),
            dialed: Cell::new(0),
            scratch: RefCell::new(vec![0; 256 * 1024]),
            requests: requests.collect(),
            rounds: RefCell::new(Rounds::new(load.teams, load.messages())),
            is_stopping: Cell::new(false),
            load,
        }
    }

    /// How many are connected, and in their groups.
    pub(crate) fn ready(&self) -> usize {
        self.outputs.borrow().len()
    }

    /// A client connects, joins its groups, then reads and counts until the connection fails.
    pub(crate) async fn stay(self: Rc<Self>, number: usize) -> Result<(), Failure> {
        let turn = self.opening.acquire().await;
        let (mut client, output) = self.open().await?;
        for group in self.load.groups(number) {
            let join = Outgoing(self.protocol).call("1", "JoinGroup", &(&*group,));
            write(&output, &join)?;
            let answers = |message: &Message<'_>| matches!(message, Message::Completion { .. });
            while self.read(&mut client, answers).await? == 0 {}
        }
        drop(turn);
        self.outputs.borrow_mut().insert(number, output);
        loop {
            let counts = |message: &Message<'_>| self.load.kind.counts(message);
            let count = self.read(&mut client, counts).await?;
            if count > 0 {
                self.count(number, count)?;
            }
        }
    }

    /// A client connects over and over.
    pub(crate) async fn come_and_go(self: Rc<Self>, number: usize) -> Result<(), Failure> {
        while !self.is_stopping.get() {
            self.rounds.borrow_mut().start(number);
            let (_client, output) = self.open().await?;
            self.rounds.borrow_mut().deliver(number, 1);
            write(&output, &Outgoing::close())?;
        }
        std::future::pending().await
    }

    /// So many rounds of a team begin, by one write.
    pub(crate) fn start(&self, team: usize, rounds: usize) -> Result<(), Failure> {
        (0..rounds).for_each(|_| self.rounds.borrow_mut().start(team));
        let caller = team * usize::from(!self.load.kind.has_one_caller());
        let requests = self.requests[team].repeat(rounds);
        write(&self.outputs.borrow()[&caller], &requests)
    }

    /// A round that is over makes room for one so many teams further as are under way: with as many
    /// teams that is the same one, with more all have their turn.
    fn count(&self, client: usize, messages: usize) -> Result<(), Failure> {
        let team = client % self.load.teams;
        let over = self.rounds.borrow_mut().deliver(team, messages);
        let over = over.ok_or("a message that nobody has asked for")?;
        if over == 0 || self.is_stopping.get() {
            return Ok(());
        }
        self.start((team + self.load.under_way) % self.load.teams, over)
    }

    /// Signs of life of so many clients, beginning with this one.
    pub(crate) fn ping(&self, first: usize, count: usize) -> Result<(), Failure> {
        let ping = Outgoing(self.protocol).ping();
        let outputs = self.outputs.borrow();
        let mut those = outputs.values().cycle().skip(first).take(count);
        those.try_for_each(|output| write(output, &ping))
    }

    /// Sets up a connection, up to the answer of its handshake.
    async fn open(&self) -> Result<(Client, OwnedWriteHalf), Failure> {
        let query = match self.load.kind {
            Kind::Connect => format!("?id={}", self.negotiate().await?),
            _ if self.load.users => format!("?user=user-{}", self.dialed.get()),
            _ => String::new(),
        };
        let (host, path) = (self.hub.address.to_string(), self.hub.path.clone() + &query);
        let (input, output) = self.dial().await?.into_split();
        let incoming = Incoming::new(self.protocol);
        let mut client = Client { input, incoming };
        write(&output, &Outgoing::upgrade(&host, &path))?;
        while !client.incoming.is_upgraded() {
            self.read(&mut client, |_| false).await?;
        }
        write(&output, &Outgoing(self.protocol).handshake())?;
        while !client.incoming.is_open() {
            self.read(&mut client, |_| false).await?;
        }
        Ok((client, output))
    }

    /// Asks for a token, as it is written in a query.
    async fn negotiate(&self) -> Result<String, Failure> {
        let (mut input, output) = self.dial().await?.into_split();
        let Hub { address, path } = &self.hub;
        write(&output, &Outgoing::negotiate(&address.to_string(), path))?;
        let mut answer = Vec::new();
        while input.read_buf(&mut answer).await? > 0 {
            let text = String::from_utf8_lossy(&answer);
            let token = text.split_once("\"connectionToken\":\"");
            if let Some((token, _)) = token.and_then(|(_, rest)| rest.split_once('"')) {
                return Ok(form_urlencoded::byte_serialize(token.as_bytes()).collect());
            }
        }
        Err(format!("no token: {}", String::from_utf8_lossy(&answer)).into())
    }

    /// Connects from one of many addresses: the ports of a single one would soon be used up.
    async fn dial(&self) -> Result<TcpStream, Failure> {
        let number = self.dialed.replace(self.dialed.get() + 1);
        let socket = TcpSocket::new_v4()?;
        socket.set_nodelay(true)?;
        socket.bind((Ipv4Addr::new(127, 0, 0, 2 + (number % 250) as u8), 0).into())?;
        Ok(socket.connect(self.hub.address).await?)
    }

    /// Waits for bytes. Gives the number of messages that end in them and count.
    async fn read(
        &self,
        client: &mut Client,
        counts: impl Fn(&Message<'_>) -> bool,
    ) -> Result<usize, Failure> {
        poll_fn(|task| {
            let mut scratch = self.scratch.borrow_mut();
            let mut buffer = ReadBuf::new(&mut scratch);
            // Unlike `try_read`, this knows by a short read that there is no more.
            ready!(Pin::new(&mut client.input).poll_read(task, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Err(Broken::Closed.into()));
            }
            let mut count = 0;
            let each = |message: &Message<'_>| count += usize::from(counts(message));
            client.incoming.add(buffer.filled(), each)?;
            Poll::Ready(Ok(count))
        })
        .await
    }
}

/// What a client has under way is little enough for the socket's buffer.
fn write(output: &OwnedWriteHalf, bytes: &[u8]) -> Result<(), Failure> {
    if output.try_write(bytes)? < bytes.len() {
        return Err("the server does not read".into());
    }
    Ok(())
}
