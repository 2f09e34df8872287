//! Every type: a column of it, as the catalogue spells it.

use migrate_core::prelude::*;

use super::{cases, nothing};

/// A table with one column of this type.
fn typed(op: &mut Operations<'_>, ty: Type) -> Result<()> {
    op.create_table(table("t").column(column("value", ty)))
}

cases! {
    type_tiny_int: nothing, |op| typed(op, TinyInt);
    type_small_int: nothing, |op| typed(op, SmallInt);
    type_medium_int: nothing, |op| typed(op, MediumInt);
    type_integer: nothing, |op| typed(op, Integer);
    type_big_int: nothing, |op| typed(op, BigInt);
    type_integer_unsigned: nothing, |op| typed(op, Integer.unsigned());
    type_small_serial: nothing, |op| typed(op, SmallSerial);
    type_serial: nothing, |op| typed(op, Serial);
    type_big_serial: nothing, |op| typed(op, BigSerial);
    type_float: nothing, |op| typed(op, Float);
    type_double: nothing, |op| typed(op, Double);
    type_numeric: nothing, |op| typed(op, Numeric);
    type_decimal_10_2: nothing, |op| typed(op, Decimal(10, 2));
    type_money: nothing, |op| typed(op, Money);
    type_bool: nothing, |op| typed(op, Bool);
    type_text: nothing, |op| typed(op, Text);
    type_tiny_text: nothing, |op| typed(op, TinyText);
    type_medium_text: nothing, |op| typed(op, MediumText);
    type_long_text: nothing, |op| typed(op, LongText);
    type_var_char_20: nothing, |op| typed(op, VarChar(20));
    type_char_3: nothing, |op| typed(op, Char(3));
    type_citext: |op| op.create_extension("citext"), |op| typed(op, Citext);
    type_cchar: nothing, |op| typed(op, CChar);
    type_name: nothing, |op| typed(op, Type::Name);
    type_binary: nothing, |op| typed(op, Binary);
    type_var_binary_16: nothing, |op| typed(op, VarBinary(16));
    type_fixed_binary_16: nothing, |op| typed(op, FixedBinary(16));
    type_tiny_blob: nothing, |op| typed(op, TinyBlob);
    type_medium_blob: nothing, |op| typed(op, MediumBlob);
    type_long_blob: nothing, |op| typed(op, LongBlob);
    type_bit_3: nothing, |op| typed(op, Bit(3));
    type_var_bit_5: nothing, |op| typed(op, VarBit(5));
    type_date: nothing, |op| typed(op, Date);
    type_time: nothing, |op| typed(op, Time);
    type_timetz: nothing, |op| typed(op, Timetz);
    type_timestamp: nothing, |op| typed(op, Timestamp);
    type_timestamptz: nothing, |op| typed(op, Timestamptz);
    type_datetime: nothing, |op| typed(op, Datetime);
    type_year: nothing, |op| typed(op, Year);
    type_interval: nothing, |op| typed(op, Interval);
    type_timestamp_precision_3: nothing, |op| typed(op, Timestamp.precision(3));
    type_timestamptz_precision_0: nothing, |op| typed(op, Timestamptz.precision(0));
    type_time_precision_2: nothing, |op| typed(op, Time.precision(2));
    type_json: nothing, |op| typed(op, Json);
    type_jsonb: nothing, |op| typed(op, Jsonb);
    type_uuid: nothing, |op| typed(op, Uuid);
    type_inet: nothing, |op| typed(op, Inet);
    type_cidr: nothing, |op| typed(op, Cidr);
    type_mac_addr: nothing, |op| typed(op, MacAddr);
    type_mac_addr8: nothing, |op| typed(op, MacAddr8);
    type_oid: nothing, |op| typed(op, Oid);
    type_pg_lsn: nothing, |op| typed(op, PgLsn);
    type_pg_snapshot: nothing, |op| typed(op, PgSnapshot);
    type_range_of_integer: nothing, |op| typed(op, Type::Range(RangeOf::Integer));
    type_range_of_big_int: nothing, |op| typed(op, Type::Range(RangeOf::BigInt));
    type_range_of_numeric: nothing, |op| typed(op, Type::Range(RangeOf::Numeric));
    type_range_of_date: nothing, |op| typed(op, Type::Range(RangeOf::Date));
    type_range_of_timestamp: nothing, |op| typed(op, Type::Range(RangeOf::Timestamp));
    type_range_of_timestamptz: nothing, |op| typed(op, Type::Range(RangeOf::Timestamptz));
    type_multirange_of_integer: nothing, |op| typed(op, Multirange(RangeOf::Integer));
    type_multirange_of_timestamptz: nothing, |op| typed(op, Multirange(RangeOf::Timestamptz));
    type_ts_vector: nothing, |op| typed(op, TsVector);
    type_ts_query: nothing, |op| typed(op, TsQuery);
    type_text_array: nothing, |op| typed(op, Text.array());
    type_integer_array_array: nothing, |op| typed(op, Integer.array().array());
    type_enum: nothing, |op| typed(op, Type::one_of(["open", "it's done"]));
    type_set: nothing, |op| typed(op, Type::some_of(["read", "write"]));
    type_other: nothing, |op| typed(op, Type::other("BIGINT"));
}
