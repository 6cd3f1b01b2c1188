//! The text of a file of the build context, in the encodings that the tools which read manifests understand.

/// Decodes UTF-8, and UTF-16 that begins with a byte-order mark (as PowerShell's `pip freeze > requirements.txt` writes it, and pip
/// reads it); the mark is left out. `None` for anything else, and for a text with a NUL: it is UTF-16 without a mark, or no text.
pub fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|two| from([two[0], two[1]])).collect();
        String::from_utf16(&units).ok().filter(|_| bytes.len().is_multiple_of(2))
    };
    let text = match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    };
    text.filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_their_mark() {
        let wide = |mark: u16, to: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(mark).chain("flask\n".encode_utf16()).flat_map(to).collect()
        };
        for bytes in [
            b"flask\n".to_vec(),
            b"\xef\xbb\xbfflask\n".to_vec(),
            wide(0xfeff, u16::to_le_bytes),
            wide(0xfeff, u16::to_be_bytes),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Some("flask\n"), "{bytes:?}");
        }
        for bytes in [b"f\0l\0".as_slice(), b"\xff\xfef", b"caf\xe9", b"\xff"] {
            assert_eq!(decode(bytes), None, "{bytes:?}");
        }
    }
}
