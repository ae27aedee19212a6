//! axe-core in the page: what breaks the rules of WCAG 2.2 AA or its makers' best practices at this moment.

use std::fs;

use serde_json::Value;
use thirtyfour::WebDriver;

use crate::chat::run_async;
use crate::files::workspace;

/// Rules about the page around the widget, which is a test's.
const OF_THE_PAGE: &str = "region,landmark-one-main,page-has-heading-one,heading-order,bypass";

/// Returns every fault that axe finds in the page's widgets: its rule, the element, and what is wrong.
///
/// # Panics
/// When axe-core is not installed or does not run.
pub async fn faults(driver: &WebDriver) -> Vec<String> {
    let is_there = crate::chat::run(driver, "return Boolean(window.axe);").await;
    if is_there != Value::Bool(true) {
        let path = workspace().join("www/node_modules/axe-core/axe.min.js");
        let source =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}: run `cargo xtask setup`", path.display()));
        driver.execute(source, Vec::new()).await.expect("axe-core loads");
    }
    let body = format!(
        "const off = Object.fromEntries('{OF_THE_PAGE}'.split(',').map((rule) => [rule, {{ enabled: false }}]));
         const {{ violations }} = await axe.run('assisters-chat', {{ resultTypes: ['violations'], rules: {{ ...off, 'target-size': {{ enabled: true }} }} }});
         return violations.flatMap(({{ id, nodes }}) => nodes.map((node) => [id, node.target.flat().at(-1), node.failureSummary.replace(/\\s+/g, ' ')].join(': ')));"
    );
    let found = run_async(driver, &body).await;
    serde_json::from_value(found.clone()).unwrap_or_else(|_| panic!("axe does not run: {found}"))
}
