//! The second way: TypeScript when somebody asks, `cargo run --features codegen --bin typescript`.

use hub_codegen::{CodegenError, Config};
use outside_single::EchoHub;

fn main() -> Result<(), CodegenError> {
    let report = Config::from_env()
        .hub::<dyn EchoHub>()
        .typescript("web/src/hubs")
        .try_run()?;
    for file in &report.written {
        println!("wrote {}", file.display());
    }
    Ok(())
}
