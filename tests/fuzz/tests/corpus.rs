//! Every target takes its seeds and what was committed for it, as its fuzzer would.

use hub_fuzz::{TARGETS, corpus};

#[test]
fn every_target_takes_its_corpus() {
    for (name, check) in TARGETS {
        let inputs = corpus::of(name).unwrap();
        assert!(inputs.len() >= 7, "{name}");
        for input in inputs {
            println!("{name}: {}", input.escape_ascii());
            check(&input);
        }
    }
}
