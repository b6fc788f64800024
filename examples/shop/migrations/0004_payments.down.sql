DROP TABLE price_imports;
DROP TABLE payments;
