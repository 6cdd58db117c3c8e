//! The hub explorer: a page on which a developer reads what hubs there are, and tries them out.
//!
//! The server only gives files and a description; everything else happens in the page (`page/`), which
//! is a client like any other. Its own script is served as it is written; what it needs of
//! `@microsoft/signalr` is one file, which `tests/js` makes and checks.

mod assets;
mod catalogue;
mod outline;

pub(crate) use catalogue::Catalogue;

use crate::Hubs;
use assets::Asset;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::StatusCode;
use std::sync::{Arc, OnceLock};

/// A page that shows hubs to their developers: what they offer, with its documentation, as forms to try
/// it out. It invokes and streams with the official client over any transport and protocol that a hub
/// has, shows the server's calls as they come, and lets one answer them.
///
/// ```
/// # use hub_runtime::prelude::*;
/// # #[hub] pub trait ChatHub {}
/// # struct Chat;
/// # impl ChatHub for Chat {}
/// # fn main() -> Result<(), hub_runtime::BuildError> {
/// use axum::Router;
/// use hub_runtime::{Explorer, Hubs};
///
/// let hubs = Hubs::builder().hub::<dyn ChatHub>("/hubs/chat", Chat).build()?;
/// let explorer = Explorer::new(&hubs).routes("/explorer");
/// let app = hubs.mount(Router::new().merge(explorer));
/// # Ok(())
/// # }
/// ```
///
/// The page tells whoever opens it of every method of every hub, and is off in release builds unless
/// [`in_release_builds`](Self::in_release_builds) asks for it. It gives nobody rights: what it calls is
/// authorized like every call. It is whole, and works where there is no internet.
///
/// Beside the page there are `asyncapi.json` and `schema.json`, the two documents of
/// [`Documents`](crate::Documents).
#[derive(Debug, Clone)]
#[must_use = "the explorer is served by `routes`"]
pub struct Explorer {
    hubs: Hubs,
    title: String,
    in_release_builds: bool,
}

impl Explorer {
    /// Shows all hubs that are mounted, with all their paths. Connection handlers are none.
    pub fn new(hubs: &Hubs) -> Self {
        Self {
            hubs: hubs.clone(),
            title: "Hubs".to_owned(),
            in_release_builds: false,
        }
    }

    /// What the page, and the documents beside it, are called. Default: `Hubs`.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Serves the page in release builds too, that is, without debug assertions. Put a layer that asks
    /// who it is around the routes where strangers are not to see it.
    pub fn in_release_builds(mut self) -> Self {
        self.in_release_builds = true;
        self
    }

    /// The page at a path of choice, for `Router::merge`. Where the explorer is off, there is nothing.
    ///
    /// # Panics
    ///
    /// As axum's `Router::route`: when the path does not begin with `/`.
    pub fn routes(self, path: &str) -> Router {
        if !self.in_release_builds && !cfg!(debug_assertions) {
            return Router::new();
        }
        let path = path.trim_end_matches('/');
        let page = Arc::new(Page {
            explorer: self,
            mount: path.to_owned(),
            made: OnceLock::new(),
        });
        let index = Arc::clone(&page);
        let router = Router::new()
            .route(&format!("{path}/"), get(async move || index.file("")))
            .route(
                &format!("{path}/{{file}}"),
                get(async move |Path(file): Path<String>| page.file(&file)),
            );
        match path.rsplit_once('/') {
            // Relative, since a proxy may show the server below a path of its own.
            Some((_, name)) => {
                let page = format!("{name}/");
                router.route(path, get(async move || Redirect::to(&page)))
            }
            None => router,
        }
    }
}

/// What is served: files, and what is made of the hubs.
struct Page {
    explorer: Explorer,
    mount: String,
    /// Made when it is first asked for: schemas of many types would be in the way of a server's start.
    made: OnceLock<[(&'static str, Asset); 3]>,
}

impl Page {
    fn file(&self, name: &str) -> Response {
        let asset = Asset::find(name).or_else(|| self.made(name).cloned());
        asset.map_or_else(
            || StatusCode::NOT_FOUND.into_response(),
            Asset::into_response,
        )
    }

    fn made(&self, name: &str) -> Option<&Asset> {
        let made = self.made.get_or_init(|| self.make());
        let found = made.iter().find(|(made, _)| *made == name);
        found.map(|(_, asset)| asset)
    }

    fn make(&self) -> [(&'static str, Asset); 3] {
        let (catalogue, title) = (self.explorer.hubs.catalogue(), &self.explorer.title);
        let documents = catalogue.documents(title);
        let schema = documents.json_schema();
        let outline = catalogue.outline(title, &self.mount, &schema);
        [
            ("hubs.json", Asset::made(outline)),
            ("asyncapi.json", Asset::made(documents.asyncapi())),
            ("schema.json", Asset::made(schema)),
        ]
    }
}
