//! The kinds of objects that have no type of their own, but for those of text search.

use super::Kind;
use crate::backend::postgres::catalogue::packed;
use crate::backend::postgres::inspect::{Found, own};

pub(super) const KINDS: &[Kind] = &[
    Kind {
        kind: "'trigger'",
        keyword: "'TRIGGER'",
        catalogue: "pg_trigger",
        schema: "(SELECT r.relnamespace FROM pg_catalog.pg_class AS r WHERE r.oid = o.tgrelid)",
        name: "o.tgname",
        target: "pg_catalog.format('%I ON %s', o.tgname, CAST(o.tgrelid AS pg_catalog.regclass))",
        on: "o.tgrelid",
        create: "pg_catalog.concat_ws(pg_catalog.chr(29), pg_catalog.pg_get_triggerdef(o.oid, true), \
                 CASE WHEN o.tgenabled <> 'O' THEN pg_catalog.format('ALTER TABLE %s %s TRIGGER %I', \
                 CAST(o.tgrelid AS pg_catalog.regclass), \
                 CASE o.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, o.tgname) END)",
        rows: "NOT o.tgisinternal AND o.tgparentid = 0",
    },
    Kind {
        kind: "'rule'",
        keyword: "'RULE'",
        catalogue: "pg_rewrite",
        schema: "(SELECT r.relnamespace FROM pg_catalog.pg_class AS r WHERE r.oid = o.ev_class)",
        name: "o.rulename",
        target: "pg_catalog.format('%I ON %s', o.rulename, CAST(o.ev_class AS pg_catalog.regclass))",
        on: "o.ev_class",
        create: "pg_catalog.concat_ws(pg_catalog.chr(29), pg_catalog.rtrim(pg_catalog.pg_get_ruledef(o.oid, true), ';'), \
                 CASE WHEN o.ev_enabled <> 'O' THEN pg_catalog.format('ALTER TABLE %s %s RULE %I', \
                 CAST(o.ev_class AS pg_catalog.regclass), \
                 CASE o.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, o.rulename) END)",
        rows: "o.rulename <> '_RETURN'",
    },
    Kind {
        kind: "'policy'",
        keyword: "'POLICY'",
        catalogue: "pg_policy",
        schema: "(SELECT r.relnamespace FROM pg_catalog.pg_class AS r WHERE r.oid = o.polrelid)",
        name: "o.polname",
        target: "pg_catalog.format('%I ON %s', o.polname, CAST(o.polrelid AS pg_catalog.regclass))",
        on: "o.polrelid",
        create: "pg_catalog.format('CREATE POLICY %I ON %s', o.polname, CAST(o.polrelid AS pg_catalog.regclass)) \
                 || CASE WHEN o.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END \
                 || CASE o.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' \
                 WHEN 'd' THEN ' FOR DELETE' ELSE '' END \
                 || COALESCE(' TO ' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(l.rolname), ', ' ORDER BY l.rolname) \
                 FROM pg_catalog.pg_roles AS l WHERE l.oid = ANY (o.polroles)), '') \
                 || COALESCE(' USING (' || pg_catalog.pg_get_expr(o.polqual, o.polrelid) || ')', '') \
                 || COALESCE(' WITH CHECK (' || pg_catalog.pg_get_expr(o.polwithcheck, o.polrelid) || ')', '')",
        rows: "true",
    },
    Kind {
        kind: "'statistics'",
        keyword: "'STATISTICS'",
        catalogue: "pg_statistic_ext",
        schema: "o.stxnamespace",
        name: "o.stxname",
        target: "$s || pg_catalog.quote_ident(o.stxname)",
        on: "o.stxrelid",
        // the server's text begins with the qualified name
        create: "pg_catalog.concat_ws(pg_catalog.chr(29), 'CREATE STATISTICS ' || $s || pg_catalog.quote_ident(o.stxname) \
                 || pg_catalog.substr(pg_catalog.pg_get_statisticsobjdef(o.oid), \
                 pg_catalog.length(pg_catalog.format('CREATE STATISTICS %I.%I', n.nspname, o.stxname)) + 1), \
                 'ALTER STATISTICS ' || $s || pg_catalog.quote_ident(o.stxname) || ' SET STATISTICS ' \
                 || NULLIF(o.stxstattarget, -1))",
        rows: "true",
    },
    Kind {
        kind: "CASE o.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END",
        keyword: "CASE o.prokind WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END",
        catalogue: "pg_proc",
        schema: "o.pronamespace",
        name: "o.proname || '(' || pg_catalog.array_to_string(ARRAY(SELECT pg_catalog.format_type(a.oid, NULL) \
               FROM pg_catalog.unnest(CAST(o.proargtypes AS oid[])) WITH ORDINALITY AS a (oid, place) ORDER BY a.place), ', ') || ')'",
        target: "$s || pg_catalog.quote_ident(o.proname) || '(' || CASE WHEN o.prokind = 'a' AND o.pronargs = 0 THEN '*' \
                 ELSE pg_catalog.pg_get_function_identity_arguments(o.oid) END || ')'",
        on: "0",
        create: "CASE WHEN o.prokind <> 'a' THEN pg_catalog.rtrim( \
                 CASE o.prokind WHEN 'p' THEN 'CREATE OR REPLACE PROCEDURE ' ELSE 'CREATE OR REPLACE FUNCTION ' END \
                 || $s || pg_catalog.quote_ident(o.proname) || pg_catalog.substr(pg_catalog.pg_get_functiondef(o.oid), \
                 pg_catalog.length(pg_catalog.format('CREATE OR REPLACE %s %I.%I', \
                 CASE o.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, n.nspname, o.proname)) + 1), E'\\n') \
                 ELSE (SELECT 'CREATE AGGREGATE ' || $s || pg_catalog.quote_ident(o.proname) || '(' \
                 || CASE o.pronargs WHEN 0 THEN '*' ELSE pg_catalog.pg_get_function_arguments(o.oid) END || ') (SFUNC = ' \
                 || CAST(g.aggtransfn AS text) || ', STYPE = ' || pg_catalog.format_type(g.aggtranstype, NULL) \
                 || CASE g.aggtransspace WHEN 0 THEN '' ELSE ', SSPACE = ' || g.aggtransspace END \
                 || COALESCE(', FINALFUNC = ' || NULLIF(CAST(g.aggfinalfn AS text), '-'), '') \
                 || CASE WHEN g.aggfinalextra THEN ', FINALFUNC_EXTRA' ELSE '' END \
                 || CASE WHEN g.aggfinalfn = 0 OR g.aggfinalmodify = CASE g.aggkind WHEN 'n' THEN 'r'::\"char\" ELSE 'w'::\"char\" END \
                 THEN '' ELSE ', FINALFUNC_MODIFY = ' || CASE g.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' \
                 ELSE 'READ_WRITE' END END \
                 || COALESCE(', COMBINEFUNC = ' || NULLIF(CAST(g.aggcombinefn AS text), '-'), '') \
                 || COALESCE(', SERIALFUNC = ' || NULLIF(CAST(g.aggserialfn AS text), '-'), '') \
                 || COALESCE(', DESERIALFUNC = ' || NULLIF(CAST(g.aggdeserialfn AS text), '-'), '') \
                 || COALESCE(', INITCOND = ' || pg_catalog.quote_literal(g.agginitval), '') \
                 || COALESCE(', MSFUNC = ' || NULLIF(CAST(g.aggmtransfn AS text), '-') || ', MINVFUNC = ' \
                 || CAST(g.aggminvtransfn AS text) || ', MSTYPE = ' || pg_catalog.format_type(g.aggmtranstype, NULL), '') \
                 || CASE g.aggmtransspace WHEN 0 THEN '' ELSE ', MSSPACE = ' || g.aggmtransspace END \
                 || COALESCE(', MFINALFUNC = ' || NULLIF(CAST(g.aggmfinalfn AS text), '-'), '') \
                 || CASE WHEN g.aggmfinalextra THEN ', MFINALFUNC_EXTRA' ELSE '' END \
                 || COALESCE(', MINITCOND = ' || pg_catalog.quote_literal(g.aggminitval), '') \
                 || COALESCE((SELECT ', SORTOP = ' || CASE WHEN pg_catalog.pg_operator_is_visible(q.oid) THEN q.oprname \
                 ELSE pg_catalog.format('OPERATOR(%I.%s)', z.nspname, q.oprname) END FROM pg_catalog.pg_operator AS q \
                 JOIN pg_catalog.pg_namespace AS z ON z.oid = q.oprnamespace WHERE q.oid = g.aggsortop), '') \
                 || CASE g.aggkind WHEN 'h' THEN ', HYPOTHETICAL' ELSE '' END \
                 || CASE o.proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN 'r' THEN ', PARALLEL = RESTRICTED' ELSE '' END || ')' \
                 FROM pg_catalog.pg_aggregate AS g WHERE g.aggfnoid = o.oid) END",
        rows: "true",
    },
    Kind {
        kind: "'event trigger'",
        keyword: "'EVENT TRIGGER'",
        catalogue: "pg_event_trigger",
        schema: "(SELECT p.pronamespace FROM pg_catalog.pg_proc AS p WHERE p.oid = o.evtfoid)",
        name: "o.evtname",
        target: "pg_catalog.quote_ident(o.evtname)",
        on: "0",
        create: "pg_catalog.concat_ws(pg_catalog.chr(29), pg_catalog.format('CREATE EVENT TRIGGER %I ON %s', o.evtname, o.evtevent) \
                 || COALESCE(' WHEN TAG IN (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(t), ', ' ORDER BY t) \
                 FROM pg_catalog.unnest(o.evttags) AS t) || ')', '') \
                 || pg_catalog.format(' EXECUTE FUNCTION %s()', CAST(o.evtfoid AS pg_catalog.regproc)), \
                 CASE WHEN o.evtenabled <> 'O' THEN pg_catalog.format('ALTER EVENT TRIGGER %I %s', o.evtname, \
                 CASE o.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END) END)",
        rows: "true",
    },
    // composite and range types, and base types, whose functions need them first; not the row types
    // of tables, nor the arrays and multiranges of other types
    Kind {
        kind: "'type'",
        keyword: "'TYPE'",
        catalogue: "pg_type",
        schema: "o.typnamespace",
        name: "o.typname",
        target: "$s || pg_catalog.quote_ident(o.typname)",
        on: "0",
        create: "CASE o.typtype WHEN 'c' THEN 'CREATE TYPE ' || $s || pg_catalog.quote_ident(o.typname) || ' AS (' \
                 || COALESCE((SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname) || ' ' \
                 || pg_catalog.format_type(a.atttypid, a.atttypmod) \
                 || CASE WHEN a.attcollation <> y.typcollation THEN ' COLLATE ' || CAST(CAST(a.attcollation AS pg_catalog.regcollation) AS text) \
                 ELSE '' END, ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute AS a \
                 JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid \
                 WHERE a.attrelid = o.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')' \
                 || COALESCE((SELECT pg_catalog.string_agg(pg_catalog.format('%sCOMMENT ON COLUMN %s%I.%I IS %L', pg_catalog.chr(29), \
                 $s, o.typname, a.attname, d.description), '' ORDER BY a.attnum) \
                 FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_description AS d ON d.objoid = a.attrelid AND d.objsubid = a.attnum \
                 AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass \
                 WHERE a.attrelid = o.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') \
                 WHEN 'r' THEN (SELECT 'CREATE TYPE ' || $s || pg_catalog.quote_ident(o.typname) || ' AS RANGE (SUBTYPE = ' \
                 || pg_catalog.format_type(r.rngsubtype, NULL) \
                 || COALESCE((SELECT ', SUBTYPE_OPCLASS = ' || pg_catalog.quote_ident(z.nspname) || '.' || pg_catalog.quote_ident(c.opcname) \
                 FROM pg_catalog.pg_opclass AS c JOIN pg_catalog.pg_namespace AS z ON z.oid = c.opcnamespace \
                 WHERE c.oid = r.rngsubopc AND NOT c.opcdefault), '') \
                 || COALESCE((SELECT ', COLLATION = ' || CAST(CAST(g.oid AS pg_catalog.regcollation) AS text) \
                 FROM pg_catalog.pg_collation AS g JOIN pg_catalog.pg_type AS y ON y.oid = r.rngsubtype \
                 WHERE g.oid = r.rngcollation AND g.oid <> y.typcollation), '') \
                 || COALESCE(', CANONICAL = ' || NULLIF(CAST(r.rngcanonical AS text), '-'), '') \
                 || COALESCE(', SUBTYPE_DIFF = ' || NULLIF(CAST(r.rngsubdiff AS text), '-'), '') \
                 || COALESCE((SELECT ', MULTIRANGE_TYPE_NAME = ' || $s || pg_catalog.quote_ident(m.typname) FROM pg_catalog.pg_type AS m \
                 WHERE m.oid = CAST(pg_catalog.to_jsonb(r)->>'rngmultitypid' AS oid)), '') || ')' \
                 FROM pg_catalog.pg_range AS r WHERE r.rngtypid = o.oid) END",
        rows: "o.typtype IN ('b', 'c', 'r') AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS y WHERE y.typarray = o.oid) \
               AND (o.typrelid = 0 OR EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = o.typrelid AND c.relkind = 'c'))",
    },
    Kind {
        kind: "'collation'",
        keyword: "'COLLATION'",
        catalogue: "pg_collation",
        schema: "o.collnamespace",
        name: "o.collname",
        target: "$s || pg_catalog.quote_ident(o.collname)",
        on: "0",
        create: "'CREATE COLLATION ' || $s || pg_catalog.quote_ident(o.collname) || ' (PROVIDER = ' \
                 || CASE o.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END \
                 || CASE WHEN o.collisdeterministic THEN '' ELSE ', DETERMINISTIC = false' END \
                 || CASE o.collprovider WHEN 'c' THEN pg_catalog.format(', LC_COLLATE = %L, LC_CTYPE = %L', o.collcollate, o.collctype) \
                 ELSE pg_catalog.format(', LOCALE = %L', COALESCE(pg_catalog.to_jsonb(o)->>'colllocale', \
                 pg_catalog.to_jsonb(o)->>'colliculocale', CAST(o.collcollate AS text))) END \
                 || COALESCE(', RULES = ' || pg_catalog.quote_literal(NULLIF(pg_catalog.to_jsonb(o)->>'collicurules', '')), '') || ')'",
        rows: "true",
    },
    Kind {
        kind: "'operator'",
        keyword: "'OPERATOR'",
        catalogue: "pg_operator",
        schema: "o.oprnamespace",
        name: "pg_catalog.format('%s (%s, %s)', o.oprname, CASE o.oprleft WHEN 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprleft, NULL) END, \
               CASE o.oprright WHEN 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprright, NULL) END)",
        target: "$s || pg_catalog.format('%s (%s, %s)', o.oprname, \
                 CASE o.oprleft WHEN 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprleft, NULL) END, \
                 CASE o.oprright WHEN 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprright, NULL) END)",
        on: "0",
        create: "CASE WHEN o.oprcode <> 0 THEN 'CREATE OPERATOR ' || $s || o.oprname || ' (FUNCTION = ' || CAST(o.oprcode AS text) \
                 || CASE o.oprleft WHEN 0 THEN '' ELSE ', LEFTARG = ' || pg_catalog.format_type(o.oprleft, NULL) END \
                 || CASE o.oprright WHEN 0 THEN '' ELSE ', RIGHTARG = ' || pg_catalog.format_type(o.oprright, NULL) END \
                 || COALESCE((SELECT ', COMMUTATOR = ' || CASE WHEN pg_catalog.pg_operator_is_visible(q.oid) THEN q.oprname \
                 ELSE pg_catalog.format('OPERATOR(%I.%s)', z.nspname, q.oprname) END FROM pg_catalog.pg_operator AS q \
                 JOIN pg_catalog.pg_namespace AS z ON z.oid = q.oprnamespace WHERE q.oid = o.oprcom), '') \
                 || COALESCE((SELECT ', NEGATOR = ' || CASE WHEN pg_catalog.pg_operator_is_visible(q.oid) THEN q.oprname \
                 ELSE pg_catalog.format('OPERATOR(%I.%s)', z.nspname, q.oprname) END FROM pg_catalog.pg_operator AS q \
                 JOIN pg_catalog.pg_namespace AS z ON z.oid = q.oprnamespace WHERE q.oid = o.oprnegate), '') \
                 || COALESCE(', RESTRICT = ' || NULLIF(CAST(o.oprrest AS text), '-'), '') \
                 || COALESCE(', JOIN = ' || NULLIF(CAST(o.oprjoin AS text), '-'), '') \
                 || CASE WHEN o.oprcanhash THEN ', HASHES' ELSE '' END || CASE WHEN o.oprcanmerge THEN ', MERGES' ELSE '' END || ')' END",
        rows: "true",
    },
    Kind {
        kind: "'operator family'",
        keyword: "'OPERATOR FAMILY'",
        catalogue: "pg_opfamily",
        schema: "o.opfnamespace",
        name: "o.opfname || ' using ' || (SELECT m.amname FROM pg_catalog.pg_am AS m WHERE m.oid = o.opfmethod)",
        target: "$s || pg_catalog.format('%I USING %I', o.opfname, (SELECT m.amname FROM pg_catalog.pg_am AS m WHERE m.oid = o.opfmethod))",
        on: "0",
        // the members that belong to no class
        create: "pg_catalog.concat_ws(pg_catalog.chr(29), 'CREATE OPERATOR FAMILY ' || $s || pg_catalog.format('%I USING %I', o.opfname, \
                 (SELECT m.amname FROM pg_catalog.pg_am AS m WHERE m.oid = o.opfmethod)), \
                 'ALTER OPERATOR FAMILY ' || $s || pg_catalog.format('%I USING %I', o.opfname, \
                 (SELECT m.amname FROM pg_catalog.pg_am AS m WHERE m.oid = o.opfmethod)) || ' ADD ' || (SELECT pg_catalog.string_agg(item, ', ' ORDER BY item) FROM ( \
                 SELECT pg_catalog.format('OPERATOR %s %s', a.amopstrategy, CAST(a.amopopr AS pg_catalog.regoperator)) AS item \
                 FROM pg_catalog.pg_amop AS a WHERE a.amopfamily = o.oid AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d \
                 WHERE d.classid = 'pg_catalog.pg_amop'::pg_catalog.regclass AND d.objid = a.oid \
                 AND d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass) \
                 UNION ALL SELECT pg_catalog.format('FUNCTION %s (%s, %s) %s', a.amprocnum, pg_catalog.format_type(a.amproclefttype, NULL), \
                 pg_catalog.format_type(a.amprocrighttype, NULL), CAST(a.amproc AS pg_catalog.regprocedure)) \
                 FROM pg_catalog.pg_amproc AS a WHERE a.amprocfamily = o.oid AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d \
                 WHERE d.classid = 'pg_catalog.pg_amproc'::pg_catalog.regclass AND d.objid = a.oid \
                 AND d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass)) AS items))",
        rows: "true",
    },
    Kind {
        kind: "'operator class'",
        keyword: "'OPERATOR CLASS'",
        catalogue: "pg_opclass",
        schema: "o.opcnamespace",
        name: "o.opcname || ' using ' || (SELECT m.amname FROM pg_catalog.pg_am AS m WHERE m.oid = o.opcmethod)",
        target: "$s || pg_catalog.format('%I USING %I', o.opcname, (SELECT m.amname FROM pg_catalog.pg_am AS m WHERE m.oid = o.opcmethod))",
        on: "0",
        create: "'CREATE OPERATOR CLASS ' || $s || pg_catalog.quote_ident(o.opcname) || CASE WHEN o.opcdefault THEN ' DEFAULT' ELSE '' END \
                 || ' FOR TYPE ' || pg_catalog.format_type(o.opcintype, NULL) \
                 || (SELECT pg_catalog.format(' USING %I FAMILY ', m.amname) FROM pg_catalog.pg_am AS m WHERE m.oid = o.opcmethod) \
                 || (SELECT CASE WHEN pg_catalog.pg_opfamily_is_visible(f.oid) THEN pg_catalog.quote_ident(f.opfname) \
                 ELSE pg_catalog.format('%I.%I', z.nspname, f.opfname) END FROM pg_catalog.pg_opfamily AS f \
                 JOIN pg_catalog.pg_namespace AS z ON z.oid = f.opfnamespace WHERE f.oid = o.opcfamily) || ' AS ' \
                 || (SELECT pg_catalog.string_agg(item, ', ' ORDER BY item) FROM ( \
                 SELECT 'STORAGE ' || pg_catalog.format_type(COALESCE(NULLIF(o.opckeytype, 0), o.opcintype), NULL) AS item \
                 WHERE o.opckeytype <> 0 OR NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.refobjid = o.oid \
                 AND d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass \
                 AND d.classid IN ('pg_catalog.pg_amop'::pg_catalog.regclass, 'pg_catalog.pg_amproc'::pg_catalog.regclass)) \
                 UNION ALL SELECT pg_catalog.format('OPERATOR %s %s', a.amopstrategy, CAST(a.amopopr AS pg_catalog.regoperator)) \
                 || COALESCE((SELECT pg_catalog.format(' FOR ORDER BY %I.%I', z.nspname, f.opfname) FROM pg_catalog.pg_opfamily AS f \
                 JOIN pg_catalog.pg_namespace AS z ON z.oid = f.opfnamespace WHERE f.oid = a.amopsortfamily), '') \
                 FROM pg_catalog.pg_amop AS a JOIN pg_catalog.pg_depend AS d ON d.objid = a.oid \
                 AND d.classid = 'pg_catalog.pg_amop'::pg_catalog.regclass \
                 WHERE d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass AND d.refobjid = o.oid \
                 UNION ALL SELECT pg_catalog.format('FUNCTION %s (%s, %s) %s', a.amprocnum, pg_catalog.format_type(a.amproclefttype, NULL), \
                 pg_catalog.format_type(a.amprocrighttype, NULL), CAST(a.amproc AS pg_catalog.regprocedure)) \
                 FROM pg_catalog.pg_amproc AS a JOIN pg_catalog.pg_depend AS d ON d.objid = a.oid \
                 AND d.classid = 'pg_catalog.pg_amproc'::pg_catalog.regclass \
                 WHERE d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass AND d.refobjid = o.oid) AS items)",
        rows: "true",
    },
    // those over built-in types belong to the schema of their function
    Kind {
        kind: "'cast'",
        keyword: "'CAST'",
        catalogue: "pg_cast",
        schema: "COALESCE((SELECT p.pronamespace FROM pg_catalog.pg_proc AS p WHERE p.oid = o.castfunc AND p.oid >= 16384), \
                 (SELECT t.typnamespace FROM pg_catalog.pg_type AS t WHERE t.oid = o.castsource AND t.oid >= 16384), \
                 (SELECT t.typnamespace FROM pg_catalog.pg_type AS t WHERE t.oid = o.casttarget AND t.oid >= 16384), \
                 (SELECT x.oid FROM pg_catalog.pg_namespace AS x WHERE x.nspname = pg_catalog.current_schema()))",
        name: "pg_catalog.format('(%s AS %s)', pg_catalog.format_type(o.castsource, NULL), pg_catalog.format_type(o.casttarget, NULL))",
        target: "pg_catalog.format('(%s AS %s)', pg_catalog.format_type(o.castsource, NULL), pg_catalog.format_type(o.casttarget, NULL))",
        on: "0",
        create: "pg_catalog.format('CREATE CAST (%s AS %s) ', pg_catalog.format_type(o.castsource, NULL), pg_catalog.format_type(o.casttarget, NULL)) \
                 || CASE o.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || CAST(CAST(o.castfunc AS pg_catalog.regprocedure) AS text) \
                 WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END \
                 || CASE o.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END",
        rows: "o.oid >= 16384",
    },
    Kind {
        kind: "'conversion'",
        keyword: "'CONVERSION'",
        catalogue: "pg_conversion",
        schema: "o.connamespace",
        name: "o.conname",
        target: "$s || pg_catalog.quote_ident(o.conname)",
        on: "0",
        create: "pg_catalog.format('CREATE %sCONVERSION %s%I FOR %L TO %L FROM %s', CASE WHEN o.condefault THEN 'DEFAULT ' ELSE '' END, \
                 $s, o.conname, pg_catalog.pg_encoding_to_char(o.conforencoding), pg_catalog.pg_encoding_to_char(o.contoencoding), \
                 CAST(o.conproc AS text))",
        rows: "true",
    },
];

/// Publications that name tables or schemas that are read: they belong to no schema.
pub(super) fn publications(found: &Found) -> String {
    let spaces = &found.spaces;
    let (columns, rows, whole, in_schemas) = match found.version >= 150_000 {
        true => (
            "COALESCE(' (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum) \
             FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (CAST(r.prattrs AS int2[]))) || ')', '')",
            "COALESCE(' WHERE (' || pg_catalog.pg_get_expr(r.prqual, r.prrelid) || ')', '')",
            "(SELECT 'TABLES IN SCHEMA ' || pg_catalog.string_agg(pg_catalog.quote_ident(z.nspname), ', ' ORDER BY z.nspname) \
             FROM pg_catalog.pg_publication_namespace AS x JOIN pg_catalog.pg_namespace AS z ON z.oid = x.pnnspid WHERE x.pnpubid = o.oid)",
            format!(
                "OR EXISTS (SELECT FROM pg_catalog.pg_publication_namespace AS x WHERE x.pnpubid = o.oid AND x.pnnspid IN ({spaces}))"
            ),
        ),
        false => ("''", "''", "NULL", String::new()),
    };
    let fields = packed(&[
        "CAST('pg_catalog.pg_publication'::pg_catalog.regclass AS oid)",
        "o.oid",
        "'publication'",
        "NULL",
        "o.pubname",
        "0",
        "'PUBLICATION'",
        "pg_catalog.quote_ident(o.pubname)",
        &format!(
            "pg_catalog.format('CREATE PUBLICATION %I FOR ', o.pubname) || pg_catalog.concat_ws(', ', \
             (SELECT 'TABLE ' || pg_catalog.string_agg(CAST(CAST(r.prrelid AS pg_catalog.regclass) AS text) || {columns} || {rows}, ', ' \
             ORDER BY CAST(CAST(r.prrelid AS pg_catalog.regclass) AS text)) FROM pg_catalog.pg_publication_rel AS r WHERE r.prpubid = o.oid), {whole}) \
             || ' WITH (publish = ' || pg_catalog.quote_literal(pg_catalog.concat_ws(', ', CASE WHEN o.pubinsert THEN 'insert' END, \
             CASE WHEN o.pubupdate THEN 'update' END, CASE WHEN o.pubdelete THEN 'delete' END, CASE WHEN o.pubtruncate THEN 'truncate' END)) \
             || CASE WHEN o.pubviaroot THEN ', publish_via_partition_root = true' ELSE '' END \
             || CASE pg_catalog.to_jsonb(o)->>'pubgencols' WHEN 's' THEN ', publish_generated_columns = stored' ELSE '' END || ')'"
        ),
        "pg_catalog.obj_description(o.oid, 'pg_publication')",
    ]);
    format!(
        "SELECT {fields} FROM pg_catalog.pg_publication AS o WHERE EXISTS (SELECT FROM pg_catalog.pg_publication_rel AS r \
         JOIN pg_catalog.pg_class AS c ON c.oid = r.prrelid WHERE r.prpubid = o.oid AND c.relnamespace IN ({spaces})) {in_schemas}"
    )
}

/// The extensions that a new database does not have.
pub(super) fn extensions() -> String {
    let fields = packed(&["NULL", "o.oid", "'extension'", "n.nspname", "o.extname"]);
    format!(
        "SELECT {fields} FROM pg_catalog.pg_extension AS o JOIN pg_catalog.pg_namespace AS n ON n.oid = o.extnamespace \
         WHERE o.extname <> 'plpgsql'"
    )
}

/// The comments on schemas, if several are read.
pub(super) fn schemas(found: &Found) -> String {
    let fields = packed(&[
        "NULL",
        "n.oid",
        "'schema'",
        "NULL",
        "n.nspname",
        "0",
        "'SCHEMA'",
        "pg_catalog.quote_ident(n.nspname)",
        "NULL",
        "d.description",
    ]);
    format!(
        "SELECT {fields} FROM pg_catalog.pg_namespace AS n JOIN pg_catalog.pg_description AS d ON d.objoid = n.oid \
         AND d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass WHERE {} AND n.oid IN ({}) \
         AND (n.nspname <> 'public' OR d.description <> 'standard public schema') AND {}",
        found.only.is_none(),
        found.spaces,
        own("pg_namespace", "n.oid")
    )
}
