use hub_core::protocol::{ArgumentList, Encoded, Protocol};

/// Not zero, so that unmasking has something to do.
const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];

/// Says that a mask follows the length.
const MASKED: u8 = 0x80;

/// What a client of one protocol sends: bytes for its socket.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing(pub Protocol);

impl Outgoing {
    /// The request that makes a WebSocket of a connection. `path` holds the query, too.
    pub fn upgrade(host: &str, path: &str) -> Vec<u8> {
        format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        .into_bytes()
    }

    /// The request that comes before an upgrade, on a connection of its own.
    pub fn negotiate(host: &str, path: &str) -> Vec<u8> {
        format!(
            "POST {path}/negotiate?negotiateVersion=1 HTTP/1.1\r\nHost: {host}\r\n\
             Content-Length: 0\r\nConnection: close\r\n\r\n"
        )
        .into_bytes()
    }

    /// The first message (SignalR wire specification, section 8).
    pub fn handshake(self) -> Vec<u8> {
        let name = self.0.name();
        // It is JSON in either protocol.
        let message = format!("{{\"protocol\":\"{name}\",\"version\":1}}\x1e");
        Self(Protocol::Json).frame(message.as_bytes())
    }

    /// A call that is answered.
    pub fn call(self, id: &str, target: &str, arguments: &impl ArgumentList) -> Vec<u8> {
        self.frame(self.encoded(id, target, arguments).payload())
    }

    /// A call that streams.
    pub fn stream(self, id: &str, target: &str, arguments: &impl ArgumentList) -> Vec<u8> {
        let message = Encoded::stream_invocation(self.0, id, target, arguments, &[]);
        self.frame(message.expect("arguments that have a form").payload())
    }

    /// A sign of life.
    pub fn ping(self) -> Vec<u8> {
        self.frame(Encoded::ping(self.0))
    }

    /// The end of a connection (RFC 6455, section 5.5.1): the code 1000, masked.
    pub fn close() -> Vec<u8> {
        let [first, second] = 1000_u16.to_be_bytes();
        let code = [first ^ MASK[0], second ^ MASK[1]];
        [&[0x88, MASKED | 2], &MASK[..], &code].concat()
    }

    fn encoded(self, id: &str, target: &str, arguments: &impl ArgumentList) -> Encoded {
        Encoded::invocation(self.0, Some(id), target, arguments, &[])
            .expect("arguments that have a form")
    }

    /// One frame, masked as a client's are (RFC 6455, sections 5.2 and 5.3).
    fn frame(self, message: &[u8]) -> Vec<u8> {
        let opcode = if self.0 == Protocol::Json { 1 } else { 2 };
        let mut frame = vec![0x80 | opcode];
        match (u8::try_from(message.len()), u16::try_from(message.len())) {
            (Ok(length @ ..126), _) => frame.push(MASKED | length),
            (_, Ok(length)) => {
                frame.push(MASKED | 0x7e);
                frame.extend(length.to_be_bytes());
            }
            _ => {
                frame.push(MASKED | 0x7f);
                frame.extend((message.len() as u64).to_be_bytes());
            }
        }
        frame.extend(MASK);
        let mask = MASK.iter().cycle();
        frame.extend(message.iter().zip(mask).map(|(byte, mask)| byte ^ mask));
        frame
    }
}
