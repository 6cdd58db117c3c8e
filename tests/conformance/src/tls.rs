//! HTTPS, with a certificate that is made at each start.

use rcgen::{CertifiedKey, generate_simple_self_signed};
use std::error::Error;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Whom the certificate is for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// What shakes hands, and the certificate that clients have to trust, in PEM.
pub(crate) fn self_signed() -> Result<(TlsAcceptor, String), Box<dyn Error>> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(NAMES.map(str::to_owned))?;
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)?;
    config.alpn_protocols = vec!["h2".into(), "http/1.1".into()];
    Ok((TlsAcceptor::from(Arc::new(config)), cert.pem()))
}
