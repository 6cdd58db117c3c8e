#[derive(
    ::hub_runtime::__private::serde::Serialize,
    ::hub_runtime::__private::serde::Deserialize
)]
#[serde(crate = "::hub_runtime::__private::serde")]
#[derive(
    ::hub_runtime::__private::ts_rs::TS,
    ::hub_runtime::__private::schemars::JsonSchema
)]
#[ts(crate = "::hub_runtime::__private::ts_rs")]
#[schemars(crate = "::hub_runtime::__private::schemars")]
#[serde(rename_all = "camelCase")]
#[serde(rename_all_fields = "camelCase")]
#[serde(tag = "code", content = "data")]
#[serde(
    bound(
        serialize = "for < 'written > < RoomName as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < JoinError , 0usize >",
        deserialize = "for < 'written > < RoomName as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < JoinError , 0usize >"
    )
)]
#[ts(
    bound = "for < 'written > < RoomName as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < JoinError , 0usize >"
)]
/// Why a room cannot be entered.
#[derive(Debug)]
pub enum JoinError {
    RoomFull {
        #[schemars(
            with = ":: hub_runtime :: __private :: Described < RoomName , JoinError , 0usize >"
        )]
        room: RoomName,
        limit: u32,
        waiting: u32,
    },
    NotInvited(String),
    Late,
    #[serde(skip)]
    Database(#[serde(skip)] sqlx::Error),
    #[serde(skip)]
    Locked { #[serde(skip)] table: &'static str, #[serde(skip)] by: Session },
    #[serde(skip)]
    Unknown,
}
const _: () = {
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::Travels<JoinError, 0usize> for RoomName {}
    #[automatically_derived]
    impl ::hub_runtime::__private::TypedError for JoinError {
        const NAME: &'static str = "JoinError";
    }
    #[automatically_derived]
    #[allow(non_shorthand_field_patterns)]
    impl ::core::fmt::Display for JoinError {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::RoomFull { room: room, limit: limit, .. } => {
                    ::core::write!(
                        f, "The room {room} holds {limit:>3} at most, {{room}}."
                    )
                }
                Self::NotInvited { 0: _0, .. } => {
                    ::core::write!(f, "{_0} is not invited.")
                }
                Self::Late { .. } => ::core::write!(f, "It is late."),
                Self::Database { 0: source } => {
                    <sqlx::Error as ::hub_runtime::__private::MethodError>::write_text(
                        source,
                        f,
                    )
                }
                Self::Locked { table: table, .. } => {
                    ::core::write!(f, "The table {table} is locked.")
                }
                Self::Unknown { .. } => f.write_str("Unknown"),
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<JoinError> for ::hub_runtime::__private::HubError {
        fn from(value: JoinError) -> Self {
            #[allow(unreachable_patterns)]
            match value {
                JoinError::Database { 0: source } => {
                    <sqlx::Error as ::hub_runtime::__private::MethodError>::into_hub_error(
                            source,
                        )
                        .hidden()
                }
                value @ JoinError::Locked { .. } => {
                    ::hub_runtime::__private::HubError::internal(
                        "JoinError",
                        ::std::string::ToString::to_string(&value),
                    )
                }
                value @ JoinError::Unknown { .. } => {
                    ::hub_runtime::__private::HubError::internal(
                        "JoinError",
                        ::std::string::ToString::to_string(&value),
                    )
                }
                value => ::hub_runtime::__private::HubError::typed(value),
            }
        }
    }
    #[automatically_derived]
    impl ::hub_runtime::__private::MethodError for JoinError {
        const TYPED: ::core::option::Option<::hub_runtime::__private::ErrorSignature> = ::core::option::Option::Some(
            ::hub_runtime::__private::ErrorSignature::of::<Self>(),
        );
        fn into_hub_error(self) -> ::hub_runtime::__private::HubError {
            ::core::convert::From::from(self)
        }
        fn write_text(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Display::fmt(self, f)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<sqlx::Error> for JoinError {
        fn from(source: sqlx::Error) -> Self {
            Self::Database { 0: source }
        }
    }
};
