use super::{registry, table};

const MODELS: &str = r#"
from typing import List, Optional
from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, backref, declared_attr, mapped_column, relationship
from shop.accounts import User as Owner

class Base(DeclarativeBase):
    pass

tags = Table("tags", Base.metadata, Column("a", ForeignKey("posts.id")))

class Authored:
    @declared_attr
    def author_id(cls):
        return Column(ForeignKey("users.id"))

    @declared_attr
    def author(cls):
        return relationship("User", lazy="joined")

class Post(Authored, Base):
    __tablename__ = "posts"
    id = Column(Integer, primary_key=True)
    blog_id = Column(ForeignKey("public.blogs.id"))
    parent_id = mapped_column(ForeignKey("posts.id"))
    blog = relationship("Blog", back_populates="posts", lazy=True)
    comments = relationship("Comment", backref=backref("post", lazy=False), order_by="Comment.id")
    children = relationship("Post", backref=backref("parent", remote_side=[id]))
    tags = relationship("Tag", secondary=tags, backref="posts", lazy="selectin")
    readers: Mapped[List["Owner"]] = relationship(secondary="readers", lazy="dynamic")
    seo: Mapped[Optional["Seo"]] = relationship(back_populates="post", lazy="immediate")
    title: Mapped[str] = mapped_column()
    names = association_proxy("tags", "name")

class Seo(Base):
    post_id = Column(ForeignKey("posts.id"))
    post = relationship(Post, back_populates="seo", lazy="raise")

class Blog(Base):
    __tablename__ = "blogs"
    posts = relationship("Post", back_populates="blog", lazy=None)

class Comment(Base):
    post_id = Column(ForeignKey(Post.id))

class Tag(Base):
    __abstract__ = False

Blog.latest = relationship(Post, uselist=False, viewonly=True)
"#;

const OTHERS: &str = r#"
from sqlmodel import Field, Relationship, SQLModel

class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id")
    team: "Team" = Relationship(back_populates="users", sa_relationship_kwargs={"lazy": "subquery"})

class Team(SQLModel, table=True):
    users: list["User"] = Relationship(back_populates="team")

class Log(db.Model):
    user_id = db.Column(db.Integer, db.ForeignKey("user.id"))
    user = db.relationship("User", backref=db.backref("logs", lazy="dynamic"))
    archive: WriteOnlyMapped["Log"] = db.relationship()
"#;

#[test]
fn relationships_and_what_lazy_says_of_them() {
    let registry = registry(
        "sqlalchemy",
        &[("shop/models.py", MODELS), ("shop/accounts.py", OTHERS)],
    );
    insta::assert_snapshot!(table(&registry), @"
    User [id team_id]
      logs: *Log dynamic inverse=user from Log
      team: Team eager key=team_id inverse=users
    Team []
      users: *User lazy inverse=team
    Log [user_id]
      archive: *Log never
      user: User lazy key=user_id inverse=logs
    Base []
    Authored [author_id]
      author: User eager key=author_id
    Post table=posts [blog_id id parent_id title]
      author: User eager key=author_id from Authored
      blog: Blog lazy key=blog_id inverse=posts
      children: *Post lazy inverse=parent
      comments: *Comment lazy inverse=post
      names: *any lazy through=tags
      parent: Post lazy inverse=children
      readers: *User dynamic
      seo: Seo eager-per-row inverse=post
      tags: *Tag eager inverse=posts
    Seo [post_id]
      post: Post never key=post_id inverse=seo
    Blog table=blogs []
      latest: Post lazy
      posts: *Post never inverse=blog
    Comment [post_id]
      post: Post eager inverse=comments from Post
    Tag []
      posts: *Post lazy inverse=tags from Post
    ");
}
