use super::{registry, table};

#[test]
fn definitions_associations_and_decorators() {
    let files = [
        (
            "models/user.js",
            r#"
module.exports = (sequelize, DataTypes) => {
  const User = sequelize.define("user", {
    email: DataTypes.STRING,
    teamId: { type: DataTypes.INTEGER },
  }, {
    tableName: "people",
    defaultScope: { include: ["team"] },
    scopes: {
      full: { include: [{ model: sequelize.models.Post, as: "posts", include: ["tags"] }] },
      named: () => ({ include: { association: "team" } }),
    },
  });
  User.associate = function (models) {
    User.hasMany(models.Post, { as: "posts", foreignKey: "authorId" });
    User.belongsTo(models.Team, { as: "team", foreignKey: { name: "teamId" } });
    User.hasOne(models.Seo);
  };
  return User;
};
"#,
        ),
        (
            "models/post.js",
            r#"
class Post extends Model {
  static associate({ User, Tag }) {
    this.belongsTo(User, { as: "author" });
    this.belongsToMany(Tag, { through: "PostTag" });
  }
}
Post.init({ title: DataTypes.STRING }, { sequelize, modelName: "Post", tableName: "posts" });
class Team extends Model {}
class Tag extends Model {}
class Seo extends Model {}
db.Team.hasMany(db.User);
expect(Post).hasMany(3);
"#,
        ),
        (
            "models/order.ts",
            r#"
@DefaultScope(() => ({ include: [Customer] }))
@Scopes(() => ({ full: { include: [{ model: Customer, include: [Order] }] } }))
@Table({ tableName: "orders" })
export class Order extends Model<Order> {
  @ForeignKey(() => Customer) @Column customerId: number;
  @BelongsTo(() => Customer, "customerId") customer: Customer;
  @HasMany(() => Item) items: Item[];
  @BelongsToMany(() => Tag, () => OrderTag) tags: NonAttribute<Tag[]>;
}
@Table class Customer extends Model { @HasMany(() => Order, { as: "orders" }) orders: Order[]; }
@Table class Item extends Model {}
"#,
        ),
    ];
    let registry = registry("sequelize", &files);
    insta::assert_snapshot!(table(&registry), @r#"
    Order [customerId]
      customer: Customer never key=customerId
      items: *Item never
      tags: *Tag never
      scope "": :customer
      scope "full": :customer :customer.:order
    Customer []
      orders: *Order never
    Item []
    Post table=posts [title]
      Tags: *Tag never
      author: User never key=authorId
    Team []
      users: *User never
    Tag []
    Seo []
    User table=people [email teamId]
      Seo: Seo never
      posts: *Post never
      team: Team never key=teamId
      scope "": team
      scope "full": posts posts.tags
      scope "named": team
    "#);
    let user = registry.by_name("sequelize", "User", "models/index.js").unwrap();
    for method in ["getPosts", "countPosts", "hasPosts"] {
        assert_eq!(
            registry.relation_by_accessor(user, method).unwrap().relation.name,
            "posts"
        );
    }
    assert!(registry.relation_by_accessor(user, "setPosts").is_none());
    // `db.user`, and a relation of whatever model.
    let called = registry.by_name("sequelize", "user", "routes/users.js").unwrap();
    assert_eq!(called.name, "User");
    let team = registry.any_relation("sequelize", "team").unwrap();
    assert_eq!((team.owner.name.as_str(), team.relation.many), ("User", false));
    assert!(registry.any_relation("sequelize", "total").is_none());
}
