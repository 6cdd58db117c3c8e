//! The server by which the project's speed is judged, as a program.
//!
//! ```text
//! cargo run --release -p hub-bench-server -- --listen 127.0.0.1:7200
//! ```

use axum::Router;
use std::error::Error;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = address().ok_or("usage: hub-bench-server --listen ADDRESS")?;
    let hubs = hub_bench_server::hubs()?;
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    hub_runtime::serve(listener, hubs.mount(Router::new()))
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}

fn address() -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--listen");
    arguments.nth(1)
}
