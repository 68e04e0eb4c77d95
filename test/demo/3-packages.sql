-- # Index a table that was there before
-- One index serves every field that a package has: names, sizes, lists, text.

CREATE INDEX packages_metadata ON packages USING gin (metadata metadata_ops);

-- Which packages depend on PostgreSQL's client library, by section?

SELECT metadata->>'Section' AS section, count(*) FROM packages
WHERE metadata @~ 'Depends is "libpq5"'
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5;

-- The largest packages, but for those of three sections:

SELECT metadata->>'Package' AS package, metadata->'Installed-Size' AS kilobytes
FROM packages
WHERE metadata @~ 'Installed-Size > 500000 and Section not in ("doc", "games", "debug")'
ORDER BY metadata_sort(metadata, 'Installed-Size') DESC NULLS LAST, id LIMIT 5;

-- A word in the description, in any case:

SELECT metadata->>'Package' AS package, left(metadata->>'Description', 50) AS description
FROM packages
WHERE metadata_icontains(metadata, 'Description', 'metadata')
  AND metadata_starts_with(metadata, 'Package', 'lib')
ORDER BY 1, id LIMIT 5;

-- Essential packages, or those without a homepage that suggest something:

SELECT count(*) FROM packages
WHERE metadata @~ 'Essential is true or (Homepage is empty and Suggests is not empty)';
