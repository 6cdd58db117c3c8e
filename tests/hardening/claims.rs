//! Lengths that lie: nothing is made ready for what is only announced.

use crate::support::{
    Client, Http, MIB, OVER_EVERYTHING, Protocol, Server, Transport, figure, negotiate, prefixed,
};

/// Lengths of MessagePack values, and how many items or bytes they claim.
const CLAIMS: [&[u8]; 9] = [
    b"\xdd\xff\xff\xff\xff",
    b"\xdd\x7f\xff\xff\xff",
    b"\xdc\xff\xff",
    b"\xdf\xff\xff\xff\xff",
    b"\xde\xff\xff",
    b"\xdb\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
    b"\xc9\xff\xff\xff\xff\xff",
    b"\xdb\x7f\xff\xff\xff",
];

/// A claim in each place of a message, and claims of whole messages.
fn message_pack() -> Vec<Vec<u8>> {
    let places: [(&[u8], &[u8]); 8] = [
        (b"", b""),
        (b"\x96\x01", b"\xa11\xa4Echo\x90\x90"),
        (b"\x96\x01\x80", b"\xa4Echo\x90\x90"),
        (b"\x96\x01\x80\xa11", b"\x90\x90"),
        (b"\x96\x01\x80\xa11\xa4Echo", b"\x90"),
        (b"\x96\x01\x80\xa11\xa4Echo\x91", b"\x90"),
        (b"\x96\x01\x80\xa11\xa9SumStream\x90", b""),
        (b"\x94\x02\x80\xa6upload", b""),
    ];
    let inside = places.iter().flat_map(|(before, behind)| {
        CLAIMS.map(|claim| prefixed(&[before, claim, *behind].concat()))
    });
    let whole: [&[u8]; 4] = [
        b"\xff\xff\xff\xff\x07",
        b"\xff\xff\xff\xff\x0f",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x80\x80\x80\x80\x04",
    ];
    inside.chain(whole.map(<[u8]>::to_vec)).collect()
}

/// Heads of frames that claim more than a message may have.
fn frames() -> Vec<Vec<u8>> {
    let lengths = [
        0x7fff_ffff_ffff_ffff_u64,
        u64::MAX,
        1 << 40,
        1 << 31,
        100_000_000,
    ];
    let frames = lengths.iter().flat_map(|length| {
        [0x81, 0x82, 0x01, 0x89, 0x88].map(|first| {
            let head = [
                &[first, 0xff][..],
                &length.to_be_bytes(),
                &[0; 4],
                b"{\"type\"",
            ];
            head.concat()
        })
    });
    frames.collect()
}

/// Requests whose bodies are announced, and do not come.
fn requests(path: &str) -> Vec<String> {
    let lengths = [u64::MAX, i64::MAX as u64, 1 << 40, 1 << 31];
    let with_length = lengths.map(|length| {
        format!("POST {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\nabc")
    });
    let chunks = [
        "ffffffffffffffff",
        "7fffffffffffffff",
        "80000000",
        "fffffffffffffffff",
    ];
    let chunked = chunks.map(|size| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nabc"
        )
    });
    with_length.into_iter().chain(chunked).collect()
}

/// What the server's memory and addresses grew by, at their peaks.
struct Peaks<'a> {
    server: &'a Server,
    resident: usize,
    addresses: usize,
}

impl<'a> Peaks<'a> {
    fn of(server: &'a Server) -> Self {
        Self {
            server,
            resident: server.process().peak_resident(),
            addresses: server.process().peak_address_space(),
        }
    }

    /// All cases together stay below what one may cost.
    fn check(&self, row: &str) {
        let resident = self.server.process().peak_resident() - self.resident;
        let addresses = self.server.process().peak_address_space() - self.addresses;
        let mib = |bytes: usize| format!("{} MiB", bytes / MIB);
        figure(&format!("{row}: memory"), mib(resident), "24 MiB");
        figure(&format!("{row}: addresses"), mib(addresses), "512 MiB");
        assert!(resident <= 24 * MIB, "{resident}");
        assert!(addresses <= 512 * MIB, "{addresses}");
    }
}

#[tokio::test]
async fn lengths_in_message_pack_cost_nothing() {
    let server = Server::start(&[]).await;
    let peaks = Peaks::of(&server);
    for over in OVER_EVERYTHING {
        if over.1 == Protocol::MessagePack {
            for message in message_pack() {
                let mut client = Client::connect(server.address, over).await;
                client.send_bytes(&message).await;
                client.is_closed_with_an_error().await;
            }
        }
    }
    peaks.check("MessagePack that claims");
    server.has_recovered().await;
}

#[tokio::test]
async fn lengths_of_frames_cost_nothing() {
    let server = Server::start(&[]).await;
    let peaks = Peaks::of(&server);
    let mut waiting = Vec::new();
    for frame in frames() {
        let client = Client::json(server.address).await;
        let mut socket = client.into_socket();
        socket.write(&frame).await;
        // What follows is awaited, or the claim is refused: either will do.
        waiting.push(socket);
    }
    server.serves().await;
    peaks.check("frames that claim");
    drop(waiting);
    server.has_recovered().await;
}

#[tokio::test]
async fn lengths_of_bodies_cost_nothing() {
    let server = Server::start(&[]).await;
    let peaks = Peaks::of(&server);
    let (mut clients, mut waiting) = (Vec::new(), Vec::new());
    for transport in [Transport::ServerSentEvents, Transport::LongPolling] {
        for number in 0..requests("").len() {
            let client = Client::connect(server.address, (transport, Protocol::Json)).await;
            let request = requests(client.path()).swap_remove(number);
            let mut http = Http::connect(server.address).await;
            http.write(request).await;
            waiting.push(http);
            clients.push(client);
        }
    }
    for request in requests("/hubs/test/negotiate?negotiateVersion=1") {
        let mut http = Http::connect(server.address).await;
        http.write(request).await;
        waiting.push(http);
    }
    server.serves().await;
    peaks.check("bodies that claim");
    drop((clients, waiting));
    // Clients that poll no more are given up after a while, and those who just leave at once.
    negotiate(server.address, "").await;
    server.has_recovered().await;
}
