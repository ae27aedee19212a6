//! What is bundled: which file of `www/` and `styles/` becomes which of `dist/`.

/// A loader: an entry point of `www/` and the file it becomes. Each holds all it needs but the engine.
pub struct Loader {
    pub source: &'static str,
    pub output: &'static str,
    pub format: Format,
    pub arguments: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    ClassicScript,
    Module,
}

/// Every loader.
pub const LOADERS: &[Loader] = &[
    Loader {
        source: "www/script.js",
        output: "assisters.js",
        format: Format::ClassicScript,
        // A classic script has no `import.meta`: its tag says where it came from.
        arguments: &["--define:import.meta.url=scriptUrl", "--inject:www/shell/script-tag.js"],
    },
    Loader { source: "www/module.js", output: "assisters.mjs", format: Format::Module, arguments: &[] },
    Loader { source: "www/element.js", output: "element.mjs", format: Format::Module, arguments: &[] },
    Loader {
        source: "www/react.js",
        output: "react.mjs",
        format: Format::Module,
        arguments: &["--external:react", "--external:react/jsx-runtime", "--banner:js=\"use client\";"],
    },
];

/// A script beside the engine's that is fetched when it is first needed.
pub struct OnDemand {
    pub source: &'static str,
    /// What the sources call it, and its file's name before the hash.
    pub name: &'static str,
    /// Who fetches it.
    pub by: Fetcher,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fetcher {
    /// It must be there even where the engine is not.
    Loader,
    /// The engine's script, which checks its hash.
    Engine,
    /// The script `comfort`, which does too: it knows the hashes of those before it.
    Comfort,
}

/// Every script that comes later; one that knows the hashes of others stands after them.
pub const ON_DEMAND: &[OnDemand] = &[
    OnDemand { source: "www/diagnose.js", name: "diagnose", by: Fetcher::Loader },
    OnDemand { source: "www/engine/render.js", name: "render", by: Fetcher::Engine },
    OnDemand { source: "www/engine/activity.js", name: "tools", by: Fetcher::Engine },
    OnDemand { source: "www/engine/highlight.js", name: "highlight", by: Fetcher::Engine },
    OnDemand { source: "www/fallback.js", name: "fallback", by: Fetcher::Engine },
    OnDemand { source: "www/attachments/tray.js", name: "attach", by: Fetcher::Engine },
    OnDemand { source: "www/engine/locales.js", name: "locales", by: Fetcher::Engine },
    OnDemand { source: "www/comfort/phone.js", name: "comfort-phone", by: Fetcher::Comfort },
    OnDemand { source: "www/comfort/desk.js", name: "comfort-desk", by: Fetcher::Comfort },
    OnDemand { source: "www/comfort/announce.js", name: "comfort-announce", by: Fetcher::Comfort },
    OnDemand { source: "www/comfort/voice.js", name: "comfort-voice", by: Fetcher::Comfort },
    OnDemand { source: "www/comfort/owner.js", name: "comfort-owner", by: Fetcher::Comfort },
    OnDemand { source: "www/comfort/assistants.js", name: "comfort-assistants", by: Fetcher::Comfort },
    OnDemand { source: "www/comfort/menu.js", name: "comfort-menu", by: Fetcher::Comfort },
    OnDemand { source: "www/comfort/follow-ups.js", name: "comfort-follow-ups", by: Fetcher::Comfort },
    OnDemand { source: "www/comfort/index.js", name: "comfort", by: Fetcher::Engine },
];

/// The style sheets, which the sources import as text: by which name, and from where.
pub const STYLES: &[(&str, &str)] = &[
    ("launcher.css", "styles/launcher.css"),
    ("engine.css", "styles/index.css"),
    ("highlight.css", "styles/highlight.css"),
    ("activity.css", "styles/activity.css"),
    ("fallback.css", "styles/fallback.css"),
    ("attachments.css", "styles/attachments.css"),
    ("desk.css", "styles/desk.css"),
    ("voice.css", "styles/voice.css"),
    ("owner.css", "styles/owner.css"),
    ("assistants.css", "styles/assistants.css"),
    ("menu.css", "styles/menu.css"),
    ("runs.css", "styles/runs.css"),
];
