//! One widget's own style sheet, adopted by its shadow root: no `<style>` element and no style attribute, so no policy of the page is in the way.

use js_sys::{Array, Reflect};
use web_sys::{CssStyleSheet, ShadowRoot};

const ADOPTED: &str = "adoptedStyleSheets";

/// A style sheet that one shadow root has adopted. Dropped, it is taken off again.
pub struct AdoptedSheet {
    root: ShadowRoot,
    sheet: CssStyleSheet,
}

impl AdoptedSheet {
    /// Adopts an empty sheet; `None` in a browser that has no constructable style sheets.
    pub fn new(root: &ShadowRoot) -> Option<Self> {
        let sheet = CssStyleSheet::new().ok()?;
        let sheets = Array::from(&Reflect::get(root, &ADOPTED.into()).ok()?);
        sheets.push(&sheet);
        Reflect::set(root, &ADOPTED.into(), &sheets).ok()?;
        Some(Self { root: root.clone(), sheet })
    }

    /// Replaces the sheet's rules.
    pub fn replace(&self, css: &str) {
        self.sheet.replace_sync(css).ok(); // throws only for a sheet that is being loaded, which this one never is
    }
}

impl Drop for AdoptedSheet {
    fn drop(&mut self) {
        let Ok(sheets) = Reflect::get(&self.root, &ADOPTED.into()) else { return };
        let others = Array::from(&sheets).filter(&mut |sheet, _, _| !js_sys::Object::is(&sheet, &self.sheet));
        Reflect::set(&self.root, &ADOPTED.into(), &others).ok(); // the root is gone: so is the sheet
    }
}
