"""Numbers for the Monday meeting."""

from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from orders.models import Customer, Order, OrderLine


def revenue_last_week():
    since = timezone.now() - timedelta(days=7)
    paid = Order.objects.filter(paid=True, placed_at__gte=since)
    return paid.aggregate(total=Sum("total"))["total"] or 0


def best_sellers(limit=10):
    return (
        OrderLine.objects.values("product__name")
        .annotate(sold=Sum("quantity"))
        .order_by("-sold")[:limit]
    )


def loyal_customers(months=6):
    """Who ordered lately, and for how much: the list for the winter voucher."""
    since = timezone.now() - timedelta(days=30 * months)
    rows = []
    for customer in Customer.objects.filter(newsletter=True):
        orders = Order.objects.filter(customer=customer, paid=True, placed_at__gte=since)
        spent = orders.aggregate(total=Sum("total"))["total"] or 0
        if spent > 100:
            rows.append({"email": customer.email, "name": customer.name, "spent": spent})
    return sorted(rows, key=lambda row: row["spent"], reverse=True)
