BEGIN;
CREATE INDEX CONCURRENTLY idx_orders_tenant_id_total_cents ON orders (tenant_id, total_cents);
COMMIT;
