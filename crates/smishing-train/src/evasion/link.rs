//! Links by their shape, and links that are none any more.
use super::Strength;
use rand::{Rng, RngExt};
use std::ops::Range;

/// Stretches that a phone may make a link of: runs of ASCII without spaces that hold `://` or a dot between a letter or
/// digit and two letters. Rather one too many (`e.g.this`): what is no link is then merely left alone.
pub(super) fn links(text: &str) -> Vec<Range<usize>> {
    let mut links = Vec::new();
    let mut start = 0;
    for run in text.split(|letter: char| !letter.is_ascii_graphic()) {
        // Splitting drops the separators, which may be longer than a byte.
        start += text[start..].find(run).unwrap_or(0);
        if is_link(run) {
            links.push(start..start + run.len());
        }
        start += run.len();
    }
    links
}

fn is_link(run: &str) -> bool {
    let dotted = run.as_bytes().windows(4).any(|four| {
        four[0].is_ascii_alphanumeric()
            && four[1] == b'.'
            && four[2].is_ascii_alphabetic()
            && four[3].is_ascii_alphabetic()
    });
    dotted || run.contains("://")
}

/// The text with the dots of its links' hosts spelt otherwise.
pub(super) fn broken(text: &str, strength: Strength, random: &mut dyn Rng) -> String {
    const DOTS: [&str; 5] = [". ", " . ", "(.)", "[.]", " dot "];
    let dot = DOTS[random.random_range(0..DOTS.len())];
    let mut written = String::with_capacity(2 * text.len());
    let mut copied = 0;
    for link in links(text) {
        written += &text[copied..link.start];
        written += &without_dots(&text[link.clone()], dot, strength);
        copied = link.end;
    }
    written + &text[copied..]
}

fn without_dots(link: &str, dot: &str, strength: Strength) -> String {
    let (scheme, rest) = link
        .find("://")
        .map_or(("", link), |colon| link.split_at(colon + "://".len()));
    let host_end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_end);
    // A full stop at the end is the sentence's.
    let inner = host.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
    let after = &host[inner.len()..];
    match (strength, inner.rsplit_once('.')) {
        (_, None) => link.into(),
        (Strength::Mild, Some((name, tld))) => [scheme, name, dot, tld, after, path].concat(),
        (Strength::Strong, Some(_)) => [&inner.replace('.', dot), after, path].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn links_by_shape() {
        let found = |text| {
            links(text)
                .into_iter()
                .map(|span| text[span].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found("Pay at post-fee.top/a?b=1 or http://10.0.0.1/x, now... ok"),
            ["post-fee.top/a?b=1", "http://10.0.0.1/x,"]
        );
        assert_eq!(found("请登录a.cn验证"), ["a.cn"]);
        assert!(found("The U.S. paid 3.50 to us. Bye").is_empty());
    }

    #[test]
    fn dots_are_spelt_otherwise_and_paths_stay() {
        let mild: Vec<String> = (0..20)
            .map(|seed| {
                broken(
                    "See https://www.post-fee.top/a.b.",
                    Strength::Mild,
                    &mut ChaCha8Rng::seed_from_u64(seed),
                )
            })
            .collect();
        assert!(mild.contains(&"See https://www.post-fee[.]top/a.b.".into()), "{mild:?}");
        let strong = broken(
            "See https://www.post-fee.top/a.b.",
            Strength::Strong,
            &mut ChaCha8Rng::seed_from_u64(1),
        );
        assert!(
            strong.starts_with("See www") && !strong.contains("www.") && strong.ends_with("/a.b."),
            "{strong}"
        );
        let none = "no link here, 3.50 to pay";
        assert_eq!(broken(none, Strength::Strong, &mut ChaCha8Rng::seed_from_u64(1)), none);
    }
}
