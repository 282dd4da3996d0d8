//! Links that are broken up so that programs do not see them: `post-fee[.]top`, `post-fee . com`, `northgate dot com`.
use super::{
    Destination, Link, Suffix, destination, has_random_path, is_host_byte, is_new_tld, is_unpronounceable, path_len,
    scheme_len,
};
use crate::scan::holds;
use alloc::vec::Vec;
use core::ops::Range;

/// Links whose full stop is spelt: `northgate dot com`.
pub(super) fn find_spelt_links(text: &[u8], links: &mut Vec<Link>) {
    const DOT: &[u8] = b" dot ";
    // Nearly no message does.
    if !holds(text, *b" do") {
        return;
    }
    let mut at = 0;
    let before = links.len();
    while let Some(step) = text[at..].windows(DOT.len()).position(|word| word == DOT) {
        let joint = at + step..at + step + DOT.len();
        at = joint.end;
        if let Some(link) = link_around(
            text,
            0,
            &Joint {
                span: joint,
                doubt: Doubt::Some,
            },
        ) && !links
            .iter()
            .rev()
            .take(8)
            .any(|known| known.span.start < link.span.end && link.span.start < known.span.end)
        {
            links.push(link);
        }
    }
    if links.len() > before {
        links.sort_by_key(|link| link.span.start);
    }
}

/// What stands for the full stop of a link that is written so that programs do not see it.
struct Joint {
    span: Range<usize>,
    doubt: Doubt,
}

/// How likely it is that no link was meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// Nobody writes so by accident.
    None,
    /// A space before a full stop, or a word for it.
    Some,
    /// A space after a full stop, as after every sentence.
    Much,
}

/// `[.]`, `(.)`, or a full stop with a space on one side or both.
fn joint_around_dot(text: &[u8], from: usize, dot: usize) -> Option<Joint> {
    let before = dot.checked_sub(1).filter(|&at| at >= from).map(|at| text[at]);
    match (before, text.get(dot + 1)) {
        (Some(b'['), Some(b']')) | (Some(b'('), Some(b')')) => Some(Joint {
            span: dot - 1..dot + 2,
            doubt: Doubt::None,
        }),
        (before, after) => {
            let (left, right) = (before == Some(b' '), after == Some(&b' '));
            (left || right).then(|| Joint {
                span: dot - usize::from(left)..dot + 1 + usize::from(right),
                doubt: if left { Doubt::Some } else { Doubt::Much },
            })
        }
    }
}

/// The link around a full stop that has signs or spaces about it.
pub(super) fn link_around_dot(text: &[u8], from: usize, dot: usize) -> Option<Link> {
    link_around(text, from, &joint_around_dot(text, from, dot)?)
}

/// The link around a joint: a host before it, a top-level domain after it.
fn link_around(text: &[u8], from: usize, joint: &Joint) -> Option<Link> {
    /// Longer hosts are not broken up by hand.
    const LONGEST: usize = 64;
    const SHORTEST: usize = 4;
    let start = text[from..joint.span.start]
        .iter()
        .rev()
        .take(LONGEST)
        .take_while(|&&byte| is_host_byte(byte))
        .count();
    let start = joint.span.start - start;
    let host = &text[start..joint.span.start];
    let after = &text[joint.span.end..];
    let tld = &after[..after
        .iter()
        .take(LONGEST)
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count()];
    if host.len() < SHORTEST || tld.len() < 2 || !host[0].is_ascii_alphanumeric() || host.ends_with(b".") {
        return None;
    }
    let rest = &after[tld.len()..];
    let ends = rest.first().is_none_or(|&byte| !is_host_byte(byte) && byte != b'@');
    let has_path = rest.first() == Some(&b'/');
    // "On 6-May. Info: ...", "nice shop . top marks": a link needs better signs then. The cheap ones are looked at first,
    // since every sentence ends in a full stop and a space.
    let marked = || host.iter().any(|&byte| byte == b'-' || byte.is_ascii_digit());
    let likely = match joint.doubt {
        Doubt::None => true,
        Doubt::Some => has_path || matches!(tld, b"com" | b"net" | b"org") || marked(),
        Doubt::Much => has_path,
    };
    if !ends || !likely {
        return None;
    }
    let mut name = [0; 2 * LONGEST + 1];
    let len = host.len() + 1 + tld.len();
    let name = name.get_mut(..len)?;
    name[..host.len()].copy_from_slice(host);
    name[host.len()] = b'.';
    name[host.len() + 1..].copy_from_slice(tld);
    let suffix = Suffix::of(name)?;
    if suffix.word_like && !has_path && joint.doubt != Doubt::None {
        return None;
    }
    let own_len = host.iter().rev().take_while(|&&byte| byte != b'.').count();
    let own_label = joint.span.start - own_len..joint.span.start;
    let path_start = joint.span.end + tld.len();
    let end = path_start + path_len(rest);
    let destination = destination(name, Some(&suffix));
    Some(Link {
        span: start - scheme_len(&text[from..start])..end,
        random_host: destination == Destination::Unknown && is_unpronounceable(&text[own_label.clone()]),
        own_label,
        destination,
        namesake: None,
        abused_tld: suffix.abused_tld,
        new_tld: is_new_tld(tld),
        random_path: has_random_path(&text[path_start..end]),
        email: false,
        defanged: true,
    })
}
