//! The third way: a test, which fails where the files in the repository are not those of the contract.

use hub_codegen::{Config, Mode};
use outside_single::EchoHub;

#[test]
fn the_typescript_is_up_to_date() {
    let config = Config::new(Mode::Check).hub::<dyn EchoHub>();
    if let Err(error) = config.typescript("web/src/hubs").try_run() {
        panic!("{error}");
    }
}
