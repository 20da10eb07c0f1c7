//! The words of the `eager` section of an ORM file: what loads relations together with the rows, and
//! in which form it names them. `docs/add-an-orm.md` explains each.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What loads relations together with the rows.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EagerFile {
    /// Methods, by how their arguments name what is loaded.
    #[serde(default)]
    pub calls: BTreeMap<Form, Vec<String>>,
    /// Named arguments and keys of argument objects, by the same.
    #[serde(default)]
    pub keys: BTreeMap<Form, Vec<String>>,
    /// Decorators of a method that reads, by the same.
    #[serde(default)]
    pub decorators: BTreeMap<Form, Vec<String>>,
    /// Methods whose own name says what they load: a name with one `*`, and the paths, in which `*`
    /// stands for the same.
    #[serde(default)]
    pub named: BTreeMap<String, Vec<String>>,
    /// Functions that say how a relation is loaded, given as arguments.
    #[serde(default)]
    pub options: BTreeMap<OptionWord, Vec<String>>,
    /// Calls that load relations of rows which are there already.
    #[serde(default)]
    pub after: Vec<After>,
    /// Methods of a relation that say whether it is loaded, and ask nothing.
    #[serde(default)]
    pub tells: Vec<String>,
}

/// How a call names the relations it loads. `docs/add-an-orm.md` shows one line of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// `:author, comments: [:user, { likes: :owner }]`
    Names,
    /// `"author__company"`; without an argument every single-valued relation.
    JoinPaths,
    /// `"author__company", Prefetch("comments", queryset=…)`
    PrefetchPaths,
    /// `joinedload(Post.author).selectinload(User.company)`
    LoaderOptions,
    /// `p => p.Author`, `"Author.Company"`
    Member,
    /// `a => a.Company`, below the last `member`.
    ThenMember,
    /// `"author", "author.company"`
    Dotted,
    /// `{ author: true, comments: { include: { user: true } } }`
    Tree,
    /// `["author", "author.company"]`, `{ author: { company: true } }`
    Relations,
    /// `[{ model: User, as: 'author', include: [...] }, 'tags', User]`
    Associations,
    /// `true`, `{ relations: ["author"] }`
    RelationIds,
    /// `{ alias: 'post', leftJoinAndSelect: { author: 'post.author' } }`
    JoinOptions,
    /// `('post.author', 'author')`: a join that loads.
    JoinLoads,
    /// `('post.author', 'author')`: one that does not, until its alias is selected.
    JoinOnly,
    /// `('post.latest', 'post.comments', 'comment')`: loads under the first name.
    JoinAs,
    /// `('author')`: loads what was joined under this alias.
    Selects,
    /// `(post.author, author)`: a typed join that does not load yet.
    TypedJoin,
    /// Loads the last typed join.
    FetchJoin,
    /// `root.fetch("author").fetch("company")`
    Fetch,
    /// Query text with `join fetch`.
    Text,
    /// Name of a query or graph declared elsewhere.
    Named,
    /// `attributePaths = {"author", "comments.user"}` or the name of a graph.
    Graph,
    /// `("…fetchgraph", em.getEntityGraph("Post.author"))`
    GraphHint,
    /// Another query whose loads are taken over: `merge(Post.includes(:author))`.
    Query,
    /// How lazy reads behave: `FETCH_PEERS`, `RAISE`.
    FetchMode,
    /// No lazy access queries after it.
    NeverLazy,
    /// What the mapping loads by default is off.
    NoDefaults,
    /// The same when the value is `false`.
    Defaults,
    /// Forgets what is read by queries of its own, unless it has an argument.
    DropsPrefetched,
    /// `(:includes)`: forgets what the named call asked for.
    Forgets,
}

/// What a loader option does with the relation it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionWord {
    Loads,
    /// Leaves it to be read on access.
    Lazy,
    /// Reading it raises or finds nothing.
    Never,
    /// Only leads to what stands below.
    Passes,
    /// Says nothing about relations.
    Ignored,
    /// Names a path, a query for its rows and an attribute to keep them in: `Prefetch`.
    Nested,
}

/// `prefetch_related_objects(posts, "author")`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// The end of the call's dotted name: `Preloader.new`.
    pub call: String,
    /// The argument with the rows: its place, or its name.
    pub rows: Place,
    /// The argument with the paths, if they are not all that follow.
    #[serde(default)]
    pub paths: Option<String>,
    pub form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Place {
    At(usize),
    Named(String),
}
