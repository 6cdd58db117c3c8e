pub trait Voter: ::core::marker::Send + ::core::marker::Sync + 'static {
    /// Asks one client.
    fn vote(
        &self,
        question: String,
    ) -> impl ::core::future::Future<Output = u32> + ::core::marker::Send
    where
        Self: ::core::marker::Sized;
}
///Calls the methods of [`Voter`] on one client, with `S = Single`, or on many, with `S = Many`.
pub struct VoterProxy<S> {
    outlet: ::hub_runtime::__private::Outlet,
    selection: ::core::marker::PhantomData<fn() -> S>,
}
const _: () = {
    const METHOD_0: ::hub_runtime::__private::ClientMethodDescription = ::hub_runtime::__private::ClientMethodDescription::new(
        "Vote",
        "vote",
        "Asks one client.",
        true,
        &[::hub_runtime::__private::ParameterDescription::new("question", false)],
    );
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::ClientContract for dyn Voter {
        type Proxy<S: ::hub_runtime::__private::Selection> = VoterProxy<S>;
        const DESCRIPTION: ::hub_runtime::__private::ClientDescription = ::hub_runtime::__private::ClientDescription::new(
            "Voter",
            "",
            ::core::module_path!(),
            &[METHOD_0],
        );
        const SIGNATURES: &'static [::hub_runtime::__private::MethodSignature] = &[
            ::hub_runtime::__private::MethodSignature::new(
                &[
                    ::hub_runtime::__private::ParameterSignature::new(
                        ::hub_runtime::__private::TypeRef::of::<String>(),
                        false,
                    ),
                ],
                ::hub_runtime::__private::TypeRef::of::<u32>(),
            ),
        ];
    }
    #[allow(deprecated, missing_docs)]
    impl<S: ::hub_runtime::__private::Selection> VoterProxy<S> {}
    #[allow(deprecated, missing_docs)]
    impl VoterProxy<::hub_runtime::__private::Single> {
        /// Asks one client.
        pub fn vote(
            &self,
            question: impl ::hub_runtime::__private::Argument<String>,
        ) -> ::hub_runtime::__private::ClientCall<u32> {
            self.outlet
                .invoke(
                    METHOD_0.wire_name,
                    &(
                        &::hub_runtime::__private::ArgumentRef::<
                            _,
                            String,
                        >::new(&question),
                    ),
                )
        }
    }
    #[automatically_derived]
    impl<S> ::core::convert::From<::hub_runtime::__private::Outlet> for VoterProxy<S> {
        fn from(outlet: ::hub_runtime::__private::Outlet) -> Self {
            Self {
                outlet,
                selection: ::core::marker::PhantomData,
            }
        }
    }
    #[automatically_derived]
    impl<S> ::core::clone::Clone for VoterProxy<S> {
        fn clone(&self) -> Self {
            Self {
                outlet: ::core::clone::Clone::clone(&self.outlet),
                selection: ::core::marker::PhantomData,
            }
        }
    }
    #[automatically_derived]
    impl<S> ::core::fmt::Debug for VoterProxy<S> {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_tuple("VoterProxy").field(&self.outlet).finish()
        }
    }
};
