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
        serialize = "T : :: hub_runtime :: __private :: WireType, K : :: hub_runtime :: __private :: WireType, Vec < T > : :: hub_runtime :: __private :: WireType, BTreeMap < K , T > : :: hub_runtime :: __private :: WireType, for < 'written > < Author as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < Page < T , K > , 0usize >",
        deserialize = "T : :: hub_runtime :: __private :: WireType, K : :: hub_runtime :: __private :: WireType, Vec < T > : :: hub_runtime :: __private :: WireType, BTreeMap < K , T > : :: hub_runtime :: __private :: WireType, for < 'written > < Author as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < Page < T , K > , 0usize >"
    )
)]
#[ts(
    bound = "T : Clone, T : :: hub_runtime :: __private :: ts_rs :: TS, K : :: hub_runtime :: __private :: ts_rs :: TS, for < 'written > < Author as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < Page < T , K > , 0usize >"
)]
#[schemars(
    bound = "T : :: hub_runtime :: __private :: WireType, K : :: hub_runtime :: __private :: WireType, Vec < T > : :: hub_runtime :: __private :: WireType, BTreeMap < K , T > : :: hub_runtime :: __private :: WireType, for < 'written > < Author as :: hub_runtime :: __private :: Written < 'written >> :: Type : :: hub_runtime :: __private :: Travels < Page < T , K > , 0usize >"
)]
pub struct Page<T, K: Ord>
where
    T: Clone,
{
    items: Vec<T>,
    by_key: BTreeMap<K, T>,
    author: Author,
}
const _: () = {
    #[automatically_derived]
    #[allow(deprecated)]
    impl<T, K: Ord> ::hub_runtime::__private::Travels<Page<T, K>, 0usize> for Author
    where
        T: Clone,
    {}
    #[automatically_derived]
    #[allow(deprecated)]
    impl<
        T: ::hub_runtime::__private::WireType,
        K: Ord + ::hub_runtime::__private::WireType,
    > ::hub_runtime::__private::WireType for Page<T, K>
    where
        T: Clone,
    {}
};
