use crate::Script;
use hub_core::protocol::{Message, Protocol};
use hub_load::{Incoming, Outgoing};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// All clients of a server, driven by its own thread.
#[derive(Debug)]
pub struct Clients {
    clients: Vec<Client>,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Client {
    socket: TcpStream,
    incoming: Incoming,
    /// Messages that are still to come in this round.
    awaited: usize,
}

impl Clients {
    /// Connects, and asks for handshakes.
    pub fn connect(address: SocketAddr, path: &str, protocol: Protocol, count: usize) -> Self {
        let client = || {
            let mut socket = TcpStream::connect(address).expect("the server listens");
            socket.set_nodelay(true).expect("a TCP socket");
            socket.set_nonblocking(true).expect("a socket");
            let opening = [
                Outgoing::upgrade("localhost", path),
                Outgoing(protocol).handshake(),
            ];
            send(&mut socket, &opening.concat());
            Client {
                socket,
                incoming: Incoming::new(protocol),
                awaited: 0,
            }
        };
        Self {
            clients: std::iter::repeat_with(client).take(count).collect(),
            buffer: vec![0; 64 * 1024],
        }
    }

    /// Reads what has come; whether every handshake is done.
    pub fn are_open(&mut self) -> bool {
        self.receive();
        self.clients.iter().all(|client| client.incoming.is_open())
    }

    /// Starts a round, if it is given one, and reads what has come; whether the round is over.
    ///
    /// Never inlined, since callgrind knows by its name where not to count.
    #[inline(never)]
    pub fn take_turn(&mut self, script: Option<&Script>) -> bool {
        if let Some(script) = script {
            for (client, answers) in self.clients.iter_mut().zip(&script.answers) {
                client.awaited = *answers;
            }
            send(&mut self.clients[0].socket, &script.request);
        }
        self.receive();
        !self.clients.iter().any(Client::awaits_something)
    }

    fn receive(&mut self) {
        let Self { clients, buffer } = self;
        let awaiting = clients
            .iter_mut()
            .filter(|client| client.awaits_something());
        awaiting.for_each(|client| client.receive(buffer));
    }
}

impl Client {
    fn awaits_something(&self) -> bool {
        self.awaited > 0 || !self.incoming.is_open()
    }

    fn receive(&mut self, buffer: &mut [u8]) {
        match self.socket.read(buffer) {
            Ok(0) => panic!("the server has closed the connection"),
            Ok(length) => {
                let awaited = &mut self.awaited;
                let taken = self.incoming.add(&buffer[..length], |message| {
                    if *message != Message::Ping {
                        *awaited = awaited
                            .checked_sub(1)
                            .unwrap_or_else(|| panic!("unasked: {message:?}"));
                    }
                });
                taken.expect("a server that does its part");
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// What is sent in one round fits into a socket's buffer.
fn send(socket: &mut TcpStream, bytes: &[u8]) {
    socket.write_all(bytes).expect("room in the socket");
}
