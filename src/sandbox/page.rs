//! Pages of a list. A token is valid only for the list that it came from.

use super::codec::hex;
use super::world::Pages;

/// A page, with the token of the next one.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

/// The token does not belong to this list.
#[derive(Debug)]
pub(super) struct BadToken;

/// The page of `items` that begins at `token`. `list` identifies the list, including the parameters of the request.
pub(super) fn cut<T>(
    items: Vec<T>,
    list: &str,
    size: usize,
    token: Option<&str>,
    pages: &Pages,
) -> Result<Page<T>, BadToken> {
    let name: String = hex(list).chars().take(16).collect();
    let offset = match token {
        None if pages.empty_first => {
            return Ok(Page { items: Vec::new(), next: Some(format!("{name}/0")) });
        }
        None => 0,
        Some(token) => {
            let offset = token.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('/'));
            offset.and_then(|offset| offset.parse::<usize>().ok()).filter(|&at| at <= items.len()).ok_or(BadToken)?
        }
    };
    let size = pages.largest.map_or(size, |largest| largest.min(size)).max(1);
    let end = offset.saturating_add(size);
    let next = (end < items.len()).then(|| format!("{name}/{end}"));
    Ok(Page { items: items.into_iter().skip(offset).take(size).collect(), next })
}

#[cfg(test)]
mod tests {
    use super::{Pages, cut};

    #[test]
    fn a_list_is_read_to_its_end() {
        let first = cut(vec![1, 2, 3], "list", 2, None, &Pages::default()).expect("a page");
        assert_eq!(first.items, [1, 2]);
        let token = first.next.expect("a token");
        let second = cut(vec![1, 2, 3], "list", 2, Some(&token), &Pages::default()).expect("a page");
        assert_eq!((second.items, second.next), (vec![3], None));
        assert!(cut(vec![1], "another list", 2, Some(&token), &Pages::default()).is_err());
    }

    #[test]
    fn a_first_page_may_be_empty() {
        let pages = Pages { empty_first: true, largest: None };
        let first = cut(vec![1], "list", 2, None, &pages).expect("a page");
        assert!(first.items.is_empty());
        let second = cut(vec![1], "list", 2, first.next.as_deref(), &pages).expect("a page");
        assert_eq!((second.items, second.next), (vec![1], None));
    }
}
