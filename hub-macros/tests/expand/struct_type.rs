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
#[serde(
    bound(
        serialize = "for < 'written > < Author as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < Message , 0usize >, for < 'written > < Vec < Message > as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < Message , 1usize >",
        deserialize = "for < 'written > < Author as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < Message , 0usize >, for < 'written > < Vec < Message > as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < Message , 1usize >"
    )
)]
#[ts(
    bound = "for < 'written > < Author as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < Message , 0usize >, for < 'written > < Vec < Message > as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < Message , 1usize >"
)]
/// A message.
#[derive(Debug)]
pub struct Message {
    pub text: String,
    #[schemars(
        with = ":: hub_runtime :: __private :: Described < Author , Message , 0usize >"
    )]
    pub sent_by: Author,
    #[schemars(
        with = ":: hub_runtime :: __private :: Described < Vec < Message > , Message , 1usize >"
    )]
    replies: Vec<Message>,
}
const _: () = {
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::Travels<Message, 0usize> for Author {}
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::Travels<Message, 1usize> for Vec<Message> {}
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::WireType for Message {}
};
