//! A box of tools for texts, to look at what is logged of calls on both sides, and to choose how a
//! connection is made.
//!
//! ```text
//! cd examples/gallery/string_tools/web && npm ci && npm run build
//! cargo run -p string-tools -- --port 5083
//! RUST_LOG=warn,string_tools=info,hub_runtime::dispatch=debug cargo run -p string-tools
//! ```

mod tools;

use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use gallery_contract::string_tools::StringHub;
use hub_runtime::{Explorer, Hubs};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;
use tracing_subscriber::EnvFilter;

use crate::tools::Tools;

/// Where `npm run build` puts the page.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web/dist");

/// What is logged where `RUST_LOG` does not say: a level for each target, as ASP.NET Core has one
/// for each category. Spans say in each line which connection and call it belongs to, which a terminal
/// has little room for.
const LOGGED: &str = "info,hub_runtime=debug,hub_runtime::spans=off";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(filter())?)
        .with_writer(std::io::stderr)
        .init();
    let hubs = Hubs::builder()
        .message_pack()
        .hub::<dyn StringHub>("/hubs/strings", Tools)
        .build()?;
    let explorer = Explorer::new(&hubs)
        .title("String tools")
        .routes("/explorer");
    let page = Router::new().fallback_service(ServeDir::new(PAGE));
    let app = hubs.mount(page.merge(explorer));

    let listener = TcpListener::bind(address(std::env::args().skip(1))?).await?;
    println!("The string tools are at http://{}", listener.local_addr()?);
    hub_runtime::serve(listener, app)
        .with_graceful_shutdown(hub_runtime::told_to_stop())
        .await?;
    Ok(())
}

fn filter() -> String {
    let told = std::env::var(EnvFilter::DEFAULT_ENV).ok();
    told.filter(|told| !told.is_empty())
        .unwrap_or_else(|| LOGGED.to_owned())
}

/// Reads `--port N` (on this machine only) or `--listen ADDRESS:PORT`.
fn address(mut options: impl Iterator<Item = String>) -> Result<SocketAddr, Box<dyn Error>> {
    let mut address = SocketAddr::from(([127, 0, 0, 1], 5083));
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
