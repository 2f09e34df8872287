DROP FUNCTION keep_changed_at(regclass);
DROP FUNCTION set_changed_at();
