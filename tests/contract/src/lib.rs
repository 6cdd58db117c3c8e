//! The contract that the end-to-end tests speak: one method for each thing that can be observed
//! from outside, and a type with every shape that contracts may use.

use std::collections::BTreeMap;

use hub_runtime::prelude::*;

/// A value of every shape.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Sample {
    /// Text, of any script.
    pub text: String,
    /// A whole number.
    pub whole: i32,
    /// A number with a fraction.
    pub fraction: f64,
    /// Yes or no.
    pub flag: bool,
    /// Something or `null`.
    pub maybe: Option<String>,
    /// A list of other values.
    pub list: Vec<Point>,
    /// Values by name; names are left as they are.
    pub by_name: BTreeMap<String, u32>,
    /// A plain enum.
    pub colour: Colour,
    /// An enum with data.
    pub shape: Shape,
    /// A generic type.
    pub pair: Pair<u32, String>,
    /// A point in time.
    pub moment: DateTime<Utc>,
    /// An identifier.
    pub identifier: Uuid,
}

/// A nested type.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Upwards.
    pub y: i32,
}

/// An enum without data.
#[hub_type]
#[derive(Debug, Clone, Copy)]
pub enum Colour {
    /// As blood.
    Red,
    /// As the sky in summer.
    LightBlue,
}

/// An enum with data.
#[hub_type]
#[derive(Debug, Clone)]
pub enum Shape {
    /// No data at all.
    Nothing,
    /// One value.
    Circle(f64),
    /// Named values.
    Box {
        /// From left to right.
        wide: u32,
        /// From bottom to top.
        high: u32,
    },
}

/// A generic type.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Pair<A, B> {
    /// The first of the two.
    pub first: A,
    /// The second of the two.
    pub second: B,
}

/// Who a connection is to the server.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Identity {
    /// The connection's public id.
    pub connection_id: String,
    /// The user's id, if there is a user.
    pub user_id: Option<String>,
}

/// Whom to tell: one variant for each of SignalR's selectors.
#[hub_type]
#[derive(Debug, Clone)]
pub enum Audience {
    /// Every connection.
    All,
    /// The caller.
    Caller,
    /// Every connection but the caller.
    Others,
    /// Every connection but those.
    AllExcept(Vec<String>),
    /// One connection.
    Client(String),
    /// Some connections.
    Clients(Vec<String>),
    /// All connections of a user.
    User(String),
    /// All connections of some users.
    Users(Vec<String>),
    /// The members of a group.
    Group(String),
    /// The members of some groups.
    Groups(Vec<String>),
    /// The members of a group but those.
    GroupExcept {
        /// The group.
        group: String,
        /// Connection ids.
        except: Vec<String>,
    },
    /// The members of a group but the caller.
    OthersInGroup(String),
}

/// Calls the server makes.
#[hub_client]
pub trait TestClient {
    /// Something was said.
    async fn said(&self, text: String);

    /// Two arguments of different types.
    async fn sampled(&self, number: u32, sample: Sample);

    /// Comes after everything that was sent before it.
    async fn marked(&self, number: u32);

    /// A connection has ended.
    async fn gone(&self, connection_id: String, reason: String);

    /// Asks one client, and waits for its answer.
    async fn choose(&self, from: Vec<String>) -> u32;
}

/// Why a room cannot be entered.
#[hub_error]
#[derive(Debug)]
pub enum EntryError {
    /// Somebody has to leave first.
    #[hub_error("{room} holds {limit} at most.")]
    RoomFull {
        /// Which one.
        room: String,
        /// How many it holds.
        limit: u32,
        /// Where others are.
        others: Vec<Point>,
    },
    /// Only guests are let in.
    #[hub_error("{0} is not invited.")]
    NotInvited(String),
    /// The doors are closed.
    #[hub_error("It is late.")]
    TooLate,
    /// Nobody's business.
    #[hub_error(hidden)]
    Inside(#[from] std::num::ParseIntError),
}

/// Calls a client makes.
#[hub(client = TestClient, version = 2)]
pub trait TestHub {
    /// Gives back what it gets.
    async fn echo(&self, text: String) -> String;

    /// Gives back a value of every shape.
    async fn echo_sample(&self, sample: Sample) -> Sample;

    /// Gives the bytes back in reverse.
    async fn reverse_bytes(&self, bytes: Bytes) -> Bytes;

    /// Adds two numbers.
    async fn add(&self, left: i32, right: i32) -> i32;

    /// Answers without a value.
    async fn nothing(&self);

    /// Greets, formally if a title is given.
    async fn greet(&self, name: String, title: Option<String>) -> String;

    /// A method whose wire name is chosen.
    #[hub(name = "Renamed_V1")]
    async fn under_another_name(&self) -> String;

    /// Tells the caller who it is.
    async fn who_am_i(&self, cx: &Context<dyn TestHub>) -> Identity;

    /// Counts the calls of this connection, from 1.
    async fn count_up(&self, cx: &Context<dyn TestHub>) -> u32;

    /// Says each text to the caller, then answers.
    async fn say_then_answer(
        &self,
        cx: &Context<dyn TestHub>,
        texts: Vec<String>,
    ) -> Result<u32, HubError>;

    /// Sends a value of every shape to the caller.
    async fn send_sample(&self, cx: &Context<dyn TestHub>, sample: Sample) -> Result<(), HubError>;

    /// Says a text to an audience.
    async fn tell(
        &self,
        cx: &Context<dyn TestHub>,
        audience: Audience,
        text: String,
    ) -> Result<(), HubError>;

    /// Sends the mark to all connections.
    async fn mark(&self, cx: &Context<dyn TestHub>, number: u32) -> Result<(), HubError>;

    /// Adds the caller to a group.
    async fn join(&self, cx: &Context<dyn TestHub>, group: String) -> Result<(), HubError>;

    /// Takes the caller out of a group.
    async fn leave(&self, cx: &Context<dyn TestHub>, group: String) -> Result<(), HubError>;

    /// Lets a client choose, and tells the choice.
    async fn ask(
        &self,
        cx: &Context<dyn TestHub>,
        connection_id: String,
        from: Vec<String>,
    ) -> Result<u32, HubError>;

    /// Fails with a text for the caller.
    async fn fail(&self, text: String) -> Result<(), HubError>;

    /// Fails with an error that is not for the caller.
    async fn fail_inside(&self) -> Result<u32, HubError>;

    /// Fails in a way that its clients can tell from others.
    async fn enter(&self, room: String) -> Result<u32, EntryError>;

    /// The same behind a stream's first item.
    fn enter_slowly(&self, room: String) -> impl Stream<Item = Result<u32, EntryError>>;

    /// The same in answer to an upload, and by way of a `HubError`.
    async fn enter_with(&self, luggage: impl Stream<Item = u32>) -> Result<u32, HubError>;

    /// Panics.
    async fn panic(&self);

    /// Ends the caller's connection from the server's side.
    async fn abort(&self, cx: &Context<dyn TestHub>);

    /// Closes a connection, with a text for its client, which may be empty.
    async fn close(
        &self,
        cx: &Context<dyn TestHub>,
        connection_id: String,
        text: String,
        allow_reconnect: bool,
    );
}
