use super::{registry, table};

#[test]
fn decorators_and_entity_schemas() {
    let files = [
        (
            "src/entities/post.entity.ts",
            r#"
import { Entity, Column, ManyToOne, OneToMany, ManyToMany, OneToOne, JoinColumn, Relation, BaseEntity } from "typeorm";
import { User as Author } from "./user.entity";

@Entity({ name: "posts" })
export class Post extends Audited {
  @PrimaryGeneratedColumn() id: number;
  @Column() authorId: number;
  @ManyToOne(() => Author, (author) => author.posts, { eager: true, nullable: true })
  author: Author;
  @ManyToOne("User", "drafts") editor: Relation<Author>;
  @ManyToOne(type => Blog, blog => blog.posts) blog: Promise<Blog>;
  @OneToMany(() => Comment, (c) => c.post, { lazy: true }) comments: Promise<Comment[]>;
  @ManyToMany(() => Tag) @JoinTable() tags: Tag[];
  @OneToOne(() => Seo) @JoinColumn() seo?: Seo | null;
}
export abstract class Audited extends BaseEntity {
  @ManyToOne(() => Author) auditor: Author;
}
@ChildEntity() class Story extends Post {}
"#,
        ),
        (
            "src/entities/user.entity.ts",
            r#"@Entity("users") export class User { @OneToMany(() => Post, post => post.author) posts: Post[]; }"#,
        ),
        (
            "src/entities/blog.js",
            r#"
module.exports.Blog = new EntitySchema({
  name: "Blog",
  tableName: "blogs",
  columns: { id: { primary: true }, title: { type: String } },
  relations: {
    posts: { type: "one-to-many", target: "Post", inverseSide: "blog" },
    owner: { type: "many-to-one", target: () => User, eager: true },
  },
});
"#,
        ),
    ];
    insta::assert_snapshot!(table(&registry("typeorm", &files)), @"
    Blog table=blogs [id title]
      owner: User eager key=ownerId
      posts: *Post never inverse=blog
    Post table=posts [authorId blogId editorId id]
      auditor: User never key=auditorId from Audited
      author: User eager key=authorId inverse=posts
      blog: Blog promise key=blogId inverse=posts
      comments: *Comment? promise inverse=post
      editor: User never key=editorId inverse=drafts
      seo: Seo? never
      tags: *Tag? never
    Audited [auditorId]
      auditor: User never key=auditorId
    Story []
      auditor: User never key=auditorId from Audited
      author: User eager key=authorId inverse=posts from Post
      blog: Blog promise key=blogId inverse=posts from Post
      comments: *Comment? promise inverse=post from Post
      editor: User never key=editorId inverse=drafts from Post
      seo: Seo? never from Post
      tags: *Tag? never from Post
    User table=users []
      posts: *Post never inverse=author
    ");
}
