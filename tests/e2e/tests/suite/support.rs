//! What many tests begin with.

use e2e::chat::run_async;
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::gateway::RunningGateway;
use e2e::page::Page;
use e2e::wait::until;
use e2e::world::World;
use serde_json::Value;

/// Serves a page with one widget that talks to the page's own server, and returns its address. `further` are more options.
pub fn widget_page(server: &FaultServer, dialect: Dialect, further: &[(&str, &str)]) -> String {
    let api_url = server.api_url();
    let mut attributes = vec![("assistant", "helper"), ("api-url", api_url.as_str()), ("dialect", dialect.as_str())];
    attributes.retain(|(name, _)| further.iter().all(|(other, _)| other != name));
    attributes.extend(further);
    server.page("/page", &Page::with_widget("/assisters.js", &attributes))
}

/// Starts a gateway for the pages of a server, and serves one with a widget that talks to it. Returns the gateway and the page's address.
pub async fn gateway_page(pages: &FaultServer, dialect: Dialect) -> (RunningGateway, String) {
    let origin = pages.origin();
    let gateway = RunningGateway::start(|options| options.origins = vec![origin]).await;
    let page = widget_page(pages, dialect, &[("assistant", "shop-assistant"), ("api-url", &gateway.api_url())]);
    (gateway, page)
}

/// Serves a page that loads the script and mounts nothing.
pub fn script_page(server: &FaultServer) -> String {
    server.page("/page", &Page::with_script("/assisters.js").body("<div id=\"place\" style=\"height: 500px\"></div>"))
}

/// Mounts a widget with these options as `window.<name>`.
pub async fn mount(world: &World, server: &FaultServer, name: &str, options: &Value) {
    let api_url = server.api_url();
    let returned =
        run_async(world.driver(), &format!("window.{name} = await Assisters.mount({{ apiUrl: '{api_url}', ...{options} }});"))
            .await;
    assert_eq!(returned, Value::Null, "mount");
}

/// Waits until a script with `root` returns a value.
pub async fn until_script(world: &World, script: &str, expected: Value) {
    until(script.to_owned(), async || {
        let returned = world.chat().script(script).await;
        if returned == expected { Ok(()) } else { Err(returned.to_string()) }
    })
    .await;
}
