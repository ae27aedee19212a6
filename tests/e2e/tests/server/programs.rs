//! A gateway with what the documents take for granted, and programs that are run against it.

use std::env;
use std::path::{Path, PathBuf};

use assisters_gateway::Tier;
use e2e::files::workspace;
use e2e::gateway::RunningGateway;
use serde_json::{Value, json};
use tokio::process::Command;

/// The owner's key.
pub const KEY: &str = "ck-test-5f2a";

/// Pages that answer what the snippets ask.
const PAGES: &str = "# Our shop\n\n## Business hours\n\nWe are open from 9 AM to 5 PM.\n\n## Value-based pricing\n\nPrice your SaaS by value.\n\n\
     ## Services and products\n\nWe offer boots and repairs.\n";

/// A running gateway, and the folder that its pages and the programs are in.
pub struct Served {
    pub gateway: RunningGateway,
    pub folder: tempfile::TempDir,
}

impl Served {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join("pages.md");
        std::fs::write(&pages, PAGES).unwrap();
        let gateway = RunningGateway::start(|options| {
            options.knowledge = vec![pages];
            options.client_keys = vec![KEY.parse().unwrap()];
            options.client_key_tier = Tier::Enterprise;
            options.address_rate = "1000000/minute".parse().unwrap();
            options.local_delay_millis = 0;
        })
        .await;
        Self { gateway, folder }
    }

    /// Sends a request with the owner's key and returns its answer, which must be a success.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let url = self.gateway.url(path);
        let body = body.to_string();
        let script = "const [url, key, body] = process.argv.slice(1); const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }; \
                      const response = await fetch(url, { method: 'POST', headers, body }); if (!response.ok) throw new Error(await response.text()); \
                      console.log(await response.text());";
        let printed = run(Command::new("node").args(["--input-type=module", "-e", script, &url, KEY, &body])).await;
        serde_json::from_str(&printed).unwrap()
    }

    /// Makes the assistant and the conversation that the documents name.
    pub async fn prepare(&self) {
        self.post("/v1/assistants", json!({"id": "ast_abc123", "name": "Customer Support"})).await;
        self.post("/v1/conversations", json!({"id": "conv_def456", "assistant_id": "ast_abc123"})).await;
    }

    /// Writes a program into the folder, with the gateway's address in the place of every documented one.
    pub fn write(&self, name: &str, program: &str) -> PathBuf {
        let documented = ["https://api.assisters.dev/v1", "https://api.assisters.io/v1", "https://api.assisters.ai/v1"];
        let program = documented.iter().fold(program.to_owned(), |program, url| program.replace(url, &self.gateway.api_url()));
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, program).unwrap();
        path
    }
}

/// The Python that `cargo xtask test` made, with the packages that the tests need.
pub fn python() -> PathBuf {
    env::var_os("ASSISTERS_TEST_PYTHON").map_or_else(|| workspace().join("target/python/bin/python"), PathBuf::from)
}

/// A file of this folder.
pub fn source(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs a program, which must succeed, and returns what it printed.
pub async fn run(command: &mut Command) -> String {
    let output = command.output().await.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}: {}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}
