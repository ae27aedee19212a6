#![allow(clippy::unwrap_used, reason = "tests")]
use serde_json::{Value, json};

use super::Endpoint;
use super::{Config, Direction, Offset, Persist, Phrase, Position, ThemeChoice};
use crate::protocol::Dialect;
use crate::protocol::json::parse;

fn resolve(mut options: Value) -> Result<Config, String> {
    for (name, value) in [("assistant", "a"), ("apiUrl", "https://chat.example/v1")] {
        if options.get(name).is_none() {
            options[name] = json!(value);
        }
    }
    Config::resolve(&parse(&options.to_string()).unwrap()).map_err(|error| error.to_string())
}

#[test]
fn defaults_are_those_of_the_contract() {
    let config = resolve(json!({})).unwrap();
    assert_eq!(config.position, Position::BottomRight);
    assert_eq!(config.theme, ThemeChoice::Auto);
    assert_eq!(config.dialect, Dialect::Chat);
    assert_eq!(config.persist, Persist::Local);
    assert_eq!(config.primary_color, "#3b82f6".parse().unwrap());
    assert_eq!((config.button_size_px, config.z_index, config.stream), (56.0, 9999, true));
    assert_eq!(config.placeholder, "Type a message...");
    assert!(!config.auto_open && !config.hide_watermark);
}

#[test]
fn tools_are_read_without_their_functions() {
    let config = resolve(json!({"tools": {"find_order": {"title": "Order search"}, "now-1": {}}})).unwrap();
    let tool = config.tool("find_order").unwrap();
    assert_eq!(tool.get("title").and_then(crate::protocol::json::Value::as_str), Some("Order search"));
    assert_eq!((config.tools.len(), config.tool("find")), (2, None));
}

#[test]
fn a_wrong_value_names_the_option_and_the_valid_ones() {
    for (options, words) in [
        (json!({"position": "middle"}), &["position", "middle", "bottom-left", "inline"][..]),
        (json!({"theme": "blue"}), &["theme", "auto", "light", "dark"]),
        (json!({"theme": {"colour": "red"}}), &["theme", "colour", "accent"]),
        (json!({"theme": {"mode": "sepia"}}), &["theme.mode", "sepia", "dark"]),
        (json!({"dialect": "grpc"}), &["dialect", "chat", "conversations"]),
        (json!({"persist": "cookie"}), &["persist", "local", "session", "none"]),
        (json!({"primaryColor": "blurple"}), &["primaryColor", "blurple", "#rrggbb"]),
        (json!({"apiUrl": "ftp://x"}), &["apiUrl", "ftp://x", "https://"]),
        (json!({"apiUrl": "https://user:secret@x/v1"}), &["apiUrl", "credentials"]),
        (json!({"apiUrl": "//evil.example"}), &["apiUrl"]),
        (json!({"assistant": {}}), &["assistant", "a string"]),
        (json!({"assistant": ""}), &["assistant", "required"]),
        (json!({"autoOpen": "yes"}), &["autoOpen", "true or false"]),
        (json!({"buttonSize": 4000}), &["buttonSize", "24", "160"]),
        (json!({"buttonIcon": "smile"}), &["buttonIcon", "smile", "chat", "sparkle"]),
        (json!({"offset": {"x": -5}}), &["x", "0", "2000"]),
        (json!({"suggestions": ["a", 1]}), &["suggestions", "list of strings"]),
        (json!({"messages": [{"role": "system", "content": ""}]}), &["messages", "assistant"]),
        (json!({"strings": {"sned": "Go"}}), &["strings", "sned", "send"]),
        (json!({"headers": {"X-A": 1}}), &["headers", "strings"]),
        (json!({"attachments": {"maxSizeBytes": "10 MB"}}), &["maxSizeBytes", "a number from 1"]),
        (json!({"attachments": {"maxFiles": 0}}), &["maxFiles", "1 to 100"]),
        (json!({"attachments": {"accept": ["image/*", 7]}}), &["accept", "list of strings"]),
        (json!({"attachments": {"maxSize": 7}}), &["attachments", "maxSizeBytes", "upload"]),
        (json!({"attachments": {"upload": "/upload"}}), &["attachments", "upload (a function)"]),
        (json!({"user": "me"}), &["user", "an object"]),
        (json!({"tools": ["find"]}), &["tools", "an object"]),
        (json!({"debug": "yes"}), &["debug", "true or false"]),
    ] {
        let error = resolve(options.clone()).unwrap_err();
        for word in words {
            assert!(error.contains(word), "{options}: {error:?} lacks {word:?}");
        }
    }
}

#[test]
fn what_is_written_is_what_counts() {
    let config = resolve(json!({
        "assistant": null, "assisterId": "ast_1", "dialect": "conversations", "user": {"id": 7, "name": "Ada"},
        "attachments": {"accept": "image/*,.pdf", "maxSizeBytes": 1000, "maxFiles": 3},
        "offset": {"x": 8}, "theme": {"mode": "dark", "radius": "4px"}, "strings": {"send": "Abschicken", "attachFiles": "Dateien"},
        "messages": [{"role": "assistant", "content": "Hello", "createdAt": "2026-01-28T14:30:00Z"}],
        "headers": {"X-Shop": "1"}, "linkPolicy": {"hosts": ["shop.example"], "imageHosts": []}, "locale": "ar-EG",
    }))
    .unwrap();
    assert_eq!((config.assistant.as_str(), config.user.id.as_deref()), ("ast_1", Some("7")));
    assert_eq!(config.offset, Offset { x_px: 8.0, y_px: 20.0 });
    assert_eq!(config.theme, ThemeChoice::Dark);
    assert_eq!(config.strings.get(Phrase::Send), "Abschicken");
    assert_eq!(config.strings.get(Phrase::Stop), "Stop answering");
    assert_eq!(config.messages.len(), 1);
    assert_eq!(config.direction(), Direction::RightToLeft);
    assert_eq!(config.link_policy.hosts.as_deref(), Some(&["shop.example".to_owned()][..]));
}

#[test]
fn the_words_of_a_language_come_after_the_owners_strings() {
    let config = resolve(json!({
        "strings": {"send": "Los"}, "words": {"send": "Senden", "stop": "Anhalten", "newMessages": {"one": "x", "other": "y"}, "future": "?"},
    }))
    .unwrap();
    for (phrase, words) in [(Phrase::Send, "Los"), (Phrase::Stop, "Anhalten"), (Phrase::NewMessages, "{count} new")] {
        assert_eq!(config.strings.get(phrase), words);
    }
}

#[test]
fn a_base_url_joins_without_doubled_slashes() {
    for (base, joined) in [
        ("https://chat.example/v1/", "https://chat.example/v1/chat"),
        ("http://127.0.0.1:8787/v1", "http://127.0.0.1:8787/v1/chat"),
        ("/v1", "/v1/chat"),
    ] {
        assert_eq!(base.parse::<Endpoint>().unwrap().join("/chat"), joined);
    }
}
