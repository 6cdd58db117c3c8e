pub trait ChatHub: ::core::marker::Send + ::core::marker::Sync + 'static {
    fn send_message(
        &self,
        cx: &Context<dyn ChatHub>,
        message: ChatMessage,
    ) -> impl ::core::future::Future<
        Output = Result<u32, ChatError>,
    > + ::core::marker::Send
    where
        Self: ::core::marker::Sized;
    /// Runs when a client has connected, before any of its calls.
    ///
    /// With an error the connection is closed.
    fn on_connected(
        &self,
        cx: &::hub_runtime::__private::Context<dyn ChatHub>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<(), ::hub_runtime::__private::HubError>,
    > + ::core::marker::Send
    where
        Self: ::core::marker::Sized,
    {
        let _ = cx;
        ::core::future::ready(::core::result::Result::Ok(()))
    }
    /// Runs when a client has refreshed its authentication: `cx.user()` is who its user is from
    /// now on. Calls run beside it.
    fn on_authentication_refreshed(
        &self,
        cx: &::hub_runtime::__private::Context<dyn ChatHub>,
    ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send
    where
        Self: ::core::marker::Sized,
    {
        let _ = cx;
        ::core::future::ready(())
    }
    /// Runs once when a connection has ended, and says why it did.
    fn on_disconnected(
        &self,
        cx: &::hub_runtime::__private::Context<dyn ChatHub>,
        reason: ::hub_runtime::__private::DisconnectReason,
    ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send
    where
        Self: ::core::marker::Sized,
    {
        let _ = (cx, reason);
        ::core::future::ready(())
    }
}
const _: () = {
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::Travels<dyn ChatHub, 0usize> for ChatMessage {}
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::Fails<dyn ChatHub, 1usize> for ChatError {}
    const METHOD_0: ::hub_runtime::__private::HubMethodDescription = ::hub_runtime::__private::HubMethodDescription::new(
        "SendMessage",
        "send_message",
        "",
        ::hub_runtime::__private::MethodKind::Invocation,
        &[::hub_runtime::__private::ParameterDescription::new("message", false)],
    );
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::HubContract for dyn ChatHub
    where
        for<'written> <ChatMessage as ::hub_runtime::__private::Written<
            'written,
        >>::Type: ::hub_runtime::__private::Travels<dyn ChatHub, 0usize>,
        for<'written> <ChatError as ::hub_runtime::__private::Written<
            'written,
        >>::Type: ::hub_runtime::__private::Fails<dyn ChatHub, 1usize>,
    {
        type Client = dyn ChatClient;
        const DESCRIPTION: ::hub_runtime::__private::HubDescription = ::hub_runtime::__private::HubDescription::new(
            "ChatHub",
            "",
            ::core::module_path!(),
            &[METHOD_0],
        );
        const SIGNATURES: &'static [::hub_runtime::__private::MethodSignature] = &[
            ::hub_runtime::__private::MethodSignature::new(
                    &[
                        ::hub_runtime::__private::ParameterSignature::new(
                            ::hub_runtime::__private::TypeRef::of::<ChatMessage>(),
                            false,
                        ),
                    ],
                    ::hub_runtime::__private::TypeRef::of::<
                        <Result<
                            u32,
                            ChatError,
                        > as ::hub_runtime::__private::Answer>::Value,
                    >(),
                )
                .errors(&[<ChatError as ::hub_runtime::__private::MethodError>::TYPED]),
        ];
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl<__Hub: ChatHub> ::hub_runtime::__private::Serve<__Hub> for dyn ChatHub
    where
        for<'written> <ChatMessage as ::hub_runtime::__private::Written<
            'written,
        >>::Type: ::hub_runtime::__private::Travels<dyn ChatHub, 0usize>,
        for<'written> <ChatError as ::hub_runtime::__private::Written<
            'written,
        >>::Type: ::hub_runtime::__private::Fails<dyn ChatHub, 1usize>,
    {
        const METHODS: &'static [::hub_runtime::__private::Method<__Hub>] = &[
            ::hub_runtime::__private::Method::new(
                &METHOD_0,
                |hub, call| {
                    let (message,) = call.arguments::<(ChatMessage,)>()?;
                    let hub = ::std::sync::Arc::clone(hub);
                    let (context, reply) = call.into_parts::<dyn ChatHub>();
                    ::core::result::Result::Ok(
                        ::std::boxed::Box::pin(async move {
                            reply
                                .answer(
                                    <__Hub as ChatHub>::send_message(&hub, &context, message)
                                        .await,
                                )
                        }),
                    )
                },
            ),
        ];
        fn on_connected(
            hub: &__Hub,
            cx: &::hub_runtime::__private::Context<Self>,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(), ::hub_runtime::__private::HubError>,
        > + ::core::marker::Send {
            <__Hub as ChatHub>::on_connected(hub, cx)
        }
        fn on_authentication_refreshed(
            hub: &__Hub,
            cx: &::hub_runtime::__private::Context<Self>,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            <__Hub as ChatHub>::on_authentication_refreshed(hub, cx)
        }
        fn on_disconnected(
            hub: &__Hub,
            cx: &::hub_runtime::__private::Context<Self>,
            reason: ::hub_runtime::__private::DisconnectReason,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            <__Hub as ChatHub>::on_disconnected(hub, cx, reason)
        }
    }
};
