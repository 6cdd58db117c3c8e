//! Contracts written out by hand, as the macros expand them.

#![allow(dead_code, reason = "the types are described, never made")]

use hub_core::Bytes;
use hub_core::contract::{Authorize, NoClient, PolicyName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use ts_rs::TS;

/// `impl HubContract for dyn Hub`; a parameter's kind is `plain`, `optional` or `upload`.
macro_rules! hub {
    (
        $(#[doc = $docs:literal])* $name:ident, client = $client:ty, $(@version $version:literal,)? $(@authorize $authorize:expr,)?
        $( $(#[doc = $method_docs:literal])*
           $kind:ident $wire_name:literal $method:ident ($($parameter:ident: $mode:ident $ty:ty),*) -> $answer:ty
           $(, fails $error:ty)* $(, requires $requirement:expr)?; )*
    ) => {
        pub(crate) trait $name: Send + Sync + 'static {}
        impl hub_core::contract::HubContract for dyn $name {
            type Client = $client;
            const DESCRIPTION: hub_core::contract::HubDescription =
                hub_core::contract::HubDescription::new(
                    stringify!($name),
                    concat!($($docs, "\n",)*),
                    module_path!(),
                    {
                        const METHODS: &[hub_core::contract::HubMethodDescription] =
                            &[$(hub_core::contract::HubMethodDescription::new(
                                $wire_name,
                                stringify!($method),
                                concat!($($method_docs, "\n",)*),
                                hub_core::contract::MethodKind::$kind,
                                $crate::contracts::parameters!($($parameter: $mode $ty),*),
                            )$(.authorize(&[$requirement]))?),*];
                        METHODS
                    },
                )$(.version($version))?$(.authorize(&[$authorize]))?;
            const SIGNATURES: &'static [hub_core::contract::MethodSignature] =
                &[$($crate::contracts::signature!(($($parameter: $mode $ty),*) -> $answer)
                    .errors({
                        const ERRORS: &[Option<hub_core::error::ErrorSignature>] =
                            &[$(Some(hub_core::error::ErrorSignature::of::<$error>())),*];
                        ERRORS
                    })),*];
        }
    };
}

/// `impl ClientContract for dyn Client`; a method's kind is `event` or `result`.
macro_rules! client {
    (
        $(#[doc = $docs:literal])* $name:ident,
        $( $(#[doc = $method_docs:literal])*
           $kind:ident $wire_name:literal $method:ident ($($parameter:ident: $mode:ident $ty:ty),*) -> $answer:ty; )*
    ) => {
        pub(crate) trait $name: Send + Sync + 'static {}
        impl hub_core::contract::ClientContract for dyn $name {
            type Proxy<S: hub_core::outlet::Selection> = hub_core::contract::NoClientProxy<S>;
            const DESCRIPTION: hub_core::contract::ClientDescription =
                hub_core::contract::ClientDescription::new(
                    stringify!($name),
                    concat!($($docs, "\n",)*),
                    module_path!(),
                    {
                        const METHODS: &[hub_core::contract::ClientMethodDescription] =
                            &[$(hub_core::contract::ClientMethodDescription::new(
                                $wire_name,
                                stringify!($method),
                                concat!($($method_docs, "\n",)*),
                                matches!(stringify!($kind).as_bytes(), b"result"),
                                $crate::contracts::parameters!($($parameter: $mode $ty),*),
                            )),*];
                        METHODS
                    },
                );
            const SIGNATURES: &'static [hub_core::contract::MethodSignature] =
                &[$($crate::contracts::signature!(($($parameter: $mode $ty),*) -> $answer)),*];
        }
    };
}

macro_rules! parameters {
    ($($parameter:ident: $mode:ident $ty:ty),*) => {
        {
            const PARAMETERS: &[hub_core::contract::ParameterDescription] =
                &[$(hub_core::contract::ParameterDescription::new(
                    stringify!($parameter),
                    matches!(stringify!($mode).as_bytes(), b"upload"),
                )),*];
            PARAMETERS
        }
    };
}

macro_rules! signature {
    (($($parameter:ident: $mode:ident $ty:ty),*) -> $answer:ty) => {
        {
            const PARAMETERS: &[hub_core::contract::ParameterSignature] =
                &[$(hub_core::contract::ParameterSignature::new(
                    hub_core::contract::TypeRef::of::<$ty>(),
                    matches!(stringify!($mode).as_bytes(), b"optional"),
                )),*];
            hub_core::contract::MethodSignature::new(
                PARAMETERS,
                hub_core::contract::TypeRef::of::<$answer>(),
            )
        }
    };
}

/// An error as `#[hub_error]` leaves it.
macro_rules! typed_error {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("It failed.")
            }
        }
        impl hub_core::TypedError for $name {
            const NAME: &'static str = stringify!($name);
        }
    };
}

pub(crate) use {client, hub, parameters, signature, typed_error};

/// A message shown in a room.
#[derive(Serialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatMessage {
    user: String,
    text: String,
    /// When the server took it.
    ///
    /// RFC 3339, and /* never */ empty.
    sent_at: chrono::DateTime<chrono::Utc>,
    #[serde(rename = "in-reply-to")]
    reply_to: Option<uuid::Uuid>,
}

/// A question to everybody.
#[derive(Serialize, TS, JsonSchema)]
pub(crate) struct Poll {
    question: String,
    choices: Vec<String>,
}

client!(
    /// Calls the server makes.
    ChatClient,
    /// A message arrived.
    event "ReceiveMessage" receive_message(message: plain ChatMessage) -> ();
    event "UserTyping" user_typing(room: plain String, user: plain String) -> ();
    /// Asks one client to choose.
    result "Vote" vote(poll: plain Poll) -> u32;
    result "Confirm" confirm(text: plain String) -> ();
    result "Nickname" nickname() -> Option<String>;
);

hub!(
    /// Calls a client makes.
    ///
    /// Everything a chat needs.
    ChatHub, client = dyn ChatClient,
    /// Sends to everyone in the room; returns how many that were.
    Invocation "SendMessage" send_message(room: plain String, text: plain String) -> u32;
    Invocation "Ban" ban(user: plain String, reason: optional Option<String>) -> ();
    Invocation "history" history(room_id: plain uuid::Uuid) -> Vec<ChatMessage>;
);

client!(
    NumbersClient,
    result "Pick" pick(up_to: plain u32) -> u64;
);

hub!(
    /// Streams in every direction.
    NumbersHub, client = dyn NumbersClient,
    /// Counts.
    Stream "Counter" counter(count: plain u32, delay_ms: optional Option<u32>) -> u32;
    Stream "Ticks" ticks() -> ();
    Invocation "Upload" upload(name: plain String, chunks: upload Bytes) -> u64;
    Invocation "Discard" discard(values: upload f64) -> ();
    Stream "Double" double(hub_stream: plain u8, values: upload f64, r#in: optional Option<bool>) -> f64;
);

/// A page of something.
#[derive(Serialize, TS, JsonSchema)]
pub(crate) struct Page<T> {
    /// What is on it.
    items: Vec<T>,
    next: Option<u64>,
}

#[derive(Serialize, TS, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Color {
    DarkRed,
    Green,
}

/// Outlines on a canvas.
#[derive(Serialize, TS, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum Shape {
    Circle {
        radius: f64,
    },
    Polygon {
        points: Vec<(f64, f64)>,
        color: Color,
        dashed: bool,
        name: Option<String>,
    },
    Empty,
}

#[derive(Serialize, TS, JsonSchema)]
#[serde(tag = "type", content = "value")]
pub(crate) enum Change {
    Added(Shape),
    Moved { by: (f64, f64) },
    Cleared,
}

#[derive(Serialize, TS, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Id {
    Number(u32),
    Text(String),
}

#[derive(Serialize, TS, JsonSchema)]
pub(crate) enum Outcome {
    Done,
    Failed(String),
    Partial { done: u32 },
    Pair(u8, u8),
}

#[derive(Serialize, TS, JsonSchema)]
pub(crate) struct UserId(u32);

#[derive(Serialize, TS, JsonSchema)]
pub(crate) struct Nothing;

#[derive(Serialize, TS, JsonSchema)]
pub(crate) struct Empty {}

#[derive(Serialize, TS, JsonSchema)]
pub(crate) struct Author {
    author: UserId,
}

/// Everything at once.
#[derive(Serialize, TS, JsonSchema)]
pub(crate) struct Drawing {
    shapes: Page<Shape>,
    ids: Page<Id>,
    by_color: HashMap<Color, u32>,
    by_number: BTreeMap<u32, Vec<Change>>,
    by_user: BTreeMap<UserId, Option<Outcome>>,
    nested: Vec<Option<Vec<Drawing>>>,
    #[serde(flatten)]
    author: Author,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[ts(type = "`#${string}`")]
    background: String,
    #[serde(skip)]
    cache: Vec<u8>,
    nothing: Nothing,
    empty: Empty,
    thumbnail: Bytes,
    #[serde(rename = "2d")]
    flat: bool,
    corners: [f32; 2],
}

hub!(
    CanvasHub, client = dyn NoClient,
    Invocation "Drawings" drawings(colors: plain Vec<Color>) -> Page<Drawing>;
    Invocation "Titles" titles(within: plain Page<u32>) -> HashMap<String, String>;
    Invocation "SetThumbnailOfOneDrawing" set_thumbnail_of_one_drawing(
        of_drawing: plain uuid::Uuid, thumbnail: plain Bytes, with_comment: optional Option<String>
    ) -> Option<Change>;
);

client!(
    /// Shared by two hubs.
    PresenceClient,
    event "Changed" changed(online: plain Page<Author>) -> ();
);

/// Why somebody cannot enter.
#[derive(Serialize, Deserialize, TS, JsonSchema)]
#[serde(
    tag = "code",
    content = "data",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum EntryError {
    /// Somebody has to leave first.
    RoomFull {
        room_name: String,
        limit: u32,
    },
    NotInvited(String),
    Late,
    #[serde(skip)]
    Hidden(u32),
}

typed_error!(EntryError);

#[derive(Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "code", content = "data", rename_all = "camelCase")]
pub(crate) enum LeaveError {
    Locked,
}

typed_error!(LeaveError);

hub!(
    LobbyHub, client = dyn PresenceClient,
    Invocation "Who" who() -> Vec<Author>, fails EntryError;
    Invocation "Only" only_here() -> Poll;
);

hub!(
    RoomHub, client = dyn PresenceClient, @authorize Authorize::new(),
    /// Enters.
    Invocation "Enter" enter(user_id: plain UserId) -> (), fails EntryError,
        requires Authorize::new().roles(&["MEMBER", "GUEST"]).policy(PolicyName::new("is-awake"));
    Stream "Leave" leave() -> u32, fails LeaveError, fails EntryError, fails LeaveError;
);

hub!(
    /// Only pushes, and only answers.
    SilentHub, client = dyn NumbersClient,
);

hub!(BareHub, client = dyn NoClient,);

/// Something that was kept.
#[derive(Serialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    name: String,
    kept_at: chrono::DateTime<chrono::Utc>,
    content: Bytes,
    thumbnail: Option<Bytes>,
    day: chrono::NaiveDate,
    earlier: Vec<Entry>,
}

#[derive(Serialize, TS, JsonSchema)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Part {
    Text {
        text: String,
    },
    Blob {
        content: Bytes,
        seen_at: Option<chrono::DateTime<chrono::Utc>>,
    },
    Whole(Entry),
}

/// As serde has it by itself.
#[derive(Serialize, TS, JsonSchema)]
pub(crate) enum Found {
    Nothing,
    One(Entry),
    Pair(Bytes, u8),
}

#[derive(Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "code", content = "data", rename_all = "camelCase")]
pub(crate) enum ArchiveError {
    Full,
    GoneSince(chrono::DateTime<chrono::Utc>),
}

typed_error!(ArchiveError);

client!(
    ArchiveClient,
    event "Kept" kept(by: plain String, entry: plain Entry) -> ();
    event "Closed" closed() -> ();
    result "Choose" choose(parts: plain Vec<Part>) -> Bytes;
    result "Seen" seen(at: plain hub_core::Timestamp) -> ();
);

hub!(
    /// Bytes and dates in both directions.
    ArchiveHub, client = dyn ArchiveClient,
    Invocation "Keep" keep(entry: plain Entry, read_entry: optional Option<Bytes>) -> ();
    Invocation "Find" find(since: plain chrono::DateTime<chrono::Utc>) -> Page<Found>, fails ArchiveError;
    Stream "Parts" parts(name: plain String) -> Part, fails ArchiveError;
    Invocation "Append" append(parts: upload Part) -> chrono::DateTime<chrono::Utc>;
    Stream "Thumbnails" thumbnails(of: upload Bytes) -> Bytes;
    Invocation "Names" names(by: plain BTreeMap<String, u32>) -> Vec<String>;
);
