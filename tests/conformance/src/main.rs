//! The functional-test server: the routes and hubs that SignalR's client suites expect to find,
//! written with the public API alone. Suites in any language run against it from outside, so names,
//! routes and texts are exact.
//!
//! ```text
//! cargo run -p hub-conformance -- --listen 127.0.0.1:7300 [--log-file FILE]
//!     [--listen-tls 127.0.0.1:7301] [--tls-certificate FILE]
//!     [--handshake-timeout MS] [--client-timeout MS] [--keep-alive MS]
//!     [--poll-timeout MS] [--disconnect-timeout MS] [--send-timeout MS] [--close-timeout MS]
//!     [--head-timeout MS] [--body-timeout MS] [--idle-timeout MS] [--stateful-reconnect]
//!     [--compression] [--max-connections NUMBER]
//!     [--slow-client close|drop-oldest|drop-newest|replace] [--drain-window MS]
//! ```
//!
//! Its first line of output is `listening on http://ADDRESS`, which tells the port that `:0` became. With
//! `--listen-tls` the second one is `listening on https://ADDRESS`: the same hubs and routes, with a
//! certificate of its own for `localhost`, `127.0.0.1` and `::1`, which is written in PEM to the file of
//! `--tls-certificate` before. Detailed errors and MessagePack are on; times default to SignalR's,
//! and to `serve`'s for what is no hub connection. Beyond `--max-connections` clients are refused with 503
//! and a text. SIGINT and SIGTERM shut it down; clients are told over the time of `--drain-window`, which
//! is none by default.
//!
//! | route | what it is |
//! | --- | --- |
//! | `/testhub` | the hub of the functional tests, over every transport |
//! | `/testhub-nowebsockets` | the same hub without WebSockets |
//! | `/uncreatable` | a hub to which nobody can connect |
//! | `/authorizedhub` | a hub for those who have a token, and may refresh it |
//! | `/hubs/test` | the hub of this project's own outside suites, without CORS; `AdminOnly` is for the role `admin` |
//! | `/echo` | a connection without the hub protocol that returns every byte |
//! | `/redirect…` | a negotiate that sends to `/testHub` of `baseUrl`, and counts |
//! | `/bad-negotiate…` | 400 `Some response from server` |
//! | `/echoredirect…` | 307 to `/echo…` |
//! | `GET /clientresult/{id}` | asks a connection for its `Result` |
//! | `GET /generateJwtToken` | a token of `testuser`'s for 5 s; `?role=admin&ttl=SECONDS` says more |
//! | `GET /deployment` | what this server is |
//! | `/explorer` | the hub explorer |
//!
//! Every answer to a negotiate carries cookies. A connection ends when its token does.

mod authorized;
mod conformance;
mod echo;
mod functional;
mod routes;
mod settings;
mod tls;
mod uncreatable;

use axum::middleware::from_fn;
use axum::{Extension, Router};
use futures_util::FutureExt as _;
use http::uri::Scheme;
use hub_conformance_contract::{AuthorizedHub, ConformanceHub, FunctionalHub};
use hub_runtime::{AllowedOrigins, BuildError, Explorer, Hubs, TransportType};
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::sync::Mutex;
use tokio::net::TcpListener;

use crate::authorized::{Authorized, Issuer};
use crate::settings::Settings;
use crate::uncreatable::{Uncreatable, UncreatableHub};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::parse(std::env::args().skip(1))?;
    if let Some(file) = &settings.log_file {
        log_to(file)?;
    }
    let app = app(&settings)?;
    let stop = hub_runtime::told_to_stop().shared();
    let listener = TcpListener::bind(settings.listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let plain = settings
        .apply_to(hub_runtime::serve(listener, app.clone()))
        .with_graceful_shutdown(stop.clone())
        .into_future();
    let Some(address) = settings.listen_tls else {
        return Ok(plain.await?);
    };
    let (acceptor, certificate) = tls::self_signed()?;
    if let Some(file) = &settings.tls_certificate {
        std::fs::write(file, certificate)?;
    }
    let listener = TcpListener::bind(address).await?;
    println!("listening on https://{}", listener.local_addr()?);
    let secured = settings
        .apply_to(hub_runtime::serve(
            listener,
            app.layer(Extension(Scheme::HTTPS)),
        ))
        .with_tls(move |stream| acceptor.accept(stream))
        .with_graceful_shutdown(stop)
        .into_future();
    tokio::try_join!(plain, secured)?;
    Ok(())
}

fn app(settings: &Settings) -> Result<Router, BuildError> {
    let issuer = Issuer::new();
    let hubs = Hubs::builder()
        .message_pack()
        .jwt_bearer(issuer.bearer())
        .limits(|limits| settings.apply_to_limits(limits))
        .options(|options| settings.apply(options))
        .hub_with::<dyn FunctionalHub>("/testhub", functional::Functional, |options| {
            options.allowed_origins = AllowedOrigins::any();
        })
        .also_at::<dyn FunctionalHub>("/testhub-nowebsockets", |options| {
            options.transports = options.transports.without(TransportType::WebSockets);
        })
        .hub::<dyn UncreatableHub>("/uncreatable", Uncreatable)
        .hub_with::<dyn AuthorizedHub>("/authorizedhub", Authorized, |options| {
            options.enable_authentication_refresh = true;
        })
        .hub::<dyn ConformanceHub>("/hubs/test", conformance::Conformance)
        .connection_handler_with("/echo", echo::echo, |options| {
            settings.apply_to_handler(options);
            options.allowed_origins = AllowedOrigins::any();
        })
        .build()?;
    let explorer = Explorer::new(&hubs).title("Conformance");
    let routes = routes::router(issuer).merge(explorer.routes("/explorer"));
    let app = hubs.mount(routes).layer(from_fn(routes::cookies));
    Ok(routes::with_cors(app))
}

/// Writes everything that is logged to a file, so that suites can look for what must not be there.
fn log_to(file: &Path) -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(Mutex::new(File::create(file)?))
        .init();
    Ok(())
}
