//! The example that has no page: what operators see of a server, from outside.

use hub_e2e::{Suite, example};

#[test]
fn the_server_of_the_operations_is_ready_counts_and_ends_gracefully() {
    let server = example("operations").display().to_string();
    Suite::new("operations").tell("SERVER", server).run();
}
