//! The owner's own server: it has the key that may do everything.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "tests; each of them uses a part")]

use axum::Router;
use axum::http::Method;
use serde_json::Value;

use super::{Answer, CLIENT_KEY, call};

pub struct Owner(pub Router);

impl Owner {
    pub async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        self.send_as(CLIENT_KEY, method, path, body).await
    }

    /// The same with another key.
    pub async fn send_as(&self, key: &str, method: &str, path: &str, body: Value) -> Answer {
        let bearer = format!("Bearer {key}");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        call(&self.0, method.parse::<Method>().unwrap(), path, &[("authorization", &bearer)], body).await
    }

    pub async fn ok(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.send(method, path, body).await;
        assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text);
        answer.json()
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ok("GET", path, Value::Null).await
    }
}
