//! A browser window with an empty profile, and how each browser and its driver is started.
//!
//! `CHROMEDRIVER`, `CHROMIUM`, `GECKODRIVER`, `FIREFOX`, `WEBKITDRIVER`, `MINIBROWSER` and `XVFB` name other programs than the usual ones.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};

use crate::browser::{Browser, Screen, Visitor};
use crate::process::{Process, free_port, until_listening};

/// How long a script may take in the page.
const SCRIPT_TIMEOUT: Duration = Duration::from_secs(30);

/// Where Debian has WebKit's browser, which is in no `PATH`.
const WEBKIT_BROWSER: &str = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

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

/// A browser window of its own, with an empty profile, and the driver that steers it.
pub struct BrowserSession {
    /// The window.
    pub driver: WebDriver,
    processes: Vec<Process>,
    /// WebKit forgets by itself what an automated window stored.
    _profile: Option<TempDir>,
}

impl BrowserSession {
    /// Starts the driver and, through it, the browser.
    ///
    /// # Errors
    /// When one of them is missing or does not start; the message says which.
    pub async fn start(screen: Screen, visitor: Visitor) -> anyhow::Result<Self> {
        match Browser::from_env()? {
            Browser::Chromium => Self::start_chromium(screen, visitor).await,
            Browser::Firefox => Self::start_firefox(screen, visitor).await,
            Browser::WebKit => Self::start_webkit(screen, visitor).await,
        }
    }

    async fn start_chromium(screen: Screen, visitor: Visitor) -> anyhow::Result<Self> {
        let mut process = Process::start("CHROMEDRIVER", "chromedriver", &["--port=0"], &[])?;
        let url = format!("http://127.0.0.1:{}", process.line_after("started successfully on port ").await?);
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
        if visitor == Visitor::Private {
            arguments.push("--incognito".to_owned());
        }
        let mut options = json!({ "args": arguments });
        match visitor {
            Visitor::Usual | Visitor::Private => {}
            // 2: refused.
            Visitor::WithoutStorage => options["prefs"] = json!({"profile.default_content_setting_values.cookies": 2}),
            // Chromium's own setting for what is framed only divides its storage; a refusal is by site.
            Visitor::WithoutForeignStorage => {
                options["prefs"] = json!({"profile.content_settings.exceptions.cookies": {"127.0.0.1,*": {"setting": 2}}});
            }
        }
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
        let driver = WebDriver::new(&url, capabilities).await.context("the browser did not start; is `chromium` installed?")?;
        driver.set_script_timeout(SCRIPT_TIMEOUT).await?;
        if !screen.is_phone {
            fit_window(&driver, screen).await?;
        }
        Ok(Self { driver, processes: vec![process], _profile: Some(profile) })
    }

    async fn start_firefox(screen: Screen, visitor: Visitor) -> anyhow::Result<Self> {
        let mut process = Process::start("GECKODRIVER", "geckodriver", &["--port=0"], &[])?;
        let url = format!("http://127.0.0.1:{}", process.line_after("Listening on 127.0.0.1:").await?);
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
        match visitor {
            Visitor::Usual => {}
            Visitor::Private => options["prefs"]["browser.privatebrowsing.autostart"] = json!(true),
            // 2: none; 1: none of another site's.
            Visitor::WithoutStorage => options["prefs"]["network.cookie.cookieBehavior"] = json!(2),
            Visitor::WithoutForeignStorage => options["prefs"]["network.cookie.cookieBehavior"] = json!(1),
        }
        if let Some(binary) = env::var_os("FIREFOX") {
            options["binary"] = json!(binary.to_string_lossy());
        }
        let mut capabilities = Capabilities::new();
        capabilities.set("browserName", "firefox")?;
        capabilities.set("moz:firefoxOptions", options)?;
        let driver =
            WebDriver::new(&url, capabilities).await.context("the browser did not start; is `firefox-esr` installed?")?;
        driver.set_script_timeout(SCRIPT_TIMEOUT).await?;
        fit_window(&driver, screen).await?;
        Ok(Self { driver, processes: vec![process], _profile: Some(profile) })
    }

    async fn start_webkit(screen: Screen, visitor: Visitor) -> anyhow::Result<Self> {
        // It has no mode without a screen: each gets one of its own, which nobody sees.
        let mut display =
            Process::start("XVFB", "Xvfb", &["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"], &[])?;
        let number = display.line_after("").await?;
        // Nor does its driver tell of a port that it chose.
        let port = free_port()?;
        let screen_variable = [("DISPLAY", format!(":{number}"))];
        let process = Process::start("WEBKITDRIVER", "WebKitWebDriver", &[&format!("--port={port}")], &screen_variable)?;
        let url = format!("http://127.0.0.1:{port}");
        let minibrowser = env::var_os("MINIBROWSER").map_or_else(|| WEBKIT_BROWSER.into(), PathBuf::from);
        let mut arguments = vec!["--automation"];
        match visitor {
            Visitor::Usual => {}
            Visitor::Private => arguments.push("--private"),
            Visitor::WithoutStorage | Visitor::WithoutForeignStorage => {
                anyhow::bail!("WebKit's driver can not do this: list the test as skipped")
            }
        }
        let options = json!({ "binary": minibrowser.to_string_lossy(), "args": arguments });
        let mut capabilities = Capabilities::new();
        capabilities.set("browserName", "MiniBrowser")?;
        capabilities.set("webkitgtk:browserOptions", options)?;
        until_listening(port).await;
        let driver = WebDriver::new(&url, capabilities)
            .await
            .context("the browser did not start; are `webkit2gtk-driver` and `xvfb` installed?")?;
        driver.set_script_timeout(SCRIPT_TIMEOUT).await?;
        fit_window(&driver, screen).await?;
        Ok(Self { driver, processes: vec![process, display], _profile: None })
    }

    /// Closes the browser and ends its driver.
    pub async fn end(self) {
        if let Err(error) = self.driver.quit().await {
            tracing::warn!("the browser did not close: {error}");
        }
        drop(self.processes);
    }
}

/// Makes the page itself as large as the screen: a window's frame and bars come on top.
async fn fit_window(driver: &WebDriver, screen: Screen) -> anyhow::Result<()> {
    let script = "return [outerWidth - innerWidth, outerHeight - innerHeight];";
    let (beside, above): (u32, u32) = driver.execute(script, Vec::new()).await?.convert()?;
    driver.set_window_rect(0, 0, screen.width + beside, screen.height + above).await?;
    Ok(())
}
