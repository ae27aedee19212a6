//! The shapes of the widget's icons as path data. Knows no element and no framework: who draws them decides on both.
//!
//! All are drawn on a 24 × 24 grid without fill: `viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
//! stroke-linecap="round" stroke-linejoin="round"`, one `<path>` each. `www/` repeats the launcher's chat and close shapes.

/// An icon of the widget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A speech bubble: the launcher while the panel is closed.
    Chat,
    /// A cross: closes the panel.
    Close,
    /// An arrow up: sends the message.
    Send,
    /// A rounded square: stops the answer.
    Stop,
    /// An arrow turning around: tries again.
    Retry,
    /// A pencil on a sheet: starts a new conversation.
    NewChat,
    /// A chevron down: puts the panel away.
    Minimise,
    /// A four-pointed star: the launcher and avatar of an AI assistant.
    Sparkle,
    /// An arrow down: jumps to the latest message.
    ArrowDown,
    /// Two sheets: copies.
    Copy,
    /// A tick: copied.
    Check,
    /// A thumb up; the style sheet turns it over.
    Thumb,
    /// A pencil: changes the question.
    Pencil,
    /// A sheet with a corner turned down: a file.
    File,
}

impl Icon {
    /// Returns the `d` attribute of the icon's one path.
    pub fn path(self) -> &'static str {
        match self {
            Self::Chat => "M12 3.5a8.5 8.5 0 0 1 0 17 8.6 8.6 0 0 1-3.6-.8L3.5 21l1.3-4.4A8.5 8.5 0 0 1 12 3.5Z",
            Self::Close => "m6 6 12 12M18 6 6 18",
            Self::Send => "M12 19V5m-6 6 6-6 6 6",
            Self::Stop => "M8 7h8a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1Z",
            Self::Retry => "M20 12a8 8 0 1 1-2.6-5.9L20 8.5m0-5v5h-5",
            Self::NewChat => {
                "M11 4.5H6.5a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2V13M18 3.6a1.7 1.7 0 0 1 2.4 2.4L12.5 14l-3.2.8.8-3.2Z"
            }
            Self::Minimise => "m6 9 6 6 6-6",
            Self::Sparkle => "M11 4q1 6.5 7.5 7.5-6.5 1-7.5 7.5-1-6.5-7.5-7.5 6.5-1 7.5-7.5M19 3v4m2-2h-4",
            Self::ArrowDown => "M12 5v14m6-6-6 6-6-6",
            Self::Copy => {
                "M10.5 8.5h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2Zm-5 7a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2"
            }
            Self::Check => "m5 12.5 4.5 4.5L19 7.5",
            Self::Thumb => {
                "M7.5 10.5V20m0-9.5L11 3.8c1.6 0 2.7 1.2 2.4 2.7l-.7 3.5h5.4a2 2 0 0 1 2 2.4l-1.2 6a2 2 0 0 1-2 1.6H5.5a2 2 0 0 1-2-2v-5.5a2 2 0 0 1 2-2Z"
            }
            Self::File => "M13 3.5H7a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-9Zm0 0v6h6",
            Self::Pencil => "m4 20 .9-4L16.2 4.7a2.2 2.2 0 0 1 3.1 3.1L8 19.1Z",
        }
    }
}
