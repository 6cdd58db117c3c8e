use crate::Outgoing;
use hub_core::protocol::{CompletionOutcome, Message};

/// What a server is made to do.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// What a round is.
    pub kind: Kind,
    /// Groups that are sent to; where each client calls for itself, clients.
    pub teams: usize,
    /// Clients in each team.
    pub members: usize,
    /// Rounds under way at any time, spread over the teams.
    pub under_way: usize,
    /// How long the text of a call is, in pieces of 32 bytes.
    pub texts: usize,
    /// Further clients, who only ping.
    pub idle: usize,
    /// Further groups that each client joins with nine others, and to which nobody sends.
    pub rooms: usize,
    /// Whether each client names a user in its query.
    pub users: bool,
}

/// What a round is, and what is counted in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A call and its answer.
    Echo,
    /// A stream of 1,000 items, which count.
    Stream,
    /// A call, and its text at everybody; deliveries count.
    Broadcast,
    /// A call, and its text at the members of a group; deliveries count.
    Group,
    /// Negotiation, WebSocket, handshake.
    Connect,
    /// WebSocket and handshake.
    ConnectSkip,
    /// Nothing: connections that only ping.
    Idle,
}

impl Kind {
    /// Whether a round sets up a connection.
    pub(crate) fn is_set_up(self) -> bool {
        matches!(self, Self::Connect | Self::ConnectSkip)
    }

    /// Whether the first client makes all the calls, and the others only listen.
    pub(crate) fn has_one_caller(self) -> bool {
        matches!(self, Self::Broadcast | Self::Group)
    }

    /// Whether a message is one of those that a round waits for.
    pub(crate) fn counts(self, message: &Message<'_>) -> bool {
        match message {
            Message::Completion { outcome, .. } => {
                self == Self::Echo && matches!(outcome, CompletionOutcome::Value(_))
            }
            Message::StreamItem { .. } => self == Self::Stream,
            Message::Invocation(_) => self.has_one_caller(),
            _ => false,
        }
    }
}

impl Load {
    /// A load without anything beside it, and with short texts.
    pub const fn new(kind: Kind, teams: usize, members: usize, under_way: usize) -> Self {
        Self {
            kind,
            teams,
            members,
            under_way,
            texts: 1,
            idle: 0,
            rooms: 0,
            users: false,
        }
    }

    /// The load with a change.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Clients who stay.
    pub(crate) fn clients(&self) -> usize {
        let players = self.teams * self.members;
        self.idle + if self.kind.is_set_up() { 0 } else { players }
    }

    /// Counted messages of a round.
    pub(crate) fn messages(&self) -> usize {
        self.members * if self.kind == Kind::Stream { 1000 } else { 1 }
    }

    /// The call that starts a round of a team.
    pub(crate) fn request(&self, client: Outgoing, team: usize) -> Vec<u8> {
        let text = "a text of thirty-two characters.".repeat(self.texts);
        match self.kind {
            Kind::Stream => client.stream("17", "Counter", &(&1000,)),
            Kind::Broadcast => client.call("17", "Broadcast", &(&*text,)),
            Kind::Group => client.call("17", "SendToGroup", &(&*team_name(team), &*text)),
            _ => client.call("17", "Echo", &(&*text,)),
        }
    }

    /// The groups of a client.
    pub(crate) fn groups(&self, client: usize) -> impl Iterator<Item = String> {
        let in_team = self.kind == Kind::Group && client < self.teams * self.members;
        let team = in_team.then(|| team_name(client % self.teams));
        let rooms = (0..self.rooms).map(move |room| format!("room-{}-{room}", client / 10));
        team.into_iter().chain(rooms)
    }
}

fn team_name(team: usize) -> String {
    format!("team-{team}")
}
