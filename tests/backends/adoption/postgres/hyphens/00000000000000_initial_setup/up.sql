-- Keeps the time of the last change.
CREATE OR REPLACE FUNCTION keep_changed_at(_tbl regclass) RETURNS VOID AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER changed BEFORE UPDATE ON %s
                    FOR EACH ROW EXECUTE PROCEDURE set_changed_at()', _tbl);
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION set_changed_at() RETURNS trigger AS $$
BEGIN
    IF (NEW IS DISTINCT FROM OLD) THEN
        NEW.changed_at := current_timestamp;
    END IF;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;
