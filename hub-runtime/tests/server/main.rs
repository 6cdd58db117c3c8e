//! The server over real sockets, with a client that says exactly what a test wants it to say.

#[cfg(feature = "jwt")]
mod authorization;
mod calls;
mod client;
mod closing;
#[cfg(feature = "deflate")]
mod compression;
mod context;
#[cfg(feature = "metrics")]
mod counters;
mod event_stream;
#[cfg(feature = "explorer")]
mod explorer;
mod filters;
mod herd;
mod hostile;
mod http2;
mod hub;
mod life_cycle;
mod limits;
mod long_polling;
mod origins;
mod paths;
mod raw_connections;
mod requests;
mod shutdown;
mod slow_client;
mod stateful_reconnect;
mod telemetry;
mod timeouts;
mod tls;
mod typed_errors;
