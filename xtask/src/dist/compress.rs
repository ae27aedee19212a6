//! Compresses a file once, as small as it gets, so that no server has to do it again and again.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use flate2::{Compression, write::GzEncoder};

use super::{read, write};

const BROTLI_QUALITY: i32 = 11;
/// 16 MB, the largest that every browser accepts.
const BROTLI_WINDOW_BITS: i32 = 24;
/// Ways to write how far back a repetition lies: low bits that are left as they are, and distances that have a code of their own. Which is shortest depends
/// on the file, by up to 0.3 %, and is found by trying. The library panics for more than one low bit.
const BROTLI_DISTANCES: [(u32, u32); 10] = [(0, 0), (0, 3), (0, 4), (0, 7), (0, 8), (0, 14), (0, 15), (1, 0), (1, 2), (1, 16)];

/// Writes `file.br` and `file.gz` beside a file; returns the length of the former.
pub fn compress(path: &Path) -> anyhow::Result<u64> {
    let content = read(path)?;
    let [brotli_path, gzip_path] = compressed_names(path);
    let brotli = brotli(&content).with_context(|| format!("cannot compress {}", path.display()))?;
    write(&brotli_path, &brotli)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&content)?;
    write(&gzip_path, gzip.finish()?)?;
    Ok(brotli.len() as u64)
}

/// The names of the compressed files of a file.
pub fn compressed_names(path: &Path) -> [PathBuf; 2] {
    ["br", "gz"].map(|extension| {
        let mut name = path.as_os_str().to_owned();
        name.push(".");
        name.push(extension);
        name.into()
    })
}

/// The shortest of what the library makes of a file.
fn brotli(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut shortest: Option<Vec<u8>> = None;
    for (distance_postfix_bits, num_direct_distance_codes) in BROTLI_DISTANCES {
        let mut parameters = brotli::enc::BrotliEncoderParams {
            quality: BROTLI_QUALITY,
            lgwin: BROTLI_WINDOW_BITS,
            size_hint: content.len(),
            ..Default::default()
        };
        parameters.dist.distance_postfix_bits = distance_postfix_bits;
        parameters.dist.num_direct_distance_codes = num_direct_distance_codes;
        let mut compressed = Vec::new();
        brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)?;
        if shortest.as_ref().is_none_or(|shortest| compressed.len() < shortest.len()) {
            shortest = Some(compressed);
        }
    }
    Ok(shortest.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use std::{fs, io::Read as _};

    use super::*;

    #[test]
    fn both_files_hold_the_same_content() {
        let dir = std::env::temp_dir().join(format!("xtask-compress-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join("engine.js");
        let content = "const answer = 42;\n".repeat(100);
        fs::write(&path, &content).unwrap();

        let brotli_bytes = compress(&path).unwrap();
        let [brotli_path, gzip_path] = compressed_names(&path);
        assert_eq!(brotli_path, dir.join("engine.js.br"));
        assert_eq!(brotli_bytes, fs::metadata(&brotli_path).unwrap().len());
        assert!(brotli_bytes < 100);

        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &fs::read(brotli_path).unwrap()[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, content.as_bytes());
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(&fs::read(gzip_path).unwrap()[..]).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, content);
        fs::remove_dir_all(dir).unwrap();
    }
}
