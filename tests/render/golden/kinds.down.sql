DROP INDEX "only_b";

DROP INDEX "both_a";

DROP INDEX "ix";

DROP INDEX "only_a_name_that_is_long_enough_for_several_lines";

DROP INDEX "only_a";
