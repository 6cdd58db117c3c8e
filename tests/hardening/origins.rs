//! Pages of other origins: they open no WebSocket with the cookies of whoever is logged in, and are
//! granted nothing.

use crate::support::{Http, Server, WebSocket, figure, negotiate};

/// What `Host` says in every request here.
const OWN: &str = "http://test";
const COOKIE: &str = "Cookie: session=ann\r\n";

/// Origins that are not the server's, however much they look like it.
const FOREIGN: [&str; 10] = [
    "https://evil.example",
    "http://test.evil.example",
    "http://eviltest",
    "http://test:8080",
    "http://evil@test",
    "http://test/",
    "http://",
    "test",
    "null",
    "file://",
];

/// The status of an upgrade that a browser asks for.
async fn upgrade(server: &Server, headers: &str) -> u16 {
    let token = negotiate(server.address, "").await.token;
    let path = format!("/hubs/test?id={token}");
    let opened = WebSocket::open_with(server.address, &path, headers).await;
    opened.map_or_else(|status| status, |_| 101)
}

#[tokio::test]
async fn open_no_web_socket_with_cookies() {
    let server = Server::start(&[]).await;
    let mut refused = 0;
    for origin in FOREIGN {
        let origin = format!("Origin: {origin}\r\n{COOKIE}");
        assert_eq!(upgrade(&server, &origin).await, 403, "{origin}");
        // Neither without a negotiation, nor with the own one beside it.
        let opened = WebSocket::open_with(server.address, "/hubs/test", &origin).await;
        assert_eq!(opened.err(), Some(403), "{origin}");
        let both = format!("Origin: {OWN}\r\n{origin}");
        assert_eq!(upgrade(&server, &both).await, 403, "{both}");
        refused += 3;
    }
    for own in [OWN, "http://TEST", "HTTP://test"] {
        let own = format!("Origin: {own}\r\n{COOKIE}");
        assert_eq!(upgrade(&server, &own).await, 101, "{own}");
    }
    // Who says nothing is no browser.
    assert_eq!(upgrade(&server, COOKIE).await, 101);
    figure(
        "foreign origin",
        format!("{refused} upgrades refused with 403"),
        "all of them",
    );
    server.has_recovered().await;
}

#[tokio::test]
async fn are_granted_nothing() {
    let server = Server::start(&[]).await;
    let token = negotiate(server.address, "").await.token;
    let asked =
        "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n";
    let mut answers = 0;
    for origin in FOREIGN {
        for (method, path, headers) in [
            ("OPTIONS", "/hubs/test/negotiate".to_owned(), asked),
            ("OPTIONS", format!("/hubs/test?id={token}"), asked),
            (
                "POST",
                "/hubs/test/negotiate?negotiateVersion=1".to_owned(),
                COOKIE,
            ),
            ("POST", format!("/hubs/test?id={token}"), COOKIE),
            ("DELETE", format!("/hubs/test?id={token}"), COOKIE),
            ("GET", "/hubs/test?id=unknown".to_owned(), COOKIE),
        ] {
            let mut http = Http::connect(server.address).await;
            let head = format!(
                "{method} {path} HTTP/1.1\r\nHost: test\r\nOrigin: {origin}\r\n{headers}\
                 Content-Length: 0\r\nConnection: close\r\n\r\n"
            );
            http.write(head).await;
            let answer = http.rest().await.to_ascii_lowercase();
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.starts_with("http/1.1 "), "{method} {path}: {answer}");
            assert!(
                !answer.contains("access-control-"),
                "{method} {path}: {answer}"
            );
            answers += 1;
        }
    }
    figure(
        "foreign origin, CORS",
        format!("no grant in {answers} answers"),
        "none",
    );
    server.has_recovered().await;
}
