//! Every page sees how many pages look on: `on_connected`, `on_disconnected`, and a call to all.
//!
//! ```text
//! cd examples/gallery/view_counter/web && npm ci && npm run build
//! cargo run -p view-counter -- --port 5081
//! ```

use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use gallery_contract::view_counter::{ViewHub, Viewers};
use hub_runtime::{Context, DisconnectReason, HubError, Hubs};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tower_http::services::ServeDir;

/// Where `npm run build` puts the page.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web/dist");

/// One value serves all connections. The lock is held while a change is sent, so that the last
/// number a page hears is the last there was.
#[derive(Default)]
struct View {
    viewers: Mutex<Viewers>,
}

impl ViewHub for View {
    async fn on_connected(&self, cx: &Context<dyn ViewHub>) -> Result<(), HubError> {
        let mut viewers = self.viewers.lock().await;
        viewers.now += 1;
        viewers.most = viewers.most.max(viewers.now);
        cx.clients().all().viewers_changed(*viewers).await?;
        Ok(())
    }

    async fn on_disconnected(&self, cx: &Context<dyn ViewHub>, _reason: DisconnectReason) {
        let mut viewers = self.viewers.lock().await;
        viewers.now -= 1;
        // A send to clients fails only if its arguments cannot be written, and a number can.
        let _ = cx.clients().all().viewers_changed(*viewers).await;
    }

    async fn wave(&self, cx: &Context<dyn ViewHub>) -> Result<u32, HubError> {
        cx.clients().others().waved().await?;
        Ok(self.viewers.lock().await.now - 1)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let hubs = Hubs::builder()
        .hub::<dyn ViewHub>("/hubs/view", View::default())
        .build()?;
    let app = hubs.mount(Router::new().fallback_service(ServeDir::new(PAGE)));

    let listener = TcpListener::bind(address(std::env::args().skip(1))?).await?;
    println!("The view counter is at http://{}", listener.local_addr()?);
    hub_runtime::serve(listener, app)
        .with_graceful_shutdown(hub_runtime::told_to_stop())
        .await?;
    Ok(())
}

/// Reads `--port N` (on this machine only) or `--listen ADDRESS:PORT`.
fn address(mut options: impl Iterator<Item = String>) -> Result<SocketAddr, Box<dyn Error>> {
    let mut address = SocketAddr::from(([127, 0, 0, 1], 5081));
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
