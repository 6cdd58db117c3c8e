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
pub enum Event {
    Opened,
    Closed { by_whom: String },
    #[serde(rename = "not_Camel")]
    Not_Camel(u32),
}
const _: () = {
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::WireType for Event {}
};
