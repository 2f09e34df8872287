//! The tables, for diesel's queries and for `cargo migrate new --autogenerate`, which writes the
//! revision that leads to them.

use migrate_core::table;

table! {
    members (id) {
        #[migrate(autoincrement)]
        id -> Integer,
        #[migrate(default = "")]
        given_name -> Text,
        #[migrate(default = "")]
        family_name -> Text,
        #[max_length = 120]
        #[migrate(unique)]
        email -> Varchar,
        #[migrate(default_sql = "CURRENT_DATE")]
        joined_on -> Date,
    }
}

table! {
    authors (id) {
        #[migrate(autoincrement)]
        id -> Integer,
        name -> Text,
    }
}

table! {
    #[migrate(check("copies >= 0"))]
    books (id) {
        #[migrate(autoincrement)]
        id -> Integer,
        #[migrate(references(authors.id), index)]
        author_id -> Integer,
        title -> Text,
        #[migrate(default = 1)]
        copies -> Integer,
    }
}

table! {
    #[migrate(index(ix_loans_open, [member_id, due_on], filter = "returned_on IS NULL"))]
    loans (id) {
        #[migrate(autoincrement)]
        id -> Integer,
        #[migrate(references(books.id))]
        book_id -> Integer,
        #[migrate(references(members.id, on_delete = Cascade))]
        member_id -> Integer,
        due_on -> Date,
        returned_on -> Nullable<Date>,
    }
}

diesel::joinable!(books -> authors (author_id));
diesel::joinable!(loans -> books (book_id));
diesel::joinable!(loans -> members (member_id));
diesel::allow_tables_to_appear_in_same_query!(authors, books, loans, members);
