CREATE VIEW open_tickets AS
  SELECT customers.name AS customer, tickets.title AS title, tickets.priority AS priority
    FROM tickets JOIN customers ON customers.id = tickets.customer_id
   WHERE NOT tickets.closed;
