-- Cases of what libraries have by themselves for JSON: filters, orders and changes that they write with PostgreSQL's
-- operators. Included by cases.sql. None of their conditions is left to be evaluated on the rows.
--
-- Those that nearly all runs might satisfy, if the planner does not know the values, are asked of runs without a
-- seed, so that the choice of the index does not hang on its guess.

ALTER TABLE cases ALTER native SET DEFAULT true, ALTER plan SET DEFAULT 'Metadata Scan',
  ALTER other_plan SET DEFAULT 'Seq Scan on (\w+[.])?runs_metadata|\n *Filter: ';
INSERT INTO cases (name, runs, meaning) VALUES
  ('equals_text', '{4}', 'notes is "imported"'),
  ('equals_number', '{1}', 'epochs is 10'),
  ('equals_decimal', '{2}', 'effectiveness is 35.5'),
  ('equals_big', '{4}', 'parent is 7000000000'),
  ('equals_boolean', '{1,3}', 'converged is true'),
  ('equals_null', '{4}', 'effectiveness is the JSON null'),
  ('not_text', '{1,2,3,5}', 'seed is missing, and notes has a value other than "imported"'),
  ('not_number', '{1}', 'seed is missing, and optimizer.lr has a value other than 0.1'),
  ('not_boolean', '{2}', 'seed is missing, and not (converged is true)'),
  ('not_or_missing', '{2,4,5}', 'seed is missing, and converged is not true or is missing'),
  ('in_texts', '{4,5}', 'notes in ("imported", "größer", "none")'),
  ('in_numbers', '{2,3}', 'effectiveness in (7, 35.5)'),
  ('not_in', '{1,2,3}', 'seed is missing, and notes has a value not in ("imported", "größer")'),
  ('gt', '{2}', 'epochs > 10'),
  ('ge', '{1,2}', 'epochs >= 10'),
  ('lt', '{1}', 'optimizer.lr < 0.05'),
  ('between', '{1,3}', 'epochs between 5 and 10'),
  ('date', '{2}', 'finished is behind the instant 2024-01-15 12:00 UTC'),
  ('is_missing', '{1,2,3,4,5}', 'seed is missing'),
  ('is_present', '{1,2,3}', 'seed is missing, and optimizer is there'),
  ('has_key', '{4}', 'parent is among the keys'),
  ('has_any', '{1,2,4}', 'parent or version is among the keys'),
  ('has_all', '{1,2}', 'tags and version are among the keys'),
  ('nested', '{1,3}', 'optimizer.name is "adam"'),
  ('contains', '{1,3}', 'contains {"converged": true, "optimizer": {"name": "adam"}}'),
  ('contains_element', '{1,2}', 'contains {"tags": ["gpu"]}'),
  ('contains_text', '{1}', 'notes contains "100%"'),
  ('starts_with', '{1}', 'notes starts with "Warm"'),
  ('ends_with', '{2}', 'notes ends with "50%"'),
  ('icontains', '{1,2}', 'notes contains "WARM" in any case'),
  ('iexact', '{4}', 'notes is "IMPORTED" in any case'),
  ('and_or', '{1,4}', 'epochs >= 10 and converged is true, or notes is "imported"'),
  ('update', '{1}', 'scratch becomes "b" where it is "a": the number of runs'),
  ('delete', '{1}', 'runs whose scratch is "b" are deleted: their number');
INSERT INTO cases (name, runs, meaning, plan) VALUES
  ('count_filter', '{3}', 'how many: epochs > 4', 'Metadata Count'),
  ('sort_cast', '{1,3}', 'by effectiveness as a number, downwards: two runs behind the first', 'Order By: '),
  ('sort_json', '{1,3}', 'the same by effectiveness as it is', 'Order By: ');

-- What a library cannot say by itself; all others have to run.
CREATE TABLE lacking (client text, name text, reason text NOT NULL, native boolean NOT NULL DEFAULT true,
  PRIMARY KEY (client, name), FOREIGN KEY (native, name) REFERENCES cases);
INSERT INTO lacking VALUES
  ('native_sequelize', 'has_key', 'no operator asks for keys'),
  ('native_sequelize', 'has_any', 'no operator asks for keys'),
  ('native_sequelize', 'has_all', 'no operator asks for keys'),
  ('native_sequelize', 'sort_json', 'json() reads every path as text'),
  ('native_prisma', 'has_key', 'no filter asks for keys'),
  ('native_prisma', 'has_any', 'no filter asks for keys'),
  ('native_prisma', 'has_all', 'no filter asks for keys'),
  ('native_prisma', 'contains', 'only arrays can be contained'),
  ('native_prisma', 'date', 'no casts'),
  ('native_prisma', 'iexact', 'only parts of strings have "insensitive"'),
  ('native_prisma', 'count_filter', 'count() is of a subquery, whose rows a Metadata Scan finds'),
  ('native_prisma', 'sort_cast', 'no order by a path'),
  ('native_prisma', 'sort_json', 'no order by a path');
