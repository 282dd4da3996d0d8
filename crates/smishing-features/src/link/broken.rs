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

/// `[.]`, `(.)`, or a full stop with a space on one side or both, or with a hyphen after it.
fn joint_around_dot(text: &[u8], from: usize, dot: usize) -> Option<Joint> {
    let before = dot.checked_sub(1).filter(|&at| at >= from).map(|at| text[at]);
    match (before, text.get(dot + 1)) {
        (Some(b'['), Some(b']')) | (Some(b'('), Some(b')')) => Some(Joint {
            span: dot - 1..dot + 2,
            doubt: Doubt::None,
        }),
        (before, after) => {
            let (left, right) = (before == Some(b' '), matches!(after, Some(b' ' | b'-')));
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

/// A host put together again.
struct Host {
    name: [u8; Host::LONGEST],
    len: usize,
    /// Where the labels after the first joint stand in the text.
    parts: [Range<usize>; Host::PARTS],
    count: usize,
}

impl Host {
    /// Longer hosts are not broken up by hand.
    const LONGEST: usize = 129;
    /// Joints, at most.
    const PARTS: usize = 4;

    fn push(&mut self, bytes: &[u8]) -> Option<()> {
        self.name
            .get_mut(self.len..self.len + bytes.len())?
            .copy_from_slice(bytes);
        self.len += bytes.len();
        Some(())
    }

    fn name(&self) -> &[u8] {
        &self.name[..self.len]
    }
}

/// The link around a joint: a host before it, after it a top-level domain or more labels with joints between them.
fn link_around(text: &[u8], from: usize, joint: &Joint) -> Option<Link> {
    const LONGEST_LABEL: usize = 64;
    const SHORTEST: usize = 4;
    let start = text[from..joint.span.start]
        .iter()
        .rev()
        .take(LONGEST_LABEL)
        .take_while(|&&byte| is_host_byte(byte))
        .count();
    let start = joint.span.start - start;
    let first = &text[start..joint.span.start];
    let is_www = first == b"www" || first.starts_with(b"www.");
    if !first.first().is_some_and(u8::is_ascii_alphanumeric) || first.ends_with(b".") {
        return None;
    }
    let mut host = Host {
        name: [0; Host::LONGEST],
        len: 0,
        parts: [const { 0..0 }; Host::PARTS],
        count: 0,
    };
    host.push(first)?;
    let label_from = |at: usize| {
        let is_last_byte = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'-';
        at..at + text[at..].iter().take(LONGEST_LABEL).take_while(is_last_byte).count()
    };
    let is_alike = |next: &Joint| text[next.span.clone()] == text[joint.span.clone()];
    let mut label = label_from(joint.span.end);
    let mut whole = None;
    while !label.is_empty() && host.count < Host::PARTS {
        host.push(b".")?;
        host.push(&text[label.clone()])?;
        host.parts[host.count] = label.clone();
        host.count += 1;
        let is_tld = text[label.clone()].iter().all(u8::is_ascii_alphabetic) && label.len() >= 2;
        let ends = text.get(label.end).is_none_or(|&byte| !matches!(byte, b'_' | b'@'));
        // "www. northgate. com. In case ...": a further label that is an everyday word starts the next sentence.
        if is_tld && ends {
            let suffix = Suffix::of(host.name());
            if suffix.is_known && (whole.is_none() || !suffix.word_like) {
                whole = Some((host.len, host.count, suffix));
            }
        }
        let dot = (label.end..label.end + 2).find(|&at| text.get(at) == Some(&b'.'));
        let next = dot.and_then(|dot| joint_around_dot(text, label.start, dot));
        label = match next {
            Some(next) if next.span.start == label.end && is_alike(&next) => label_from(next.span.end),
            _ => break,
        };
    }
    let (len, count, suffix) = whole?;
    host.len = len;
    let end_of_host = host.parts[count - 1].end;
    let rest = &text[end_of_host..];
    if rest.first().is_some_and(|&byte| is_host_byte(byte) && byte != b'.') || rest.starts_with(b"@") {
        return None;
    }
    let has_path = rest.first() == Some(&b'/');
    let tld = &text[host.parts[count - 1].clone()];
    // "On 6-May. Info: ...", "nice shop . top marks": a link needs better signs then.
    let marked = || first.iter().any(|&byte| byte == b'-' || byte.is_ascii_digit());
    let scheme = scheme_len(&text[from..start]);
    let certain = joint.doubt == Doubt::None || is_www || scheme > 0;
    let likely = has_path || (joint.doubt == Doubt::Some && (matches!(tld, b"com" | b"net" | b"org") || marked()));
    // "bit. ly/x", but not "vs. co/op".
    let long_enough = first.len() >= SHORTEST || suffix.is_service();
    if !(certain || likely && long_enough && (has_path || !suffix.word_like)) {
        return None;
    }
    let own_label = own_label(&host, count, start, suffix.registrable);
    let end = end_of_host + path_len(rest);
    let destination = destination(host.name(), &suffix);
    Some(Link {
        span: start - scheme..end,
        random_host: destination == Destination::Unknown && is_unpronounceable(&text[own_label.clone()]),
        own_label,
        destination,
        namesake: None,
        abused_tld: suffix.abused_tld,
        new_tld: is_new_tld(tld),
        random_path: has_random_path(&text[end_of_host..end]),
        email: false,
        defanged: true,
    })
}

/// Where in the text the first label of the registrable part stands; `start` is where the host does.
fn own_label(host: &Host, count: usize, start: usize, registrable: usize) -> Range<usize> {
    let from = host.len - registrable;
    let mut at = host.len + 1;
    for part in host.parts[..count].iter().rev() {
        at -= part.len() + 1;
        if at <= from {
            return part.clone();
        }
    }
    let before = &host.name[..at - 1];
    let label = before[from..]
        .iter()
        .position(|&byte| byte == b'.')
        .unwrap_or(before.len() - from);
    start + from..start + from + label
}
