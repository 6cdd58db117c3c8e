//! Contracts without TypeScript: the whole message, as a user reads it.

#![allow(dead_code, reason = "the types are described, never made")]

use crate::contracts::{ChatMessage, Poll, client, hub};
use expect_test::{Expect, expect};
use hub_codegen::{Config, Mode};
use hub_core::contract::{HubContract, NoClient};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

fn check<H: HubContract + ?Sized>(expected: &Expect) {
    check_run(&Config::new(Mode::Write).hub::<H>(), expected);
}

fn check_run(config: &Config, expected: &Expect) {
    let error = config.render().expect_err("the contract should be refused");
    expected.assert_eq(&error.to_string());
}

mod other {
    use super::*;

    #[derive(Serialize, TS, JsonSchema)]
    pub(crate) struct Poll {
        text: String,
    }

    hub!(ChatHub, client = dyn NoClient,);
}

hub!(SameTypeNames, client = dyn NoClient,
    Invocation "Ask" ask(poll: plain Poll) -> Vec<Option<other::Poll>>;);

#[test]
fn two_types_of_one_name() {
    check::<dyn SameTypeNames>(&expect![[
        r#"`codegen::contracts::Poll` and `codegen::refusals::other::Poll` would both be called `Poll` in TypeScript; rename one of them (a type with `#[ts(rename = "…")]`)"#
    ]]);
}

#[test]
fn two_hubs_of_one_name() {
    let config = Config::new(Mode::Write);
    let config = config
        .hub::<dyn crate::contracts::ChatHub>()
        .hub::<dyn other::ChatHub>();
    check_run(
        &config,
        &expect![[
            r#"`codegen::contracts::ChatHub` and `codegen::refusals::other::ChatHub` would both be called `ChatHub` in TypeScript; rename one of them (a type with `#[ts(rename = "…")]`)"#
        ]],
    );
}

#[derive(Serialize, TS, JsonSchema)]
#[ts(rename = "ChatHubConnection")]
struct Connection {
    id: u32,
}

mod connection {
    use super::*;
    hub!(ChatHub, client = dyn NoClient, Invocation "Get" get() -> Connection;);
}

#[test]
fn a_type_called_like_a_generated_class() {
    check::<dyn connection::ChatHub>(&expect![[
        r#"`codegen::refusals::connection::ChatHub` and `codegen::refusals::Connection` would both be called `ChatHubConnection` in TypeScript; rename one of them (a type with `#[ts(rename = "…")]`)"#
    ]]);
}

#[derive(Serialize, TS, JsonSchema)]
struct Promise {
    text: String,
}

hub!(GlobalName, client = dyn NoClient, Invocation "Get" get() -> Promise;);

#[test]
fn a_type_called_like_one_of_the_language() {
    check::<dyn GlobalName>(&expect![[
        r#"`codegen::refusals::Promise` would be called `Promise` in TypeScript, which is taken there; rename it, e.g. with `#[ts(rename = "…")]`"#
    ]]);
}

#[derive(Serialize, TS, JsonSchema)]
#[ts(rename = "chat-message!")]
struct OddName {
    text: String,
}

hub!(NotAName, client = dyn NoClient, Invocation "Get" get() -> OddName;);

#[test]
fn a_name_that_is_none() {
    check::<dyn NotAName>(&expect![[
        r#"`codegen::refusals::OddName` would be called `chat-message!` in TypeScript, which is not a name for a type; rename it with `#[ts(rename = "…")]`"#
    ]]);
}

#[derive(Serialize, TS, JsonSchema)]
struct OddField {
    #[serde(rename = "a\"b")]
    field: u32,
}

hub!(BrokenField, client = dyn NoClient, Invocation "Get" get() -> OddField;);

#[test]
fn a_field_that_ts_rs_does_not_escape() {
    check::<dyn BrokenField>(&expect![[
        r#"`codegen::refusals::OddField` would be written as `{ "a"b": number, }`, which is not TypeScript; look for quotes in renamed fields or in `#[ts(type = "…")]`"#
    ]]);
}

#[derive(Serialize, TS, JsonSchema)]
#[ts(repr(enum))]
enum Level {
    Low,
    High,
}

hub!(RealEnum, client = dyn NoClient, Invocation "Get" get() -> Level;);

#[test]
fn a_typescript_enum() {
    check::<dyn RealEnum>(&expect![
        "`codegen::refusals::Level` asks for a TypeScript `enum`, but its values travel as plain text or numbers; remove `#[ts(repr(…))]`"
    ]);
}

hub!(BoolKeys, client = dyn NoClient, Invocation "Get" get() -> Vec<BTreeMap<bool, u8>>;);

#[derive(Serialize, TS, JsonSchema)]
struct Holder {
    messages: BTreeMap<u64, BTreeMap<Poll, u8>>,
}

hub!(ObjectKeys, client = dyn NoClient, Invocation "Get" get() -> Option<Holder>;);

#[test]
fn maps_without_property_names() {
    check::<dyn BoolKeys>(&expect![
        "`BoolKeys::get` has a map with keys of type `boolean`; the keys of an object in TypeScript are strings, numbers or an enum of plain names"
    ]);
    check::<dyn ObjectKeys>(&expect![
        "`codegen::refusals::Holder` has a map with keys of type `Poll`; the keys of an object in TypeScript are strings, numbers or an enum of plain names"
    ]);
}

hub!(MethodSend, client = dyn NoClient, Invocation "Send" send(message: plain ChatMessage) -> (););

client!(Speaker, event "ToString" to_string() -> (););
hub!(ObjectMember, client = dyn Speaker,);

#[test]
fn methods_called_like_members_of_the_class() {
    check::<dyn MethodSend>(&expect![[
        r#"`MethodSend::send` would be called `send` in TypeScript, which is taken there; rename it in Rust, and keep its name on the wire with `#[hub(name = "…")]`"#
    ]]);
    check::<dyn ObjectMember>(&expect![[
        r#"`Speaker::to_string` would be called `toString` in TypeScript, which is taken there; rename it in Rust, and keep its name on the wire with `#[hub(name = "…")]`"#
    ]]);
}

hub!(Twice, client = dyn NoClient,
    Invocation "One" send_it() -> ();
    Invocation "Two" send__it() -> (););

#[test]
fn two_methods_of_one_name() {
    check::<dyn Twice>(&expect![[
        r#"`Twice::send_it` and `Twice::send__it` would both be called `sendIt` in TypeScript; rename one of them (a type with `#[ts(rename = "…")]`)"#
    ]]);
}

hub!(Types, client = dyn NoClient,);

#[test]
fn a_hub_called_like_another_file() {
    check::<dyn Types>(&expect![
        "`codegen::refusals::Types` would be called `types` in TypeScript, which is taken there; rename the trait"
    ]);
}

hub!(HubReact, client = dyn NoClient,);

#[test]
fn a_hub_called_like_a_file_for_a_framework() {
    check::<dyn HubReact>(&expect![
        "`codegen::refusals::HubReact` would be called `hub-react` in TypeScript, which is taken there; rename the trait"
    ]);
}

hub!(ChatHubFake, client = dyn NoClient,);

#[test]
fn a_hub_called_like_the_fake_of_another() {
    check_run(
        &Config::new(Mode::Write)
            .hub::<dyn crate::contracts::ChatHub>()
            .hub::<dyn ChatHubFake>(),
        &expect![[
            r#"`codegen::contracts::ChatHub` and `codegen::refusals::ChatHubFake` would both be called `chat-hub-fake` in TypeScript; rename one of them (a type with `#[ts(rename = "…")]`)"#
        ]],
    );
}

#[derive(Serialize, TS, JsonSchema)]
struct Flattened {
    #[serde(flatten)]
    poll: Option<Poll>,
}

hub!(FlattenedOption, client = dyn NoClient, Invocation "Get" get() -> Flattened;);

#[test]
fn a_flattened_option() {
    check::<dyn FlattenedOption>(&expect![
        "`codegen::refusals::Flattened` has no TypeScript; is an `Option` flattened in it, or an enum without content? flatten a struct whose fields are optional instead"
    ]);
}

#[derive(Serialize, TS, JsonSchema)]
struct Stock {
    items: Vec<Option<u64>>,
}

hub!(LargeResult, client = dyn NoClient, Invocation "Get" get() -> BTreeMap<String, Stock>;);
hub!(LargeArgument, client = dyn NoClient, Invocation "Get" get(at: plain usize) -> (););

#[test]
fn integers_that_javascript_cannot_hold() {
    check::<dyn LargeResult>(&expect![
        "`codegen::refusals::Stock`, field `items`: JavaScript's numbers hold integers up to 2^53 exactly, and `u64` goes beyond; use a smaller type, send it as text with `AsText<u64>`, or accept that with `.large_integers(LargeIntegers::Number)`"
    ]);
    check::<dyn LargeArgument>(&expect![
        "`LargeArgument::get(at)`: JavaScript's numbers hold integers up to 2^53 exactly, and `usize` goes beyond; use a smaller type, send it as text with `AsText<usize>`, or accept that with `.large_integers(LargeIntegers::Number)`"
    ]);
}

#[derive(Serialize, TS, JsonSchema)]
struct Retold {
    #[schemars(with = "String")]
    count: u32,
}

hub!(Disagreement, client = dyn NoClient, Invocation "Get" get() -> Retold;);

#[test]
fn a_type_of_which_two_things_are_said() {
    check::<dyn Disagreement>(&expect![[
        r#"`codegen::refusals::Retold`, field `count`: TypeScript would say `number`, but what the server writes is `string`; one of the attributes there means nothing to TypeScript: leave it out, or name a type that travels alike with `#[ts(as = "…")]`"#
    ]]);
}

#[derive(Serialize, TS, JsonSchema)]
struct Halves {
    #[serde(rename(serialize = "a", deserialize = "b"))]
    one: u8,
    #[serde(
        rename(serialize = "c", deserialize = "d"),
        skip_serializing_if = "Vec::is_empty"
    )]
    two: Vec<u8>,
}

hub!(SplitNames, client = dyn NoClient, Invocation "Get" get() -> Vec<Halves>;);

#[test]
fn names_for_each_direction_that_nothing_tells_apart() {
    check::<dyn SplitNames>(&expect![
        "`codegen::refusals::Halves`: what the server writes has `a`, `c` where the fields are `one`, `two`, and nothing tells which is which; say different things of them in their documentation, or give each one name for both directions"
    ]);
}
