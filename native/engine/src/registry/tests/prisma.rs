use super::table;
use crate::project::Project;
use crate::registry::{Registry, Settings};

#[test]
fn models_of_schema_files() {
    let files = [
        (
            "prisma/schema.prisma",
            "model User {\n  id Int @id\n  posts Post[] @relation(\"author\")\n  edited Post[] @relation(\"editor\")\n  boss User? @relation(\"team\", \
             fields: [bossId], references: [id])\n  bossId Int?\n  team User[] @relation(\"team\")\n  role Role\n}\n",
        ),
        (
            "prisma/post.prisma",
            "model Post {\n  id Int @id\n  authorId Int\n  author User @relation(\"author\", fields: [authorId], references: [id])\n  editor User? \
             @relation(\"editor\", fields: [editorId], references: [id])\n  editorId Int?\n  tags Tag[]\n  @@map(\"posts\")\n}\nmodel Tag {\n  posts Post[]\n}\n",
        ),
    ];
    let project = Project::from_files(files.map(|(path, text)| (path.to_owned(), text.to_owned())));
    let registry = Registry::new([], Settings::new(project, []));
    insta::assert_snapshot!(table(&registry), @"
    Post table=posts [authorId editorId id]
      author: User never key=authorId inverse=posts
      editor: User never key=editorId inverse=edited
      tags: *Tag never inverse=posts
    Tag []
      posts: *Post never inverse=tags
    User [bossId id role]
      boss: User never key=bossId inverse=team
      edited: *Post never inverse=editor
      posts: *Post never inverse=author
      team: *User never inverse=boss
    ");
    assert_eq!(
        registry.by_name("prisma", "Post", "src/app.ts").unwrap().path,
        "prisma/post.prisma"
    );
}
