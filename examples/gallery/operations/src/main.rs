//! What those see who run a server: the log by categories, health for a load balancer, and metrics
//! for Prometheus, on a port of their own that is not for everybody.
//!
//! ```text
//! RUST_LOG=info,hub_runtime::dispatch=debug cargo run -p operations -- 5083 5084
//! curl http://127.0.0.1:5083/health
//! curl http://127.0.0.1:5084/metrics
//! ```

use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use gallery_contract::view_counter::{ViewHub, Viewers};
use hub_runtime::{Context, DisconnectReason, HubError, Hubs};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// How long calls take, in seconds: what the buckets of the histogram end at.
const BUCKETS: [f64; 8] = [0.0001, 0.001, 0.01, 0.1, 1.0, 10.0, 60.0, 3600.0];

/// Counts who looks on.
#[derive(Default)]
struct View {
    viewers: tokio::sync::Mutex<Viewers>,
}

impl ViewHub for View {
    async fn on_connected(&self, cx: &Context<dyn ViewHub>) -> Result<(), HubError> {
        let mut viewers = self.viewers.lock().await;
        viewers.now += 1;
        viewers.most = viewers.most.max(viewers.now);
        cx.clients().all().viewers_changed(*viewers).await?;
        Ok(())
    }

    async fn on_disconnected(&self, _cx: &Context<dyn ViewHub>, _reason: DisconnectReason) {
        self.viewers.lock().await.now -= 1;
    }

    async fn wave(&self, cx: &Context<dyn ViewHub>) -> Result<u32, HubError> {
        cx.clients().others().waved().await?;
        Ok(self.viewers.lock().await.now - 1)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).init();
    // Before the first connection: what was counted without a recorder is lost.
    let prometheus = prometheus()?;

    let hubs = Hubs::builder()
        .hub::<dyn ViewHub>("/hubs/view", View::default())
        .build()?;
    let app = hubs.mount(hubs.health_routes("/health"));
    let metrics = Router::new().route("/metrics", get(async move || prometheus.render()));

    let mut ports = std::env::args().skip(1);
    let public = listen(ports.next(), 5083).await?;
    let internal = listen(ports.next(), 5084).await?;
    println!("Hubs are at http://{}", public.local_addr()?);
    println!("Operators look at http://{}", internal.local_addr()?);

    // Until the process ends, so that the shutdown can be watched.
    tokio::spawn(hub_runtime::serve(internal, metrics).into_future());
    hub_runtime::serve(public, app)
        .with_graceful_shutdown(hub_runtime::told_to_stop())
        .await?;
    Ok(())
}

/// Records metrics, with names as Prometheus likes them.
fn prometheus() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .with_recommended_naming(true)
        .set_buckets(&BUCKETS)?
        .install_recorder()?;
    let upkeep = handle.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_secs(5));
        loop {
            ticks.tick().await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

async fn listen(port: Option<String>, default: u16) -> Result<TcpListener, Box<dyn Error>> {
    let port = port.map_or(Ok(default), |port| port.parse())?;
    Ok(TcpListener::bind(("127.0.0.1", port)).await?)
}
