//! Browsers compile a function of the program when it is first called. The first answer need not wait for that.

use std::rc::Rc;

use super::rich_text::{Manner, RichText};
use super::view::html;
use crate::browser::idle::IdleWork;
use crate::session::Session;

/// Markdown with what answers are made of. The fence stays open: of finished code the page is told.
const SAMPLE: &str = "# A\n\nb **c** *d* `e` [f](https://g.example)\n\n- h\n  - i\n\n1. j\n\n> k\n\n| l | m |\n| --- | --: |\n| n | o |\n\n```js\np\nq";

/// Paints a sample that nobody sees, and makes the formats of times, while the visitor still writes and the browser is idle. Once they have sent
/// it is too late: then it would only come before the answer itself.
pub fn rehearsal(session: Session, manner: Rc<Manner>) -> IdleWork {
    let idle = IdleWork::new(move || {
        if session.peek_is_answering() {
            return;
        }
        let mut text = RichText::new(html("div").element().clone(), Rc::clone(&manner));
        text.push(SAMPLE);
        text.paint();
        manner.clock.rehearse();
    });
    idle.request();
    idle
}
