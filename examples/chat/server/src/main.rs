//! The chat: rooms are groups, names are users, and the page is written in TypeScript that the
//! build script generates from the contract.
//!
//! ```text
//! cargo xtask demo                                    page and server
//! cargo run -p chat-server -- --listen 0.0.0.0:5080   the server alone, page as last built
//! ```

mod chat;
mod rooms;

use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use chat_contract::ChatHub;
use hub_runtime::{ContractMismatch, Explorer, Hubs, User};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use crate::chat::Chat;

/// Where `npm run build` puts the page.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/dist");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let hubs = Hubs::builder()
        .message_pack()
        .contract_lock(include_str!("../../contract/contracts.lock"))
        // A page of before an update offers to load the new one.
        .options(|options| options.contract_mismatch = ContractMismatch::Tell)
        .identify(name_in_the_address)
        .hub::<dyn ChatHub>("/hubs/chat", Chat::default())
        .build()?;
    let explorer = Explorer::new(&hubs).title("Chat").routes("/explorer");
    let page = Router::new().fallback_service(ServeDir::new(PAGE));
    let app = hubs.mount(page.merge(explorer));

    let listener = TcpListener::bind(address(std::env::args().skip(1))?).await?;
    let address = listener.local_addr()?;
    println!("The chat is at http://{address}");
    println!("Its hub explorer is at http://{address}/explorer");
    hub_runtime::serve(listener, app)
        .with_graceful_shutdown(hub_runtime::told_to_stop())
        .await?;
    Ok(())
}

/// Takes the name that a person has chosen on the page at its word: `/hubs/chat?name=Ann`.
///
/// Whoever needs to be sure of a name puts a login in front and looks at what that has found.
fn name_in_the_address(parts: &http::request::Parts) -> Option<User> {
    let query = parts.uri.query().unwrap_or_default();
    let (_, name) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "name")?;
    let name = name.trim();
    (1..=rooms::LONGEST_NAME)
        .contains(&name.chars().count())
        .then(|| User::new(name))
}

/// Reads `--port N` (on this machine only) or `--listen ADDRESS:PORT`.
fn address(mut options: impl Iterator<Item = String>) -> Result<SocketAddr, Box<dyn Error>> {
    let mut address = SocketAddr::from(([127, 0, 0, 1], 5080));
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
