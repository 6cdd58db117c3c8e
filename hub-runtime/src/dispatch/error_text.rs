//! What a caller reads when its call fails: the texts of the wire specification, section 12.2.
//! Clients' tests and users match on them, so they are exact.

use hub_core::HubError;
use hub_core::call::BindError;

/// The method failed, or the number of upload streams was wrong.
pub(crate) fn invocation(target: &str, error: &HubError, detailed: bool) -> String {
    with_detail(
        format!(
            "An unexpected error occurred invoking '{}' on the server.",
            short(target)
        ),
        error,
        detailed,
    )
}

/// A stream failed after it had begun.
pub(crate) fn stream(error: &HubError, detailed: bool) -> String {
    with_detail(
        "An error occurred on the server while streaming results.".to_owned(),
        error,
        detailed,
    )
}

/// There is no such method.
pub(crate) fn unknown_method(target: &str) -> String {
    let target = short(target);
    format!(
        "Failed to invoke '{target}' due to an error on the server. HubException: Method does not exist."
    )
}

/// The arguments do not fit.
pub(crate) fn binding(target: &str, error: &BindError, detailed: bool) -> String {
    let target = short(target);
    let text = format!("Failed to invoke '{target}' due to an error on the server.");
    if detailed {
        format!("{text} {error}")
    } else {
        text
    }
}

/// The caller may not call the method.
pub(crate) fn unauthorized(target: &str) -> String {
    let target = short(target);
    format!("Failed to invoke '{target}' because user is unauthorized")
}

/// A streaming method was invoked, or the reverse.
pub(crate) fn wrong_kind(target: &str, method_streams: bool) -> String {
    let target = short(target);
    if method_streams {
        format!(
            "The client attempted to invoke the streaming '{target}' method with a non-streaming invocation."
        )
    } else {
        format!(
            "The client attempted to invoke the non-streaming '{target}' method with a streaming invocation."
        )
    }
}

/// As many streams run for the connection as there may be.
pub(crate) fn too_many_streams(target: &str, most: usize) -> String {
    let target = short(target);
    format!(
        "Failed to invoke '{target}' because the connection has {most} streams, which is as many as it may have."
    )
}

/// The id of a stream invocation is taken.
pub(crate) fn id_in_use(invocation_id: &str) -> String {
    format!(
        "Invocation ID '{}' is already in use.",
        short(invocation_id)
    )
}

/// The number of streams is not the method's.
pub(crate) fn stream_count(sent: usize, expected: usize) -> HubError {
    HubError::new(format!(
        "Client sent {sent} stream(s), Hub method expects {expected}."
    ))
}

fn with_detail(text: String, error: &HubError, detailed: bool) -> String {
    if detailed || error.is_shown() {
        format!("{text} {error}")
    } else {
        text
    }
}

/// The client's spelling of a name, cut where no honest name is that long: an answer must not
/// echo a message back whole.
pub(crate) fn short(name: &str) -> &str {
    cut(name, 256)
}

/// An error that a client has told, cut where no honest one is that long: it may be passed on, to
/// this client or to another.
pub(crate) fn told_by_client(text: &str) -> &str {
    cut(text, 1024)
}

fn cut(text: &str, longest: usize) -> &str {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_error_is_always_shown() {
        let text = invocation("Send", &HubError::new("No such room."), false);
        assert_eq!(
            text,
            "An unexpected error occurred invoking 'Send' on the server. HubException: No such room."
        );
    }

    #[test]
    fn another_error_is_hidden_unless_detailed() {
        let error = HubError::internal("InvalidOperationException", "An error occurred.");
        let hidden = "An unexpected error occurred invoking 'X' on the server.";
        assert_eq!(invocation("X", &error, false), hidden);
        let shown = format!("{hidden} InvalidOperationException: An error occurred.");
        assert_eq!(invocation("X", &error, true), shown);
    }

    #[test]
    fn a_target_of_20_000_characters_does_not_come_back_whole() {
        assert!(unknown_method(&"ä".repeat(20_000)).len() < 512);
    }
}
