//! The visitor's files, as the shell's part for them hands them over, and what that part needs for an upload.

use futures::FutureExt as _;
use js_sys::Promise;
use wasm_bindgen::JsValue;

use super::Session;
use crate::chat::Attached;
use crate::protocol::ApiError;
use crate::protocol::json::{self, Object, Value};

impl Session {
    /// Takes the files that the visitor has attached. `None` while they can not be sent, which is said beside them.
    pub fn take_attached(self) -> Option<Vec<Attached>> {
        let Some(take) = self.hooks().attached else { return Some(Vec::new()) };
        let taken = take.call0(&JsValue::NULL).ok()?.as_string()?;
        Some(Attached::read_list(&json::parse(&taken).unwrap_or_default()))
    }

    /// Reads one file of the page's; `None` when it is none, or none that the dialect can name.
    pub fn attachment(self, value: &Value) -> Option<Attached> {
        let dialect = self.peek_config()?.dialect;
        Attached::read(value).filter(|attached| attached.for_dialect(dialect).is_some())
    }

    /// Promises the headers of a request: a JSON object's text.
    pub fn promise_headers(self) -> Promise {
        Promise::new(&mut |resolve, reject| {
            self.spawn(self.headers_json().map(move |headers| {
                match headers {
                    Ok(json) => resolve.call1(&JsValue::NULL, &json.into()),
                    Err(error) => reject.call1(&JsValue::NULL, &error.message.into()),
                }
                .ok(); // what settles a promise does not throw
            }));
        })
    }

    async fn headers_json(self) -> Result<String, Box<ApiError>> {
        let Some(config) = self.peek_config() else { return Ok("{}".to_owned()) };
        let headers = self.headers(&config).await?;
        Ok(headers.iter().fold(Object::new(), |object, (name, value)| object.text(name, value)).finish())
    }
}
