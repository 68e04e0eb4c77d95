-- Searches are for characters, not bytes, in encodings where bytes do not tell where a character begins
\getenv tree PG_ABS_SRCDIR
\set regression :DBNAME
\set encoding EUC_JP
\set long '\\x8fa2a4'
\i :tree/test/regress/encoding.sql

-- the same of other encodings
\set ECHO none
\set encoding EUC_KR
\set long '\\xa2a2'
\i :tree/test/regress/encoding.sql
\set encoding EUC_TW
\set long '\\x8ea2a4a2'
\i :tree/test/regress/encoding.sql
