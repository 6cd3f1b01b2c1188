//! How the words of the tables are hashed: at compile time to lay them out, and to look them up. The build script has this file
//! too.

/// FNV-1a.
pub const fn hash(word: &[u8]) -> u32 {
    let (mut hash, mut at) = (0x811c_9dc5_u32, 0);
    while at < word.len() {
        hash = (hash ^ word[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}
