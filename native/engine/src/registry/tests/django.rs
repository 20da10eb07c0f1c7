use super::{registry, table};

const MODELS: &str = r#"
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.db import models
from .managers import PostManager, PostQuerySet

class Timestamped(models.Model):
    created = models.DateTimeField(auto_now_add=True)
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="edited_%(class)s", on_delete=models.SET_NULL)

    class Meta:
        abstract = True

class Post(Timestamped):
    title = models.CharField(max_length=20)
    author = models.ForeignKey("accounts.User", related_name="posts", on_delete=models.CASCADE)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
    category = models.ForeignKey(to="Category", related_name="+", on_delete=models.CASCADE)
    tags = models.ManyToManyField("Tag", through="Tagging")
    comments = GenericRelation("Comment")

    objects = PostManager()
    feed = PostQuerySet.as_manager()
    both = models.Manager.from_queryset(PostQuerySet)()

    class Meta:
        db_table = "blog_post"
        ordering = ["-created"]

    def __str__(self):
        return self.title

class Seo(models.Model):
    post = models.OneToOneField(Post, on_delete=models.CASCADE)

class Category(models.Model):
    class Meta:
        ordering = []

class Tag(models.Model):
    name = models.CharField(max_length=20)

class Tagging(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")

class Comment(models.Model):
    content_type = models.ForeignKey("contenttypes.ContentType", on_delete=models.CASCADE)
    object_id = models.PositiveIntegerField()
    about = GenericForeignKey("content_type", "object_id")

class Featured(Post):
    pass

class PostForm(forms.ModelForm):
    class Meta:
        model = Post
"#;

const MANAGERS: &str = r#"
from django.db import models
from django.db.models import Prefetch

class PostQuerySet(models.QuerySet):
    def visible(self):
        return self.filter(hidden=False)

    def with_author(self):
        return self.visible().select_related("author__company")

    def for_list(self):
        posts = self.with_author()
        if True:
            posts = posts.prefetch_related("tags", Prefetch("comments", queryset=Comment.objects.select_related("about")))
        return posts

class PostManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("category")
"#;

const ACCOUNTS: &str = r#"
from django.contrib.auth.models import AbstractUser
from django.db import models

class User(AbstractUser):
    company = models.ForeignKey("shop.Company", null=True, on_delete=models.CASCADE)
"#;

fn shop() -> crate::registry::Registry {
    registry(
        "django",
        &[
            ("shop/blog/models.py", MODELS),
            ("shop/blog/managers.py", MANAGERS),
            ("shop/accounts/models.py", ACCOUNTS),
        ],
    )
}

#[test]
fn models_with_their_relations_and_the_reverse_ones() {
    insta::assert_snapshot!(table(&shop()), @r#"
    Company []
      user_set: *User lazy inverse=company from User
    ContentType []
      comment_set: *Comment lazy inverse=content_type from Comment
    User [company_id]
      company: Company lazy key=company_id inverse=user_set
      edited_featured: *Featured lazy inverse=editor from Timestamped
      edited_post: *Post lazy inverse=editor from Timestamped
      posts: *Post lazy inverse=author from Post
    Timestamped abstract [created editor_id]
      editor: User lazy key=editor_id
    Post ordered table=blog_post [author_id category_id parent_id title]
      author: User lazy key=author_id inverse=posts
      category: Category lazy key=category_id
      comments: *Comment lazy
      editor: User lazy key=editor_id from Timestamped
      parent: Post lazy key=parent_id inverse=post_set
      post_set: *Post lazy inverse=parent
      seo: Seo lazy inverse=post from Seo
      tagging_set: *Tagging lazy inverse=post from Tagging
      tags: *Tag lazy inverse=post_set
      scope "objects": category
      scope "feed": 
      scope "both": 
    Seo [post_id]
      post: Post lazy key=post_id inverse=seo
    Category []
    Tag [name]
      post_set: *Post lazy inverse=tags from Post
      taggings: *Tagging lazy inverse=tag from Tagging
    Tagging [post_id tag_id]
      post: Post lazy key=post_id inverse=tagging_set
      tag: Tag lazy key=tag_id inverse=taggings
    Comment [content_type_id object_id]
      about: any lazy key=object_id
      content_type: ContentType lazy key=content_type_id inverse=comment_set
    Featured []
      author: User lazy key=author_id inverse=posts from Post
      category: Category lazy key=category_id from Post
      comments: *Comment lazy from Post
      editor: User lazy key=editor_id from Timestamped
      parent: Post lazy key=parent_id inverse=post_set from Post
      post_set: *Post lazy inverse=parent from Post
      seo: Seo lazy inverse=post from Seo
      tagging_set: *Tagging lazy inverse=post from Tagging
      tags: *Tag lazy inverse=post_set from Post
    "#);
}

#[test]
fn managers_and_query_sets_lend_what_they_load() {
    let registry = shop();
    let post = registry.by_name("django", "Post", "shop/blog/views.py").unwrap();
    let loads = |name: &str| registry.scope(post, name).map(|found| found.loads.to_string());
    assert_eq!(loads("").as_deref(), Some("category"));
    assert_eq!(loads("objects").as_deref(), Some("category"));
    assert_eq!(loads("with_author").as_deref(), Some("author author.company"));
    assert_eq!(
        loads("for_list").as_deref(),
        Some("author author.company comments comments.about tags")
    );
    assert_eq!(loads("visible"), None);
    assert_eq!(loads("unheard_of"), None);
}

/// Inner classes of one name that inherit from one another: each looks like a parent of all others.
#[test]
fn many_inner_classes_of_one_name_are_read_in_no_time() {
    let serializers: String = (0..60)
        .map(|at| {
            format!(
                "class S{at}(Base{at}):\n    name = fields.CharField()\n\n    class Meta(Base{at}.Meta):\n        model = Post\n\n"
            )
        })
        .collect();
    let text = format!("from rest_framework import serializers\n\n{serializers}");
    let started = std::time::Instant::now();
    let mut models = super::models("django", "shop/serializers.py", &text);
    models.extend(super::models("raw", "shop/serializers.py", &text));
    assert!(
        models
            .iter()
            .all(|model| model.standing != super::Standing::Declared)
    );
    assert!(started.elapsed().as_secs() < 2);
}
