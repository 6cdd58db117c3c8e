//! Every form of an error.

use hub_runtime::prelude::*;
use hub_runtime::{HubError, TypedError};

#[hub_type]
#[derive(Debug, Clone, PartialEq)]
struct Room {
    name: String,
}

/// Not a wire type, no error and no `Debug`.
struct Session;

#[hub_error]
#[derive(Debug, PartialEq)]
enum JoinError {
    #[hub_error("The room {room} holds {limit:>3} at most, {{room}} \"{room}\".")]
    RoomFull { room: String, limit: u32, seen: Option<Room> },
    #[hub_error("{0} and {1:?} are not invited.")]
    NotInvited(String, Vec<String>),
    #[hub_error("{type}, f: {f}")]
    Raw { r#type: String, f: u8 },
    #[hub_error("It is {0}.")]
    #[serde(rename = "tooLate")]
    Late(#[from] u32),
    #[hub_error("Closed.")]
    Closed,
    #[cfg(any())]
    #[hub_error("Never.")]
    Never,
}

#[hub_error]
enum Hidden {
    #[hub_error("Shown.")]
    Shown,
    #[hub_error(hidden)]
    Io(#[from] std::io::Error),
    #[hub_error(hidden)]
    Any { error: HubError },
    #[hub_error(hidden, "The table {table} is locked.")]
    Locked { table: &'static str, by: Session },
    #[hub_error(hidden)]
    Unknown,
}

mod elsewhere {
    type _Result = u8;

    #[::hub_runtime::hub_error]
    pub enum WithoutImports {
        #[hub_error("No {what}.")]
        Nothing { what: ::std::string::String },
    }
}

type ChatResult<T> = Result<T, JoinError>;

#[hub]
trait ChatHub {
    async fn join(&self) -> Result<u32, JoinError>;
    async fn leave(&self) -> ChatResult<u32>;
    async fn look(&self) -> Result<impl Stream<Item = Result<u32, JoinError>>, Hidden>;
    fn watch(&self) -> impl Stream<Item = ChatResult<u32>>;
    async fn nothing(&self) -> Result<(), elsewhere::WithoutImports>;
}

fn through_question_mark(error: Option<JoinError>) -> Result<(), HubError> {
    match error {
        Some(error) => Err(error)?,
        None => Ok(()),
    }
}

fn main() {
    let full = JoinError::RoomFull { room: "lobby".into(), limit: 7, seen: None };
    assert_eq!(full.to_string(), "The room lobby holds   7 at most, {room} \"lobby\".");
    let not = JoinError::NotInvited("Ann".into(), vec!["Bob".into()]);
    assert_eq!(not.to_string(), "Ann and [\"Bob\"] are not invited.");
    let raw = JoinError::Raw { r#type: "x".into(), f: 3 };
    assert_eq!(raw.to_string(), "x, f: 3");
    let error = through_question_mark(Some(JoinError::from(12))).unwrap_err();
    assert!(error.is_shown());
    assert_eq!(error.downcast_ref(), Some(&JoinError::Late(12)));
    let told = error.told().unwrap();
    assert_eq!(told, "It is 12.\n$error JoinError {\"code\":\"tooLate\",\"data\":12}");
    assert_eq!(JoinError::NAME, "JoinError");

    let io = HubError::from(Hidden::from(std::io::Error::other("secret")));
    assert_eq!((io.is_shown(), io.to_string()), (false, "Error: secret".to_owned()));
    assert!(io.source().is_some());
    let any = HubError::from(Hidden::Any { error: HubError::new("shown elsewhere") });
    assert!(!any.is_shown());
    let locked = HubError::from(Hidden::Locked { table: "rooms", by: Session });
    assert_eq!(locked.to_string(), "Hidden: The table rooms is locked.");
    assert!(!locked.is_shown() && locked.told().is_none());
    assert_eq!(HubError::from(Hidden::Unknown).to_string(), "Hidden: Unknown");
    assert!(HubError::from(Hidden::Shown).is_shown());
    assert!(through_question_mark(None).is_ok());
}
