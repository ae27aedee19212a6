//! Schemathesis against `/openapi.json`: whatever it invents, the gateway does not fail, and answers as its document says.

use tokio::process::Command;

use crate::programs::{KEY, Served, python, run};

/// What is checked of every answer. Others are left out for reasons: unknown fields are ignored and so never refused, and what one client may do with the
/// things of another is in tests of its own.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance";

#[tokio::test(flavor = "multi_thread")]
async fn no_server_error_and_no_undocumented_answer() {
    let served = Served::start().await;
    let tool = python().with_file_name("schemathesis");
    let authorization = format!("Authorization: Bearer {KEY}");
    let url = served.gateway.url("/openapi.json");
    let mut command = Command::new(tool);
    command.args(["run", &url, "--header", &authorization, "--checks", CHECKS, "--max-examples", "10", "--seed", "1"]);
    command.args(["--continue-on-failure", "--no-color", "--generation-database", "none"]).current_dir(served.folder.path());
    let printed = run(&mut command).await;
    let summary = printed.split_once("SUMMARY").map_or(printed.as_str(), |(_, summary)| summary);
    let line = summary.lines().find(|line| line.contains(" generated, ")).unwrap_or_else(|| panic!("{printed}"));
    let (n_generated, rest) = line.trim().split_once(" generated, ").unwrap();
    assert_eq!(rest, format!("{n_generated} passed"), "{printed}");
    assert!(n_generated.parse::<u32>().unwrap() > 1_000, "too few to mean anything: {line}");
    eprintln!("{}", line.trim());
}
