CREATE SCHEMA archive;
CREATE TABLE archive.orders AS SELECT id, cents FROM public.orders;
ALTER TABLE archive.orders ADD PRIMARY KEY (id);
UPDATE public.orders SET state = 'sent' WHERE state = 'new';
DO $$ BEGIN
    INSERT INTO archive.orders SELECT '00000000-0000-4000-8000-00000000aaaa', count(*) FROM public.customers;
END $$;
