"""Numbers for the Monday meeting."""

from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from orders.models import Order, OrderLine


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
