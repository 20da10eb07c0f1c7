//! The patterns an ORM file uses: name globs, call chains (`$CLIENT.query($M)`) and types
//! (`Repository<$M>`). Patterns are matched on the unified call chain, one link at a time, so
//! the same form serves every language. It must not know any ORM.

use crate::facts::ir::TypeRef;

/// A name with `*` for any run of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    first: Box<str>,
    /// What stands after each `*`.
    after: Box<[Box<str>]>,
}

impl Glob {
    pub fn new(text: &str) -> Self {
        let mut parts = text.split('*').map(Box::from);
        Glob {
            first: parts.next().unwrap_or_default(),
            after: parts.collect(),
        }
    }

    pub fn matches(&self, name: &str) -> bool {
        let Some((last, between)) = self.after.split_last() else {
            return *self.first == *name;
        };
        // One letter tells most names apart.
        let (begins, ends) = (self.first.as_bytes().first(), last.as_bytes().last());
        if begins.is_some() && begins != name.as_bytes().first()
            || ends.is_some() && ends != name.as_bytes().last()
        {
            return false;
        }
        let Some(mut rest) = name.strip_prefix(&*self.first) else {
            return false;
        };
        for part in between {
            match find(rest, part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(&**last)
    }

    pub fn is_exact(&self) -> bool {
        self.after.is_empty()
    }
}

/// Names are too short for a search that prepares itself first.
fn find(name: &str, part: &str) -> Option<usize> {
    let (name, part) = (name.as_bytes(), part.as_bytes());
    let Some(letter) = part.first() else {
        return Some(0);
    };
    let mut places = name.windows(part.len());
    places.position(|it| it.first() == Some(letter) && it == part)
}

/// A set of globs. Names are held against many sets for every expression, so it tells those apart
/// first that are plainly not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Those without a `*`, sorted.
    exact: Vec<Box<str>>,
    /// A bit for each of their lengths.
    lengths: u64,
    globs: Vec<Glob>,
}

impl Names {
    pub fn new(texts: &[String]) -> Self {
        let all = texts.iter().map(|text| Glob::new(text));
        let (exact, globs): (Vec<Glob>, Vec<Glob>) = all.partition(Glob::is_exact);
        let mut exact: Vec<Box<str>> = exact.into_iter().map(|glob| glob.first).collect();
        exact.sort_unstable();
        Names {
            lengths: exact.iter().fold(0, |lengths, name| lengths | length_bit(name)),
            exact,
            globs,
        }
    }

    pub fn matches(&self, name: &str) -> bool {
        self.names(name) || self.globs.iter().any(|glob| glob.matches(name))
    }

    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.globs.is_empty()
    }

    /// Whether the name itself is among them, and not only one that a `*` covers.
    pub fn names(&self, name: &str) -> bool {
        self.lengths & length_bit(name) != 0 && self.exact.binary_search_by(|it| (**it).cmp(name)).is_ok()
    }
}

fn length_bit(name: &str) -> u64 {
    1 << name.len().min(63)
}

/// What a chain starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// `$M`: a model class.
    Model,
    /// `$CLIENT`
    Client,
    /// `$ROW`: one row of a model.
    Row,
    /// A plain function: `select`.
    Function(Glob),
}

/// What must stand in the first place of an argument list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgNeed {
    Any,
    /// `($M)`: a model class, which becomes the model of the result.
    Model,
    /// `($QUERY)`: a query built before.
    Query,
    /// `($SQL)`: a text, which says whether the call reads or writes where it is seen.
    Sql,
}

/// The link after the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    None,
    /// `.objects`
    Name(Glob),
    /// `.$MODEL`: the name is the model.
    CapturesModel,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    pub head: Head,
    pub link: Link,
    /// `None`: no call.
    pub call: Option<ArgNeed>,
}

impl Chain {
    /// # Errors
    /// One phrase on what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (path, call) = split_call(text)?;
        let (head, link) = path.split_once('.').map_or((path, None), |(h, l)| (h, Some(l)));
        let head = match head {
            "$M" => Head::Model,
            "$CLIENT" => Head::Client,
            "$ROW" => Head::Row,
            name if !name.is_empty() && !name.starts_with('$') => Head::Function(Glob::new(name)),
            other => return Err(format!("`{other}` cannot start a chain in `{text}`")),
        };
        let link = match link {
            None => Link::None,
            Some("$MODEL") => Link::CapturesModel,
            Some(name) if name.is_empty() || name.contains(['$', '.']) => {
                return Err(format!(
                    "`{text}` has more than one link; name the step between as a client"
                ));
            }
            Some(name) => Link::Name(Glob::new(name)),
        };
        Ok(Chain { head, link, call })
    }
}

/// A method as an ORM file names it: `get`, `findBy*`, `get($M)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    pub name: Glob,
    pub needs: ArgNeed,
}

impl Method {
    /// # Errors
    /// One phrase on what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, call) = split_call(text)?;
        if name.is_empty() || name.contains('.') {
            return Err(format!("`{text}` is no method name"));
        }
        Ok(Method {
            name: Glob::new(name),
            needs: call.unwrap_or(ArgNeed::Any),
        })
    }
}

/// A method with the name of a relation in its own: `get$RELATION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationMethod {
    before: String,
    after: String,
}

impl RelationMethod {
    pub fn parse(text: &str) -> Option<Self> {
        let (before, after) = text.split_once("$RELATION")?;
        Some(RelationMethod {
            before: before.to_owned(),
            after: after.to_owned(),
        })
    }

    /// The relation's name, with a capital, in the name of a method.
    pub fn relation<'n>(&self, method: &'n str) -> Option<&'n str> {
        let name = method.strip_prefix(self.before.as_str())?;
        let name = name.strip_suffix(self.after.as_str())?;
        name.starts_with(|c: char| c.is_uppercase()).then_some(name)
    }
}

fn split_call(text: &str) -> Result<(&str, Option<ArgNeed>), String> {
    let Some((path, rest)) = text.split_once('(') else {
        return Ok((text, None));
    };
    let needs = match rest {
        ")" => ArgNeed::Any,
        "$M)" => ArgNeed::Model,
        "$QUERY)" => ArgNeed::Query,
        "$SQL)" => ArgNeed::Sql,
        _ => {
            return Err(format!(
                "arguments of `{text}` must be (), ($M), ($QUERY) or ($SQL)"
            ));
        }
    };
    Ok((path, Some(needs)))
}

/// `PrismaClient`, `Repository<$M>`, `$MRepository`, `*DbContext`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypePattern {
    Plain(Glob),
    /// The model is the first type argument.
    Argument(Glob),
    /// The model is the name without this beginning and this ending.
    Around(String, String),
}

impl TypePattern {
    pub fn parse(text: &str) -> Self {
        if let Some(name) = text.strip_suffix("<$M>") {
            return TypePattern::Argument(Glob::new(name));
        }
        match text.split_once("$M") {
            Some((before, after)) => TypePattern::Around(before.to_owned(), after.to_owned()),
            None => TypePattern::Plain(Glob::new(text)),
        }
    }

    /// `Some(model)` when the type matches; the model may be unknown.
    pub fn matches(&self, ty: &TypeRef) -> Option<Option<String>> {
        self.matches_short(ty.short(), ty)
    }

    /// The same of a type whose short name is known already.
    pub fn matches_short(&self, short: &str, ty: &TypeRef) -> Option<Option<String>> {
        match self {
            TypePattern::Plain(glob) => glob.matches(short).then_some(None),
            TypePattern::Argument(glob) => {
                let argument = ty.args.first()?;
                glob.matches(short).then(|| Some(argument.short().to_owned()))
            }
            TypePattern::Around(before, after) => {
                let model = short.strip_prefix(before.as_str())?;
                let model = model.strip_suffix(after.as_str())?;
                let named = model.starts_with(|c: char| c.is_uppercase());
                named.then(|| Some(model.to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn globs_match_whole_names() {
        for (glob, name, expected) in [
            ("find", "find", true),
            ("find", "findOne", false),
            ("find*", "findOne", true),
            ("*__in", "author__in", true),
            ("*__in", "author__inner", false),
            ("find*By*In", "findAllByIdIn", true),
            ("find*By*In", "findAllById", false),
            ("*", "", true),
        ] {
            assert_eq!(Glob::new(glob).matches(name), expected, "{glob} on {name}");
        }
    }

    #[test]
    fn chains_have_a_head_one_link_and_a_call() {
        let chain = Chain::parse("$CLIENT.query($M)").unwrap();
        assert_eq!(chain.head, Head::Client);
        assert_eq!(chain.link, Link::Name(Glob::new("query")));
        assert_eq!(chain.call, Some(ArgNeed::Model));
        assert_eq!(Chain::parse("$CLIENT.$MODEL").unwrap().link, Link::CapturesModel);
        assert!(Chain::parse("$CLIENT.a.b").is_err());
        assert!(Chain::parse("$X.objects").is_err());
        assert!(Chain::parse("select(x)").is_err());
    }

    #[test]
    fn types_capture_the_model() {
        let ty = |name: &str, args: &[&str]| TypeRef {
            name: name.to_owned(),
            args: args
                .iter()
                .map(|a| TypeRef {
                    name: (*a).to_owned(),
                    args: vec![],
                    nullable: false,
                })
                .collect(),
            nullable: false,
        };
        let repository = TypePattern::parse("Repository<$M>");
        assert_eq!(
            repository.matches(&ty("typeorm.Repository", &["User"])),
            Some(Some("User".into()))
        );
        assert_eq!(repository.matches(&ty("Repository", &[])), None);
        let suffix = TypePattern::parse("$MRepository");
        assert_eq!(
            suffix.matches(&ty("UserRepository", &[])),
            Some(Some("User".into()))
        );
        assert_eq!(suffix.matches(&ty("Repository", &[])), None);
        let interface = TypePattern::parse("I$MRepository");
        assert_eq!(
            interface.matches(&ty("IOrderRepository", &[])),
            Some(Some("Order".into()))
        );
        assert_eq!(interface.matches(&ty("ImageRepository", &[])), None);
    }
}
