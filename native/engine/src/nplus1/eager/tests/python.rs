//! Django and SQLAlchemy.

use super::*;

#[test]
fn django() {
    each(
        "django",
        Language::Python,
        &[
            (
                "Post.objects.select_related('author__company', 'editor')",
                "author author.company editor",
            ),
            ("Post.objects.select_related()", "*to_one"),
            ("Post.objects.select_related('author').select_related(None)", ""),
            (
                "Post.objects.prefetch_related('tags', 'comments__user')",
                "comments comments.user tags",
            ),
            (
                "Post.objects.select_related('author').prefetch_related('tags').prefetch_related(None)",
                "author",
            ),
            (
                "Post.objects.prefetch_related(Prefetch('comments', queryset=Comment.objects.select_related('user')))",
                "comments comments.user",
            ),
            (
                "Post.objects.prefetch_related(models.Prefetch('a__comments', Comment.objects.filter(x=1), to_attr='seen'))",
                "a a.seen",
            ),
            (
                "Post.objects.prefetch_related(Prefetch('comments', queryset=qs))",
                "comments comments.*open",
            ),
            (
                "qs = Comment.objects.select_related('user').filter(x=1)\nPost.objects.prefetch_related(Prefetch('comments', queryset=qs.order_by('id')))",
                "comments comments.user",
            ),
            (
                "Post.objects.prefetch_related(Prefetch('comments', queryset=Comment.objects.full()))",
                "comments comments.user",
            ),
            (
                "Post.objects.prefetch_related(Prefetch('comments', queryset=Comment.objects.with_user()))",
                "comments comments.*open",
            ),
            (
                "Post.objects.prefetch_related(GenericPrefetch('target', [A.objects.select_related('x'), B.objects.all()]))",
                "target target.x",
            ),
            // A plain filter over a relation loads nothing.
            (
                "Post.objects.filter(author__name='x').order_by('author__name')",
                "",
            ),
            // Chunks of no given size leave the prefetched rows out.
            (
                "Post.objects.select_related('author').prefetch_related('tags').iterator()",
                "author",
            ),
            (
                "Post.objects.prefetch_related('tags').iterator(chunk_size=100)",
                "tags",
            ),
            ("Post.objects.fetch_mode(models.FETCH_PEERS)", "*batched"),
            ("Post.objects.fetch_mode(models.RAISE)", "*never"),
            ("Post.objects.fetch_mode(mode)", "*open"),
            ("Post.objects.prefetch_related(*self.prefetches)", "*open"),
            ("Post.objects.prefetch_related(f'{name}__user')", "*open"),
            (
                "REL = ('author', 'tags')\nPost.objects.select_related(*REL)",
                "author tags",
            ),
            (
                "Post.objects.prefetch_related(*(['tags'] if full else []), 'author')",
                "author tags?",
            ),
        ],
    );
}

#[test]
fn sqlalchemy() {
    each(
        "sqlalchemy",
        Language::Python,
        &[
            ("select(Post).options(joinedload(Post.author))", "author"),
            (
                "select(Post).options(joinedload(Post.author).selectinload(User.company), subqueryload(Post.tags))",
                "author author.company tags",
            ),
            (
                "s.query(Post).options(orm.joinedload(Post.author)).all()",
                "author",
            ),
            ("s.query(Post).options(joinedload('author'))", "author"),
            // The last of several attributes alone.
            (
                "s.query(Post).options(subqueryload(Post.comments, Comment.user))",
                "(comments).user",
            ),
            ("select(Post).join(Post.author)", ""),
            (
                "select(Post).join(Post.author).options(contains_eager(Post.author))",
                "author",
            ),
            ("select(Post).options(raiseload('*'))", "*never"),
            (
                "select(Post).options(joinedload(Post.author), raiseload('*'))",
                "author *never",
            ),
            (
                "select(Post).options(joinedload(Post.author).raiseload('*'))",
                "author author.*never",
            ),
            (
                "select(Post).options(raiseload(Post.author), noload(Post.tags))",
                "author! tags!",
            ),
            ("select(Post).options(lazyload(Post.author))", "author~"),
            (
                "select(Post).options(joinedload(Post.author)).options(lazyload(Post.author))",
                "author~",
            ),
            ("select(Post).options(lazyload('*'))", "*no_defaults"),
            ("select(Post).options(joinedload('*'))", "*all"),
            (
                "select(Post).options(load_only(Post.id), joinedload(Post.author).load_only(User.name))",
                "author",
            ),
            (
                "select(Post).options(Load(Post).joinedload(Post.author))",
                "author",
            ),
            (
                "select(Post).options(selectinload(Post.comments).options(joinedload(Comment.user), selectinload(Comment.likes)))",
                "comments comments.likes comments.user",
            ),
            (
                "select(Post).options(selectinload(Post.comments.and_(Comment.ok == True)))",
                "comments",
            ),
            (
                "select(Post).options(selectinload(Post.owner.of_type(Manager)))",
                "owner",
            ),
            (
                "session.get(Post, 1, options=[joinedload(Post.author)])",
                "author",
            ),
            ("select(Post).options(*opts)", "*open"),
            ("select(Post).options(with_author())", "*open"),
            (
                "OPTS = [joinedload(Post.author)]\nselect(Post).options(*OPTS)",
                "author",
            ),
            (
                "FULL = joinedload(Post.author)\nselect(Post).options(FULL)",
                "author",
            ),
            ("select(Post).options(joinedload(getattr(Post, name)))", "*open"),
            ("s.query(Post).enable_eagerloads(False)", "*no_defaults"),
        ],
    );
    let plan = plan_of(
        "sqlalchemy",
        "select(Post).options(defaultload(Post.author).joinedload(User.company), lazyload(Post.tags))",
        Language::Python,
    );
    assert_eq!(plan.paths.covers("author"), Covered::No);
    assert_eq!(plan.paths.below("author").covers("company"), Covered::Yes);
    assert!(plan.paths.defaults("author"));
    assert!(!plan.paths.defaults("tags"));
}
