//! Rails.

use super::*;

#[test]
fn activerecord() {
    each(
        "activerecord",
        Language::Ruby,
        &[
            ("Post.includes(:author)", "author"),
            (
                "Post.includes(:author, 'tags', comments: [:user, { likes: :owner }]).where(x: 1)",
                "author comments comments.likes comments.likes.owner comments.user tags",
            ),
            (
                "Post.preload({ author: { company: :owner } })",
                "author author.company author.company.owner",
            ),
            ("Post.eager_load(%i[author tags])", "author tags"),
            ("Post.includes(author: {}).order(:id)", "author"),
            (
                "Post.where(a: 1).preload(:author).eager_load(:tags)",
                "author tags",
            ),
            // Joins load nothing.
            ("Post.joins(:author).left_joins(:tags).references(:author)", ""),
            ("Post.joins(:author).includes(:author)", "author"),
            (
                "Post.with_attached_avatar",
                "avatar avatar_attachment avatar_attachment.blob avatar_attachments avatar_attachments.blob",
            ),
            ("Post.with_rich_text_body", "body rich_text_body"),
            ("Post.strict_loading.all", "*never"),
            ("Post.strict_loading.strict_loading(false)", ""),
            ("Post.strict_loading(mode: :n_plus_one_only)", "*never"),
            ("Post.where(x: 1).merge(Post.includes(:author))", "author"),
            ("Post.includes(:author).unscope(:includes)", ""),
            ("Post.includes(:author).unscope(:where)", "author"),
            // Not known while reading.
            ("Post.includes(*args)", "*open"),
            ("Post.includes(:author, params[:include])", "author *open"),
            ("Post.includes(\"#{kind}_post\")", "*open"),
            ("Post.includes(admin ? :author : :editor)", "author? editor?"),
            (
                "INCLUDES = [:author, { tags: :kind }].freeze\nPost.includes(INCLUDES)",
                "author tags tags.kind",
            ),
            (
                "INCLUDES = %i[author tags]\nPost.includes(*INCLUDES, :editor)",
                "author editor tags",
            ),
            ("A = [:x, *B]\nB = [:y, *A]\nPost.includes(A)", "x y *open"),
        ],
    );
}
