//! Ways in for this package's own benches, which measure parts that users reach only through
//! sockets. Behind the feature `__bench`; not for users, and exempt from stability.

mod crowd;
mod line;
mod mailbox;

pub use crowd::Crowd;
pub use line::Line;
pub use mailbox::Mailbox;
