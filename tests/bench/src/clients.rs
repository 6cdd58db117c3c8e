use crate::Script;
use hub_core::protocol::{Message, Protocol};
use hub_load::{Incoming, Outgoing};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// All clients of a server, driven by its own thread.
#[derive(Debug)]
pub struct Clients {
    all: Vec<Client>,
    door: Door,
    buffer: Vec<u8>,
}

/// By which clients come.
#[derive(Debug)]
struct Door {
    address: SocketAddr,
    protocol: Protocol,
    /// What a client says first.
    opening: Vec<u8>,
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
        let opening = [
            Outgoing::upgrade("localhost", path),
            Outgoing(protocol).handshake(),
        ];
        let door = Door {
            address,
            protocol,
            opening: opening.concat(),
        };
        Self {
            all: std::iter::repeat_with(|| door.client())
                .take(count)
                .collect(),
            door,
            buffer: vec![0; 64 * 1024],
        }
    }

    /// Reads what has come; whether every handshake is done.
    pub fn are_open(&mut self) -> bool {
        self.receive();
        self.all.iter().all(|client| client.incoming.is_open())
    }

    /// Starts a round, if it is given one, and reads what has come; whether the round is over.
    ///
    /// Never inlined, since callgrind knows by its name where not to count.
    #[inline(never)]
    pub fn take_turn(&mut self, script: Option<&Script>) -> bool {
        if let Some(script) = script {
            if script.reconnects {
                send(&mut self.all[0].socket, GOODBYE);
                self.all[0] = self.door.client();
            }
            for (client, answers) in self.all.iter_mut().zip(&script.answers) {
                client.awaited = *answers;
            }
            send(&mut self.all[0].socket, &script.request);
        }
        self.receive();
        !self.all.iter().any(Client::awaits_something)
    }

    fn receive(&mut self) {
        let Self { all, buffer, .. } = self;
        let awaiting = all.iter_mut().filter(|client| client.awaits_something());
        awaiting.for_each(|client| client.receive(buffer));
    }
}

impl Door {
    fn client(&self) -> Client {
        let mut socket = TcpStream::connect(self.address).expect("the server listens");
        socket.set_nodelay(true).expect("a TCP socket");
        socket.set_nonblocking(true).expect("a socket");
        send(&mut socket, &self.opening);
        Client {
            socket,
            incoming: Incoming::new(self.protocol),
            awaited: 0,
        }
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

/// A close frame of a client: 1000, and a mask of zeros.
const GOODBYE: &[u8] = &[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8];

/// What is sent in one round fits into a socket's buffer.
fn send(socket: &mut TcpStream, bytes: &[u8]) {
    socket.write_all(bytes).expect("room in the socket");
}
