//! The kinds of objects of full-text search.

use super::Kind;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        kind: "'text search parser'",
        keyword: "'TEXT SEARCH PARSER'",
        catalogue: "pg_ts_parser",
        schema: "o.prsnamespace",
        name: "o.prsname",
        target: "$s || pg_catalog.quote_ident(o.prsname)",
        on: "0",
        create: "'CREATE TEXT SEARCH PARSER ' || $s || pg_catalog.quote_ident(o.prsname) || pg_catalog.format( \
                 ' (START = %s, GETTOKEN = %s, END = %s, LEXTYPES = %s', CAST(o.prsstart AS text), CAST(o.prstoken AS text), \
                 CAST(o.prsend AS text), CAST(o.prslextype AS text)) \
                 || COALESCE(', HEADLINE = ' || NULLIF(CAST(o.prsheadline AS text), '-'), '') || ')'",
        rows: "true",
    },
    Kind {
        kind: "'text search template'",
        keyword: "'TEXT SEARCH TEMPLATE'",
        catalogue: "pg_ts_template",
        schema: "o.tmplnamespace",
        name: "o.tmplname",
        target: "$s || pg_catalog.quote_ident(o.tmplname)",
        on: "0",
        create: "'CREATE TEXT SEARCH TEMPLATE ' || $s || pg_catalog.quote_ident(o.tmplname) || ' (' \
                 || COALESCE('INIT = ' || NULLIF(CAST(o.tmplinit AS text), '-') || ', ', '') || 'LEXIZE = ' || CAST(o.tmpllexize AS text) || ')'",
        rows: "true",
    },
    Kind {
        kind: "'text search dictionary'",
        keyword: "'TEXT SEARCH DICTIONARY'",
        catalogue: "pg_ts_dict",
        schema: "o.dictnamespace",
        name: "o.dictname",
        target: "$s || pg_catalog.quote_ident(o.dictname)",
        on: "0",
        create: "'CREATE TEXT SEARCH DICTIONARY ' || $s || pg_catalog.quote_ident(o.dictname) || ' (TEMPLATE = ' \
                 || (SELECT CASE WHEN pg_catalog.pg_ts_template_is_visible(t.oid) THEN pg_catalog.quote_ident(t.tmplname) \
                 ELSE pg_catalog.format('%I.%I', z.nspname, t.tmplname) END FROM pg_catalog.pg_ts_template AS t \
                 JOIN pg_catalog.pg_namespace AS z ON z.oid = t.tmplnamespace WHERE t.oid = o.dicttemplate) \
                 || COALESCE(', ' || NULLIF(o.dictinitoption, ''), '') || ')'",
        rows: "true",
    },
    Kind {
        kind: "'text search configuration'",
        keyword: "'TEXT SEARCH CONFIGURATION'",
        catalogue: "pg_ts_config",
        schema: "o.cfgnamespace",
        name: "o.cfgname",
        target: "$s || pg_catalog.quote_ident(o.cfgname)",
        on: "0",
        create: "'CREATE TEXT SEARCH CONFIGURATION ' || $s || pg_catalog.quote_ident(o.cfgname) || ' (PARSER = ' \
                 || (SELECT CASE WHEN pg_catalog.pg_ts_parser_is_visible(p.oid) THEN pg_catalog.quote_ident(p.prsname) \
                 ELSE pg_catalog.format('%I.%I', z.nspname, p.prsname) END FROM pg_catalog.pg_ts_parser AS p \
                 JOIN pg_catalog.pg_namespace AS z ON z.oid = p.prsnamespace WHERE p.oid = o.cfgparser) || ')' \
                 || COALESCE((SELECT pg_catalog.string_agg(pg_catalog.format('%sALTER TEXT SEARCH CONFIGURATION %s%I ADD MAPPING FOR %s WITH %s', \
                 pg_catalog.chr(29), $s, o.cfgname, k.alias, k.dictionaries), '' ORDER BY k.alias) FROM (SELECT y.alias, \
                 pg_catalog.string_agg(CAST(CAST(m.mapdict AS pg_catalog.regdictionary) AS text), ', ' ORDER BY m.mapseqno) AS dictionaries \
                 FROM pg_catalog.pg_ts_config_map AS m JOIN pg_catalog.ts_token_type(o.cfgparser) AS y ON y.tokid = m.maptokentype \
                 WHERE m.mapcfg = o.oid GROUP BY y.alias) AS k), '')",
        rows: "true",
    },
];
