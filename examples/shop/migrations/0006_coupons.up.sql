CREATE TABLE coupons (
  id SERIAL PRIMARY KEY,
  tenant_id BIGINT NOT NULL REFERENCES tenants (id),
  code TEXT NOT NULL,
  percent_off INTEGER NOT NULL CHECK (percent_off BETWEEN 1 AND 100),
  UNIQUE (tenant_id, code)
);

ALTER TABLE coupons ENABLE ROW LEVEL SECURITY;
ALTER TABLE coupons FORCE ROW LEVEL SECURITY;

CREATE POLICY coupons_of_tenant ON coupons
  USING (tenant_id = current_setting('app.tenant_id')::BIGINT)
  WITH CHECK (tenant_id = current_setting('app.tenant_id')::BIGINT);
