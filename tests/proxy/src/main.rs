//! A proxy that gives each connection to the next of several servers, and goes on to another one where
//! nobody listens: what stands in front of servers that are restarted one after the other.
//!
//! ```text
//! cargo run -p hub-proxy -- 127.0.0.2:7300 127.0.0.3:7300
//! ```
//!
//! Its first line of output is `listening on http://ADDRESS`. It knows nothing of HTTP: bytes go to and
//! fro until both sides have ended.

use std::env::args;
use std::error::Error;
use std::net::SocketAddr;
use std::rc::Rc;
use tokio::io::copy_bidirectional_with_sizes;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let servers: Result<Rc<[SocketAddr]>, _> = args().skip(1).map(|it| it.parse()).collect();
    let servers = servers.map_err(|error| format!("usage: hub-proxy ADDRESS…: {error}"))?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    LocalSet::new().run_until(accept(listener, servers)).await
}

async fn accept(listener: TcpListener, servers: Rc<[SocketAddr]>) -> Result<(), Box<dyn Error>> {
    let mut first = 0;
    loop {
        let (client, _) = listener.accept().await?;
        let servers = Rc::clone(&servers);
        spawn_local(async move { serve(client, &servers, first).await });
        first += 1;
    }
}

/// Carries one connection. Without a server it just ends.
async fn serve(mut client: TcpStream, servers: &[SocketAddr], first: usize) {
    // What is carried is small, and there are many who carry.
    const BUFFER: usize = 1024;
    let Some(mut server) = connect(servers, first).await else {
        return;
    };
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    // However it ends, it concerns that one client.
    let _ = copy_bidirectional_with_sizes(&mut client, &mut server, BUFFER, BUFFER).await;
}

/// Connects to a server, or to the first one behind it that listens.
async fn connect(servers: &[SocketAddr], first: usize) -> Option<TcpStream> {
    for number in 0..servers.len() {
        let server = servers[(first + number) % servers.len()];
        if let Ok(stream) = TcpStream::connect(server).await {
            return Some(stream);
        }
    }
    None
}
