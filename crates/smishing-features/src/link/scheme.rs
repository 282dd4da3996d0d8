//! Links that open an app: `whatsapp://chat/?code=x`.
use super::{Destination, Link, has_random_path, path_len};
use crate::marks::{Kind, Marks};
use alloc::vec::Vec;

/// Schemes that messengers register.
const MESSENGERS: [&[u8]; 6] = [b"whatsapp", b"tg", b"telegram", b"line", b"viber", b"weixin"];

/// Links of messengers' own schemes; others lead nowhere that is known.
pub(super) fn find_app_links(text: &[u8], marks: &Marks, links: &mut Vec<Link>) {
    let before = links.len();
    let mut at = 0;
    while let Some(colon) = marks.first(Kind::MidLetter, at) {
        at = colon + 1;
        let Some(rest) = text[colon..].strip_prefix(b"://") else {
            continue;
        };
        let scheme = MESSENGERS.iter().find(|scheme| {
            text[..colon].ends_with(scheme)
                && !text[..colon - scheme.len()]
                    .last()
                    .is_some_and(u8::is_ascii_alphanumeric)
        });
        let Some(scheme) = scheme else { continue };
        let host = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
            .count();
        let start = colon - scheme.len();
        let path_start = text.len() - rest.len() + host;
        let end = path_start + path_len(&rest[host..]);
        at = end;
        // A host with a dot was found as a link already, without its scheme.
        links.retain(|link| link.span.end <= start || link.span.start >= end);
        links.push(Link {
            span: start..end,
            own_label: start..colon,
            destination: Destination::Messenger,
            namesake: None,
            abused_tld: false,
            new_tld: false,
            random_host: false,
            random_path: has_random_path(&text[path_start..end]),
            email: false,
            defanged: false,
        });
    }
    if links.len() > before {
        links.sort_by_key(|link| link.span.start);
    }
}
