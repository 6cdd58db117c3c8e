//! The server over TLS.

use crate::client::Client;
use crate::http2::Http2;
use crate::hub::{Noticed, Server};
use hub_runtime::{DisconnectReason, Serve};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::json;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// For what must not take long, but may on a busy machine.
const SOON: Duration = Duration::from_secs(10);
/// A deadline under test.
const SHORT: Duration = Duration::from_millis(100);

/// A server with a certificate of its own, and a client that trusts it.
struct Secured {
    server: Server,
    connector: TlsConnector,
}

impl Secured {
    async fn start() -> Self {
        Self::configured(|server| server).await
    }

    async fn configured(configure: impl FnOnce(Serve) -> Serve) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        config.alpn_protocols = vec!["h2".into(), "http/1.1".into()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let mut roots = RootCertStore::empty();
        roots.add(cert.der().clone()).unwrap();
        let client = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let secure = |server: Serve| server.with_tls(move |stream| acceptor.accept(stream));
        Self {
            server: Server::configured(|server| configure(secure(server))).await,
            connector: TlsConnector::from(Arc::new(client)),
        }
    }

    async fn plain(&self) -> TcpStream {
        TcpStream::connect(self.server.address).await.unwrap()
    }

    async fn connect(&self, protocol: &str) -> TlsStream<TcpStream> {
        let mut config = ClientConfig::clone(self.connector.config());
        config.alpn_protocols = vec![protocol.into()];
        let connector = TlsConnector::from(Arc::new(config));
        let name = ServerName::try_from("localhost").unwrap();
        let stream = connector.connect(name, self.plain().await).await.unwrap();
        let (_, session) = stream.get_ref();
        assert_eq!(session.alpn_protocol(), Some(protocol.as_bytes()));
        stream
    }

    /// A WebSocket that has a TLS connection to itself.
    async fn json(&self) -> Client<TlsStream<TcpStream>> {
        let stream = self.connect("http/1.1").await;
        let mut client = Client::over(stream, "wss://localhost/hubs/test".to_owned()).await;
        client.shake_hands().await;
        client
    }
}

#[tokio::test]
async fn a_hub_is_served() {
    let mut secured = Secured::start().await;
    let mut client = secured.json().await;
    let version = client.invoke("HttpVersion", json!([])).await;
    assert_eq!(version["result"], "HTTP/1.1");
    let text = "x".repeat(30_000);
    for _ in 0..20 {
        assert_eq!(client.invoke("Echo", json!([text])).await["result"], text);
    }
    client.send(json!({"type": 7})).await;
    client.close().await;
    // The end of TLS is said as well, so that nobody can have cut the rest off.
    let mut rest = Vec::new();
    client.into_stream().read_to_end(&mut rest).await.unwrap();
    let reason = DisconnectReason::ClientClosed(None);
    secured.server.expect_disconnect(reason).await;
}

#[tokio::test]
async fn a_client_that_offers_http2_gets_it() {
    let secured = Secured::start().await;
    let mut http = Http2::over(secured.connect("h2").await).await;
    let mut socket = http.json().await;
    let version = socket.invoke("HttpVersion", json!([])).await;
    assert_eq!(version["result"], "HTTP/2.0");
}

#[tokio::test]
async fn broadcasts_reach_clients_under_tls_that_say_nothing() {
    let secured = Secured::start().await;
    let mut silent = [secured.json().await, secured.json().await];
    let mut http = Http2::over(secured.connect("h2").await).await;
    http.json()
        .await
        .invoke("Broadcast", json!(["to all"]))
        .await;
    for client in &mut silent {
        let event = client.next().await.expect("the broadcast");
        assert_eq!(event["arguments"], json!(["to all"]));
    }
}

#[tokio::test]
async fn handshakes_that_dawdle_are_cut_and_delay_nobody() {
    let secured = Secured::configured(|server| server.header_read_timeout(SHORT * 5)).await;
    let mut silent = secured.plain().await;
    let mut begun = secured.plain().await;
    // The head of a record with a ClientHello.
    begun.write_all(&[0x16, 3, 1, 2, 0]).await.unwrap();
    let mut idle = secured.connect("http/1.1").await;
    secured.json().await;
    for stream in [&mut silent, &mut begun] {
        let end = timeout(SOON, stream.read(&mut [0; 64])).await;
        assert!(!matches!(end.expect("in time"), Ok(1..)));
    }
    // The time is that of handshake and head together.
    let end = timeout(SOON, idle.read(&mut [0; 64])).await;
    assert!(!matches!(end.expect("in time"), Ok(1..)));
}

#[tokio::test]
async fn who_does_not_speak_tls_is_refused() {
    let secured = Secured::start().await;
    let mut plain = secured.plain().await;
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = timeout(SOON, plain.read_to_end(&mut answer))
        .await
        .expect("in time");
    assert!(!answer.starts_with(b"HTTP/"), "{}", answer.escape_ascii());
    secured.json().await;
}

#[tokio::test]
async fn a_shutdown_says_goodbye_and_waits_for_no_handshake() {
    let (stop, stopped) = oneshot::channel::<()>();
    let mut secured = Secured::configured(|server| {
        server
            .drain_timeout(Duration::MAX)
            .header_read_timeout(Duration::MAX)
            .with_graceful_shutdown(async { drop(stopped.await) })
    })
    .await;
    let mut begun = secured.plain().await;
    let mut client = secured.json().await;
    assert_eq!(secured.server.noticed().await, Noticed::Connected);
    stop.send(()).unwrap();
    let goodbye = Some(json!({"type": 7, "allowReconnect": true}));
    assert_eq!(client.next().await, goodbye);
    assert_eq!(client.next().await, None);
    drop(client);
    let ended = timeout(SOON, &mut secured.server.task).await;
    ended.expect("in time").unwrap().unwrap();
    match begun.read(&mut [0]).await {
        Ok(count) => assert_eq!(count, 0),
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
}
