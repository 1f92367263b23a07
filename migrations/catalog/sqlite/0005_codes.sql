-- Scanners and outside systems name variants by what stands on the label.
create index variant_sku on variant (sku) where sku is not null;
create index variant_barcode on variant (barcode) where barcode is not null;
