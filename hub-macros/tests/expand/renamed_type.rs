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
#[serde(rename_all_fields = "camelCase")]
#[serde(rename_all = "snake_case")]
pub enum Plain {
    Text(String),
    Image { file_name: String },
}
const _: () = {
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::WireType for Plain {}
};
