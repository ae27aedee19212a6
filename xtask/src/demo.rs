//! `cargo xtask demo`: the widget on the demo page, answered by the gateway's embedded assistant.

use std::{
    env,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::{
    dist::{self, Freshness},
    progress,
    project::Project,
    run::Program,
    toolchain::Toolchain,
};

/// How long the gateway may take from its start to its first answer.
const READY_LIMIT: Duration = Duration::from_secs(60);
const ASK_EVERY: Duration = Duration::from_millis(100);

/// Flags of `demo`.
#[derive(Args)]
pub struct Arguments {
    /// The port to listen on
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// Use what was built before
    #[arg(long)]
    no_build: bool,
}

/// Flags of `announce`.
#[derive(Args)]
pub struct Announcement {
    #[arg(long)]
    port: u16,
    #[arg(long)]
    open: bool,
}

/// Builds and runs the demo until it is stopped.
///
/// # Errors
/// When the port is taken or something cannot be built.
pub fn demo(project: &Project, arguments: &Arguments) -> anyhow::Result<()> {
    let port = arguments.port;
    require_free(port)?;
    if arguments.no_build {
        if dist::open(project)?.is_none() {
            bail!("there is no dist/ yet; run `cargo xtask demo` without --no-build");
        }
    } else {
        let toolchain = Toolchain::ensure(project)?;
        dist::build(project, &toolchain, Freshness::Reuse)?;
        Program::new("build the gateway", "cargo").dir(project.root()).args(["build", "--package", "assisters-gateway"]).run()?;
    }
    let gateway = project.target().join("debug").join(format!("assisters-gateway{}", env::consts::EXE_SUFFIX));
    if !gateway.is_file() {
        bail!("{} is missing; run `cargo xtask demo` without --no-build", gateway.display());
    }
    let mut announce = Command::new(env::current_exe()?);
    announce.args(["announce", "--port", &port.to_string()]).stdin(Stdio::null());
    if arguments.open {
        announce.arg("--open");
    }
    announce.spawn().context("cannot start the program that says when the gateway is ready")?;
    become_gateway(project, &gateway, port)
}

/// Runs the gateway in place of this program, so that whatever stops the demo (Ctrl-C, a signal, a closed terminal) stops the gateway.
fn become_gateway(project: &Project, gateway: &Path, port: u16) -> anyhow::Result<()> {
    let mut command = Command::new(gateway);
    command
        .current_dir(project.root())
        .args(["--bind", &format!("127.0.0.1:{port}"), "--upstream", "local"])
        .arg("--knowledge")
        // The shop's help pages, and the README, so that a newcomer can ask about the widget itself.
        .arg(format!("{},{}", project.path("www/demo/knowledge").display(), project.path("README.md").display()))
        .arg("--store")
        .arg(format!("redb:{}", project.target().join("demo.redb").display()))
        .arg("--dist")
        .arg(project.path("dist"))
        .arg("--demo")
        .arg(project.path("www/demo"));
    #[cfg(unix)]
    {
        let error = std::os::unix::process::CommandExt::exec(&mut command);
        Err(error).with_context(|| format!("cannot start {}", gateway.display()))
    }
    #[cfg(not(unix))]
    {
        let status = command.status().with_context(|| format!("cannot start {}", gateway.display()))?;
        if !status.success() {
            bail!("the gateway ended with {status}");
        }
        Ok(())
    }
}

fn require_free(port: u16) -> anyhow::Result<()> {
    if let Err(error) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        let other = if port == 8787 { 8788 } else { 8787 };
        bail!("cannot listen on 127.0.0.1:{port}: {error}; choose another port, for example `cargo xtask demo --port {other}`");
    }
    Ok(())
}

/// Waits for the gateway and prints its address; gives up silently, because a gateway that fails says so itself.
pub fn announce(announcement: &Announcement) -> anyhow::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, announcement.port));
    let started = Instant::now();
    while !is_ready(address) {
        if started.elapsed() > READY_LIMIT {
            return Ok(());
        }
        thread::sleep(ASK_EVERY);
    }
    let url = format!("http://{address}/");
    progress::print(&format!("\n  The demo is at {url}\n  Stop it with Ctrl-C.\n"));
    if announcement.open {
        open_in_browser(&url)?;
    }
    Ok(())
}

/// Whether `GET /readyz` is answered with 200.
fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, ASK_EVERY)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(String::from_utf8_lossy(&start).into_owned())
    };
    ask().is_ok_and(|answer| answer.ends_with(" 200"))
}

fn open_in_browser(url: &str) -> anyhow::Result<()> {
    let opener = match env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    Command::new(opener).arg(url).spawn().with_context(|| format!("cannot start {opener}; open {url} by hand"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_the_way_out() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = require_free(port).unwrap_err().to_string();
        assert!(error.contains(&format!("127.0.0.1:{port}")) && error.contains("--port"), "{error}");
    }

    #[test]
    fn only_a_200_is_ready() {
        for (answer, expected) in
            [("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.1 503 Service Unavailable\r\n\r\n", false), ("", false)]
        {
            let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let address = server.local_addr().unwrap();
            let serving = thread::spawn(move || {
                let (mut stream, _) = server.accept().unwrap();
                let mut request = [0; 256];
                assert!(stream.read(&mut request).unwrap() > 0);
                stream.write_all(answer.as_bytes()).unwrap();
            });
            assert_eq!(is_ready(address), expected, "{answer:?}");
            serving.join().unwrap();
        }
    }
}
