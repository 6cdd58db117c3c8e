//! `/testhub`, by the tables of SignalR's own functional tests.

use chrono::{DateTime, TimeZone as _, Utc};
use futures_util::{StreamExt as _, stream};
use http::header::{CONTENT_TYPE, COOKIE, HeaderMap};
use hub_conformance_contract::{ComplexObject, CustomObject, FunctionalHub};
use hub_runtime::prelude::*;
use uuid::Uuid;

/// Answers by the contract and keeps nothing.
#[derive(Debug, Default)]
pub(crate) struct Functional;

/// The kind of error that the suites expect by name.
fn invalid_operation(message: String) -> HubError {
    HubError::internal("InvalidOperationException", message)
}

impl FunctionalHub for Functional {
    async fn echo(&self, message: String) -> String {
        message
    }

    async fn get_caller_connection_id(&self, cx: &Context<dyn FunctionalHub>) -> String {
        cx.connection_id().to_owned()
    }

    async fn get_num_redirects(&self, cx: &Context<dyn FunctionalHub>) -> Result<i32, HubError> {
        let query = cx.http().uri.query().unwrap_or_default();
        let number = form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == "numRedirects")
            .ok_or_else(|| HubError::new("The connection was not redirected."))?;
        Ok(number.1.parse()?)
    }

    async fn throw_exception(&self, message: String) -> Result<(), HubError> {
        Err(invalid_operation(message))
    }

    async fn invoke_with_string(
        &self,
        cx: &Context<dyn FunctionalHub>,
        message: String,
    ) -> Result<(), HubError> {
        let caller = cx.clients().client(cx.connection_id());
        Ok(caller.message(message).await?)
    }

    async fn send_custom_object(
        &self,
        cx: &Context<dyn FunctionalHub>,
        object: CustomObject,
    ) -> Result<(), HubError> {
        Ok(cx.clients().caller().custom_object(&object).await?)
    }

    fn stream(&self) -> impl Stream<Item = String> {
        stream::iter(["a", "b", "c"].map(str::to_owned))
    }

    fn infinite_stream(&self, cx: &Context<dyn FunctionalHub>) -> impl Stream<Item = String> {
        let (cancelled, hub) = (cx.cancelled(), cx.hub());
        let caller = cx.connection_id().to_owned();
        // The stream is dropped when it is cancelled, so the news needs a task of its own.
        tokio::spawn(async move {
            cancelled.await;
            hub.clients().client(caller).stream_canceled().await
        });
        stream::pending()
    }

    fn empty_stream(&self) -> impl Stream<Item = i32> {
        stream::empty()
    }

    async fn stream_throw_exception(
        &self,
        message: String,
    ) -> Result<impl Stream<Item = String>, HubError> {
        Err::<stream::Empty<_>, _>(invalid_operation(message))
    }

    async fn streaming_concat(&self, stream: impl Stream<Item = String>) -> String {
        stream.collect().await
    }

    async fn get_active_transport_name(&self, cx: &Context<dyn FunctionalHub>) -> String {
        cx.transport().to_string()
    }

    async fn echo_complex_object(&self, complex_object: ComplexObject) -> ComplexObject {
        complex_object
    }

    async fn send_complex_object(&self) -> ComplexObject {
        ComplexObject {
            byte_array: vec![1, 2, 3].into(),
            date_time: millennium().into(),
            guid: Uuid::from_u128(0x0001_0203_0405_0607_0706_0504_0302_0100),
            int_array: vec![1, 2, 3],
            string: "hello world".to_owned(),
        }
    }

    async fn get_content_type_header(&self, cx: &Context<dyn FunctionalHub>) -> Option<String> {
        header(&cx.http().headers, CONTENT_TYPE.as_str())
    }

    async fn get_header(
        &self,
        cx: &Context<dyn FunctionalHub>,
        header_name: String,
    ) -> Option<String> {
        header(&cx.http().headers, &header_name)
    }

    async fn get_cookie(
        &self,
        cx: &Context<dyn FunctionalHub>,
        cookie_name: String,
    ) -> Option<String> {
        cookie(&cx.http().headers, &cookie_name)
    }
}

fn millennium() -> DateTime<Utc> {
    let midnight = Utc.with_ymd_and_hms(2000, 1, 1, 0, 0, 0);
    midnight.single().unwrap_or_default()
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter();
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(other, _)| *other == name)?;
    Some(value.to_owned())
}
