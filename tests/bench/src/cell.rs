use hub_core::protocol::Protocol;
use hub_load::Outgoing;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// A call with a text of 32 bytes, and its answer.
    Echo,
    /// Sixteen such calls in one write.
    EchoX16,
    /// A call with a text of 16 KiB, and its answer.
    Echo16KiB,
    /// A text of 32 bytes to everybody: so many receivers, the caller among them.
    Broadcast(usize),
    /// Eight such calls in one write.
    BroadcastX8(usize),
    /// A stream of 1,000 numbers.
    Stream,
    /// A client that comes without negotiation, shakes hands and goes.
    Connect,
}

/// A round of a cell.
#[derive(Debug)]
pub struct Script {
    /// What the first client sends.
    pub request: Vec<u8>,
    /// How many hub messages each client is sent: their number is that of the clients.
    pub answers: Vec<usize>,
    /// What a count is divided by: calls, deliveries, items, connections.
    pub messages: usize,
    /// Whether the first client goes, and comes anew, before it sends.
    pub reconnects: bool,
}

const ITEMS: u32 = 1000;
const TEXT: &str = "a text of thirty-two characters.";

impl Cell {
    /// Those of the table of instructions.
    pub const ALL: [Self; 7] = [
        Self::Echo,
        Self::EchoX16,
        Self::Echo16KiB,
        Self::Broadcast(100),
        Self::BroadcastX8(100),
        Self::Stream,
        Self::Connect,
    ];

    /// As it is written on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Echo => "echo",
            Self::EchoX16 => "echo-x16",
            Self::Echo16KiB => "echo-16KiB",
            Self::Broadcast(_) => "broadcast",
            Self::BroadcastX8(_) => "broadcast-x8",
            Self::Stream => "stream",
            Self::Connect => "connect",
        }
    }

    /// The cell of that name, a broadcast having 100 receivers.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cell| cell.name() == name)
    }

    /// What happens in a round.
    pub fn script(self, protocol: Protocol) -> Script {
        let client = Outgoing(protocol);
        let echo = |text: &str| client.call("17", "Echo", &(text,));
        match self {
            Self::Echo => Script::calls(echo(TEXT), 1),
            Self::EchoX16 => Script::calls(echo(TEXT).repeat(16), 16),
            Self::Echo16KiB => Script::calls(echo(&"a".repeat(16 * 1024)), 1),
            Self::Broadcast(receivers) => Script::broadcasts(protocol, 1, receivers),
            Self::BroadcastX8(receivers) => Script::broadcasts(protocol, 8, receivers),
            Self::Stream => Script {
                request: client.stream("17", "Counter", &(&ITEMS,)),
                answers: vec![ITEMS as usize + 1],
                messages: ITEMS as usize,
                reconnects: false,
            },
            Self::Connect => Script {
                request: Vec::new(),
                answers: vec![0],
                messages: 1,
                reconnects: true,
            },
        }
    }
}

impl Script {
    fn calls(request: Vec<u8>, calls: usize) -> Self {
        Self {
            request,
            answers: vec![calls],
            messages: calls,
            reconnects: false,
        }
    }

    fn broadcasts(protocol: Protocol, calls: usize, receivers: usize) -> Self {
        let request = Outgoing(protocol).call("17", "Broadcast", &(TEXT,));
        Self {
            request: request.repeat(calls),
            // The caller has the ends of its calls to read, too.
            answers: (0..receivers)
                .map(|client| calls * (1 + usize::from(client == 0)))
                .collect(),
            messages: calls * receivers,
            reconnects: false,
        }
    }
}
