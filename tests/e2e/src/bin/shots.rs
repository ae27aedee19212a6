//! `cargo xtask shots`, or `cargo run -p e2e --bin shots -- FOLDER [LOOK…]`: a picture of every state in every look, and a sheet with all of them.
//! A LOOK is the beginning of a name such as `desktop-light-ltr`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a tool of the tests")]

use std::path::{Path, PathBuf};
use std::{env, fs};

use e2e::browser::Visitor;
use e2e::fault::FaultServer;
use e2e::session::BrowserSession;
use e2e::states::{Look, STATES, walk};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        panic!("name the folder for the pictures: cargo run -p e2e --bin shots -- target/shots");
    };
    let wanted: Vec<String> = env::args().skip(2).collect();
    let looks: Vec<Look> = Look::all()
        .into_iter()
        .filter(|look| wanted.is_empty() || wanted.iter().any(|name| look.name().starts_with(name)))
        .collect();
    fs::create_dir_all(&folder).expect("the folder can be made");
    let names: Vec<String> = looks.iter().map(|look| look.name()).collect();
    let (left, right) = looks.split_at(looks.len() / 2);
    // Two browsers on two cores.
    tokio::join!(shoot_all(left, &folder), shoot_all(right, &folder));
    fs::write(folder.join("index.html"), sheet(&names)).expect("the sheet is written");
    for name in &names {
        picture_of_sheet(&folder, name).await;
    }
}

async fn shoot_all(looks: &[Look], folder: &Path) {
    for look in looks {
        let api = FaultServer::start().await;
        let session = BrowserSession::start(look.screen, Visitor::Usual).await.unwrap_or_else(|error| panic!("{error:#}"));
        let driver = &session.driver;
        walk(driver, &api, *look, async |state| {
            let path = folder.join(format!("{}-{state}.png", look.name()));
            driver.screenshot(&path).await.expect("the browser takes a picture");
        })
        .await;
        session.end().await;
    }
}

/// The page with all pictures: a row for each state, a column for each look.
fn sheet(looks: &[String]) -> String {
    let heads: String = looks.iter().map(|look| format!("<th>{look}</th>")).collect();
    let rows: String = STATES.iter().map(|state| format!("<tr><th>{state}</th>{}</tr>", cells(looks, state))).collect();
    format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Every state of the widget</title>\
         <style>body {{ font: 14px system-ui; background: #888 }} img {{ height: 320px; display: block }} th {{ text-align: left; vertical-align: top }}</style>\
         <table><tr><th></th>{heads}</tr>{rows}</table>"
    )
}

fn cells(looks: &[String], state: &str) -> String {
    looks
        .iter()
        .map(|look| format!("<td><a href=\"{look}-{state}.png\"><img loading=\"lazy\" src=\"{look}-{state}.png\" alt=\"{state}, {look}\"></a></td>"))
        .collect()
}

/// All states of one look in one picture: the panel's part of each.
async fn picture_of_sheet(folder: &Path, look: &str) {
    let is_phone = look.starts_with("phone");
    let cells: String = STATES
        .iter()
        .map(|state| {
            // The whole window, as the panel takes all of its height and much of its width.
            let whole = if *state == "expanded" { " class=\"whole\"" } else { "" };
            format!(
                "<figure><div{whole} style=\"background-image: url({look}-{state}.png)\"></div><figcaption>{state}</figcaption></figure>"
            )
        })
        .collect();
    let side = if look.ends_with("rtl") || !is_phone { "right" } else { "left" };
    let (width, height, size) = if is_phone { (390, 844, "100% auto") } else { (500, 800, "auto 100%") };
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><style>body {{ margin: 8px; background: #777; font: 15px system-ui; color: #fff; display: flex; flex-wrap: wrap; gap: 8px }} \
         figure {{ margin: 0 }} div {{ width: {width}px; height: {height}px; background-size: {size}; background-position: {side} top }} .whole {{ background-size: contain; background-repeat: no-repeat }}</style>{cells}"
    );
    let path = folder.join(format!("sheet-{look}.html"));
    fs::write(&path, page).expect("the sheet is written");
    let screen = e2e::browser::Screen {
        width: 5 * (width + 8) + 24,
        height: STATES.len().div_ceil(5) as u32 * (height + 36) + 16,
        is_phone: false,
    };
    let session = BrowserSession::start(screen, Visitor::Usual).await.unwrap_or_else(|error| panic!("{error:#}"));
    let absolute = fs::canonicalize(&path).expect("the sheet is there");
    session.driver.goto(format!("file://{}", absolute.display())).await.expect("the sheet loads");
    session.driver.screenshot(&folder.join(format!("sheet-{look}.png"))).await.expect("the browser takes a picture");
    session.end().await;
}
