//! What a parsed message is made of, and the trait of those who show it. Knows nothing of how a message is parsed or drawn.

/// Receives a message as a stream of operations, in document order, so that nothing is ever compared.
///
/// Containers nest like brackets. At most one leaf is open at a time, inside the innermost open container. What is finished is never
/// mentioned again, with one exception: [`Paint::repaint`].
pub trait Paint {
    /// Appends a container block and enters it.
    fn open(&mut self, container: &Container);
    /// Leaves the innermost container: it is finished.
    fn close(&mut self);
    /// Makes the open list at `level` (0 is the outermost open container) a loose one: its items are separated by space.
    fn loosen(&mut self, level: usize);
    /// Opens a leaf block, or changes what the open one is (a paragraph underlined later is a heading).
    fn leaf(&mut self, leaf: &Leaf);
    /// Replaces the last `tail` of the open leaf by `settled`, which stays, and the new `tail`, which the next call replaces.
    fn inlines(&mut self, settled: Vec<Inline>, tail: Vec<Inline>);
    /// Appends to the text of the open leaf, which is code or mathematics.
    fn code(&mut self, text: &str);
    /// Finishes the open leaf. With `keep`, its inlines may be replaced later, by that number.
    fn finish(&mut self, keep: Option<usize>);
    /// Takes the open leaf away: what looked like a paragraph was the head of a table.
    fn discard(&mut self);
    /// Replaces the inlines of a finished leaf: a link definition it refers to came after it.
    fn repaint(&mut self, kept: usize, inlines: Vec<Inline>);
}

/// A block that holds other blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Container {
    /// A block quote.
    Quote,
    /// A list, tight until [`Paint::loosen`] says otherwise.
    List {
        /// The number of the first item; none for a bulleted list.
        start: Option<u32>,
    },
    /// One item of a list.
    Item {
        /// For an item with a check box, whether it is checked.
        task: Option<bool>,
    },
    /// A table. Holds rows only.
    Table,
    /// One row of a table. Holds cells only.
    Row {
        /// Whether this is the row of column titles.
        head: bool,
    },
}

/// A block that holds text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// A paragraph.
    Paragraph,
    /// A heading of level 1 to 6.
    Heading(u8),
    /// Code, fenced or indented.
    Code {
        /// The first word after the fence, often empty.
        language: String,
    },
    /// Mathematics between two lines of `$$`.
    Math,
    /// A thematic break. Has no text.
    Rule,
    /// A cell of a table.
    Cell {
        /// How its column is aligned.
        align: Align,
        /// Whether it is in the row of column titles.
        head: bool,
    },
}

/// How a column of a table is aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// As the reader's language has it.
    None,
    /// To the left.
    Left,
    /// In the middle.
    Center,
    /// To the right.
    Right,
}

impl Align {
    /// Returns the word HTML and CSS have for it; empty for [`Align::None`].
    pub fn as_str(self) -> &'static str {
        match self {
            Align::None => "",
            Align::Left => "left",
            Align::Center => "center",
            Align::Right => "right",
        }
    }
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// A code span.
    Code(String),
    /// Mathematics.
    Math {
        /// Whether it stands on a line of its own (`$$…$$`).
        display: bool,
        /// The TeX source.
        text: String,
    },
    /// The end of a source line: a space.
    SoftBreak,
    /// The end of a line.
    HardBreak,
    /// Emphasis, strong emphasis or strikethrough.
    Styled(Style, Vec<Inline>),
    /// A link.
    Link {
        /// Where it leads, unescaped, unchecked.
        destination: String,
        /// Its title, often empty.
        title: String,
        /// What is shown.
        children: Vec<Inline>,
    },
    /// An image.
    Image {
        /// Where it is, unescaped, unchecked.
        destination: String,
        /// Its title, often empty.
        title: String,
        /// Its description, as plain text.
        alt: String,
    },
}

/// What surrounding markers do to text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `*emphasis*`
    Emphasis,
    /// `**strong emphasis**`
    Strong,
    /// `~~strikethrough~~`
    Strikethrough,
}
