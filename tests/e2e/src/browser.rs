//! The one place that knows which browser is driven, and how each is started.
//!
//! `E2E_BROWSER` chooses; `CHROMEDRIVER`, `CHROMIUM`, `GECKODRIVER` and `FIREFOX` name other programs than those in `PATH`.

use std::env;
use std::process::Stdio;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A browser that the suite can run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    /// Chromium with chromedriver.
    Chromium,
    /// Firefox with geckodriver.
    Firefox,
}

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
];

/// Flags that keep Chromium from the network, the disk and the screen. `--no-sandbox`: tests run as root in containers.
const CHROMIUM_FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Two sessions run side by side; neither may be slowed down for not being in front.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
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
        if self == Self::Firefox && screen.is_phone {
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
            other => {
                Err(anyhow::anyhow!("E2E_BROWSER={other:?} is no browser of this suite; expected one of: chromium, firefox"))
            }
        }
    }
}

/// Returns whether a global of a page is one that a driver keeps there for itself.
#[must_use]
pub fn is_global_of_driver(name: &str) -> bool {
    // chromedriver's, from the first element on that it is asked for.
    ["ret_nodes", "se_exportedFunctionSymbol"].contains(&name) || name.starts_with("cdc_")
}

/// A browser window of its own, with an empty profile, and the driver that steers it.
pub struct BrowserSession {
    /// The window.
    pub driver: WebDriver,
    process: DriverProcess,
    _profile: TempDir,
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

impl BrowserSession {
    /// Starts the driver and, through it, the browser.
    ///
    /// # Errors
    /// When one of them is missing or does not start; the message says which.
    pub async fn start(screen: Screen) -> anyhow::Result<Self> {
        match Browser::from_env()? {
            Browser::Chromium => Self::start_chromium(screen).await,
            Browser::Firefox => Self::start_firefox(screen).await,
        }
    }

    async fn start_chromium(screen: Screen) -> anyhow::Result<Self> {
        let process = DriverProcess::start("CHROMEDRIVER", "chromedriver", "started successfully on port ").await?;
        let profile = tempfile::tempdir().context("no folder for the browser's profile")?;
        let mut arguments: Vec<String> = CHROMIUM_FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        arguments.push(format!("--window-size={},{}", screen.width, screen.height));
        if !screen.is_phone {
            // Without a screen there is no mouse, unless it is said that there is one.
            arguments.push(
                "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"
                    .to_owned(),
            );
        }
        let mut options = json!({ "args": arguments });
        if let Some(binary) = env::var_os("CHROMIUM") {
            options["binary"] = json!(binary.to_string_lossy());
        }
        if screen.is_phone {
            let metrics =
                json!({"width": screen.width, "height": screen.height, "pixelRatio": 2.0, "touch": true, "mobile": true});
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        let mut capabilities = Capabilities::new();
        capabilities.set("browserName", "chrome")?;
        capabilities.set("goog:chromeOptions", options)?;
        let driver =
            WebDriver::new(&process.url, capabilities).await.context("the browser did not start; is `chromium` installed?")?;
        driver.set_script_timeout(Duration::from_secs(30)).await?;
        if !screen.is_phone {
            fit_window(&driver, screen).await?;
        }
        Ok(Self { driver, process, _profile: profile })
    }

    async fn start_firefox(screen: Screen) -> anyhow::Result<Self> {
        let process = DriverProcess::start("GECKODRIVER", "geckodriver", "Listening on 127.0.0.1:").await?;
        let profile = tempfile::tempdir().context("no folder for the browser's profile")?;
        let mut options = json!({
            "args": ["-headless", "-profile", profile.path().to_string_lossy()],
            // Nothing but what the tests serve is asked for.
            "prefs": {
                "network.captive-portal-service.enabled": false,
                "network.connectivity-service.enabled": false,
                "browser.search.update": false,
                "app.normandy.enabled": false,
                "datareporting.policy.dataSubmissionEnabled": false,
                "toolkit.telemetry.enabled": false,
                // A page of the tests is not closed by a question.
                "dom.disable_beforeunload": true,
            },
        });
        if let Some(binary) = env::var_os("FIREFOX") {
            options["binary"] = json!(binary.to_string_lossy());
        }
        let mut capabilities = Capabilities::new();
        capabilities.set("browserName", "firefox")?;
        capabilities.set("moz:firefoxOptions", options)?;
        let driver =
            WebDriver::new(&process.url, capabilities).await.context("the browser did not start; is `firefox-esr` installed?")?;
        driver.set_script_timeout(Duration::from_secs(30)).await?;
        fit_window(&driver, screen).await?;
        Ok(Self { driver, process, _profile: profile })
    }

    /// Closes the browser and ends its driver.
    pub async fn end(self) {
        if let Err(error) = self.driver.quit().await {
            tracing::warn!("the browser did not close: {error}");
        }
        drop(self.process);
    }
}

/// Makes the page itself as large as the screen: a window's frame and bars come on top.
async fn fit_window(driver: &WebDriver, screen: Screen) -> anyhow::Result<()> {
    let script = "return [outerWidth - innerWidth, outerHeight - innerHeight];";
    let (beside, above): (u32, u32) = driver.execute(script, Vec::new()).await?.convert()?;
    driver.set_window_rect(0, 0, screen.width + beside, screen.height + above).await?;
    Ok(())
}

/// The driver's process. Dropped, it ends with everything it started.
struct DriverProcess {
    url: String,
    #[cfg_attr(not(unix), expect(dead_code, reason = "kill_on_drop is all there is elsewhere"))]
    child: Child,
}

impl DriverProcess {
    /// Starts a driver; `ready` is what it prints before the number of its port.
    async fn start(variable: &str, name: &str, ready: &'static str) -> anyhow::Result<Self> {
        let program = env::var_os(variable).unwrap_or_else(|| name.into());
        let mut command = Command::new(&program);
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command
            .spawn()
            .with_context(|| format!("{} does not start; install it, or name it in {variable}", program.display()))?;
        let output = child.stdout.take().context("the driver has no output")?;
        let mut lines = BufReader::new(output).lines();
        let listening = async {
            while let Some(line) = lines.next_line().await? {
                if let Some((_, port)) = line.trim_end_matches('.').split_once(ready) {
                    return Ok(port.to_owned());
                }
            }
            anyhow::bail!("{} ended before it was ready", program.display())
        };
        let port = tokio::time::timeout(crate::wait::deadline(), listening)
            .await
            .with_context(|| format!("{} is not ready", program.display()))??;
        // A full pipe would stop the driver.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { url: format!("http://127.0.0.1:{port}"), child })
    }
}

impl Drop for DriverProcess {
    fn drop(&mut self) {
        // The browser is a child of the driver's: after a failed test only their group finds it.
        #[cfg(unix)]
        if let Some(group) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            use nix::sys::signal::{Signal, killpg};
            killpg(nix::unistd::Pid::from_raw(group), Signal::SIGKILL).ok(); // nothing is left to end
        }
    }
}
