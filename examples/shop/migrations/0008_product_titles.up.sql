CREATE INDEX idx_products_tenant_id_title ON products (tenant_id, title);
