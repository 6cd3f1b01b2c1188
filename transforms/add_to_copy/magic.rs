//! Whether bytes are an archive for ADD.

/// How many bytes tell.
pub const LENGTH: usize = 512;

/// The first bytes of what ADD would decompress: gzip, bzip2, xz, zstd (its skippable frames are looked at apart).
const COMPRESSED: &[&[u8]] = &[&[0x1f, 0x8b], b"BZh", &[0xfd, b'7', b'z', b'X', b'Z', 0], &[0x28, 0xb5, 0x2f, 0xfd]];

/// Whether a file that starts with these bytes may be unpacked by ADD. A compressed file counts, be there a tar in it or not.
pub fn may_be_archive(start: &[u8]) -> bool {
    COMPRESSED.iter().any(|magic| start.starts_with(magic)) || is_skippable_frame(start) || is_tar_header(start)
}

/// A zstd frame that holds no data, 0x184D2A50 to 0x184D2A5F.
fn is_skippable_frame(start: &[u8]) -> bool {
    matches!(start, [low, 0x2a, 0x4d, 0x18, ..] if low & 0xf0 == 0x50)
}

/// A header with the magic word, or with a valid checksum, which older formats have too.
fn is_tar_header(start: &[u8]) -> bool {
    let Some(block) = start.get(..LENGTH) else { return false };
    let field = &block[148..156];
    let digits: String = field.iter().map(|byte| *byte as char).filter(|c| c.is_digit(8)).collect();
    let sum = |value: fn(u8) -> i64| -> i64 {
        let byte = |(index, byte): (usize, &u8)| if (148..156).contains(&index) { 32 } else { value(*byte) };
        block.iter().enumerate().map(byte).sum()
    };
    let wanted = i64::from_str_radix(&digits, 8).ok();
    &block[257..262] == b"ustar"
        || field[0] & 0x80 != 0
        || wanted.is_some_and(|wanted| wanted == sum(i64::from) || wanted == sum(|byte| i64::from(byte as i8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of the oldest format: name, mode, owner, size, time, checksum, nothing else.
    fn header() -> [u8; 512] {
        let mut block = [0; 512];
        block[..1].copy_from_slice(b"a");
        block[100..108].copy_from_slice(b"0000644\0");
        block[124..136].copy_from_slice(b"00000000000\0");
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        block
    }

    #[test]
    fn archives_and_compressed_files_are_told_by_their_bytes() {
        assert!(may_be_archive(&header()));
        for magic in COMPRESSED {
            assert!(may_be_archive(&[magic, &[0; 8][..]].concat()));
        }
        assert!(may_be_archive(&[0x53, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]));
    }

    #[test]
    fn others_are_not() {
        let mut broken = header();
        broken[0] = b'b';
        assert!(!may_be_archive(&broken));
        let text = b"just a text, long enough to be a header. ".repeat(20);
        for bytes in [&b""[..], b"#!/bin/sh\n", b"PK\x03\x04", &[0; 512], &text, b"BZ"] {
            assert!(!may_be_archive(bytes), "{bytes:?}");
        }
    }
}
