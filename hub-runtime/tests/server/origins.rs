//! Who may open a WebSocket from which page.

use crate::hub::Server;
use hub_runtime::AllowedOrigins;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;

/// What a browser gets that opens a WebSocket for a page of `origin`, with what `identify` goes by.
async fn open(server: &Server, origin: &str, cookie: Option<&'static str>) -> Result<(), u16> {
    let url = format!("ws://{}/hubs/test", server.address);
    let mut request = url.into_client_request().expect("a request");
    let headers = request.headers_mut();
    headers.insert("origin", HeaderValue::from_str(origin).expect("an origin"));
    if let Some(cookie) = cookie {
        headers.insert("cookie", HeaderValue::from_static(cookie));
    }
    let socket = TcpStream::connect(server.address).await.expect("a server");
    match tokio_tungstenite::client_async(request, socket).await {
        Ok(_) => Ok(()),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

const FOREIGN: &str = "https://evil.example.com";
const COOKIE: Option<&str> = Some("session=ann");

#[tokio::test]
async fn a_foreign_page_does_not_connect_with_cookies() {
    let server = Server::start().await;
    let own = format!("http://{}", server.address);
    assert_eq!(open(&server, &own, COOKIE).await, Ok(()));
    assert_eq!(open(&server, FOREIGN, None).await, Ok(()));
    assert_eq!(open(&server, FOREIGN, COOKIE).await, Err(403));
}

#[tokio::test]
async fn a_list_of_origins_is_kept_to() {
    let listed = "https://app.example.com";
    let server = Server::with(|options| {
        options.allowed_origins = AllowedOrigins::only([listed]);
    })
    .await;
    let own = format!("http://{}", server.address);
    assert_eq!(open(&server, listed, COOKIE).await, Ok(()));
    assert_eq!(open(&server, &own, None).await, Ok(()));
    assert_eq!(open(&server, FOREIGN, None).await, Err(403));
}
