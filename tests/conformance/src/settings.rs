//! The command line.

use hub_runtime::{ConnectionLimits, ConnectionOptions, HubOptions, Serve, SlowClient};
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// What the server was asked to be.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) listen_tls: Option<SocketAddr>,
    pub(crate) tls_certificate: Option<PathBuf>,
    pub(crate) log_file: Option<PathBuf>,
    stateful_reconnect: bool,
    compression: bool,
    max_connections: Option<usize>,
    slow_client: SlowClient,
    handshake_timeout: Option<Duration>,
    client_timeout: Option<Duration>,
    keep_alive: Option<Duration>,
    poll_timeout: Option<Duration>,
    disconnect_timeout: Option<Duration>,
    send_timeout: Option<Duration>,
    close_timeout: Option<Duration>,
    head_timeout: Option<Duration>,
    body_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    drain_window: Option<Duration>,
}

/// How the server is called.
const USAGE: &str = "usage: hub-conformance --listen ADDRESS [--listen-tls ADDRESS] \
    [--tls-certificate FILE] [--log-file FILE] [--stateful-reconnect] [--compression] \
    [--handshake-timeout MS] [--client-timeout MS] [--keep-alive MS] [--poll-timeout MS] \
    [--disconnect-timeout MS] [--send-timeout MS] [--close-timeout MS] [--head-timeout MS] \
    [--body-timeout MS] [--idle-timeout MS] [--max-connections NUMBER] \
    [--slow-client close|drop-oldest|drop-newest|replace] [--drain-window MS]";

impl Settings {
    /// Reads the arguments behind the program's name.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut listen = None;
        let mut settings = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            listen_tls: None,
            tls_certificate: None,
            log_file: None,
            stateful_reconnect: false,
            compression: false,
            max_connections: None,
            slow_client: SlowClient::Close,
            handshake_timeout: None,
            client_timeout: None,
            keep_alive: None,
            poll_timeout: None,
            disconnect_timeout: None,
            send_timeout: None,
            close_timeout: None,
            head_timeout: None,
            body_timeout: None,
            idle_timeout: None,
            drain_window: None,
        };
        while let Some(name) = arguments.next() {
            let flag = match name.as_str() {
                "--stateful-reconnect" => Some(&mut settings.stateful_reconnect),
                "--compression" => Some(&mut settings.compression),
                _ => None,
            };
            if let Some(flag) = flag {
                *flag = true;
                continue;
            }
            let value = arguments.next().ok_or(USAGE)?;
            let time = match name.as_str() {
                "--listen" => {
                    listen = Some(address(&value)?);
                    continue;
                }
                "--listen-tls" => {
                    settings.listen_tls = Some(address(&value)?);
                    continue;
                }
                "--tls-certificate" => {
                    settings.tls_certificate = Some(value.into());
                    continue;
                }
                "--log-file" => {
                    settings.log_file = Some(value.into());
                    continue;
                }
                "--max-connections" => {
                    settings.max_connections = Some(number(&name, &value)?);
                    continue;
                }
                "--slow-client" => {
                    settings.slow_client = slow_client(&value).ok_or(USAGE)?;
                    continue;
                }
                "--handshake-timeout" => &mut settings.handshake_timeout,
                "--client-timeout" => &mut settings.client_timeout,
                "--keep-alive" => &mut settings.keep_alive,
                "--poll-timeout" => &mut settings.poll_timeout,
                "--disconnect-timeout" => &mut settings.disconnect_timeout,
                "--send-timeout" => &mut settings.send_timeout,
                "--close-timeout" => &mut settings.close_timeout,
                "--head-timeout" => &mut settings.head_timeout,
                "--body-timeout" => &mut settings.body_timeout,
                "--idle-timeout" => &mut settings.idle_timeout,
                "--drain-window" => &mut settings.drain_window,
                _ => return Err(USAGE.to_owned()),
            };
            *time = Some(Duration::from_millis(number(&name, &value)?));
        }
        settings.listen = listen.ok_or(USAGE)?;
        Ok(settings)
    }

    /// The times that were given, for connections without the hub protocol.
    pub(crate) fn apply_to_handler(&self, options: &mut ConnectionOptions) {
        options.dangerous_enable_compression = self.compression;
        set(&mut options.keep_alive_interval, self.keep_alive);
        set(&mut options.long_polling_poll_timeout, self.poll_timeout);
        set(&mut options.disconnect_timeout, self.disconnect_timeout);
        set(&mut options.transport_send_timeout, self.send_timeout);
        set(&mut options.close_timeout, self.close_timeout);
    }

    /// Detailed errors, and the times that were given; everything else is SignalR's default.
    pub(crate) fn apply(&self, options: &mut HubOptions) {
        options.enable_detailed_errors = true;
        options.close_on_authentication_expiration = true;
        options.allow_stateful_reconnects = self.stateful_reconnect;
        options.slow_client = self.slow_client;
        options.dangerous_enable_compression = self.compression;
        set(&mut options.handshake_timeout, self.handshake_timeout);
        set(&mut options.client_timeout_interval, self.client_timeout);
        set(&mut options.keep_alive_interval, self.keep_alive);
        set(&mut options.long_polling_poll_timeout, self.poll_timeout);
        set(&mut options.disconnect_timeout, self.disconnect_timeout);
        set(&mut options.transport_send_timeout, self.send_timeout);
        set(&mut options.close_timeout, self.close_timeout);
    }

    /// How many connections all hubs and connection handlers may have together.
    pub(crate) fn apply_to_limits(&self, limits: &mut ConnectionLimits) {
        limits.maximum_connections = self.max_connections.or(limits.maximum_connections);
    }

    /// The times that were given for what is no hub connection yet, or is to be none any more.
    pub(crate) fn apply_to(&self, serve: Serve) -> Serve {
        let set = |serve: Serve, set: fn(Serve, Duration) -> Serve, given: Option<Duration>| {
            match given {
                Some(time) => set(serve, time),
                None => serve,
            }
        };
        let serve = set(serve, Serve::header_read_timeout, self.head_timeout);
        let serve = set(serve, Serve::request_body_timeout, self.body_timeout);
        let serve = set(serve, Serve::keep_alive_timeout, self.idle_timeout);
        set(serve, Serve::drain_window, self.drain_window)
    }
}

fn number<N: FromStr<Err: Display>>(name: &str, value: &str) -> Result<N, String> {
    value.parse().map_err(|error| format!("{name}: {error}"))
}

fn slow_client(value: &str) -> Option<SlowClient> {
    Some(match value {
        "close" => SlowClient::Close,
        "drop-oldest" => SlowClient::DropOldest,
        "drop-newest" => SlowClient::DropNewest,
        "replace" => SlowClient::Replace,
        _ => return None,
    })
}

fn address(value: &str) -> Result<SocketAddr, String> {
    value.parse().map_err(|error| format!("{value}: {error}"))
}

fn set(option: &mut Duration, given: Option<Duration>) {
    *option = given.unwrap_or(*option);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Settings, String> {
        Settings::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn times_are_milliseconds_and_the_others_keep_their_defaults() {
        let settings =
            parse("--listen 127.0.0.1:0 --stateful-reconnect --compression --poll-timeout 250 --log-file x.log")
                .unwrap();
        let mut options = HubOptions::default();
        settings.apply(&mut options);
        let mut expected = HubOptions::default();
        expected.enable_detailed_errors = true;
        expected.close_on_authentication_expiration = true;
        expected.allow_stateful_reconnects = true;
        expected.dangerous_enable_compression = true;
        expected.long_polling_poll_timeout = Duration::from_millis(250);
        assert_eq!(options, expected);
        assert_eq!(settings.log_file, Some(PathBuf::from("x.log")));
        assert_eq!(settings.listen_tls, None);
    }

    #[test]
    fn the_number_of_connections_is_limited_as_told() {
        let limits = |line| {
            let mut limits = ConnectionLimits::default();
            parse(line).unwrap().apply_to_limits(&mut limits);
            limits
        };
        let mut expected = ConnectionLimits::default();
        assert_eq!(limits("--listen 127.0.0.1:0"), expected);
        expected.maximum_connections = Some(7);
        let line = "--listen 127.0.0.1:0 --max-connections 7";
        assert_eq!(limits(line), expected);
    }

    #[test]
    fn slow_clients_are_closed_unless_it_says_otherwise() {
        let check = |line: &str, expected: SlowClient| {
            let mut options = HubOptions::default();
            let settings = parse(&format!("--listen 127.0.0.1:0{line}"));
            settings.unwrap().apply(&mut options);
            assert_eq!(options.slow_client, expected, "{line}");
        };
        check("", SlowClient::Close);
        check(" --slow-client close", SlowClient::Close);
        check(" --slow-client drop-oldest", SlowClient::DropOldest);
        check(" --slow-client drop-newest", SlowClient::DropNewest);
        check(" --slow-client replace", SlowClient::Replace);
    }

    #[test]
    fn tls_has_an_address_and_a_file_of_its_own() {
        let line = "--listen 127.0.0.1:1 --listen-tls [::1]:2 --tls-certificate x.pem";
        let settings = parse(line).unwrap();
        assert_eq!(settings.listen, "127.0.0.1:1".parse().unwrap());
        assert_eq!(settings.listen_tls, Some("[::1]:2".parse().unwrap()));
        assert_eq!(settings.tls_certificate, Some(PathBuf::from("x.pem")));
    }

    #[test]
    fn what_is_refused() {
        let check = |line, expected: &str| {
            let error = parse(line).unwrap_err();
            assert!(error.starts_with(expected), "{line}: {error}");
        };
        check("", "usage: ");
        check("--listen", "usage: ");
        check("--listen here", "here: ");
        check("--listen 127.0.0.1:0 --listen-tls there", "there: ");
        check("--keep-alive 1", "usage: ");
        check("--listen 127.0.0.1:0 --keep-alive soon", "--keep-alive: ");
        check(
            "--listen 127.0.0.1:0 --max-connections -1",
            "--max-connections: ",
        );
        check("--listen 127.0.0.1:0 --slow-client wait", "usage: ");
        check("--listen 127.0.0.1:0 --speed 1", "usage: ");
    }
}
