/// Calls the server makes.
pub(crate) trait ChatClient: ::core::marker::Send + ::core::marker::Sync + 'static {
    /// A message arrived.
    fn receive_message(
        &self,
        user: String,
        message: ChatMessage,
    ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send
    where
        Self: ::core::marker::Sized;
}
///Calls the methods of [`ChatClient`] on one client, with `S = Single`, or on many, with `S = Many`.
pub(crate) struct ChatClientProxy<S> {
    outlet: ::hub_runtime::__private::Outlet,
    selection: ::core::marker::PhantomData<fn() -> S>,
}
const _: () = {
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::Travels<dyn ChatClient, 0usize> for ChatMessage {}
    const METHOD_0: ::hub_runtime::__private::ClientMethodDescription = ::hub_runtime::__private::ClientMethodDescription::new(
        "ReceiveMessage",
        "receive_message",
        "A message arrived.",
        false,
        &[
            ::hub_runtime::__private::ParameterDescription::new("user", false),
            ::hub_runtime::__private::ParameterDescription::new("message", false),
        ],
    );
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::ClientContract for dyn ChatClient
    where
        for<'written> <ChatMessage as ::hub_runtime::__private::Written<
            'written,
        >>::Type: ::hub_runtime::__private::Travels<dyn ChatClient, 0usize>,
    {
        type Proxy<S: ::hub_runtime::__private::Selection> = ChatClientProxy<S>;
        const DESCRIPTION: ::hub_runtime::__private::ClientDescription = ::hub_runtime::__private::ClientDescription::new(
            "ChatClient",
            "Calls the server makes.",
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
                    ::hub_runtime::__private::ParameterSignature::new(
                        ::hub_runtime::__private::TypeRef::of::<ChatMessage>(),
                        false,
                    ),
                ],
                ::hub_runtime::__private::TypeRef::of::<()>(),
            ),
        ];
    }
    #[allow(deprecated, missing_docs)]
    impl<S: ::hub_runtime::__private::Selection> ChatClientProxy<S>
    where
        for<'written> <ChatMessage as ::hub_runtime::__private::Written<
            'written,
        >>::Type: ::hub_runtime::__private::Travels<dyn ChatClient, 0usize>,
    {
        /// A message arrived.
        pub(crate) fn receive_message(
            &self,
            user: impl ::hub_runtime::__private::Argument<String>,
            message: impl ::hub_runtime::__private::Argument<ChatMessage>,
        ) -> ::hub_runtime::__private::Delivery {
            self.outlet
                .send(
                    METHOD_0.wire_name,
                    &(
                        &::hub_runtime::__private::ArgumentRef::<_, String>::new(&user),
                        &::hub_runtime::__private::ArgumentRef::<
                            _,
                            ChatMessage,
                        >::new(&message),
                    ),
                )
        }
    }
    #[automatically_derived]
    impl<S> ::core::convert::From<::hub_runtime::__private::Outlet>
    for ChatClientProxy<S> {
        fn from(outlet: ::hub_runtime::__private::Outlet) -> Self {
            Self {
                outlet,
                selection: ::core::marker::PhantomData,
            }
        }
    }
    #[automatically_derived]
    impl<S> ::core::clone::Clone for ChatClientProxy<S> {
        fn clone(&self) -> Self {
            Self {
                outlet: ::core::clone::Clone::clone(&self.outlet),
                selection: ::core::marker::PhantomData,
            }
        }
    }
    #[automatically_derived]
    impl<S> ::core::fmt::Debug for ChatClientProxy<S> {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_tuple("ChatClientProxy").field(&self.outlet).finish()
        }
    }
};
