//! A notice board for those who have logged in: a session in a cookie, a hub that is closed to
//! strangers, a call for a role, and a call that a policy decides about.
//!
//! ```text
//! cd examples/gallery/roles/web && npm ci && npm run build
//! cargo run -p roles -- --port 5082
//! ```

mod accounts;
mod board;
mod login;
mod sessions;

use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use axum_login::AuthManagerLayerBuilder;
use gallery_contract::roles::{BoardHub, MAY_TAKE_DOWN};
use hub_runtime::Hubs;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;
use tower_sessions::cookie::SameSite;
use tower_sessions::{MemoryStore, SessionManagerLayer};

use crate::accounts::Accounts;
use crate::board::{Board, Notices};
use crate::sessions::Sessions;

/// Where `npm run build` puts the page.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web/dist");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = app(Accounts::with_samples()?)?;
    let listener = TcpListener::bind(address(std::env::args().skip(1))?).await?;
    println!("The notice board is at http://{}", listener.local_addr()?);
    hub_runtime::serve(listener, app)
        .with_graceful_shutdown(hub_runtime::told_to_stop())
        .await?;
    Ok(())
}

fn app(accounts: Accounts) -> Result<Router, Box<dyn Error>> {
    let store = MemoryStore::default();
    let sessions = Sessions::new(store.clone());
    let notices = Notices::default();

    let hubs = Hubs::builder()
        .identify(login::user)
        .policy(MAY_TAKE_DOWN, notices.may_take_down())
        .hub::<dyn BoardHub>("/hubs/board", Board::new(notices, sessions.clone()))
        .build()?;
    let pages = login::routes(sessions).fallback_service(ServeDir::new(PAGE));

    // Out of reach of scripts, and not sent with the POSTs of other sites. A server that is reached
    // over HTTPS, as it should be, keeps `with_secure(true)`, which is the default.
    let cookie = SessionManagerLayer::new(store)
        .with_name("session")
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(false);
    // Around the hubs too: it is there that they learn who somebody is.
    let layer = AuthManagerLayerBuilder::new(accounts, cookie).build();
    Ok(hubs.mount(pages).layer(layer))
}

/// Reads `--port N` (on this machine only) or `--listen ADDRESS:PORT`.
fn address(mut options: impl Iterator<Item = String>) -> Result<SocketAddr, Box<dyn Error>> {
    let mut address = SocketAddr::from(([127, 0, 0, 1], 5082));
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
