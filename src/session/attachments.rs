//! The visitor's files, as the shell's part for them hands them over, and what that part needs for an upload.

use js_sys::Function;
use wasm_bindgen::JsValue;

use super::Session;

impl Session {
    /// Takes the files that the visitor has attached, as a JSON list's text. `None` while they can not be sent, which is said beside them.
    pub fn take_files(self) -> Option<String> {
        match self.with(|core| core.hooks.files.clone())? {
            Some(take) => take.call0(&JsValue::NULL).ok()?.as_string(),
            None => Some(String::new()),
        }
    }

    /// Hands the visitor's token to `take`: `null` where none is needed, `undefined` when none can be had.
    pub fn hand_token(self, take: Function) {
        self.spawn(async move {
            let Some(config) = self.peek_config() else { return };
            let token = match self.token(&config).await {
                Ok(token) => token.as_deref().map_or(JsValue::NULL, JsValue::from),
                Err(error) => {
                    self.report_error(&error);
                    JsValue::UNDEFINED
                }
            };
            take.call1(&JsValue::NULL, &token).ok(); // what settles a promise does not throw
        });
    }
}
