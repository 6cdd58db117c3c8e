//! The sockets of a server, as Linux lists them.

use std::fs;
use std::net::SocketAddr;

/// How many connections of the server at this address still hold a descriptor on its side.
///
/// Unlike a count of descriptors, it says nothing about other servers in the same process.
pub fn held_sockets(server: SocketAddr) -> usize {
    let table = match server {
        SocketAddr::V4(_) => "/proc/net/tcp",
        SocketAddr::V6(_) => "/proc/net/tcp6",
    };
    let table = fs::read_to_string(table).expect("a process file system, as on Linux");
    let sockets = table.lines().skip(1).filter_map(Socket::parse);
    sockets
        .filter(|socket| socket.port == server.port() && socket.is_held && !socket.listens)
        .count()
}

/// One line of the table.
struct Socket {
    port: u16,
    listens: bool,
    /// Whether a process has it open. The system keeps others for a while, to end them in order.
    is_held: bool,
}

impl Socket {
    fn parse(line: &str) -> Option<Self> {
        const LISTENING: &str = "0A";
        let mut fields = line.split_whitespace();
        let (_, port) = fields.nth(1)?.split_once(':')?;
        let state = fields.nth(1)?;
        let inode = fields.nth(5)?;
        Some(Self {
            port: u16::from_str_radix(port, 16).ok()?,
            listens: state == LISTENING,
            is_held: inode != "0",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn accepted_sockets_count_until_they_are_dropped() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = listener.local_addr().unwrap();
        assert_eq!(held_sockets(server), 0);
        let _client = TcpStream::connect(server).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        assert_eq!(held_sockets(server), 1);
        drop(accepted);
        assert_eq!(held_sockets(server), 0);
    }
}
