//! Prisma, TypeORM, Sequelize.

use super::*;

#[test]
fn prisma() {
    each(
        "prisma",
        Language::TypeScript,
        &[
            ("prisma.post.findMany({ include: { author: true } })", "author"),
            (
                "prisma.post.findMany({ where: { x: 1 }, include: { author: true, comments: { include: { user: true }, where: { ok: true } } } })",
                "author comments comments.user",
            ),
            (
                "prisma.post.findMany({ select: { id: true, author: { select: { company: true } } } })",
                "author author.company id",
            ),
            (
                "prisma.post.findMany({ include: { comments: { select: { user: { include: { team: true } } } } } })",
                "comments comments.user comments.user.team",
            ),
            (
                "prisma.post.findMany({ include: { author: false, tags: undefined, editor: null } })",
                "",
            ),
            (
                "prisma.post.findMany({ where: { author: { name: 'x' } }, orderBy: { author: { name: 'asc' } } })",
                "",
            ),
            ("prisma.post.findMany({ include: { author: !!full } })", "author?"),
            (
                "prisma.post.findMany({ include: full ? { author: true } : undefined })",
                "author?",
            ),
            (
                "prisma.post.findMany({ include: { ...base, author: true } })",
                "author *open",
            ),
            ("prisma.post.findMany({ include: { [name]: true } })", "*open"),
            ("prisma.post.findMany(args)", "*open"),
            (
                "const full = { author: { include: { company: true } } } as const; prisma.post.findMany({ include: full })",
                "author author.company",
            ),
            (
                "const include = { author: true } satisfies Prisma.PostInclude; prisma.post.findMany({ include })",
                "author",
            ),
            (
                "const args = Prisma.validator<Prisma.PostFindManyArgs>()({ include: { author: true } }); prisma.post.findMany(args)",
                "author",
            ),
            (
                "const user = { select: { team: true } }; prisma.post.findMany({ include: { author: user } })",
                "author author.team",
            ),
            (
                "prisma.post.findMany({ ...(full && { include: { author: true } }) })",
                "author?",
            ),
            (
                "await prisma.post.findUnique({ where: { id }, include: { _count: { select: { likes: true } } } })",
                "_count _count.likes",
            ),
        ],
    );
}

#[test]
fn typeorm() {
    each(
        "typeorm",
        Language::TypeScript,
        &[
            (
                "repo.find({ relations: ['author', 'author.company'] })",
                "author author.company",
            ),
            (
                "repo.find({ relations: { author: { company: true }, tags: true, editor: false } })",
                "author author.company tags",
            ),
            ("repo.findOne({ where: { id }, relations: ['author'] })", "author"),
            ("manager.find(Post, { relations: ['author'] })", "author"),
            ("repo.find(OPTIONS)", "*open"),
            (
                "const OPTIONS = { relations: ['author'] }; repo.find(OPTIONS)",
                "author",
            ),
            (
                "repo.find({ loadRelationIds: { relations: ['author'] } })",
                "author",
            ),
            ("repo.find({ loadRelationIds: true })", "*all"),
            ("repo.find({ loadEagerRelations: false })", "*no_defaults"),
            (
                "repo.find({ join: { alias: 'post', leftJoinAndSelect: { author: 'post.author', company: 'author.company' } } })",
                "author author.company",
            ),
            ("repo.find({ where: { author: { id: 1 } } })", ""),
            (
                "repo.createQueryBuilder('post').leftJoinAndSelect('post.author', 'author').innerJoinAndSelect('author.company', 'company').getMany()",
                "author author.company *no_defaults",
            ),
            (
                "repo.createQueryBuilder('post').leftJoin('post.author', 'author').where('author.x = 1').getMany()",
                "*no_defaults",
            ),
            (
                "repo.createQueryBuilder('post').leftJoin('post.author', 'author').addSelect(['author.id', 'author.name'])",
                "author *no_defaults",
            ),
            (
                "qb.leftJoin('post.author', 'a').leftJoinAndSelect('a.company', 'c')",
                "(author).company",
            ),
            (
                "qb.leftJoinAndMapOne('post.latest', 'post.comments', 'c').leftJoinAndSelect('c.user', 'u')",
                "latest latest.user",
            ),
            ("qb.leftJoinAndSelect(User, 'user', 'user.id = post.userId')", ""),
            ("qb.leftJoinAndSelect(`${alias}.author`, 'author')", "*open"),
            ("qb.setFindOptions({ relations: { author: true } })", "author"),
            ("repo.find({ relations })", "*open"),
            ("const relations = ['author']; repo.find({ relations })", "author"),
            (
                "repo.find({ relations: ['author', ...(full ? ['tags'] : [])] })",
                "author tags?",
            ),
            (
                "repo.find({ relations: full ? ['author', 'tags'] : ['author'] })",
                "author? tags?",
            ),
            ("repo.find({ relations: [`author.${part}`] })", "*open"),
        ],
    );
}

#[test]
fn sequelize() {
    each(
        "sequelize",
        Language::JavaScript,
        &[
            ("Post.findAll({ include: ['author'] })", "author"),
            ("Post.findAll({ include: 'author' })", "author"),
            (
                "Post.findAll({ include: [{ model: User, as: 'author', include: [{ association: 'company' }] }, { association: 'tags' }, 'likes'] })",
                "author author.company likes tags",
            ),
            (
                "Post.findAll({ include: [User, { model: Tag, include: ['kind'] }] })",
                ":tag :tag.kind :user",
            ),
            ("Post.findAll({ include: User })", ":user"),
            (
                "Post.findAll({ include: [db.User, { model: sequelize.models.Tag }] })",
                ":tag :user",
            ),
            (
                "Post.findAll({ include: [{ model: User.scope('small'), as: 'author' }] })",
                "author",
            ),
            (
                "Post.findAll({ include: [{ model: User.scope('small') }] })",
                ":user :user.*open",
            ),
            (
                "Post.findAll({ include: [{ model: User, as: 'author', attributes: [], where: { x: 1 } }] })",
                "",
            ),
            ("Post.findAll({ include: [{ all: true }] })", "*all"),
            (
                "Post.findAll({ include: [{ all: true, nested: true }] })",
                "*all_nested",
            ),
            (
                "Post.findAll({ include: [{ association: Post.associations.author }] })",
                "author",
            ),
            (
                "Post.findAll({ include: [{ association: Post.Author }] })",
                "*open",
            ),
            ("Post.findAll({ include: [() => User] })", ":user"),
            ("Post.findAll({ where: { '$author.name$': 'x' } })", ""),
            ("Post.findAll({ include: full ? [User] : [] })", ":user?"),
            ("Post.findAll({ include: [...extra, 'author'] })", "author *open"),
            ("Post.findAll(options)", "*open"),
            ("Post.findByPk(req.params.id)", ""),
            ("Post.findByPk(key, { include: [User] })", ":user"),
            (
                "Post.findAll({ include: { model: this.userModel, include: models.tag } })",
                ":user :user.*open",
            ),
            (
                "Post.findAll({ include: [{ model: models.user }, this.tagModel] })",
                ":tag :user",
            ),
            (
                "const include = [{ model: User, as: 'author' }]; Post.findAll({ include })",
                "author",
            ),
        ],
    );
}
