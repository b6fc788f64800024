-- Run by the phone desk: psql -v tenant=1 -v product=7 -v customer=42 -f place-order.sql
UPDATE inventory SET quantity = quantity - 1 WHERE product_id = :product AND quantity > 0;
INSERT INTO orders (tenant_id, user_id, total_cents)
SELECT :tenant, :customer, price_cents FROM products WHERE id = :product;
