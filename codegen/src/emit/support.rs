//! The support file: the same for every contract, so that it is read and tested as TypeScript.

use crate::File;

const TEXT: &str = include_str!("hub-runtime.ts");

pub(super) fn file() -> File {
    // A checkout may have changed the line ends.
    File {
        name: "hub-runtime.ts".to_owned(),
        text: TEXT.replace("\r\n", "\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::HEADER;
    use crate::names::{SUPPORT_FUNCTIONS, SUPPORT_TYPES};

    #[test]
    fn the_support_file_opens_with_the_header() {
        assert!(TEXT.starts_with(HEADER));
    }

    #[test]
    fn the_support_file_exports_what_hub_files_import() {
        for name in SUPPORT_FUNCTIONS {
            let found = ["function", "async function"].iter().any(|kind| {
                TEXT.contains(&format!("export {kind} {name}<"))
                    || TEXT.contains(&format!("export {kind} {name}("))
            });
            assert!(found, "{name}");
        }
        for name in SUPPORT_TYPES {
            let found = ["type", "interface", "class"]
                .iter()
                .any(|kind| TEXT.contains(&format!("export {kind} {name}")));
            assert!(found, "{name}");
        }
    }
}
