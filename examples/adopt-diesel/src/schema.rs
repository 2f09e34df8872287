// @generated automatically by Diesel CLI.

diesel::table! {
    customers (id) {
        id -> Integer,
        name -> Text,
        email -> Text,
    }
}

diesel::table! {
    tickets (id) {
        id -> Integer,
        customer_id -> Integer,
        title -> Text,
        closed -> Bool,
        priority -> Integer,
    }
}

diesel::joinable!(tickets -> customers (customer_id));

diesel::allow_tables_to_appear_in_same_query!(customers, tickets,);
