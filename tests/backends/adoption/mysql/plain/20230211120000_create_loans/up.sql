CREATE TABLE loans (
  id INT PRIMARY KEY AUTO_INCREMENT,
  member_id INTEGER NOT NULL,
  title VARCHAR(200) NOT NULL,
  due DATE,
  CONSTRAINT loans_member FOREIGN KEY (member_id) REFERENCES members (id) ON DELETE CASCADE
);
CREATE INDEX loans_due ON loans (due);
