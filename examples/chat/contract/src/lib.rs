//! What the chat's server and its clients may say to each other.
//!
//! Server, build script and clients share these two traits; nothing else about the wire is written
//! down anywhere.

use hub_runtime::prelude::*;

/// A message shown in a room.
#[hub_type]
#[derive(Debug, Clone)]
pub struct ChatMessage {
    /// Counts up within the room.
    pub id: u32,
    /// The room it was said in.
    pub room: String,
    /// Who said it.
    pub user: String,
    /// What was said.
    pub text: String,
    /// When the server took it.
    pub sent_at: DateTime<Utc>,
}

/// A room as the list of rooms shows it.
#[hub_type]
#[derive(Debug, Clone)]
pub struct RoomSummary {
    /// The room's name.
    pub name: String,
    /// How many people are in it.
    pub members: u32,
}

/// What one sees on entering a room.
#[hub_type]
#[derive(Debug, Clone)]
pub struct RoomView {
    /// The room's name.
    pub name: String,
    /// Who is there, by name.
    pub users: Vec<String>,
    /// What was said lately, oldest first.
    pub messages: Vec<ChatMessage>,
}

/// Calls the server makes.
#[hub_client]
pub trait ChatClient {
    /// A message was said in a room that this client is in.
    async fn receive_message(&self, message: ChatMessage);

    /// People came to a room that this client is in, or left it.
    async fn users_changed(&self, room: String, users: Vec<String>);

    /// Someone else in the room began to type, or stopped.
    async fn typing_changed(&self, room: String, user: String, typing: bool);

    /// A room was opened or closed, or has more or fewer people in it.
    async fn rooms_changed(&self, rooms: Vec<RoomSummary>);
}

/// Calls a client makes.
#[hub(client = ChatClient)]
pub trait ChatHub {
    /// Enters a room, which is opened if there is none of the name.
    async fn join_room(
        &self,
        cx: &Context<dyn ChatHub>,
        room: String,
    ) -> Result<RoomView, HubError>;

    /// Leaves a room. Leaving one that the client is not in is no error.
    async fn leave_room(&self, cx: &Context<dyn ChatHub>, room: String) -> Result<(), HubError>;

    /// Says something to everyone in the room, the sender included.
    async fn send_message(
        &self,
        cx: &Context<dyn ChatHub>,
        room: String,
        text: String,
    ) -> Result<(), HubError>;

    /// Tells the others in the room that this client types, or has stopped.
    async fn set_typing(
        &self,
        cx: &Context<dyn ChatHub>,
        room: String,
        typing: bool,
    ) -> Result<(), HubError>;
}
