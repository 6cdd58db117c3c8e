trait History: ::core::marker::Send + ::core::marker::Sync + 'static {
    fn history(
        &self,
        cx: &Context<dyn History>,
    ) -> impl ::core::future::Future<
        Output = Result<
            impl Stream<Item = Result<Entry, HubError>> + ::core::marker::Send,
            HubError,
        >,
    > + ::core::marker::Send
    where
        Self: ::core::marker::Sized;
    /// Runs when a client has connected, before any of its calls.
    ///
    /// With an error the connection is closed.
    fn on_connected(
        &self,
        cx: &::hub_runtime::__private::Context<dyn History>,
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
        cx: &::hub_runtime::__private::Context<dyn History>,
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
        cx: &::hub_runtime::__private::Context<dyn History>,
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
    impl ::hub_runtime::__private::Travels<dyn History, 0usize> for Entry {}
    const METHOD_0: ::hub_runtime::__private::HubMethodDescription = ::hub_runtime::__private::HubMethodDescription::new(
        "History",
        "history",
        "",
        ::hub_runtime::__private::MethodKind::Stream,
        &[],
    );
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::HubContract for dyn History
    where
        for<'written> <Entry as ::hub_runtime::__private::Written<
            'written,
        >>::Type: ::hub_runtime::__private::Travels<dyn History, 0usize>,
    {
        type Client = dyn ::hub_runtime::__private::NoClient;
        const DESCRIPTION: ::hub_runtime::__private::HubDescription = ::hub_runtime::__private::HubDescription::new(
            "History",
            "",
            ::core::module_path!(),
            &[METHOD_0],
        );
        const SIGNATURES: &'static [::hub_runtime::__private::MethodSignature] = &[
            ::hub_runtime::__private::MethodSignature::new(
                &[],
                ::hub_runtime::__private::TypeRef::of::<
                    <Result<Entry, HubError> as ::hub_runtime::__private::Answer>::Value,
                >(),
            ),
        ];
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl<__Hub: History> ::hub_runtime::__private::Serve<__Hub> for dyn History
    where
        for<'written> <Entry as ::hub_runtime::__private::Written<
            'written,
        >>::Type: ::hub_runtime::__private::Travels<dyn History, 0usize>,
    {
        const METHODS: &'static [::hub_runtime::__private::Method<__Hub>] = &[
            ::hub_runtime::__private::Method::new(
                &METHOD_0,
                |hub, call| {
                    call.arguments::<()>()?;
                    let hub = ::std::sync::Arc::clone(hub);
                    let (context, reply) = call.into_parts::<dyn History>();
                    ::core::result::Result::Ok(
                        ::std::boxed::Box::pin(async move {
                            match <__Hub as History>::history(&hub, &context).await {
                                ::core::result::Result::Ok(stream) => {
                                    reply.forward(&context, stream).await
                                }
                                ::core::result::Result::Err(error) => {
                                    reply
                                        .fail(
                                            ::hub_runtime::__private::MethodError::into_hub_error(error),
                                        )
                                }
                            }
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
            <__Hub as History>::on_connected(hub, cx)
        }
        fn on_authentication_refreshed(
            hub: &__Hub,
            cx: &::hub_runtime::__private::Context<Self>,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            <__Hub as History>::on_authentication_refreshed(hub, cx)
        }
        fn on_disconnected(
            hub: &__Hub,
            cx: &::hub_runtime::__private::Context<Self>,
            reason: ::hub_runtime::__private::DisconnectReason,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            <__Hub as History>::on_disconnected(hub, cx, reason)
        }
    }
};
