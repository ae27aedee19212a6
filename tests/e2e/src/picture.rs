//! Pictures of a page, and how far two of them differ.

use std::io::Cursor;
use std::path::Path;

use thirtyfour::WebElement;

use crate::wait::until;

/// How far a channel of a pixel may be off: fonts are smoothed differently on fractions of pixels.
const TOLERANCE: u8 = 24;

/// A picture, three bytes per pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
    png: Vec<u8>,
}

impl Picture {
    /// Takes a picture of an element once it has come to rest: the same twice.
    ///
    /// # Panics
    /// When it does not rest.
    pub async fn at_rest(element: &WebElement) -> Self {
        let mut last = None;
        until("the picture to rest", async move || {
            let png = element.screenshot_as_png().await.map_err(|error| error.to_string())?;
            if last.as_ref() == Some(&png) {
                return Ok(Self::decode(png));
            }
            last = Some(png);
            Err("it still changes".to_owned())
        })
        .await
    }

    fn decode(png: Vec<u8>) -> Self {
        let mut reader = png::Decoder::new(Cursor::new(&png)).read_info().expect("a picture of the browser's");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a picture that fits")];
        let info = reader.next_frame(&mut pixels).expect("a whole picture");
        assert_eq!(info.bit_depth, png::BitDepth::Eight);
        pixels.truncate(info.buffer_size());
        // What is behind a page is nothing: it hides all of it.
        let pixels = match info.color_type {
            png::ColorType::Rgba => pixels.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect(),
            png::ColorType::Rgb => pixels,
            other => panic!("a picture in {other:?}"),
        };
        Self { width: info.width, height: info.height, pixels, png }
    }

    /// Returns the share of pixels that differ, from 0 to 1; all of them when the sizes do.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "some hundred thousand pixels")]
    pub fn difference(&self, other: &Self) -> f64 {
        if (self.width, self.height) != (other.width, other.height) {
            return 1.0;
        }
        let pairs = self.pixels.chunks_exact(3).zip(other.pixels.chunks_exact(3));
        let n_different = pairs.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > TOLERANCE)).count();
        n_different as f64 / (self.pixels.len() as f64 / 3.0)
    }

    /// Writes it to a file, for whoever reads a failed test.
    ///
    /// # Panics
    /// When it can not be written.
    pub fn keep(&self, path: &Path) {
        std::fs::write(path, &self.png).expect("a place for pictures");
    }
}
