//! HTTP, spoken by hand: a request for each connection, and no help with mistakes.

use super::{connect, soon};
use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// A connection on which requests are written as they stand.
pub(crate) struct Http(pub(crate) TcpStream);

/// What a server answered.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// 0 if there was none, or nobody to give one.
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Http {
    pub(crate) async fn connect(server: SocketAddr) -> Self {
        Self(connect(server).await.expect("the server listens"))
    }

    /// A server that has closed already will have said why.
    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.0.write_all(bytes.as_ref()).await;
    }

    /// Everything up to the end of the connection.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset is an end as well: something that was sent was not read.
        let _ = soon(self.0.read_to_end(&mut rest)).await;
        rest
    }

    /// The answer on a connection that ends with it.
    pub(crate) async fn answer(&mut self) -> Answer {
        Answer::parse(&self.rest().await)
    }
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = bytes.split_at(end.map_or(bytes.len(), |end| end + 4));
        let head = String::from_utf8_lossy(head);
        let status = head
            .strip_prefix("HTTP/1.")
            .and_then(|line| line.split(' ').nth(1)?.parse().ok());
        Self {
            status: status.unwrap_or(0),
            body: body.to_vec(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("text")
    }
}

/// Sends a request, and gives the answer.
pub(crate) async fn request(server: SocketAddr, method: &str, path: &str) -> Answer {
    request_with(server, method, path, b"").await
}

/// Sends a request with a body.
pub(crate) async fn request_with(
    server: SocketAddr,
    method: &str,
    path: &str,
    body: &[u8],
) -> Answer {
    let Ok(stream) = connect(server).await else {
        return Answer::default();
    };
    let mut http = Http(stream);
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    );
    http.write(head).await;
    http.write(body).await;
    http.answer().await
}

/// Sends requests without bodies on one connection, one behind the other without waiting, and
/// gives their answers.
pub(crate) async fn pipeline(server: SocketAddr, requests: &[(&str, String)]) -> Vec<Answer> {
    let heads = requests.iter().map(|(method, path)| {
        format!("{method} {path} HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n")
    });
    let last = "GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".to_owned();
    let heads: String = heads.chain([last]).collect();
    let mut stream = Http::connect(server).await.0;
    let (mut read, mut write) = stream.split();
    let mut answers = String::new();
    let (written, read) = soon(async {
        tokio::join!(
            write.write_all(heads.as_bytes()),
            read.read_to_string(&mut answers)
        )
    })
    .await;
    written.and(read).expect("answers");
    let answers = answers.split("HTTP/1.1 ").skip(1).take(requests.len());
    let answers: Vec<_> = answers
        .map(|answer| Answer::parse(format!("HTTP/1.1 {answer}").as_bytes()))
        .collect();
    assert_eq!(answers.len(), requests.len());
    answers
}

/// The public id and the secret token of a connection that may start.
#[derive(Debug)]
pub(crate) struct Negotiated {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// Negotiates, perhaps with further keys.
pub(crate) async fn negotiate(server: SocketAddr, keys: &str) -> Negotiated {
    negotiate_at(server, "/hubs/test", keys).await
}

/// The same at any hub.
pub(crate) async fn negotiate_at(server: SocketAddr, hub: &str, keys: &str) -> Negotiated {
    let path = format!("{hub}/negotiate?negotiateVersion=1{keys}");
    let answer = request(server, "POST", &path).await;
    Negotiated::read(&answer)
}

/// Negotiates many connections.
pub(crate) async fn negotiate_many(server: SocketAddr, count: usize) -> Vec<Negotiated> {
    let path = "/hubs/test/negotiate?negotiateVersion=1";
    let requests = vec![("POST", path.to_owned()); count];
    let answers = pipeline(server, &requests).await;
    answers.iter().map(Negotiated::read).collect()
}

impl Negotiated {
    fn read(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{answer:?}");
        let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
        let text = |name: &str| body[name].as_str().expect("a text").to_owned();
        Self {
            id: text("connectionId"),
            token: text("connectionToken"),
        }
    }
}

/// The response that carries the messages of a connection.
pub(crate) struct EventStream(BufReader<TcpStream>);

impl EventStream {
    pub(crate) async fn open(server: SocketAddr, path: &str) -> Self {
        let mut http = Http::connect(server).await;
        // In this version a response without a length ends with its connection, and is not cut
        // into chunks.
        let head = format!("GET {path} HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n");
        http.write(head).await;
        let mut events = Self(BufReader::new(http.0));
        let status = events.line().await.unwrap_or_default();
        assert!(status.contains(" 200 "), "{status}");
        while events.line().await.is_some_and(|line| !line.is_empty()) {}
        events
    }

    /// The data of the next event; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Vec<u8>> {
        let mut lines = Vec::new();
        loop {
            let line = self.line().await?;
            if let Some(data) = line.strip_prefix("data: ") {
                lines.push(data.to_owned());
            } else if line.is_empty() && !lines.is_empty() {
                return Some(lines.join("\n").into_bytes());
            }
        }
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = soon(self.0.read_line(&mut line)).await;
        let whole = read.is_ok() && line.ends_with("\r\n");
        whole.then(|| line.trim_end_matches("\r\n").to_owned())
    }
}
