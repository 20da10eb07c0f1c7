use super::{registry, table};

#[test]
fn annotations_on_fields_and_getters() {
    let files = [
        (
            "src/main/java/shop/Order.java",
            r#"
package shop;
import jakarta.persistence.*;
import org.hibernate.annotations.*;
import java.util.*;

@Entity
@Table(name = "orders")
@Getter
public class Order extends Audited {
    @Id private Long id;
    @ManyToOne private Customer customer;
    @ManyToOne(fetch = FetchType.LAZY, optional = false) @JoinColumn(name = "shop_id") private Shop shop;
    @OneToMany(mappedBy = "order") private List<Item> items = new ArrayList<>();
    @OneToMany(mappedBy = "order", fetch = FetchType.EAGER) private Set<Note> notes;
    @BatchSize(size = 20) @OneToMany(mappedBy = "order") private List<Payment> payments;
    @ManyToMany @Fetch(FetchMode.SUBSELECT) private List<Tag> tags;
    @OneToOne(mappedBy = "order", fetch = FetchType.LAZY) private Invoice invoice;
    @OneToOne(fetch = FetchType.LAZY) private Invoice draft;
    @ElementCollection private Set<String> labels;
    @OneToMany(targetEntity = Item.class) private Collection extras;
    private static final int LIMIT = 3;
}
"#,
        ),
        (
            "src/main/java/shop/Customer.java",
            r#"
package shop;
import javax.persistence.*;

@Entity @BatchSize(size = 50)
class Customer {
    private List<Order> orders;
    private Address address;
    @OneToMany(mappedBy = "customer")
    public List<Order> getOrders() { return orders; }
    @ManyToOne(fetch = FetchType.LAZY)
    public Customer getReferrer() { return referrer; }
}
@Entity class Shop { @ManyToOne(fetch = FetchType.LAZY) private Customer owner; }
class Dto { private Customer customer; }
"#,
        ),
        (
            "src/main/java/shop/Audited.java",
            "package shop; import jakarta.persistence.*;
             @MappedSuperclass abstract class Audited { @ManyToOne(fetch = FetchType.LAZY) Shop auditor; }
             @Entity class Item { @ManyToOne Order order; } @Entity class Tag {} @Entity class Invoice {}",
        ),
    ];
    let registry = registry("hibernate", &files);
    insta::assert_snapshot!(table(&registry), @"
    Audited abstract []
      auditor: Shop lazy
    Item []
      order: Order eager-per-row
    Tag []
    Invoice []
    Customer batched [address]
      orders: *Order lazy inverse=customer
      referrer: Customer batched
    Shop []
      owner: Customer batched
    Order table=orders [id]
      auditor: Shop lazy from Audited
      customer: Customer batched
      draft: Invoice lazy
      extras: *Item lazy
      invoice: Invoice eager-per-row inverse=order
      items: *Item lazy inverse=order
      labels: *String? lazy
      notes: *Note? eager-per-row inverse=order
      payments: *Payment? batched inverse=order
      shop: Shop lazy
      tags: *Tag batched
    ");
    let order = registry
        .by_name("hibernate", "Order", "src/main/java/shop/OrderService.java")
        .unwrap();
    for method in ["getItems", "items", "isItems"] {
        let found = registry.relation_by_accessor(order, method).unwrap();
        assert_eq!(found.target.unwrap().name, "Item");
    }
    assert!(registry.relation_by_accessor(order, "getId").is_none());
    assert!(registry.by_name("hibernate", "Dto", "").is_none());
}
