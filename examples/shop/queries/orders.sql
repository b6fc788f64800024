-- name: RecentOrders :many
SELECT id, status, total_cents, created_at
FROM orders
WHERE tenant_id = $1
ORDER BY created_at DESC
LIMIT 20;

-- name: OrderWithItems :many
SELECT o.id, o.status, i.product_id, i.quantity, i.unit_cents
FROM orders AS o
JOIN order_items AS i ON i.order_id = o.id
WHERE o.id = $1;

-- name: OrdersOfUser :many
SELECT id, status, total_cents
FROM orders
WHERE user_id = $1;

-- name: PaymentsOfOrder :many
SELECT id, amount_cents, paid_at
FROM payments
WHERE order_id = $1;
