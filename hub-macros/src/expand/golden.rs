//! What users get, committed so that a review shows it. `UPDATE_EXPECT=1 cargo test -p hub-macros`
//! writes the files anew.

use super::{hub, hub_client, hub_error, hub_type};
use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;

#[track_caller]
fn check(
    attribute: impl Fn(TokenStream, TokenStream) -> TokenStream,
    arguments: &str,
    item: &str,
    expected: &ExpectFile,
) {
    let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens");
    let expansion = attribute(tokens(arguments), tokens(item));
    let file = syn::parse2(expansion).expect("the expansion is items");
    expected.assert_eq(&prettyplease::unparse(&file));
}

macro_rules! golden {
    ($($name:ident: $attribute:ident($arguments:literal) $item:literal)*) => { $(
        #[test]
        fn $name() {
            let file = concat!("../../tests/expand/", stringify!($name), ".rs");
            check($attribute, $arguments, $item, &expect_file![file]);
        }
    )* };
}

golden! {
    plain_call: hub("") "
        /// Rooms.
        pub trait Rooms {
            /// Enters a room.
            async fn join(&self, room: String, seat: u32);
        }
    "
    versioned: hub("version = 2") "
        trait Rooms {}
    "
    call_with_context_and_result: hub("client = ChatClient") "
        pub trait ChatHub {
            async fn send_message(&self, cx: &Context<dyn ChatHub>, message: ChatMessage)
                -> Result<u32, ChatError>;
        }
    "
    trailing_options: hub("") "
        trait Bans {
            async fn ban(&self, first: Option<u32>, user: String, reason: Option<String>,
                days: Option<u32>);
        }
    "
    stream: hub("") "
        trait Counter {
            fn count(&self, to: u32) -> impl Stream<Item = u32>;
        }
    "
    fallible_stream: hub("") "
        trait History {
            async fn history(&self, cx: &Context<dyn History>)
                -> Result<impl Stream<Item = Result<Entry, HubError>>, HubError>;
        }
    "
    upload: hub("") "
        trait Files {
            async fn upload(&self, name: String, chunks: impl Stream<Item = Bytes>) -> u64;
        }
    "
    condition_and_name: hub("crate = my::hubs") "
        trait Odd {
            #[cfg(windows)]
            #[hub(name = \"OddOne\")]
            #[deprecated]
            async fn one(&self, odd: OddType);
        }
    "
    authorized: hub("") "
        #[authorize]
        trait Bans {
            #[authorize(roles(\"ADMIN\", \"OPS\"), policy = CAN_BAN)]
            #[authorize(policy = \"awake\")]
            async fn ban(&self);
        }
    "
    client_event: hub_client("") "
        /// Calls the server makes.
        pub(crate) trait ChatClient {
            /// A message arrived.
            async fn receive_message(&self, user: String, message: ChatMessage);
        }
    "
    client_result: hub_client("") "
        pub trait Voter {
            /// Asks one client.
            async fn vote(&self, question: String) -> u32;
        }
    "
    struct_type: hub_type("") "
        /// A message.
        #[derive(Debug)]
        pub struct Message { pub text: String, pub sent_by: Author, replies: Vec<Message> }
    "
    enum_type: hub_type("") "
        pub enum Event { Opened, Closed { by_whom: String }, Not_Camel(u32) }
    "
    generic_type: hub_type("") "
        pub struct Page<T, K: Ord> where T: Clone {
            items: Vec<T>, by_key: BTreeMap<K, T>, author: Author,
        }
    "
    renamed_type: hub_type("") "
        #[serde(rename_all = \"snake_case\")]
        pub enum Plain { Text(String), Image { file_name: String } }
    "
    error_type: hub_error("") "
        /// Why a room cannot be entered.
        #[derive(Debug)]
        pub enum JoinError {
            #[hub_error(\"The room {room} holds {limit:>3} at most, {{room}}.\")]
            RoomFull { room: RoomName, limit: u32, waiting: u32 },
            #[hub_error(\"{0} is not invited.\")]
            NotInvited(String),
            #[hub_error(\"It is late.\")]
            Late,
            #[hub_error(hidden)]
            Database(#[from] sqlx::Error),
            #[hub_error(hidden, \"The table {table} is locked.\")]
            Locked { table: &'static str, by: Session },
            #[hub_error(hidden)]
            Unknown,
        }
    "
    error_mistakes_repaired: hub_error("") "
        #[derive(Debug, thiserror::Error)]
        enum JoinError { Full, #[hub_error(hidden)] Io(#[from] io::Error) }
    "
    mistakes_repaired: hub("") "
        trait Broken: Clone {
            const LIMIT: u32;
            async fn mended(&mut self, mut room: String);
            async fn kept(&self, room: &str);
        }
    "
}
