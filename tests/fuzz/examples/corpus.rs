//! Moves inputs between the folder of a target's fuzzer and the file that is committed for it.

use std::{env, fs, io};

use hub_fuzz::{TARGETS, corpus};

fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["unpack"] => TARGETS.iter().try_for_each(|(name, _)| unpack(name)),
        ["commit", name, folder] => commit(name, folder),
        _ => Err(io::Error::other(
            "corpus unpack | corpus commit TARGET FOLDER",
        )),
    }
}

/// Gives a fuzzer its seeds, and what was committed.
fn unpack(name: &str) -> io::Result<()> {
    let folder = corpus::folder(name);
    fs::create_dir_all(&folder)?;
    for (index, input) in corpus::of(name)?.iter().enumerate() {
        fs::write(folder.join(format!("begin-{index:04}")), input)?;
    }
    Ok(())
}

/// Makes the inputs in `folder` those that are committed.
fn commit(name: &str, folder: &str) -> io::Result<()> {
    let inputs = fs::read_dir(folder)?.map(|entry| fs::read(entry?.path()));
    corpus::commit(name, inputs.collect::<io::Result<_>>()?)
}
