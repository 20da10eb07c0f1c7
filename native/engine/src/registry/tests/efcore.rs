use super::{registry, table};

#[test]
fn navigation_properties_of_what_the_context_knows() {
    let files = [
        (
            "src/Data/ShopContext.cs",
            r#"
using Microsoft.EntityFrameworkCore;
namespace Shop.Data;
public class ShopContext : DbContext {
    public DbSet<Order> Orders { get; set; }
    public DbSet<Blog> Blogs => Set<Blog>();
    protected override void OnModelCreating(ModelBuilder modelBuilder) {
        modelBuilder.Entity<Order>(o => {
            o.ToTable("orders");
            o.HasOne(x => x.Customer).WithMany(c => c.Orders).HasForeignKey(x => x.CustomerId);
            o.OwnsOne(x => x.Address, a => a.Property(p => p.City));
            o.Navigation(x => x.Lines).AutoInclude();
        });
        modelBuilder.Entity<Invoice>().HasMany(i => i.Payments);
        modelBuilder.Entity<Invoice>().Navigation("Order").AutoInclude(false);
    }
}
public class NoteConfiguration : IEntityTypeConfiguration<Note> {
    public void Configure(EntityTypeBuilder<Note> builder) {
        builder.Navigation(n => n.Author).AutoInclude();
        builder.Ignore(n => n.Draft);
    }
}
"#,
        ),
        (
            "src/Domain/Order.cs",
            r#"
namespace Shop.Domain;
public partial class Order : Entity {
    private readonly List<OrderLine> _lines = new();
    public int Id { get; set; }
    public int CustomerId { get; set; }
    [ForeignKey("CustomerId")] public virtual Customer? Customer { get; set; }
    public IReadOnlyCollection<OrderLine> Lines => _lines.AsReadOnly();
    public IEnumerable<OrderLine> Open => _lines.Where(l => l.IsOpen);
    public Address Address { get; private set; }
    public OrderStatus Status { get; set; }
    public DateTime Created { get; set; }
    [NotMapped] public Customer Cached { get; set; }
    public virtual ICollection<Note> Notes { get; set; } = new List<Note>();
}
public class Entity { public Customer CreatedBy { get; set; } }
public class OrderLine { public Product Product { get; set; } [InverseProperty("Lines")] public Order Order { get; set; } }
public class Product { public string Name { get; set; } }
public class Customer { public List<Order> Orders { get; set; } }
public class Address { public string City { get; set; } }
public class Note {
    private Customer _author;
    private ILazyLoader LazyLoader { get; set; }
    public Customer Author { get; set; }
    public Customer Reviewer { get => LazyLoader.Load(this, ref _author); set => _author = value; }
    public Order Draft { get; set; }
}
public class Invoice { public Order Order { get; set; } public List<Payment> Payments { get; set; } }
public class Payment { public int Id { get; set; } }
public class OrderDto { public Customer Customer { get; set; } }
public enum OrderStatus { Open }
public class Blog { public string Url { get; set; } }
"#,
        ),
        (
            "src/Domain/Order.Parts.cs",
            "namespace Shop.Domain; public partial class Order { public Blog Blog { get; set; } }",
        ),
    ];
    let registry = registry("efcore", &files);
    insta::assert_snapshot!(table(&registry), @"
    Order below table=orders [Address]
      Blog: Blog never
      CreatedBy: Customer never from Entity
      Customer: Customer never key=CustomerId
      Lines: *OrderLine eager
      Notes: *Note never
    Order below [Address Cached Created CustomerId Id Status _lines]
      Blog: Blog never
      CreatedBy: Customer never from Entity
      Customer: Customer never key=CustomerId
      Lines: *OrderLine eager
      Notes: *Note never
    OrderLine below []
      Order: Order never inverse=Lines
      Product: Product never
    Product below [Name]
    Customer below []
      Orders: *Order never
    Note below [Draft LazyLoader _author]
      Author: Customer eager
      Reviewer: Customer lazy
    Invoice below []
      Order: Order never
      Payments: *Payment never
    Payment below [Id]
    Blog below [Url]
    ");
}
