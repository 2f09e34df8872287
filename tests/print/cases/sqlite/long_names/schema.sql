CREATE TABLE a_long_name_of_a_table_0 (id INTEGER PRIMARY KEY);
CREATE TABLE a_long_name_of_a_table_1 (id INTEGER PRIMARY KEY);
CREATE TABLE a_long_name_of_a_table_2 (id INTEGER PRIMARY KEY);
CREATE TABLE a_long_name_of_a_table_3 (id INTEGER PRIMARY KEY);
