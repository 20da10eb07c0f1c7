use super::{registry, table};

#[test]
fn macros_of_a_class_body() {
    let post = r#"
class Post < ApplicationRecord
  include Commentable
  belongs_to :author, class_name: "User", inverse_of: :posts
  belongs_to :blog, counter_cache: true, optional: true
  belongs_to :subject, polymorphic: true
  has_one :seo, strict_loading: true
  has_many :taggings, -> { includes(:tag) }, dependent: :destroy
  has_many :tags, through: :taggings
  has_many :categories, -> { order(:name) }
  has_and_belongs_to_many :readers, class_name: "::User", foreign_key: :reader_id
  has_one_attached :cover
  has_many_attached :images
  has_rich_text :body
  with_options class_name: "Spree::Order" do
    has_many :orders
    has_many :old_orders, class_name: "Order"
  end
  enum :status, { draft: 0 }
  attribute :score, :integer
  delegate :name, :email, to: :author, prefix: true, allow_nil: true
  delegate :title, to: :blog

  default_scope { includes(:blog) }
  scope :listed, -> { visible.with_attached_cover.includes(:tags, author: [:company, { team: :lead }]) }
  scope :visible, -> { where(hidden: false) }

  def self.feed
    listed.preload(:seo)
  end
end
"#;
    let others = r#"
class Blog < ApplicationRecord
  self.table_name = "weblogs"
  has_many :posts
end
class Guest < User; end
class User < ApplicationRecord
  has_many :posts, foreign_key: :author_id
end
class Tag < ApplicationRecord; end
class Tagging < ApplicationRecord
  belongs_to :tag
end
class Comment < ApplicationRecord
  belongs_to :commentable, polymorphic: true
end
module Spree
  class Order < Base
    belongs_to :order
    belongs_to :comment
  end
  class Base < ApplicationRecord
    self.abstract_class = true
  end
  class Comment < Spree::Base; end
end
class Order < ApplicationRecord
  self.strict_loading_by_default = true
  has_many :users
end
class PostSerializer < ActiveModel::Serializer
  has_many :comments
end
class Reports < ActionMailer::Base
  has_many :comments
end
"#;
    let concern = r#"
module Commentable
  extend ActiveSupport::Concern
  included do
    has_many :comments, as: :commentable
    scope :discussed, -> { eager_load(:comments) }
  end
end
"#;
    let files = [
        ("app/models/post.rb", post),
        ("app/models/others.rb", others),
        ("app/models/concerns/commentable.rb", concern),
    ];
    let registry = registry("activerecord", &files);
    insta::assert_snapshot!(table(&registry), @r#"
    Blog table=weblogs []
      posts: *Post lazy inverse=blog counted
    Guest []
      posts: *Post lazy from User
    User []
      posts: *Post lazy
    Tag []
    Tagging [tag_id]
      tag: Tag lazy key=tag_id
    Comment [commentable_id]
      commentable: any lazy key=commentable_id
    Spree.Order [comment_id order_id]
      comment: Spree.Comment lazy key=comment_id
      order: Spree.Order lazy key=order_id
    Spree.Base abstract []
    Spree.Comment []
    Order []
      users: *User never
    Post [author_id blog_id integer score status subject_id]
      author: User lazy key=author_id inverse=posts
      blog: Blog lazy key=blog_id inverse=posts
      body: any lazy through=rich_text_body
      categories: *Category? lazy
      comments: *Comment lazy inverse=commentable from Commentable
      cover: any lazy through=cover_attachment
      images: *any lazy through=images_attachments
      old_orders: *Order lazy
      orders: *Spree.Order lazy
      readers: *User lazy
      seo: Seo? never
      subject: any lazy key=subject_id
      taggings: *Tagging lazy eager=tag
      tags: *Tag lazy through=taggings
      scope "": blog
      scope "listed": author author.company author.team author.team.lead cover cover_attachment cover_attachment.blob cover_attachments cover_attachments.blob tags
      scope "visible": 
      scope "feed": author author.company author.team author.team.lead cover cover_attachment cover_attachment.blob cover_attachments cover_attachments.blob seo tags
    "#);
    let post = registry
        .by_name("activerecord", "Post", "app/models/user.rb")
        .unwrap();
    assert_eq!(registry.delegate(post, "author_name"), Some("author"));
    assert_eq!(registry.delegate(post, "title"), Some("blog"));
    assert_eq!(
        registry.scope(post, "discussed").unwrap().loads.to_string(),
        "comments"
    );
    assert!(registry.is_column(post, "author_id"));
    assert!(!registry.is_column(post, "author"));
    assert!(registry.names().contains("author_email"));
}
