//! Two hubs with protected methods, one of which is closed to strangers, and those who come.

use crate::client::{Answer, Client, answer, open_with};
use crate::hub::Server;
use axum::Router;
use futures_util::StreamExt as _;
use hub_runtime::jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, encode};
use hub_runtime::prelude::*;
use hub_runtime::{HubOptions, JwtBearer, JwtKey, JwtKeys, PolicyContext};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

const SECRET: &[u8] = b"a secret of thirty-two characters";

pub(super) const OWN_OR_ADMIN: PolicyName = PolicyName::new("own-or-admin");

macro_rules! hub {
    ($(#[$attribute:meta])* $name:ident) => {
        #[hub]
        $(#[$attribute])*
        pub(super) trait $name {
            async fn open(&self) -> String;
            async fn who(&self, cx: &Context<dyn $name>) -> String;
            #[authorize(roles("OPS", "ADMIN"))]
            async fn role(&self) -> String;
            #[authorize(policy = OWN_OR_ADMIN)]
            async fn policy(&self, owner: String) -> String;
            #[authorize(roles("ADMIN"))]
            fn stream(&self) -> impl Stream<Item = u32>;
            #[authorize(policy = OWN_OR_ADMIN)]
            async fn upload(&self, owner: String, numbers: impl Stream<Item = u32>) -> u32;
        }

        impl $name for Guarded {
            async fn open(&self) -> String {
                "open".to_owned()
            }

            async fn who(&self, cx: &Context<dyn $name>) -> String {
                cx.user_id().unwrap_or("nobody").to_owned()
            }

            async fn role(&self) -> String {
                "role".to_owned()
            }

            async fn policy(&self, owner: String) -> String {
                owner
            }

            fn stream(&self) -> impl Stream<Item = u32> {
                futures_util::stream::iter([1])
            }

            async fn upload(&self, _: String, numbers: impl Stream<Item = u32>) -> u32 {
                numbers.count().await as u32
            }
        }
    };
}

pub(super) struct Guarded;

hub!(OpenHub);
hub!(
    #[authorize]
    ClosedHub
);

const HOUR: Duration = Duration::from_secs(3600);

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    NoToken,
    Expired,
    WrongSignature,
    User,
    /// The same user with another role.
    Promoted,
    Admin,
    /// Another user.
    Thief,
}

impl Who {
    pub(super) fn is_somebody(self) -> bool {
        matches!(
            self,
            Self::User | Self::Promoted | Self::Admin | Self::Thief
        )
    }

    fn id(self) -> &'static str {
        match self {
            Self::Admin => "boss",
            Self::Thief => "bob",
            _ => "ann",
        }
    }

    /// The credentials, as they go into a query.
    pub(super) fn access_token(self) -> String {
        let header = self.header();
        let token = header.split_whitespace().last();
        format!("access_token={}", token.unwrap_or_default())
    }

    /// The credentials, as a header's line.
    pub(super) fn header(self) -> String {
        match self {
            Self::NoToken => String::new(),
            Self::Expired => header(self, Duration::from_secs(1), true),
            Self::WrongSignature => header(self, after(HOUR), false),
            _ => header(self, after(HOUR), true),
        }
    }
}

/// Credentials that end at a time of day.
pub(super) fn until(who: Who, since_1970: Duration) -> String {
    header(who, since_1970, true)
}

/// What the wall clock will show after a while.
pub(super) fn after(time: Duration) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("a clock that is right") + time
}

fn header(who: Who, expires: Duration, is_signed: bool) -> String {
    let secret = if is_signed { SECRET } else { b"another one" };
    let token = token(who, expires, secret);
    format!("Authorization: Bearer {token}\r\n")
}

fn token(who: Who, expires: Duration, secret: &[u8]) -> String {
    let role = match who {
        Who::Admin | Who::Promoted => "ADMIN",
        _ => "USER",
    };
    let claims = json!({"sub": who.id(), "role": role, "exp": expires.as_secs_f64()});
    encode(
        &Header::default(),
        &claims,
        &EncodingKey::from_secret(secret),
    )
    .expect("a token")
}

pub(super) fn bearer() -> JwtBearer {
    let key = JwtKey::new(Algorithm::HS256, DecodingKey::from_secret(SECRET));
    JwtBearer::new(JwtKeys::new([key]))
}

async fn own_or_admin(call: PolicyContext) -> bool {
    tokio::task::yield_now().await;
    let owner = call.argument::<String>(0);
    call.user().has_role("ADMIN") || owner.as_deref() == Some(call.user().id())
}

pub(super) async fn start() -> Server {
    start_with(|_| {}).await
}

pub(super) async fn start_with(adjust: impl FnOnce(&mut HubOptions)) -> Server {
    let make = |builder: hub_runtime::HubsBuilder| {
        builder
            .options(|options| {
                options.allow_stateful_reconnects = true;
                adjust(options);
            })
            .jwt_bearer(bearer())
            .policy(OWN_OR_ADMIN, own_or_admin)
            .hub::<dyn OpenHub>("/open", Guarded)
            .hub::<dyn ClosedHub>("/closed", Guarded)
    };
    Server::made(make, Router::new()).await
}

/// Sends a request with somebody's credentials.
pub(super) async fn ask(server: &Server, who: Who, method: &str, path: &str, body: &str) -> Answer {
    answer(open_with(server, method, path, &who.header(), body).await).await
}

/// The status of a request whose answer may not end.
pub(super) async fn status(server: &Server, who: Who, method: &str, path: &str) -> u16 {
    head(open_with(server, method, path, &who.header(), "").await).await
}

async fn head(mut stream: TcpStream) -> u16 {
    use tokio::io::AsyncReadExt as _;
    let mut line = [0; 12];
    stream.read_exact(&mut line).await.expect("a status line");
    let status = str::from_utf8(&line[9..]).ok();
    status.and_then(|it| it.parse().ok()).expect("a status")
}

/// Negotiates, and gives both ids: the public one and the token.
pub(super) async fn negotiate(server: &Server, who: Who, path: &str) -> (String, String) {
    let path = format!("{path}/negotiate?negotiateVersion=1&useStatefulReconnect=true");
    let answer = ask(server, who, "POST", &path, "").await;
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    let text = |key| body[key].as_str().expect("a text").to_owned();
    (text("connectionId"), text("connectionToken"))
}

/// The path of a connection that somebody has negotiated.
pub(super) async fn negotiated(server: &Server, who: Who, path: &str) -> String {
    let (_, token) = negotiate(server, who, path).await;
    format!("{path}?id={token}")
}

/// Asks for a WebSocket; the status if it is refused.
pub(super) async fn upgrade(server: &Server, credentials: &str, path: &str) -> Result<Client, u16> {
    let url = format!("ws://{}{path}", server.address);
    let mut request = url.into_client_request().expect("an address");
    if let Some((name, value)) = credentials.trim_end().split_once(": ") {
        let name = name.parse::<http::HeaderName>().expect("a name");
        let value = value.parse().expect("a value");
        request.headers_mut().insert(name, value);
    }
    let stream = TcpStream::connect(server.address)
        .await
        .expect("the server listens");
    match tokio_tungstenite::client_async(request, stream).await {
        Ok((socket, _)) => Ok(Client::of(socket)),
        Err(tungstenite::Error::Http(refused)) => Err(refused.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// Connects by a WebSocket, with a handshake of a version.
pub(super) async fn connect(server: &Server, who: Who, path: &str, version: u32) -> Client {
    let client = upgrade(server, &who.header(), path).await;
    let mut client = client.unwrap_or_else(|status| panic!("{who:?} at {path}: {status}"));
    let handshake = json!({"protocol": "json", "version": version});
    client.send(handshake).await;
    assert_eq!(client.next().await, Some(json!({})));
    client
}
