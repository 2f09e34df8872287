use migrate_core::table;

table! {
    #[migrate(comment = "people", strictly)]
    users (id) {
        id -> Integer,
        email -> Text,
        #[migrate(defualt = 0)]
        age -> Integer,
        #[migrate(engine = "InnoDB")]
        name -> Text,
        #[migrate(references(users.id, on_delet = Cascade))]
        boss_id -> Integer,
    }
}
