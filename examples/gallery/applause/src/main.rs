//! An audience, in React: an event, a stream and a call through the generated hooks.
//!
//! ```text
//! cd examples/gallery/applause/web && npm ci && npm run build
//! cargo run -p applause -- --port 5084
//! ```

mod stage;

use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use gallery_contract::applause::StageHub;
use hub_runtime::Hubs;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use crate::stage::Stage;

/// Where `npm run build` puts the page.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web/dist");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let hubs = Hubs::builder()
        .hub::<dyn StageHub>("/hubs/stage", Stage::default())
        .build()?;
    let app = hubs.mount(Router::new().fallback_service(ServeDir::new(PAGE)));

    let listener = TcpListener::bind(address(std::env::args().skip(1))?).await?;
    println!("The stage is at http://{}", listener.local_addr()?);
    hub_runtime::serve(listener, app)
        .with_graceful_shutdown(hub_runtime::told_to_stop())
        .await?;
    Ok(())
}

/// Reads `--port N` (on this machine only) or `--listen ADDRESS:PORT`.
fn address(mut options: impl Iterator<Item = String>) -> Result<SocketAddr, Box<dyn Error>> {
    let mut address = SocketAddr::from(([127, 0, 0, 1], 5084));
    while let Some(option) = options.next() {
        let value = options
            .next()
            .ok_or_else(|| format!("{option} wants a value"))?;
        match option.as_str() {
            "--port" => address.set_port(value.parse()?),
            "--listen" => address = value.parse()?,
            _ => {
                return Err(
                    format!("unknown option {option}; there are --port and --listen").into(),
                );
            }
        }
    }
    Ok(address)
}
