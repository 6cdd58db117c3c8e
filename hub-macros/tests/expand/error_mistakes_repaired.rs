#[allow(dead_code)]
#[derive(Debug)]
enum JoinError {
    Full,
    Io(io::Error),
}
const _: () = {
    impl ::core::convert::From<JoinError> for ::hub_runtime::__private::HubError {
        fn from(_: JoinError) -> Self {
            ::core::unreachable!("this type has errors")
        }
    }
    impl ::hub_runtime::__private::MethodError for JoinError {
        fn into_hub_error(self) -> ::hub_runtime::__private::HubError {
            ::core::unreachable!("this type has errors")
        }
        fn write_text(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::unreachable!("this type has errors")
        }
    }
    impl ::core::convert::From<io::Error> for JoinError {
        fn from(_: io::Error) -> Self {
            ::core::unreachable!("this type has errors")
        }
    }
};
::core::compile_error! {
    "say what callers read of it, `#[hub_error(\"The room {room} is full.\")]`, or keep it from them, `#[hub_error(hidden)]`"
}
::core::compile_error! {
    "`#[hub_error]` converts into `HubError` by itself, which a `std::error::Error` does in another way; its texts are set by `#[hub_error(\"…\")]`, and `#[from]` means the same"
}
