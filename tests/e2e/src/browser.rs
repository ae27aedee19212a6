//! The one place that knows which browser is driven (`E2E_BROWSER` chooses), and what it can not run, with the reasons. Starts none: [`crate::session`] does.

use std::env;
use std::str::FromStr;

/// A browser that the suite can run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    /// Chromium with chromedriver.
    Chromium,
    /// Firefox with geckodriver.
    Firefox,
    /// WebKitGTK's MiniBrowser with WebKitWebDriver.
    WebKit,
}

const NO_SETTINGS: &str = "neither its driver nor its test browser has a setting for what sites may store";

const NEVER_HIDDEN: &str = "without a screen of its own its windows are never hidden";

/// Tests that a browser can not run, each with the reason. The name is the scenario's.
const SKIPPED: &[(Browser, &str, &str)] = &[
    (
        Browser::Firefox,
        "a_hundred_widgets_that_came_and_went_leave_nothing",
        "what is held is asked by the DevTools protocol, which it does not speak",
    ),
    (
        Browser::Firefox,
        "a_page_that_was_kept_goes_on_where_it_was",
        "with its driver it loads the page anew where Chromium brings back the one it kept",
    ),
    (
        Browser::WebKit,
        "a_hundred_widgets_that_came_and_went_leave_nothing",
        "what is held is asked by the DevTools protocol, which it does not speak",
    ),
    (
        Browser::WebKit,
        "a_pointer_over_the_launcher_fetches_the_engine_once",
        "an automated window of it has no cache on disk, where the import finds what the fetch before it has brought",
    ),
    (Browser::Firefox, "nothing_is_painted_in_a_hidden_tab", NEVER_HIDDEN),
    (Browser::WebKit, "nothing_is_painted_in_a_hidden_tab", NEVER_HIDDEN),
    (
        Browser::WebKit,
        "what_the_policy_refuses",
        "it reports no refused WebAssembly, so that the finding names the missing word and not the whole line",
    ),
    (
        Browser::WebKit,
        "a_page_that_runs_no_script_frames_it",
        "its driver does not type into a frame of another origin: it takes what is shown there for not interactable",
    ),
    (
        Browser::WebKit,
        "without_webassembly_the_gateways_frame_takes_over",
        "its driver does not type into a frame of another origin: it takes what is shown there for not interactable",
    ),
    (Browser::WebKit, "a_browser_that_stores_nothing", NO_SETTINGS),
    (Browser::WebKit, "a_frame_whose_storage_is_blocked", NO_SETTINGS),
    (Browser::WebKit, "the_oldest_message_is_found_by_a_search", "its `window.find` looks into no shadow tree"),
];

impl Browser {
    /// Returns the browser that `E2E_BROWSER` names, Chromium when it names none.
    ///
    /// # Errors
    /// When the name is unknown.
    pub fn from_env() -> anyhow::Result<Self> {
        env::var("E2E_BROWSER").map_or(Ok(Self::Chromium), |name| name.parse())
    }

    /// Returns why this browser can not run a test, if it can not.
    #[must_use]
    pub fn cannot_run(self, scenario: &str, screen: Screen) -> Option<&'static str> {
        if self != Self::Chromium && screen.is_phone {
            return Some("its driver has no telephone's screen");
        }
        SKIPPED.iter().find(|(browser, name, _)| *browser == self && *name == scenario).map(|(_, _, reason)| *reason)
    }
}

impl FromStr for Browser {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "" | "chromium" => Ok(Self::Chromium),
            "firefox" => Ok(Self::Firefox),
            "webkit" => Ok(Self::WebKit),
            other => Err(anyhow::anyhow!(
                "E2E_BROWSER={other:?} is no browser of this suite; expected one of: chromium, firefox, webkit"
            )),
        }
    }
}

/// Returns whether a global of a page is one that a driver keeps there for itself.
#[must_use]
pub fn is_global_of_driver(name: &str) -> bool {
    // chromedriver's, from the first element on that it is asked for.
    ["ret_nodes", "se_exportedFunctionSymbol"].contains(&name) || name.starts_with("cdc_")
}

/// How a visitor has set up the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// As it comes.
    Usual,
    /// In a private window.
    Private,
    /// No site may store anything.
    WithoutStorage,
    /// What a page frames from another site may store nothing.
    WithoutForeignStorage,
}

/// A screen's measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// A narrow screen that is touched, like a telephone's.
    pub is_phone: bool,
}

impl Screen {
    /// A usual laptop's.
    pub const LAPTOP: Self = Self { width: 1280, height: 800, is_phone: false };
    /// A usual telephone's.
    pub const PHONE: Self = Self { width: 390, height: 844, is_phone: true };
}
