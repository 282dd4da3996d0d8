//! The library's text processing again, as plainly as possible: slow, obvious, and the oracle of the property tests.
//!
//! Nothing here is shared with the library: where the two disagree, one of them is wrong.
pub(crate) mod characters;

use characters::{folded, is_covered, is_mark};
use std::collections::BTreeSet;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A character of the normalised text, and where in the original the one that it came from starts.
type Letter = (char, usize);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Folds {
    pub(crate) invisible: u32,
    pub(crate) styled: u32,
    pub(crate) marks: u32,
    pub(crate) confusable: u32,
    pub(crate) leet: u32,
    pub(crate) spaced: u32,
}

pub(crate) struct Normalized {
    letters: Vec<Letter>,
    original_len: usize,
    pub(crate) folds: Folds,
}

impl Normalized {
    pub(crate) fn of(text: &str) -> Self {
        let mut folds = Folds::default();
        let letters = fold_characters(text, &mut folds);
        let letters = undo_disguises(&letters, &mut folds);
        Self {
            letters,
            original_len: text
                .trim_end_matches(|letter: char| letter.is_whitespace() || letter.is_control())
                .len(),
            folds,
        }
    }

    pub(crate) fn text(&self) -> String {
        self.letters.iter().map(|letter| letter.0).collect()
    }

    /// For each byte of the normalised text, where its character's original starts.
    fn starts(&self) -> Vec<usize> {
        self.letters
            .iter()
            .flat_map(|&(letter, origin)| vec![origin; letter.len_utf8()])
            .collect()
    }

    pub(crate) fn original_span(&self, span: Range<usize>) -> Option<Range<usize>> {
        let starts = self.starts();
        if span.start >= span.end || span.end > starts.len() {
            return None;
        }
        let last = starts[span.end - 1];
        let end = starts.iter().copied().find(|&start| start > last);
        Some(starts[span.start]..end.unwrap_or(self.original_len))
    }
}

/// Rule 1.
fn fold_characters(text: &str, folds: &mut Folds) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    let mut marks = 0;
    for (at, character) in text.char_indices() {
        if is_invisible(character) {
            folds.invisible += u32::from(letters.last().is_some_and(|letter| letter.0.is_ascii_alphabetic()));
        } else if is_mark(character) {
            marks += 1;
            folds.marks += u32::from(marks > 1);
        } else {
            marks = 0;
            for to in visible(character).chars() {
                folds.styled += u32::from(is_styled(character) && to.is_ascii_alphanumeric());
                letters.push((to, at));
            }
        }
    }
    one_space(&letters)
}

/// Runs of white space become one, none at the ends. The run's first character says where it stood.
fn one_space(letters: &[Letter]) -> Vec<Letter> {
    let is_space = |letter: &Letter| matches!(letter.0, ' ' | '\n');
    let mut out = Vec::new();
    let mut rest = letters;
    while let Some(first) = rest.first() {
        let run = rest.iter().take_while(|letter| is_space(letter)).count();
        let (spaces, after) = rest.split_at(run);
        if run == 0 {
            out.push(*first);
            rest = &rest[1..];
            continue;
        }
        let breaks = spaces.iter().any(|letter| letter.0 == '\n');
        if !out.is_empty() && !after.is_empty() {
            out.push((if breaks { '\n' } else { ' ' }, first.1));
        }
        rest = after;
    }
    out
}

/// What a character that is shown becomes.
fn visible(character: char) -> String {
    match character {
        '\n' | '\r' => "\n".into(),
        _ if character.is_ascii_control() => " ".into(),
        _ if character.is_ascii() => character.to_ascii_lowercase().to_string(),
        _ if is_covered(character) => folded(character).unwrap_or_else(|| character.into()),
        _ => character.into(),
    }
}

fn is_invisible(character: char) -> bool {
    matches!(
        character,
        // Soft hyphen, grapheme joiner, Arabic letter mark, Hangul and Khmer fillers, Mongolian selectors.
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        // Zero-width characters, direction marks, invisible operators.
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        // Variation selectors, byte-order mark, tags.
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Circled, full-width, mathematical and squared forms.
fn is_styled(character: char) -> bool {
    matches!(
        character,
        '\u{2460}'..='\u{24FF}'
            | '\u{2776}'..='\u{2793}'
            | '\u{FF00}'..='\u{FFEF}'
            | '\u{1D400}'..='\u{1D7FF}'
            | '\u{1F100}'..='\u{1F1FF}'
    )
}

/// Rules 2 to 4, from left to right.
fn undo_disguises(letters: &[Letter], folds: &mut Folds) -> Vec<Letter> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let after_word = at > 0 && is_word(letters[at - 1].0);
        let spaced = if after_word { 0 } else { spaced_letters(&letters[at..]) };
        if spaced >= 4 {
            folds.spaced += 1;
            out.extend((0..spaced).map(|index| letters[at + 2 * index]));
            at += 2 * spaced - 1;
            continue;
        }
        let len = letters[at..].iter().take_while(|letter| is_in_word(letter.0)).count();
        if len == 0 {
            out.push(letters[at]);
            at += 1;
            continue;
        }
        let word: Vec<char> = letters[at..at + len].iter().map(|letter| letter.0).collect();
        let before = at.checked_sub(1).map(|before| letters[before].0);
        let after: Vec<char> = letters[at + len..].iter().take(2).map(|letter| letter.0).collect();
        let twins = is_disguised(&word);
        let leet = !twins && is_leet(&word, before, &after);
        for &(letter, origin) in &letters[at..at + len] {
            let (twin, stand_in) = (latin_twin(letter), leet_letter(letter));
            out.push(if let (true, Some(twin)) = (twins, twin) {
                folds.confusable += 1;
                (twin, origin)
            } else if let (true, Some(meant)) = (leet, stand_in) {
                folds.leet += 1;
                (meant, origin)
            } else {
                (letter, origin)
            });
        }
        at += len;
    }
    out
}

/// What makes a letter beside it part of a longer word.
fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || "@$".contains(character) || !character.is_ascii()
}

/// What words that may be disguised consist of.
fn is_in_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || "@$".contains(character) || is_foreign(character)
}

/// Greek, Cyrillic, Armenian.
fn is_foreign(character: char) -> bool {
    matches!(character, '\u{370}'..='\u{3FF}' | '\u{400}'..='\u{52F}' | '\u{531}'..='\u{587}')
}

/// Rule 2: Latin letters, foreign letters, and all of those look Latin.
fn is_disguised(word: &[char]) -> bool {
    let foreign: Vec<char> = word.iter().copied().filter(|&letter| is_foreign(letter)).collect();
    word.iter().any(char::is_ascii_alphabetic)
        && !foreign.is_empty()
        && foreign.iter().all(|&letter| latin_twin(letter).is_some())
}

fn latin_twin(letter: char) -> Option<char> {
    const TWINS: [(char, &str); 26] = [
        ('a', "аα"),
        ('b', "вβь"),
        ('c', "сςϲ"),
        ('d', "ԁ"),
        ('e', "еεєҽ"),
        ('f', "ғϝ"),
        ('g', "ցԍ"),
        ('h', "нһհη"),
        ('i', "іιї"),
        ('j', "јϳ"),
        ('k', "кκ"),
        ('l', "ӏլ"),
        ('m', "мμ"),
        ('n', "пոν"),
        ('o', "оοօσ"),
        ('p', "рρ"),
        ('q', "ԛ"),
        ('r', "гя"),
        ('s', "ѕ"),
        ('t', "тτ"),
        ('u', "υսц"),
        ('v', "ѵ"),
        ('w', "ԝωш"),
        ('x', "хχ"),
        ('y', "уγ"),
        ('z', "ζ"),
    ];
    TWINS
        .iter()
        .find(|(_, foreign)| foreign.contains(letter))
        .map(|(latin, _)| *latin)
}

/// Rule 3.
fn is_leet(word: &[char], before: Option<char>, after: &[char]) -> bool {
    let letters = word.iter().filter(|letter| letter.is_ascii_alphabetic()).count();
    let signs = word.len() - letters;
    let in_link = before.is_some_and(joins_link)
        || after.first() == Some(&'/')
        || matches!(after, [joint, next] if joins_link(*joint) && next.is_ascii_alphanumeric());
    !in_link
        && signs > 0
        && letters >= 3
        && letters > signs
        && word[0].is_ascii_alphabetic()
        && word[word.len() - 1].is_ascii_alphabetic()
        && word
            .iter()
            .all(|&letter| letter.is_ascii_alphabetic() || leet_letter(letter).is_some())
        && !word.windows(3).any(|three| three.iter().all(char::is_ascii_digit))
        && is_pronounceable(word)
}

/// Of rule 3: vowels enough, and no two pairs of letters that words do not hold.
fn is_pronounceable(word: &[char]) -> bool {
    const ODD: &str = "bc bf bk bm bn bp bq bv bw bx bz cb cd cf cg cm cq cw cx df dq dx fb fc fd fg fh fj fk fm fn fp fq fv fw fx fz gc gf gj gq gv gw gx gz hc hf hg hj hk hp hq hv hx hz jb jc jf jg jh jj jl jm jp jq jr jt jw jx jy jz kc kf kg kj km kp kq kv kx kz lj lq lx lz mf mh mj mq mv mx mz nx pb pj pq pv pw px pz qa qb qc qd qe qf qg qh qi qj qk ql qm qn qo qp qq qr qs qt qv qw qx qy qz rx sj sx td tj tq tx uq vb vc vf vg vh vj vk vl vm vn vp vq vs vw vx vz wb wf wg wj wm wq wt wu wv ww wx wz xb xd xf xg xh xj xk xl xm xn xo xq xr xs xu xv xw xx xy xz yh yq yv yx yy yz zb zc zf zg zh zj zp zq zr zt zv zx";
    let meant: String = word
        .iter()
        .map(|&letter| leet_letter(letter).unwrap_or(letter))
        .collect();
    let pairs = (1..meant.len()).map(|end| &meant[end - 1..=end]);
    let odd = pairs.filter(|pair| ODD.split(' ').any(|odd| odd == *pair)).count();
    meant.chars().filter(|letter| "aeiouy".contains(*letter)).count() * 4 >= word.len() && odd <= 1
}

fn leet_letter(sign: char) -> Option<char> {
    "013457@$".find(sign).and_then(|index| "oieastas".chars().nth(index))
}

fn joins_link(character: char) -> bool {
    "./-_=?&:#%+~".contains(character)
}

/// Rule 4: how many single letters with the same separator between them `letters` starts with.
fn spaced_letters(letters: &[Letter]) -> usize {
    let at = |index: usize| letters.get(index).map(|letter| letter.0);
    let Some(separator) = at(1).filter(|&separator| " .-_*".contains(separator)) else {
        return 0;
    };
    (0..letters.len())
        .take_while(|&index| {
            let separated = index == 0 || at(2 * index - 1) == Some(separator);
            let alone = !at(2 * index + 1).is_some_and(is_word);
            separated && alone && at(2 * index).is_some_and(|letter| letter.is_ascii_alphabetic())
        })
        .count()
}

/// Words, by the crate that implements UAX #29.
pub(crate) fn words(text: &str) -> Vec<(usize, &str)> {
    text.unicode_word_indices().collect()
}

/// Each n-gram of a normalised text: its hash, and its span in that text.
pub(crate) fn ngrams(text: &str) -> Vec<(u64, Range<usize>)> {
    let mut ngrams = Vec::new();
    if text.is_empty() {
        return ngrams;
    }
    let folded = fold_digits(text.as_bytes());
    let padded = [b" ", folded.as_slice(), b" "].concat();
    for len in 3..=5 {
        for (at, bytes) in padded.windows(len).enumerate() {
            // Byte 0 of the padded text is the space before the text.
            let span = at.saturating_sub(1)..(at + len - 1).min(text.len());
            ngrams.push((hash_of_ngram(bytes), span));
        }
    }
    let words: Vec<(u64, Range<usize>)> = words(text)
        .into_iter()
        .map(|(at, word)| (hash_of_ngram_word(word), at..at + word.len()))
        .collect();
    for pair in words.windows(2) {
        ngrams.push((hash_of_pair(pair[0].0, pair[1].0), pair[0].1.start..pair[1].1.end));
    }
    ngrams.extend(words);
    ngrams
}

/// The distinct buckets of a normalised text, by the highest bits of the hashes.
pub(crate) fn buckets(text: &str, bits: u8) -> BTreeSet<usize> {
    ngrams(text).iter().map(|ngram| bucket(ngram.0, bits)).collect()
}

pub(crate) fn bucket(hash: u64, bits: u8) -> usize {
    usize::try_from(hash >> (64 - bits)).unwrap()
}

/// The hashes of how the words of a normalised text begin: sixteen bits of each.
pub(crate) fn word_prefixes(text: &str) -> BTreeSet<u16> {
    words(text)
        .into_iter()
        .map(|(_, word)| word.chars().take(4).collect::<String>())
        .map(|prefix| hash_of_word(&fold_digits(prefix.as_bytes())))
        .map(|hash| u16::try_from(bucket(hash, 16)).unwrap())
        .collect()
}

fn fold_digits(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .map(|&byte| match byte {
            b'0'..=b'9' => b'0',
            b'\n' => b' ',
            _ => byte,
        })
        .collect()
}

/// The first 64-bit words of pi after the binary point; the last one made odd.
const PI: [u64; 4] = [
    0x243F_6A88_85A3_08D3,
    0x1319_8A2E_0370_7345,
    0xA409_3822_299F_31D1,
    0x082E_FA98_EC4E_6C89,
];

/// The bytes as one number, the first one highest, times a constant by their count.
fn hash_of_ngram(bytes: &[u8]) -> u64 {
    let number = bytes.iter().fold(0, |number, &byte| number * 256 + u64::from(byte));
    number.wrapping_mul(PI[bytes.len() - 3])
}

/// A word with a digit in it: its digits made one class, and at most 32 bytes of it.
fn hash_of_ngram_word(word: &str) -> u64 {
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        let folded = fold_digits(word.as_bytes());
        hash_of_word(&folded[..folded.len().min(32)])
    } else {
        hash_of_word(word.as_bytes())
    }
}

/// Blocks of eight bytes, little-endian, and then the rest, filled with zeros (of all eight where there is no rest).
fn hash_of_word(bytes: &[u8]) -> u64 {
    let mut hash = (bytes.len() as u64).wrapping_mul(PI[0]);
    let whole = bytes.len() / 8 * 8;
    for block in bytes[..whole].chunks(8).chain([&bytes[whole..]]) {
        let mut filled = [0; 8];
        filled[..block.len()].copy_from_slice(block);
        hash = mix(hash, u64::from_le_bytes(filled));
    }
    hash
}

fn hash_of_pair(first: u64, second: u64) -> u64 {
    mix(first.rotate_left(23), second)
}

fn mix(hash: u64, block: u64) -> u64 {
    let product = (hash ^ block).wrapping_mul(PI[3]);
    product ^ (product >> 29)
}
