-- How a product is taxed: a class of the tax domain's; null: as most goods are.
alter table product add column tax_class_id uuid;
