-- name: ProductBySku :one
SELECT id, title, currency
FROM products
WHERE tenant_id = $1 AND sku = $2;

-- name: AddProduct :one
INSERT INTO products (tenant_id, sku, title, currency)
VALUES ($1, $2, $3, $4)
RETURNING id;

-- name: TakeFromStock :execrows
UPDATE inventory
SET quantity = quantity - $2
WHERE product_id = $1 AND quantity >= $2;
