//! The expansion relies on nothing that the user has imported, and on no name that is free.
#![allow(unused)]

mod types {
    #[hub_runtime::hub_type]
    pub struct Message {
        text: String,
    }
}

mod contract {
    use super::types::Message;

    struct Option;
    struct Result;
    struct Vec;
    struct Box;
    struct Arc;
    struct Send;
    trait Future {}
    trait Into {}
    struct Ok;

    #[::hub_runtime::hub_client]
    pub trait Client {
        async fn say(&self, message: Message);
        async fn ask(&self) -> u32;
    }

    #[::hub_runtime::hub(client = Client)]
    pub trait Hub {
        async fn say(
            &self,
            cx: &::hub_runtime::Context<dyn Hub>,
            message: Message,
        ) -> ::std::result::Result<u32, ::hub_runtime::HubError>;
        fn count(&self) -> impl ::hub_runtime::prelude::Stream<Item = u32>;
    }
}

mod elsewhere {
    pub mod again {
        pub use ::hub_runtime::*;
    }

    #[again::hub_type(crate = self::again)]
    pub struct Message {
        text: ::std::string::String,
        parts: ::std::vec::Vec<Part>,
    }

    #[again::hub_type(crate = self::again)]
    pub struct Part;

    #[again::hub_client(crate = self::again)]
    pub trait Client {
        async fn say(&self, message: Message);
    }

    #[again::hub(crate = self::again, client = Client)]
    pub trait Hub {
        async fn say(&self, cx: &again::Context<dyn Hub>, message: Message);
    }
}

fn main() {}
